"""An engine that conflicts, tires, loses its line, dies and comes back: the same on both."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import LiteralString, cast

import pytest
from neo4j.exceptions import ClientError, ConstraintError

from api.tally import Tally
from graph.model.errors import Unavailable
from graph.model.figures.searched import Met, SearchCount
from graph.store import engine as engines
from graph.store import unit as units
from graph.store.engine import Address, Engine
from graph.store.migrate import MIGRATIONS, done, migrate
from graph.store.schema import CONSTRAINTS, INDEXES, MARK
from graph.store.unit import Graph, Unit
from tests.conftest import launcher, on_neo4j, started
from tests.neo4j_server import Neo4jServer
from tests.outside import Line

LIMIT_SECONDS = 3
IDS = "MATCH (n:Outbox) RETURN n.id AS id ORDER BY id"
INSERT = "CREATE (n:Outbox {id: $id, due: 0, done: true})"
ADD = "MATCH (n:Outbox {id: $id}) SET n.due = n.due + 1"
DUES = "MATCH (n:Outbox) RETURN n.id AS id, n.due AS due ORDER BY id"
# Neither engine can shorten it, and it holds no memory.
LONG = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(a * b) AS n"
COMMIT = b"\xb0\x12"


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine | Neo4jServer]:
    """An engine of our own, not migrated, to be killed."""
    engine = launcher(tmp_path_factory.mktemp("fragile"))
    started(engine)
    yield engine
    engine.stop()


@pytest.fixture
async def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Graph]:
    """A graph without schema on an engine that ends what lasts longer than `LIMIT_SECONDS`."""
    monkeypatch.setattr(engines, "COMMAND_TIMEOUT_MS", LIMIT_SECONDS * 1000)
    limits = {"db.transaction.timeout": f"{LIMIT_SECONDS}s"}
    engine = Neo4jServer(tmp_path, limits) if on_neo4j() else launcher(tmp_path)
    graph = await Graph.open(started(engine))
    yield graph
    await graph.close()
    engine.stop()


@pytest.fixture
async def weak(fragile: Engine | Neo4jServer) -> AsyncIterator[Graph]:
    """A migrated and empty graph on the fragile engine, running."""
    if fragile.process is None or fragile.process.poll() is not None:
        fragile.start()
    graph = await Graph.open(fragile.address())
    await migrate(graph)
    await graph.write(lambda unit: unit.run("MATCH (n:Outbox) DELETE n"))
    yield graph
    await graph.close()


async def ids(graph: Graph) -> list[str]:
    async with graph.reading() as unit:
        return [row["id"] for row in await unit.run(IDS)]


def kill(engine: Engine | Neo4jServer) -> None:
    assert engine.process
    engine.process.kill()
    engine.process.wait()


async def test_several_that_migrate_at_once_do_not_hinder_each_other(fragile: Engine | Neo4jServer) -> None:
    graphs = [await Graph.open(fragile.address()) for _ in range(4)]
    try:
        await asyncio.gather(*(migrate(graph) for graph in graphs))
        assert await done(graphs[0]) == tuple(sorted(name for name, _ in MIGRATIONS))
    finally:
        await asyncio.gather(*(graph.close() for graph in graphs))


def told(*statements: str) -> set[tuple[str, str]]:
    """Label and property of each statement of the schema."""
    found = [re.search(r" FOR \(n:(\w+)\) (?:REQUIRE|ON) \(?n\.(\w+)", statement) for statement in statements]
    return {(match[1], match[2]) for match in found if match}


async def test_the_schema_is_there_on_either_engine(graph: Graph) -> None:
    """By label and property: the engines name constraints and indexes otherwise."""

    async def shown(statement: LiteralString) -> set[tuple[str, str]]:
        async with graph.reading() as unit:
            rows = await unit.run(statement)
        return {(row["labels"][0], row["properties"][0]) for row in rows if row["labels"]}

    unique, ranged = told(*CONSTRAINTS, MARK), told(*INDEXES)
    assert (len(unique), len(ranged)) == (len(CONSTRAINTS) + 1, len(INDEXES))
    assert unique <= await shown(
        "SHOW CONSTRAINTS YIELD labelsOrTypes, properties RETURN labelsOrTypes AS labels, properties"
    )
    assert unique | ranged <= await shown(
        "SHOW INDEXES YIELD labelsOrTypes, properties RETURN labelsOrTypes AS labels, properties"
    )


@pytest.mark.parametrize("label", sorted(label for label, _ in told(*CONSTRAINTS, MARK) if label != "Migration"))
async def test_an_id_is_taken_once_whether_it_is_said_at_once_or_at_the_commit(empty_graph: Graph, label: str) -> None:
    create = cast("LiteralString", f"CREATE (n:{label} {{id: 'twice'}})")
    count = cast("LiteralString", f"MATCH (n:{label} {{id: 'twice'}}) RETURN count(n) AS n")
    await empty_graph.write(lambda unit: unit.run(create))
    try:
        with pytest.raises(ConstraintError) as fault:
            await empty_graph.write(lambda unit: unit.run(create))
        assert fault.value.code == "Neo.ClientError.Schema.ConstraintValidationFailed"
        async with empty_graph.reading() as unit:
            assert await unit.run(count) == [{"n": 1}]
    finally:
        await empty_graph.write(lambda unit: unit.run("MATCH (n {id: 'twice'}) DELETE n"))


async def test_a_fault_of_a_statement_is_shown_and_not_tried_again(empty_graph: Graph) -> None:
    tries = 0

    async def wrong(unit: Unit) -> None:
        nonlocal tries
        tries += 1
        await unit.run(INSERT, id="a")
        await unit.run("MATCH (n:Outbox RETURN n")

    with pytest.raises(ClientError, match=r"Neo\.ClientError\.Statement\.SyntaxError"):
        await empty_graph.write(wrong)
    assert tries == 1
    assert await ids(empty_graph) == []


async def test_two_that_wait_for_each_other_both_end(empty_graph: Graph) -> None:
    for id_ in "ab":
        await empty_graph.write(lambda unit, id_=id_: unit.run(INSERT, id=id_))
    inside = asyncio.Barrier(2)
    tries = {"ab": 0, "ba": 0}

    async def add(order: str) -> None:
        async def action(unit: Unit) -> None:
            tries[order] += 1
            await unit.run(ADD, id=order[0])
            if tries[order] == 1:
                async with asyncio.timeout(120):
                    await inside.wait()
            await unit.run(ADD, id=order[1])

        await empty_graph.write(action)

    await asyncio.gather(add("ab"), add("ba"))
    async with empty_graph.reading() as unit:
        assert await unit.run(DUES) == [{"id": "a", "due": 2}, {"id": "b", "due": 2}]
    assert min(tries.values()) == 1
    assert 2 <= max(tries.values()) <= units.ATTEMPTS


async def test_a_reader_does_not_see_what_is_not_committed(empty_graph: Graph) -> None:
    async def peek(unit: Unit) -> None:
        await unit.run(INSERT, id="a")
        assert await ids(empty_graph) == []

    await empty_graph.write(peek)
    assert await ids(empty_graph) == ["a"]


async def test_what_lasts_longer_than_the_engine_allows_is_ended_by_it(strict: Graph) -> None:
    with pytest.raises(Unavailable, match="a mis trop de temps à lire"):
        async with strict.reading(seconds=120) as unit:
            await unit.run(LONG)

    async def insert_then_last(unit: Unit) -> None:
        await unit.run(INSERT, id="a")
        await unit.run(LONG)

    with pytest.raises(Unavailable, match="a mis trop de temps à écrire : rien n’a été enregistré"):
        await strict.write(insert_then_last, seconds=120)
    assert await ids(strict) == []


async def test_what_is_given_up_leaves_nothing_and_hinders_nobody(empty_graph: Graph) -> None:
    async def insert_then_last(unit: Unit) -> None:
        await unit.run(INSERT, id="a")
        await unit.run(LONG)

    with pytest.raises(Unavailable, match="rien n’a été enregistré"):
        await empty_graph.write(insert_then_last, seconds=2)
    await empty_graph.write(lambda unit: unit.run(INSERT, id="a"))
    assert await ids(empty_graph) == ["a"]


async def test_an_action_that_is_cancelled_leaves_nothing(empty_graph: Graph) -> None:
    inside = asyncio.Event()

    async def insert_then_wait(unit: Unit) -> None:
        await unit.run(INSERT, id="a")
        inside.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(empty_graph.write(insert_then_wait))
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await ids(empty_graph) == []


@pytest.fixture
async def line(empty_graph: Graph, engine: Address) -> AsyncIterator[Line]:
    """A line to the engine of the emptied graph."""
    async with Line(int(engine.uri.rpartition(":")[2])) as line:
        yield line


@pytest.fixture
async def far(line: Line, engine: Address) -> AsyncIterator[Graph]:
    """The same graph, over the line."""
    graph = await Graph.open(replace(engine, uri=f"bolt://127.0.0.1:{line.port}"))
    yield graph
    await graph.close()


async def test_a_line_cut_before_the_commit_is_taken_up_from_the_start(far: Graph, line: Line) -> None:
    tries = 0

    async def insert(unit: Unit) -> None:
        nonlocal tries
        tries += 1
        await unit.run(INSERT, id=f"a{tries}")
        if tries == 1:
            line.cut()
        await unit.run(INSERT, id=f"b{tries}")

    await far.write(insert)
    assert tries == 2
    assert await ids(far) == ["a2", "b2"]


@pytest.mark.parametrize("when", ["cut_before", "cut_after"])
async def test_a_line_cut_at_the_commit_is_said_and_the_action_is_not_run_again(
    far: Graph, line: Line, when: str
) -> None:
    tries = 0

    async def insert(unit: Unit) -> None:
        nonlocal tries
        tries += 1
        await unit.run(INSERT, id=f"a{tries}")
        setattr(line, when, COMMIT)

    with pytest.raises(Unavailable, match="vérifiez si c’est fait avant de recommencer"):
        await far.write(insert)
    assert tries == 1
    assert await ids(far) == (["a1"] if when == "cut_after" else [])


async def test_searches_of_a_commit_that_nobody_can_vouch_for_are_not_counted_again(far: Graph, line: Line) -> None:
    tally = Tally()
    tally.note([SearchCount(day=date(2026, 3, 2), met=Met.NOTHING)])
    line.cut_after = COMMIT
    await tally.write(far)
    assert tally.taken() == []


async def test_a_line_cut_while_reading_is_said_in_words(far: Graph, line: Line) -> None:
    with pytest.raises(Unavailable, match="ne répond pas pour le moment"):
        async with far.reading() as unit:
            line.cut()
            await unit.run(IDS)
    assert await ids(far) == []


async def test_kept_connections_that_died_are_not_noticed_by_anyone(far: Graph, line: Line) -> None:
    await asyncio.gather(*(ids(far) for _ in range(8)))
    line.cut()
    assert await asyncio.gather(*(ids(far) for _ in range(8))) == [[]] * 8
    line.cut()
    assert await far.answers()
    line.cut()
    await far.write(lambda unit: unit.run(INSERT, id="a"))
    assert await ids(far) == ["a"]


async def test_what_was_committed_outlives_a_kill_and_the_rest_does_not(
    weak: Graph, fragile: Engine | Neo4jServer
) -> None:
    await weak.write(lambda unit: unit.run(INSERT, id="before"))
    tries = 0

    async def insert_then_kill(unit: Unit) -> None:
        nonlocal tries
        tries += 1
        await unit.run(INSERT, id="during")
        kill(fragile)
        await unit.run(INSERT, id="after")

    with pytest.raises(Unavailable, match="Le graphe ne répond pas : rien n’a été enregistré"):
        await weak.write(insert_then_kill)
    assert tries == 1
    with pytest.raises(Unavailable, match="ne répond pas pour le moment"):
        await ids(weak)
    assert not await weak.answers()

    fragile.start()
    await (await Graph.open(fragile.address())).close()
    assert await ids(weak) == ["before"]
    await weak.write(lambda unit: unit.run(INSERT, id="again"))
    assert await ids(weak) == ["again", "before"]
