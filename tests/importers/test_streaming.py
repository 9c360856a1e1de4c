"""A source too large to hold: written as it is read, each record once, and taken up again after any kill."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.model.directory import Contact, ListingState, Service
from graph.model.errors import InvalidInput, Unavailable
from graph.store.engine import Address
from graph.store.loading import Loader
from graph.store.ownership import free
from graph.store.unit import Graph
from importers import run as running
from importers.intake import TOLD_TWICE
from importers.registry import Harvest, Piece, Source
from importers.report import Refused, Report
from importers.run import run_source
from importers.tables import BrokenSource
from tests import make
from tests.importers.streaming_child import pieces as many_pieces

ANY = Path("feed.jsonl")


@pytest.fixture
async def mapped(empty_graph: Graph) -> Graph:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    return empty_graph


def feed(*pieces: Piece, name: str = "flux") -> Source:
    return Source(name=name, title="Flux", licence="", gather=lambda path: Harvest(), stream=lambda path: iter(pieces))


def piece(*records: Any, **values: Any) -> Piece:
    return Piece(batch=make.batch(*records), **values)


async def run(graph: Graph, *pieces: Piece, name: str = "flux", **options: Any) -> Report:
    return await run_source(graph, feed(*pieces, name=name), path=ANY, **options)


def counts(report: Report) -> tuple[int, int, int, int]:
    """New, changed, unchanged, gone."""
    return report.new.count, report.changed.count, report.unchanged, report.gone.count


async def contents(graph: Graph) -> list[tuple[object, ...]]:
    async with graph.reading(60) as unit:
        nodes = await unit.run("MATCH (n) WHERE NOT n:Outbox AND NOT n:Mark RETURN n{.*} AS node")
        edges = await unit.run("MATCH (a)-[r]->(b) RETURN a.id AS source, type(r) AS kind, b.id AS target")
    rows: list[tuple[object, ...]] = [tuple(sorted(row["node"].items(), key=str)) for row in nodes]
    return sorted([*rows, *(tuple(row.values()) for row in edges)], key=str)


BODIES = piece(make.organisation("t:1"), make.organisation("t:2"))
SERVICES = piece(*(make.service(f"t:s{number}", organisation="t:1") for number in range(4)))


async def test_pieces_refer_to_earlier_ones_and_a_second_run_changes_nothing(mapped: Graph) -> None:
    assert counts(await run(mapped, BODIES, SERVICES)) == (6, 0, 0, 0)
    before = await contents(mapped)
    assert counts(await run(mapped, BODIES, SERVICES)) == (0, 0, 6, 0)
    assert await contents(mapped) == before


async def test_what_is_gone_is_found_at_the_end(mapped: Graph) -> None:
    await run(mapped, BODIES, SERVICES)
    fewer = piece(*SERVICES.batch.services[:3])
    report = await run(mapped, BODIES, fewer)
    assert (counts(report), report.gone.first) == ((0, 0, 5, 1), ["t:s3"])
    async with mapped.reading() as unit:
        found = await unit.directory.services(["t:s2", "t:s3"])
    assert [found[id_].state for id_ in ("t:s2", "t:s3")] == [ListingState.PUBLISHED, ListingState.ARCHIVED]


async def test_a_refused_row_spares_what_is_missing(mapped: Graph) -> None:
    await run(mapped, BODIES, SERVICES)
    before = await contents(mapped)
    fewer = piece(*SERVICES.batch.services[:3], refused=(Refused(7, "nom", "", "Ce nom est vide."),))
    report = await run(mapped, BODIES, fewer)
    assert (counts(report), report.kept.first) == ((0, 0, 5, 0), ["t:s3"])
    assert await contents(mapped) == before


async def test_more_than_a_third_missing_takes_nothing_away_but_keeps_what_is_new(mapped: Graph) -> None:
    await run(mapped, BODIES, SERVICES)
    with pytest.raises(InvalidInput, match=r"4 services sur 4 .* sont enregistrées, aucune n’a été retirée") as refusal:
        await run(mapped, BODIES, piece(make.service("t:new", organisation="t:1")))
    assert refusal.value.field == "path"
    async with mapped.reading() as unit:
        found = await unit.directory.services_of(["t:1"])
    assert [(s.id, s.state.value) for s in found["t:1"]] == [
        (id_, "published") for id_ in ("t:new", "t:s0", "t:s1", "t:s2", "t:s3")
    ]
    forced = await run(mapped, BODIES, piece(make.service("t:new", organisation="t:1")), force=True)
    assert counts(forced) == (0, 0, 3, 4)


async def test_each_kind_is_judged_by_itself(mapped: Graph) -> None:
    """Many bodies stay, and all services go: a third of all is not reached."""
    many = piece(*(make.organisation(f"t:{number}") for number in range(1, 20)))
    await run(mapped, many, SERVICES)
    before = await contents(mapped)
    with pytest.raises(InvalidInput, match=r"^4 services sur 4 de cette source"):
        await run(mapped, many)
    assert await contents(mapped) == before


async def test_a_kind_of_which_nothing_is_told_is_not_gone(mapped: Graph) -> None:
    await run(mapped, BODIES, SERVICES)
    before = await contents(mapped)
    for force in (False, True):
        report = await run(mapped, piece(*BODIES.batch.organisations, silent=frozenset({Service})), force=force)
        assert counts(report) == (0, 0, 2, 0)
    assert await contents(mapped) == before


async def test_there_is_one_import_at_a_time(mapped: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "WAIT_SECONDS", 0.0)
    before = await contents(mapped)
    await mapped.write(lambda unit: unit.turns.take(running.TURN, "another", 60))
    with pytest.raises(Unavailable, match="Un autre import est en cours"):
        await run(mapped, BODIES)
    assert await contents(mapped) == before
    # A trial writes nothing, and may look.
    assert counts(await run(mapped, BODIES, dry_run=True)) == (2, 0, 0, 0)

    await mapped.write(lambda unit: unit.turns.give_back(running.TURN, "another"))
    assert counts(await run(mapped, BODIES)) == (2, 0, 0, 0)
    async with mapped.reading() as unit:
        assert await unit.turns.holder(running.TURN) == ""


async def test_a_load_that_is_cancelled_while_it_reads_closes_its_file(mapped: Graph) -> None:
    reading, go_on = threading.Event(), threading.Event()
    closed: list[bool] = []

    def stream(path: Path) -> Iterator[Piece]:
        try:
            yield BODIES
            reading.set()
            go_on.wait(60)
            yield SERVICES
        finally:
            closed.append(True)

    source = Source(name="flux", title="", licence="", gather=lambda path: Harvest(), stream=stream)
    load = asyncio.create_task(run_source(mapped, source, path=ANY))
    await asyncio.to_thread(reading.wait, 60)
    load.cancel()
    await asyncio.sleep(0.05)
    assert closed == []
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await load
    assert closed == [True]


async def test_a_dry_run_tells_all_and_writes_nothing(mapped: Graph) -> None:
    await run(mapped, BODIES, SERVICES)
    before = await contents(mapped)
    changed = piece(make.organisation("t:1", name="Autre"), make.organisation("t:2"), make.organisation("t:3"))
    report = await run(mapped, changed, piece(make.service("t:s9", organisation="t:3")), dry_run=True, force=True)
    assert counts(report) == (2, 1, 1, 4)
    assert report.refused.count == 0
    assert await contents(mapped) == before


async def test_an_id_told_twice_is_refused_with_its_line(mapped: Graph) -> None:
    again = piece(make.service("t:s1", organisation="t:1", name="Encore"), lines={"t:s1": 12})
    within = piece(make.organisation("t:1"), make.organisation("t:1", name="Encore"), make.organisation("t:2"))
    report = await run(mapped, within, SERVICES, again)
    assert counts(report) == (6, 0, 0, 0)
    assert report.refused.first == [Refused("t:1", "id", "t:1", TOLD_TWICE), Refused(12, "id", "t:s1", TOLD_TWICE)]
    async with mapped.reading() as unit:
        assert (await unit.directory.services(["t:s1"]))["t:s1"].name == "Service d’essai"
        assert (await unit.directory.organisations(["t:1"]))["t:1"].name == "Organisme d’essai"


async def test_what_refers_to_nothing_is_refused_with_its_line(mapped: Graph) -> None:
    lost = piece(make.service("t:lost", organisation="t:nobody"), lines={"t:lost": 31})
    report = await run(mapped, BODIES, lost)
    assert [(r.line, r.field, r.value) for r in report.refused.first] == [(31, "organisation", "t:nobody")]
    assert counts(report) == (2, 0, 0, 0)


def broken() -> Iterator[Piece]:
    yield BODIES
    raise BrokenSource(ANY, "le fichier s’arrête au milieu d’une ligne.", 3)


async def test_a_file_cut_in_the_middle_says_what_was_kept(mapped: Graph) -> None:
    source = Source(name="flux", title="", licence="", gather=lambda path: Harvest(), stream=lambda path: broken())
    with pytest.raises(
        InvalidInput, match=r"feed\.jsonl, ligne 3 : le fichier s’arrête .* Les fiches lues avant"
    ) as cut:
        await run_source(mapped, source, path=ANY)
    assert "Rien n’a été importé" not in cut.value.message
    assert counts(await run(mapped, BODIES)) == (0, 0, 2, 0)
    with pytest.raises(BrokenSource, match="Rien n’a été importé"):
        await run_source(mapped, source, path=ANY, dry_run=True)


def large(size: int) -> Source:
    """So many services of one body, made as they are read."""

    def stream(path: Path) -> Iterator[Piece]:
        yield BODIES
        for start in range(0, size, 100):
            ids = (f"t:s{number:06}" for number in range(start, start + 100))
            yield piece(*(make.service(id_, organisation="t:1", description=id_ * 20) for id_ in ids))

    return Source(name="flux", title="", licence="", gather=lambda path: Harvest(), stream=stream)


async def peak(graph: Graph, size: int) -> int:
    """Bytes that Python held at most while it read so many services, looking for garbage as often as a command does."""
    rarely = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    tracemalloc.start()
    try:
        report = await run_source(graph, large(size), path=ANY, dry_run=True)
        assert report.new.count == size + 2
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*rarely)


async def test_memory_does_not_grow_with_the_source(mapped: Graph) -> None:
    await peak(mapped, 500)
    small, great = await peak(mapped, 500), await peak(mapped, 6_000)
    assert great < 2 * small


SIRET = "12345678900011"


def told(id_: str, source: str, **values: Any) -> Any:
    return make.organisation(id_, source=source, siret=SIRET, place=make.place(), **values)


async def test_a_body_known_from_another_source_keeps_its_id(mapped: Graph) -> None:
    await run(mapped, piece(told("a:1", "a", contact=Contact(phone="1"))), name="a")
    second = (
        piece(told("b:9", "b", name="CAF", contact=Contact(phone="2"))),
        piece(make.service("b:s", organisation="b:9")),
    )
    report = await run(mapped, *second, name="b")
    assert (counts(report), report.merged, report.doubts.count) == ((2, 0, 0, 0), 1, 0)
    async with mapped.reading() as unit:
        bodies = await unit.directory.organisations(["a:1", "b:9"])
        assert list(bodies) == ["a:1"]
        assert [s.id for s in (await unit.directory.services_of(["a:1"]))["a:1"]] == ["b:s"]
        claims = (await unit.claims.of([bodies["a:1"]]))[bodies["a:1"]]
    assert {c.value["contact"].phone for c in claims if "contact" in c.value} == {"1", "2"}
    before = await contents(mapped)
    again = await run(mapped, *second, name="b")
    assert (counts(again), again.merged) == ((0, 0, 2, 0), 0)
    assert await contents(mapped) == before


async def test_a_merged_body_that_one_source_drops_is_found_again(mapped: Graph) -> None:
    first, second = piece(told("a:1", "a")), piece(told("b:9", "b", name="CAF"))
    await run(mapped, first, name="a")
    await run(mapped, second, name="b")
    dropped = await run(mapped, name="b", force=True)
    assert dropped.gone.first == ["a:1"]
    async with mapped.reading() as unit:
        assert (await unit.directory.organisations(["a:1"]))["a:1"] == told("a:1", "a")
        assert await unit.bodies.kept_under(["b:9"]) == {}
    assert (await run(mapped, second, name="b")).merged == 1


async def test_a_body_that_both_sources_drop_is_kept_under_no_other_id(mapped: Graph) -> None:
    await run(mapped, piece(told("a:1", "a")), name="a")
    await run(mapped, piece(told("b:9", "b", name="CAF")), name="b")
    # The second is then the only one to speak, without a claim beside the node.
    await run(mapped, name="a", force=True)
    await run(mapped, name="b", force=True)
    async with mapped.reading() as unit:
        assert (await unit.directory.organisations(["a:1"]))["a:1"].state is ListingState.ARCHIVED
        assert await unit.bodies.kept_under(["b:9"]) == {}


async def test_two_bodies_of_one_source_stay_two(mapped: Graph) -> None:
    report = await run(mapped, piece(told("a:1", "a")), piece(told("a:2", "a")), name="a")
    assert (counts(report), report.merged) == ((2, 0, 0, 0), 0)


async def test_the_same_known_body_is_not_given_twice(mapped: Graph) -> None:
    """The second comes in a later piece: the first has taken the body, in a dry run too."""
    await run(mapped, piece(told("a:1", "a")), name="a")
    twice = piece(told("b:1", "b")), piece(told("b:2", "b"))
    for dry_run in (True, False):
        report = await run(mapped, *twice, name="b", dry_run=dry_run)
        assert (counts(report), report.merged) == ((2, 0, 0, 0), 1)
        assert report.doubts.first == ["b:2 et a:1 — « Organisme d’essai »"]


async def test_a_doubt_is_told_and_nothing_is_merged(mapped: Graph) -> None:
    await run(mapped, piece(told("a:1", "a")), name="a")
    elsewhere = make.organisation("b:1", name="CAF", siret=SIRET, place=make.place("25462"))
    report = await run(mapped, piece(elsewhere), name="b")
    assert (report.merged, report.doubts.first) == (0, ["b:1 et a:1 — « CAF »"])
    assert "Peut-être le même organisme :" in report.in_words()
    async with mapped.reading() as unit:
        assert set(await unit.directory.organisations(["a:1", "b:1"])) == {"a:1", "b:1"}


async def test_what_is_invented_never_joins_what_is_real(mapped: Graph) -> None:
    await run(mapped, piece(told("a:1", "a")), name="a")
    report = await run(mapped, piece(told("b:1", "b", demonstration=True)), name="b")
    assert (report.new.first, report.merged, report.doubts.count) == (["b:1"], 0, 0)


def child(address: Address, *how: str) -> subprocess.Popen[bytes]:
    """A load in a process of its own, which tells at its end what was new."""
    given = {"ENGINE_URI": address.uri, "ENGINE_USER": address.user, "ENGINE_PASSWORD": address.password}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.importers.streaming_child", *how],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
    )


async def until(done: Callable[[int], bool], graph: Graph) -> None:
    end = time.monotonic() + 240
    while True:
        async with graph.reading(30) as unit:
            (row,) = await unit.run("MATCH (s:Service) RETURN count(s) AS n")
        if done(row["n"]):
            return
        assert time.monotonic() < end, row


async def test_killed_at_any_moment_it_is_taken_up_again(mapped: Graph, engine: Address) -> None:
    """kill -9 three times, each a little further; then a run to the end: as if nothing had happened, and nothing twice."""
    for enough in (1, 500, 1000):
        with child(engine, "endless") as process:
            try:
                await until(lambda n, enough=enough: n >= enough, mapped)
            finally:
                process.kill()
        assert process.returncode == -signal.SIGKILL
        # Its turn would end by itself in half a minute.
        await free(mapped)
    with child(engine) as last:
        out, _ = last.communicate(timeout=240)
    assert last.returncode == 0
    new, unchanged = (int(number) for number in out.split())
    assert new + unchanged == 2600
    assert unchanged >= 1000
    interrupted = await contents(mapped)
    await mapped.write(
        lambda unit: unit.run("MATCH (n) WHERE n:Service OR n:Organisation OR n:Place OR n:Claim DETACH DELETE n")
    )
    assert counts(await run(mapped, *many_pieces(), name="flux")) == (2600, 0, 0, 0)
    assert interrupted == await contents(mapped)
