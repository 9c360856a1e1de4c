"""The index follows the graph: a change is found, what is dropped is lost, a rebuild leaves no gap."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from api import worker
from api.premises import Premises
from api.settings import Settings
from api.switching import RESTORED
from api.upkeep import drain, prepare
from graph.model.territory import Territory
from graph.store.engine import Address
from graph.store.loading import Loader
from graph.store.outbox import INDEX_LISTINGS, INDEX_TERRITORIES, MOST_FAILURES, REBUILD_INDEX, Outbox
from graph.store.ownership import AnotherIndex, Identity, Ownership
from graph.store.unit import Graph
from search import arranging, embedded_writer
from search.backend import Wanted
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.generations import is_built
from search.indexer import Indexer, differences
from tests import make

FOUND_WITHIN = 240
EVERYTHING = Wanted(zones=("departement:25",), names=(("essai",), ("zibeline",)))
FIND = """
query ($text: String!) {
  relays(question: {text: $text, territory: "25056"}, first: 5) {
    ... on RelayConnection { edges { node { organisation { id } } } }
  }
}
"""


async def load(graph: Graph, *records: Any) -> None:
    loader = Loader(graph, "essai-index")
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)


async def load_map(graph: Graph, territories: list[Territory]) -> None:
    loader = Loader(graph, "carte")
    await loader.load(await loader.plan_territories(territories), lambda done: None)


async def test_a_rebuild_carries_out_what_was_waiting(empty_graph: Graph, tmp_path: Path) -> None:
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation())
    indexer = Indexer(empty_graph, EmbeddedEngine(tmp_path))
    assert await indexer.rebuild() == 1
    async with empty_graph.reading() as unit:
        assert await unit.outbox.pending() == 0
    assert await indexer.drain() == 0
    await indexer.close()


@pytest.fixture
async def indexer(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Indexer]:
    """Over an index of two organisations, one of which is then made unreadable by `poison`."""
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation("t:good"), make.organisation("t:bad"))
    indexer = Indexer(empty_graph, EmbeddedEngine(tmp_path))
    await indexer.rebuild()
    yield indexer
    await indexer.close()


async def poison(graph: Graph) -> None:
    await graph.write(lambda unit: unit.run("MATCH (o:Organisation {id: 't:bad'}) SET o.vouchedOn = 'jamais'"))


async def ask(graph: Graph, kind: str, *subjects: str) -> None:
    await graph.write(lambda unit: unit.outbox.add(kind, subjects))


async def waiting(graph: Graph) -> tuple[int, int]:
    """How many effects are pending, how many parked."""
    async with graph.reading() as unit:
        return await unit.outbox.pending(), await unit.outbox.parked()


async def make_due(graph: Graph) -> None:
    await graph.write(lambda unit: unit.run("MATCH (o:Outbox) SET o.due = 0"))


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


async def test_one_effect_that_fails_holds_nothing_back_and_is_parked(
    indexer: Indexer, empty_graph: Graph, tmp_path: Path
) -> None:
    await empty_graph.write(lambda unit: unit.run("MATCH (o:Organisation {id: 't:good'}) SET o.name = 'Zibeline'"))
    await poison(empty_graph)
    await ask(empty_graph, INDEX_LISTINGS, "t:bad")
    await ask(empty_graph, INDEX_LISTINGS, "t:good")

    with capture_logs() as logs:
        assert await indexer.drain() == 2
    assert await waiting(empty_graph) == (1, 0)
    held = {listing.organisation.id: listing for listing in await make.listings(EmbeddedIndex(tmp_path), EVERYTHING)}
    assert held["t:good"].organisation.name == "Zibeline"
    assert "t:bad" in held
    assert [set(line) for line in logs] == [{"event", "log_level", "effect", "kind", "fault"}]

    for _ in range(MOST_FAILURES - 1):
        await make_due(empty_graph)
        assert await indexer.drain() == 1
    assert await waiting(empty_graph) == (0, 1)
    await make_due(empty_graph)
    assert await indexer.drain() == 0


async def test_a_failed_rebuild_leaves_the_index_as_it_was_and_ends_parked(
    indexer: Indexer, empty_graph: Graph, tmp_path: Path
) -> None:
    before = folders(tmp_path)
    await poison(empty_graph)
    await ask(empty_graph, REBUILD_INDEX)
    await ask(empty_graph, INDEX_LISTINGS, "t:good")
    for _ in range(MOST_FAILURES):
        assert await indexer.drain() > 0
        assert folders(tmp_path) == before
        await make_due(empty_graph)
    assert await waiting(empty_graph) == (0, 1)
    assert await EmbeddedIndex(tmp_path).answers()

    elsewhere = Indexer(empty_graph, EmbeddedEngine(tmp_path / "elsewhere"))
    with pytest.raises(ValueError, match="vouched_on"):
        await elsewhere.rebuild()
    assert folders(tmp_path / "elsewhere") == []


async def test_a_new_map_renews_the_listings_once(
    indexer: Indexer, empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilds: list[int] = []
    rebuild = indexer.rebuild

    async def counted() -> int:
        rebuilds.append(1)
        return await rebuild()

    monkeypatch.setattr(indexer, "rebuild", counted)
    france, doubs, *communes = make.territories()
    await load_map(empty_graph, [france, replace(doubs, name="Haut-Doubs"), *communes])
    await ask(empty_graph, INDEX_TERRITORIES)
    while await indexer.drain():
        continue
    assert rebuilds == [1]
    index = EmbeddedIndex(tmp_path)
    assert {listing.covers_name for listing in await make.listings(index, EVERYTHING)} == {"dans le Haut-Doubs"}
    assert await differences(empty_graph, index) == {}


async def test_what_a_killed_worker_had_claimed_is_carried_out_at_once(
    indexer: Indexer, empty_graph: Graph, tmp_path: Path
) -> None:
    await ask(empty_graph, INDEX_LISTINGS, "t:good")
    assert await empty_graph.write(lambda unit: unit.outbox.claim("indexer"))
    await indexer.close()
    again = Indexer(empty_graph, EmbeddedEngine(tmp_path))
    assert await again.drain() == 1
    assert await waiting(empty_graph) == (0, 0)
    await again.close()


async def test_a_first_index_that_cannot_be_built_ends_parked_and_a_rebuild_settles_it(
    empty_graph: Graph, tmp_path: Path
) -> None:
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation("t:good"), make.organisation("t:bad"))
    rows, _ = await waiting(empty_graph)
    await poison(empty_graph)
    indexer = Indexer(empty_graph, EmbeddedEngine(tmp_path))
    for _ in range(MOST_FAILURES):
        assert await waiting(empty_graph) == (rows, 0)
        assert await indexer.drain() == rows
        await make_due(empty_graph)
    assert await waiting(empty_graph) == (0, rows)
    assert folders(tmp_path) == []
    await empty_graph.write(
        lambda unit: unit.run(
            "MATCH (g:Organisation {id: 't:good'}), (b:Organisation {id: 't:bad'}) SET b.vouchedOn = g.vouchedOn"
        )
    )
    assert await indexer.rebuild() == 2
    assert await waiting(empty_graph) == (0, 0)
    await indexer.close()


async def test_a_command_carries_out_nothing_while_another_index_is_fed(empty_graph: Graph, tmp_path: Path) -> None:
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation())
    before = await waiting(empty_graph)
    other = Ownership(empty_graph, Identity("another", "elsewhere", "« elsewhere »"))
    await other.take()
    house, settings = Premises(empty_graph, EmbeddedEngine(tmp_path / "index"), owner=True), Settings(data=tmp_path)
    with pytest.raises(AnotherIndex, match="« elsewhere »"):
        await drain(house, settings)
    assert await waiting(empty_graph) == before
    assert not is_built(tmp_path / "index")

    # What the other one got is not in this index: taking over begins with all.
    await other.leave()
    await drain(house, settings)
    assert await waiting(empty_graph) == (0, 0)
    assert await differences(empty_graph, EmbeddedIndex(tmp_path / "index")) == {}


async def test_after_a_restore_the_index_is_asked_for_anew_once(empty_graph: Graph, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    indexer = Indexer(empty_graph, EmbeddedEngine(settings.index_folder))
    await indexer.rebuild()
    await indexer.close()
    await prepare(empty_graph, settings, load=False)
    assert await waiting(empty_graph) == (0, 0)
    (tmp_path / RESTORED).touch()
    for _ in range(2):
        await prepare(empty_graph, settings, load=False)
        async with empty_graph.reading() as unit:
            assert len(await unit.outbox.waiting((REBUILD_INDEX,))) == 1
    assert not (tmp_path / RESTORED).exists()


@pytest.fixture
async def start(engine: Address) -> AsyncIterator[Callable[[Path], asyncio.Task[None]]]:
    """Starts a worker over `<folder>/index`, as a task."""
    tasks: list[asyncio.Task[None]] = []

    def start(folder: Path) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(worker.work(Settings(data=folder), engine)))
        return tasks[-1]

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for number in worker.STOPS:
        asyncio.get_running_loop().remove_signal_handler(number)


async def test_a_worker_stops_in_the_middle_of_a_rebuild(
    empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[[Path], asyncio.Task[None]]
) -> None:
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation())
    indexer = Indexer(empty_graph, EmbeddedEngine(tmp_path / "index"))
    await indexer.rebuild()
    await indexer.close()
    before = folders(tmp_path / "index")
    reached = asyncio.Event()

    async def endless(self: Indexer, ids: Any) -> Any:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Indexer, "_listings", endless)
        await ask(empty_graph, REBUILD_INDEX)
        working = start(tmp_path)
        await asyncio.wait_for(reached.wait(), FOUND_WITHIN)
        assert len(folders(tmp_path / "index")) == 2
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(working, FOUND_WITHIN)

    assert folders(tmp_path / "index") == before
    again = Indexer(empty_graph, EmbeddedEngine(tmp_path / "index"))
    assert await again.drain() == 1
    assert folders(tmp_path / "index") != before
    assert await differences(empty_graph, EmbeddedIndex(tmp_path / "index")) == {}
    await again.close()


async def test_a_worker_starts_without_an_index_and_outlives_a_failed_sweep(
    empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[[Path], asyncio.Task[None]]
) -> None:
    swept = asyncio.Event()

    async def failing(self: Outbox) -> None:
        swept.set()
        raise ValueError

    monkeypatch.setattr(Outbox, "sweep", failing)
    monkeypatch.setattr(worker, "SWEEP_SECONDS", 0.0)
    working = start(tmp_path)
    await asyncio.wait_for(swept.wait(), FOUND_WITHIN)
    assert not is_built(tmp_path / "index")

    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation())
    end = time.monotonic() + FOUND_WITHIN
    while await waiting(empty_graph) != (0, 0) or not is_built(tmp_path / "index"):
        assert not working.done()
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    assert await differences(empty_graph, EmbeddedIndex(tmp_path / "index")) == {}


async def test_a_worn_index_is_built_anew_by_night_and_not_by_day(
    indexer: Indexer, empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_writer, "LEAST", 2)
    night, day = datetime(2026, 3, 3, 2, 30, tzinfo=UTC), datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    index = EmbeddedIndex(tmp_path)

    async def folder(at: datetime) -> str:
        await worker.arrange_by_night(indexer, at)
        await index.follow()
        return index.generation.partition(".")[0]

    before = await folder(night)
    assert await folder(night) == before
    await load(empty_graph, make.organisation("t:good", name="Autre nom"))
    await indexer.drain()
    assert await folder(day) == before
    after = await folder(night)
    assert after != before
    # What was built anew is not worn.
    assert await folder(night) == after
    assert not await differences(empty_graph, index)


async def test_a_worn_index_that_cannot_be_built_anew_goes_on(
    indexer: Indexer, empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_writer, "LEAST", 1)
    night = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)
    await load(empty_graph, make.organisation("t:good", name="Autre nom"))
    await indexer.drain()
    with monkeypatch.context() as full, capture_logs() as logs:
        full.setattr(arranging, "TemporaryFile", lambda dir: open("/dev/full", "w+b"))  # noqa: PTH123, SIM115
        await worker.arrange_by_night(indexer, night)
    assert [one["event"] for one in logs] == ["index_worn", "index_not_arranged"]
    assert len(list(tmp_path.glob("g*-*"))) == 1  # noqa: ASYNC240
    # What changes meanwhile is found, and the next hour builds it anew.
    await load(empty_graph, make.organisation("t:good", name="Encore un nom"))
    await indexer.drain()
    index = EmbeddedIndex(tmp_path)
    before = index.generation
    assert not await differences(empty_graph, index)
    await worker.arrange_by_night(indexer, night)
    await index.follow()
    assert index.generation.partition(".")[0] != before.partition(".")[0]
    assert not await differences(empty_graph, index)


async def test_a_worn_index_waits_for_room(indexer: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_writer, "LEAST", 1)
    monkeypatch.setattr(embedded_writer, "WORN", 0.1)
    assert await indexer.worn()
    monkeypatch.setattr(embedded_writer, "ROOM", 1e15)
    assert not await indexer.worn()
