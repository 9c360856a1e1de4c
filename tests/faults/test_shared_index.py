"""An index that several machines share: who writes, what a worker that slept may have spoilt, and what doctor mends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.checkup import check
from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store import turn as turns
from graph.store.engine import Address
from graph.store.outbox import INDEX_LISTINGS, MOST_FAILURES, REBUILD_INDEX
from graph.store.unit import Graph
from search import indexer as indexing
from search.backend import AnotherWrites, Engine, Wanted
from search.embedded import EmbeddedEngine
from search.indexer import Indexer, What, differences
from search.repair import Mended, examine, mend
from search.server import ServerEngine
from search.server_writer import ServerWriter
from tests import make
from tests.faults.test_index import ask, load, load_map, make_due, poison, waiting
from tests.search.stand_in import KEY, StandIn

EVERYTHING = Wanted(zones=("departement:25",), competences=(make.RENT,), names=(("essai",), ("zibeline",)))


@pytest.fixture
async def shared(stand_in: StandIn, uid: str) -> AsyncIterator[ServerEngine]:
    engine = ServerEngine(stand_in.url, KEY, uid)
    yield engine
    await engine.close()


@pytest.fixture
async def network(empty_graph: Graph) -> Graph:
    """Two organisations."""
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation("t:good"), make.organisation("t:bad"))
    return empty_graph


@pytest.fixture(params=["embedded", "stand-in"])
async def each(request: pytest.FixtureRequest, network: Graph, tmp_path: Path, uid: str) -> AsyncIterator[Engine]:
    """Each engine in turn, equal to the graph."""
    if request.param == "embedded":
        engine: Engine = EmbeddedEngine(tmp_path)
    else:
        engine = ServerEngine(request.getfixturevalue("stand_in").url, KEY, uid)
    await rebuild(network, engine)
    yield engine
    await engine.close()


async def rebuild(graph: Graph, engine: Engine) -> None:
    indexer = Indexer(graph, engine)
    await indexer.rebuild()
    await indexer.close()


async def drain(graph: Graph, engine: Engine) -> None:
    indexer = Indexer(graph, engine)
    while await indexer.drain():
        continue
    await indexer.close()


async def set_name(graph: Graph, id_: str, name: str) -> None:
    """Behind the back of the outbox."""
    await graph.write(lambda unit: unit.run("MATCH (o:Organisation {id: $id}) SET o.name = $name", id=id_, name=name))


async def names(engine: Engine) -> dict[str, str]:
    index = engine.index()
    await index.follow()
    return {found.organisation.id: found.organisation.name for found in await make.listings(index, EVERYTHING)}


async def test_doctor_finds_nothing_where_all_is_well_and_mends_nothing(each: Engine, network: Graph) -> None:
    health = await examine(network, each)
    assert (health.found, health.troubles, health.waiting, health.parked, health.faults) == ({}, [], 0, 0, 0)


async def test_doctor_names_each_difference_and_has_only_those_written_again(each: Engine, network: Graph) -> None:
    before = await each.in_use()
    await set_name(network, "t:good", "Zibeline")
    await network.write(lambda unit: unit.run("MATCH (o:Organisation {id: 't:bad'}) SET o.state = 'draft'"))
    health = await examine(network, each)
    assert health.found == {
        "organisation:t:good": (What.STALE, "t:good"),
        "organisation:t:bad": (What.SURPLUS, "t:bad"),
    }
    # To look changes nothing.
    assert await names(each) == {"t:good": "Organisme d’essai", "t:bad": "Organisme d’essai"}
    assert await waiting(network) == (0, 0)

    assert await mend(network, each, health) == Mended(rebuild=False, organisations=2, retried=0, forgotten=0)
    await drain(network, each)
    assert (await examine(network, each)).faults == 0
    assert await names(each) == {"t:good": "Zibeline"}
    assert await each.in_use() == before


async def test_doctor_has_the_index_rebuilt_when_the_map_differs_or_there_is_none(
    each: Engine, network: Graph, tmp_path: Path
) -> None:
    before = await each.in_use()
    await network.write(lambda unit: unit.run("MATCH (t:Territory {id: '25462'}) SET t.name = 'Pontarlier-Ville'"))
    health = await examine(network, each)
    assert health.found == {"territory:25462": (What.TERRITORY, "")}
    assert (await mend(network, each, health)).rebuild
    await drain(network, each)
    assert (await examine(network, each)).faults == 0
    assert await each.in_use() not in ("", before)

    none = EmbeddedEngine(tmp_path / "none")
    health = await examine(network, none)
    assert (health.found, health.faults) == (None, 1)
    assert (await mend(network, none, health)).rebuild
    await drain(network, none)
    assert (await examine(network, none)).faults == 0


async def test_doctor_has_parked_effects_tried_again(each: Engine, network: Graph) -> None:
    await poison(network)
    await ask(network, INDEX_LISTINGS, "t:bad")
    indexer = Indexer(network, each)
    for _ in range(MOST_FAILURES):
        await make_due(network)
        assert await indexer.drain() == 1
    await indexer.close()
    assert await waiting(network) == (0, 1)

    await network.write(lambda unit: unit.run("MATCH (o:Organisation {id: 't:bad'}) SET o.vouchedOn = '2026-03-10'"))
    health = await examine(network, each)
    assert (health.found, health.parked, health.faults) == ({}, 1, 1)
    assert await mend(network, each, health) == Mended(rebuild=False, organisations=0, retried=1, forgotten=0)
    await drain(network, each)
    assert await waiting(network) == (0, 0)


async def test_doctor_finds_a_write_that_the_server_did_not_carry_out(
    shared: ServerEngine, network: Graph, stand_in: StandIn
) -> None:
    """The task fails after its worker was killed: nobody was there to hear of it."""
    await rebuild(network, shared)
    await set_name(network, "t:good", "Zibeline")
    stand_in.fail_next("documentAdditionOrUpdate")
    writer = await shared.current()
    assert writer
    await writer.replace(["t:good"], [make.listing("organisation:t:good", organisation=make.organisation("t:good"))])
    with pytest.raises(Unavailable, match="no_space_left"):
        await writer.commit()

    health = await examine(network, shared)
    assert [trouble.text.split("(")[-1] for trouble in health.troubles] == ["no_space_left_on_device)"]
    assert health.faults == 2
    mended = await mend(network, shared, health)
    assert (mended.organisations, mended.forgotten) == (1, 1)
    await drain(network, shared)
    assert (await examine(network, shared)).faults == 0
    assert (await names(shared))["t:good"] == "Zibeline"


def said_to(capsys: pytest.CaptureFixture[str]) -> str:
    """However wide the screen is."""
    return " ".join(capsys.readouterr().out.split())


async def test_doctor_says_what_it_finds_and_what_it_did(
    shared: ServerEngine,
    network: Graph,
    engine: Address,
    stand_in: StandIn,
    uid: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a worker anywhere, the command takes its turn."""
    settings = Settings(
        data=tmp_path,
        graph_uri=engine.uri,
        graph_user=engine.user,
        graph_password=SecretStr(engine.password),
        graph_database=engine.database,
        search_url=stand_in.url,
        search_key=SecretStr(KEY),
        search_index=uid,
    )
    assert await check(settings) == 1
    assert "L’index n’est pas construit" in said_to(capsys)
    assert await check(settings, repair=True) == 0
    said = said_to(capsys)
    assert "Réparation : reconstruction de l’index demandée" in said
    assert "Après réparation : Effets en attente : 0. Différences entre graphe et index : 0." in said

    await set_name(network, "t:good", "Zibeline")
    stand_in.fail_next("documentAdditionOrUpdate")
    writer = await shared.current()
    assert writer
    with pytest.raises(Unavailable):
        await writer.commit()
    assert await check(settings) == 2
    said = said_to(capsys)
    assert "organisation:t:good : différente" in said
    assert "(documentAdditionOrUpdate) a échoué (no_space_left_on_device)" in said
    assert "« maillage doctor --repair » répare" in said
    assert (await names(shared))["t:good"] == "Organisme d’essai"

    assert await check(settings, repair=True) == 0
    said = said_to(capsys)
    assert "Réparation : organismes à réécrire : 1 ; tâches du serveur de recherche oubliées : 1." in said
    assert (await names(shared))["t:good"] == "Zibeline"


