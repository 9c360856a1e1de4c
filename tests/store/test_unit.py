from __future__ import annotations

import asyncio

import pytest
from neo4j import AsyncGraphDatabase
from neo4j.exceptions import ConstraintError, DatabaseError

from graph.model.errors import Unavailable
from graph.store import unit as units
from graph.store.engine import Address
from graph.store.migrate import MIGRATIONS, done, mark, marked, migrate
from graph.store.unit import Graph, Unit

COUNT = "MATCH (n:Outbox) RETURN count(n) AS n"
INSERT = "CREATE (n:Outbox {id: $id, due: 0, attempts: 0})"


async def test_migrations_run_once(graph: Graph) -> None:
    assert await migrate(graph) == ()
    assert await done(graph) == tuple(name for name, _ in MIGRATIONS)


async def test_a_graph_of_a_newer_version_is_refused_and_left_alone(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.run("CREATE (:Migration {id: 'm999_future'})"))
    try:
        with pytest.raises(Unavailable, match="m999_future"):
            await migrate(empty_graph)
        assert "m999_future" in await done(empty_graph)
    finally:
        await empty_graph.write(lambda unit: unit.run("MATCH (m:Migration {id: 'm999_future'}) DELETE m"))


async def test_a_fault_undoes_the_whole_action(empty_graph: Graph) -> None:
    async def half(unit: Unit) -> None:
        await unit.run(INSERT, id="half")
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await empty_graph.write(half)
    async with empty_graph.reading() as unit:
        assert await unit.run(COUNT) == [{"n": 0}]


async def test_a_broken_constraint_is_tried_again_from_the_start(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.run(INSERT, id="taken"))
    names = iter(["taken", "taken", "free"])
    seen: list[str] = []

    async def insert(unit: Unit) -> str:
        seen.append(next(names))
        await unit.run(INSERT, id=seen[-1])
        return seen[-1]

    assert await empty_graph.write(insert) == "free"
    assert seen == ["taken", "taken", "free"]
    async with empty_graph.reading() as unit:
        assert await unit.run(COUNT) == [{"n": 2}]


async def test_a_constraint_that_stays_broken_is_told(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.run(INSERT, id="taken"))
    tries = 0

    async def insert(unit: Unit) -> None:
        nonlocal tries
        tries += 1
        await unit.run(INSERT, id="taken")

    with pytest.raises(ConstraintError):
        await empty_graph.write(insert)
    assert tries == units.ATTEMPTS


async def test_two_hundred_writers_of_a_hundred_keys_leave_a_hundred_nodes(empty_graph: Graph) -> None:
    async def merge(number: int) -> None:
        key = f"k{number % 100}"
        await empty_graph.write(lambda unit: unit.run("MERGE (n:Outbox {id: $id}) SET n.due = 0", id=key))

    await asyncio.gather(*(merge(number) for number in range(200)))
    async with empty_graph.reading() as unit:
        assert await unit.run(COUNT) == [{"n": 100}]


async def test_a_read_that_lasts_too_long_is_given_up(empty_graph: Graph) -> None:
    with pytest.raises(Unavailable, match="ne répond pas pour le moment"):
        async with empty_graph.reading(seconds=0.3) as unit:
            await unit.run("UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b RETURN count(a * b) AS n")


async def test_no_server_is_said_in_words() -> None:
    units_seconds = units.OPENING_SECONDS
    try:
        units.OPENING_SECONDS = 0.5  # pyright: ignore[reportAttributeAccessIssue]
        with pytest.raises(Unavailable, match="ne répond pas"):
            await Graph.open(Address("bolt://127.0.0.1:9", "root", "x"))
    finally:
        units.OPENING_SECONDS = units_seconds  # pyright: ignore[reportAttributeAccessIssue]


async def test_marks_stay(empty_graph: Graph) -> None:
    assert await marked(empty_graph, "seen") is None
    await mark(empty_graph, "seen")
    await mark(empty_graph, "seen", "twice")
    assert await marked(empty_graph, "seen") == "twice"
    async with empty_graph.reading() as unit:
        assert await unit.run("MATCH (m:Mark) RETURN count(m) AS n") == [{"n": 1}]


async def test_a_vocabulary_of_another_time_is_brought_up_to_date(empty_graph: Graph) -> None:
    edges = "MATCH (c:Competence)-[:BROADER]->(b:Competence) RETURN c.id AS c, b.id AS b, c.label AS l ORDER BY c"
    await migrate(empty_graph)
    async with empty_graph.reading() as unit:
        before = await unit.run(edges)
    moved, other = before[0], next(row for row in before if row["b"] != before[0]["b"])
    await empty_graph.write(
        lambda unit: unit.run(
            "MATCH (c:Competence {id: $c})-[old:BROADER]->(), (b:Competence {id: $b}) "
            "DELETE old CREATE (c)-[:BROADER]->(b) SET c.label = 'Autrefois'",
            c=moved["c"],
            b=other["b"],
        )
    )
    await mark(empty_graph, "vocabulary", "of another time")
    await migrate(empty_graph)
    async with empty_graph.reading() as unit:
        assert await unit.run(edges) == before


async def test_a_fault_of_the_engine_is_said_in_words(empty_graph: Graph) -> None:
    async def fails(unit: Unit) -> None:
        raise DatabaseError("out of disk")

    with pytest.raises(Unavailable, match="a refusé d’écrire"):
        await empty_graph.write(fails)
    with pytest.raises(Unavailable, match="n’a pas pu lire"):
        async with empty_graph.reading():
            raise DatabaseError("out of disk")


async def test_an_engine_that_says_nothing_is_not_waited_for() -> None:
    """It takes the connection and never answers, as one that is stopped does."""
    loop = asyncio.get_running_loop()
    met: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: met.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    driver = AsyncGraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("root", "x"), telemetry_disabled=True)
    graph = Graph(driver, "maillage")
    start = loop.time()
    assert not await graph.answers()
    with pytest.raises(Unavailable, match="ne répond pas"):
        async with graph.reading(seconds=0.5):
            pytest.fail("there is nothing to read")
    with pytest.raises(Unavailable, match="rien n’a été enregistré"):
        await graph.write(lambda unit: unit.outbox.sweep(), seconds=0.5)
    assert loop.time() - start < units.ANSWER_SECONDS + 2
    await graph.close()
    for writer in met:
        writer.close()
    server.close()
