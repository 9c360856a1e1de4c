"""The outbox: what a worker that starts anew takes back, and what is given up on."""

from __future__ import annotations

from graph.store.outbox import INDEX_LISTINGS, Effect
from graph.store.unit import Graph


async def claim(graph: Graph, by: str) -> list[Effect]:
    return await graph.write(lambda unit: unit.outbox.claim(by))


async def test_a_worker_that_starts_anew_takes_back_its_own(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ["a"]))
    [killed] = await claim(empty_graph, "one")
    await empty_graph.write(lambda unit: unit.outbox.release("two"))
    assert await claim(empty_graph, "one") == []

    await empty_graph.write(lambda unit: unit.outbox.release("one"))
    [again] = await claim(empty_graph, "one")
    assert (again.id, again.attempts) == (killed.id, 2)


async def test_what_is_done_is_not_released(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ["a"]))
    claimed = await claim(empty_graph, "one")
    await empty_graph.write(lambda unit: unit.outbox.done(claimed))
    await empty_graph.write(lambda unit: unit.outbox.release("one"))
    assert await claim(empty_graph, "one") == []


async def test_a_parked_effect_is_counted_and_not_claimed_until_it_is_settled(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ["a"]))
    parked = await claim(empty_graph, "one")
    await empty_graph.write(lambda unit: unit.outbox.park(parked))
    await empty_graph.write(lambda unit: unit.outbox.release("one"))
    assert await claim(empty_graph, "one") == []
    async with empty_graph.reading() as unit:
        assert (await unit.outbox.pending(), await unit.outbox.parked()) == (0, 1)
        covered = await unit.outbox.waiting((INDEX_LISTINGS,))
    assert covered == [parked[0].id]

    await empty_graph.write(lambda unit: unit.outbox.settle(covered))
    async with empty_graph.reading() as unit:
        assert await unit.outbox.parked() == 0