async def test_a_write_that_fails_on_the_server_is_due_again_and_not_blamed_on_the_listing(
    shared: ServerEngine, network: Graph, stand_in: StandIn
) -> None:
    indexer = Indexer(network, shared)
    await indexer.rebuild()
    await set_name(network, "t:good", "Zibeline")
    await ask(network, INDEX_LISTINGS, "t:good")
    stand_in.fail_next("documentAdditionOrUpdate")
    with pytest.raises(Unavailable, match="no_space_left"):
        await indexer.drain()
    assert await waiting(network) == (1, 0)
    await make_due(network)
    assert await indexer.drain() == 1
    assert await waiting(network) == (0, 0)
    assert (await names(shared))["t:good"] == "Zibeline"
    await indexer.close()


async def test_workers_take_turns(shared: ServerEngine, network: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Indexer(network, shared), Indexer(network, shared)
    await one.rebuild()
    await ask(network, INDEX_LISTINGS, "t:good")
    assert await other.drain() == 0
    with pytest.raises(AnotherWrites):
        await other.rebuild()
    assert await waiting(network) == (1, 0)
    assert await one.drain() == 1

    await ask(network, INDEX_LISTINGS, "t:good")
    await one.close()
    assert await other.drain() == 1
    # The one that was told to wait takes the turn of a holder that died, once its lease has ended.
    assert await one.drain() == 0
    await network.write(lambda unit: unit.run("MATCH (m:Mark {id: $id}) SET m.until = 0", id=indexing.TURN))
    await ask(network, INDEX_LISTINGS, "t:bad")
    assert await one.drain() == 1
    await one.close()
    # It finds out when it asks again.
    await network.write(lambda unit: unit.turns.take(indexing.TURN, "someone", 60))
    monkeypatch.setattr(other._turn, "_until", 0.0)
    assert await other.drain() == 0
    await network.write(lambda unit: unit.turns.give_back(indexing.TURN, "someone"))


async def test_what_a_worker_that_slept_wrote_too_late_is_written_again(
    shared: ServerEngine, network: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper, other = Indexer(network, shared), Indexer(network, shared)
    await sleeper.rebuild()
    await set_name(network, "t:good", "Ancien")
    await ask(network, INDEX_LISTINGS, "t:good")
    read, wake = asyncio.Event(), asyncio.Event()
    listings = sleeper._listings

    async def sleepy(ids: Any) -> Any:
        found = await listings(ids)
        read.set()
        await wake.wait()
        return found

    monkeypatch.setattr(sleeper, "_listings", sleepy)
    sleeping = asyncio.create_task(sleeper.drain())
    await asyncio.wait_for(read.wait(), 60)
    # Its lease ends, for the graph and for itself; another writes a newer name.
    await network.write(lambda unit: unit.run("MATCH (m:Mark {id: $id}) SET m.until = 0", id=indexing.TURN))
    assert sleeper._turn
    monkeypatch.setattr(sleeper._turn, "_until", 0.0)
    await set_name(network, "t:good", "Zibeline")
    await ask(network, INDEX_LISTINGS, "t:good")
    assert await other.drain() > 0
    assert (await names(shared))["t:good"] == "Zibeline"

    wake.set()
    assert await sleeping == 1
    assert (await names(shared))["t:good"] == "Ancien"
    while await other.drain():
        continue
    assert (await names(shared))["t:good"] == "Zibeline"
    assert await differences(network, shared.index()) == {}
    assert await waiting(network) == (0, 0)
    await other.close()


async def test_a_rebuild_that_lost_its_turn_does_not_switch(
    shared: ServerEngine, network: Graph, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rebuild(network, shared)
    before = await shared.in_use()
    indexer = Indexer(network, shared)
    fill = indexer._fill

    async def slow(*given: Any) -> int:
        total = await fill(*given)
        assert indexer._turn
        monkeypatch.setattr(indexer._turn, "_until", 0.0)
        return total

    monkeypatch.setattr(indexer, "_fill", slow)
    with pytest.raises(AnotherWrites):
        await indexer.rebuild()
    assert await shared.in_use() == before
    assert len(stand_in.queue.indexes) == 1
    await indexer.close()


async def test_a_rebuild_that_switched_too_late_asks_for_another(
    shared: ServerEngine, network: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer = Indexer(network, shared)
    switch = ServerWriter.switch

    async def slow(self: ServerWriter) -> None:
        await switch(self)
        assert indexer._turn
        monkeypatch.setattr(indexer._turn, "_until", 0.0)

    monkeypatch.setattr(ServerWriter, "switch", slow)
    await indexer.rebuild()
    async with network.reading() as unit:
        assert len(await unit.outbox.waiting((REBUILD_INDEX,))) == 1
    await indexer.close()


async def test_a_turn_is_prolonged_while_a_rebuild_lasts(
    shared: ServerEngine, network: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PROLONG_EVERY_SECONDS", 0.05)
    indexer = Indexer(network, shared)
    listings = indexer._listings

    async def slow(ids: Any) -> Any:
        before, end = await held_until(network), time.monotonic() + 60
        while await held_until(network) == before:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
        return await listings(ids)

    monkeypatch.setattr(indexer, "_listings", slow)
    assert await indexer.rebuild() == 2
    await indexer.close()
    assert await held_until(network) == 0


async def held_until(graph: Graph) -> int:
    async with graph.reading() as unit:
        return (await unit.run("MATCH (m:Mark {id: $id}) RETURN m.until AS until", id=indexing.TURN))[0]["until"]


async def test_a_rebuild_that_was_asked_for_serves_all_that_waited(shared: ServerEngine, network: Graph) -> None:
    """Many workers, a rebuild, and changes, all at once: in the end graph and index are equal."""
    await rebuild(network, shared)
    indexers = [Indexer(network, shared) for _ in range(3)]

    async def work(one: Indexer) -> None:
        for _ in range(6):
            await one.drain()
            await asyncio.sleep(0.02)
        await one.close()

    async def change() -> None:
        for number in range(8):
            good = replace(make.organisation("t:good"), name=f"Zibeline {number}")
            await load(network, good, make.organisation("t:bad"))
            if number == 4:
                await ask(network, REBUILD_INDEX)

    await asyncio.gather(change(), *(work(one) for one in indexers))
    await drain(network, shared)
    assert await waiting(network) == (0, 0)
    assert await differences(network, shared.index()) == {}
    assert (await names(shared))["t:good"] == "Zibeline 7"


def test_the_indexer_knows_no_engine() -> None:
    source = Path(indexing.__file__).read_text()
    assert not any(name in source for name in ("tantivy", "embedded", "Embedded", "meili", "Server"))
