"""The outbox: a row is handed to one at a time, none is lost, what fails too often is put aside, what is done leaves the queue."""

from __future__ import annotations

import asyncio
from collections import Counter

from neo4j.exceptions import TransientError

from graph.model.errors import Unavailable
from graph.store.migrations import m004_outbox
from graph.store.outbox import INDEX_LISTINGS, KEEP_DAYS, MOST_FAILURES, REBUILD_INDEX, Effect
from graph.store.unit import Graph, Unit

ROWS = 1000
CLAIMERS = 32
DAY = 86_400_000


async def add(graph: Graph, *subjects: str) -> None:
    async def each(unit: Unit) -> None:
        for subject in subjects:
            await unit.outbox.add(INDEX_LISTINGS, [subject])

    await graph.write(each)


async def claim(graph: Graph, by: str, most: int = 20) -> list[Effect]:
    return await graph.write(lambda unit: unit.outbox.claim(by, most))


async def end_leases(graph: Graph) -> None:
    await graph.write(lambda unit: unit.run("MATCH (o:Outbox) SET o.due = 0"))


async def counted(graph: Graph) -> tuple[int, int]:
    """How many effects are pending, how many parked."""
    async with graph.reading() as unit:
        return await unit.outbox.pending(), await unit.outbox.parked()


async def delivered(graph: Graph) -> list[str]:
    """The subjects of what was carried out."""
    async with graph.reading() as unit:
        rows = await unit.run("MATCH (d:Delivered) UNWIND d.subjects AS s RETURN s ORDER BY s")
    return [row["s"] for row in rows]


async def test_an_effect_is_claimed_once_and_again_after_its_lease(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ["a", "b"]))
    claims = await asyncio.gather(*(claim(empty_graph, "w") for _ in range(8)))
    claimed = [effect for found in claims for effect in found]
    assert [(effect.kind, effect.subjects) for effect in claimed] == [(INDEX_LISTINGS, ("a", "b"))]

    await end_leases(empty_graph)
    assert await claim(empty_graph, "w") == claimed
    await empty_graph.write(lambda unit: unit.outbox.done(claimed))
    assert await counted(empty_graph) == (0, 0)
    assert await delivered(empty_graph) == ["a", "b"]


async def test_many_claimers_share_a_thousand_rows_and_none_is_handed_out_twice(empty_graph: Graph) -> None:
    subjects = [f"s{number:04}" for number in range(ROWS)]
    await add(empty_graph, *subjects)
    handed: Counter[str] = Counter()

    async def take_all(by: str) -> None:
        while sum(handed.values()) < ROWS:
            try:
                handed.update(effect.subjects[0] for effect in await claim(empty_graph, by))
            except (TransientError, Unavailable):
                # So many at once wear out the retries of a unit: nothing was claimed, and another look is due.
                continue

    await asyncio.gather(*(take_all(f"w{number}") for number in range(CLAIMERS)))
    assert handed == Counter(subjects)
    assert await claim(empty_graph, "late") == []
    assert await counted(empty_graph) == (ROWS, 0)


async def test_a_worker_that_starts_anew_takes_back_its_own(empty_graph: Graph) -> None:
    await add(empty_graph, "a")
    killed = await claim(empty_graph, "one")
    await empty_graph.write(lambda unit: unit.outbox.release("two"))
    assert await claim(empty_graph, "one") == []

    await empty_graph.write(lambda unit: unit.outbox.release("one"))
    assert await claim(empty_graph, "one") == killed


async def test_what_is_done_is_not_released(empty_graph: Graph) -> None:
    await add(empty_graph, "a")
    claimed = await claim(empty_graph, "one")
    await empty_graph.write(lambda unit: unit.outbox.done(claimed))
    await empty_graph.write(lambda unit: unit.outbox.release("one"))
    assert await claim(empty_graph, "one") == []


async def test_a_lease_that_runs_out_while_its_worker_works_does_no_harm(empty_graph: Graph) -> None:
    await add(empty_graph, "a", "b")
    slow = await claim(empty_graph, "slow")
    await end_leases(empty_graph)
    quick = await claim(empty_graph, "quick")
    assert {effect.id for effect in quick} == {effect.id for effect in slow}

    await empty_graph.write(lambda unit: unit.outbox.done(quick))
    await empty_graph.write(lambda unit: unit.outbox.failed(slow))
    await empty_graph.write(lambda unit: unit.outbox.done(slow))
    assert await counted(empty_graph) == (0, 0)
    assert await delivered(empty_graph) == ["a", "b"]


async def test_deaths_do_not_count_against_an_effect_and_failures_do(empty_graph: Graph) -> None:
    await add(empty_graph, "a")
    claimed = await claim(empty_graph, "killed")
    for _ in range(MOST_FAILURES):
        await end_leases(empty_graph)
        assert await claim(empty_graph, "killed") == claimed
    for _ in range(MOST_FAILURES - 1):
        assert await empty_graph.write(lambda unit: unit.outbox.failed(claimed)) == []
    assert await counted(empty_graph) == (1, 0)
    assert await empty_graph.write(lambda unit: unit.outbox.failed(claimed)) == [claimed[0].id]
    assert await counted(empty_graph) == (0, 1)


async def test_a_parked_effect_is_not_claimed_until_it_is_settled(empty_graph: Graph) -> None:
    await add(empty_graph, "a")
    parked = await claim(empty_graph, "one")
    for _ in range(MOST_FAILURES):
        await empty_graph.write(lambda unit: unit.outbox.failed(parked))
    await empty_graph.write(lambda unit: unit.outbox.release("one"))
    await end_leases(empty_graph)
    assert await claim(empty_graph, "one") == []
    async with empty_graph.reading() as unit:
        covered = await unit.outbox.waiting((INDEX_LISTINGS,))
        assert await unit.outbox.waiting((REBUILD_INDEX,)) == []
    assert covered == [parked[0].id]

    await empty_graph.write(lambda unit: unit.outbox.settle(covered))
    assert await counted(empty_graph) == (0, 0)


async def test_what_was_delivered_is_swept_after_a_week_and_what_waits_never(empty_graph: Graph) -> None:
    await add(empty_graph, "old", "young", "waits")
    claimed = await claim(empty_graph, "one")
    done = [effect for effect in claimed if effect.subjects != ("waits",)]
    await empty_graph.write(lambda unit: unit.outbox.done(done))
    age = "MATCH (d:Delivered {subjects: ['old']}) SET d.on = d.on - $age"
    await empty_graph.write(lambda unit: unit.run(age, age=KEEP_DAYS * DAY - 60_000))
    assert await empty_graph.write(lambda unit: unit.outbox.sweep()) == 0
    await empty_graph.write(lambda unit: unit.run(age, age=60_001))
    assert await empty_graph.write(lambda unit: unit.outbox.sweep()) == 1
    assert await delivered(empty_graph) == ["young"]
    assert await counted(empty_graph) == (1, 0)


async def test_an_outbox_of_before_keeps_what_waits_and_moves_what_was_done(empty_graph: Graph) -> None:
    rows = [
        {"id": "w", "subjects": ["waits"], "done": False, "on": None},
        {"id": "d", "subjects": ["done"], "done": True, "on": 5},
    ]
    await empty_graph.write(
        lambda unit: unit.run(
            """UNWIND $rows AS row
            CREATE (:Outbox {id: row.id, kind: 'index_listings', subjects: row.subjects, written: 1, due: 1, attempts: 1,
                             done: row.done, deliveredOn: row.on})""",
            rows=rows,
        )
    )
    await m004_outbox.run(empty_graph)
    assert await delivered(empty_graph) == ["done"]
    assert await claim(empty_graph, "one") == [Effect("w", INDEX_LISTINGS, ("waits",))]
