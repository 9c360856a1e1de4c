"""One key, one effect, one answer: also for whoever looked for the answer a moment before it was there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.model.errors import InvalidInput, NotFound, Refusal, StepNotAllowed
from graph.store.unit import Graph, Unit

WHO = "someone"
TAKE = "MATCH (n:Outbox {id: 'thing', attempts: 0}) SET n.attempts = 1 RETURN n.id AS id"
COUNT = "MATCH (n:Outbox) RETURN count(n) AS n, sum(n.attempts) AS taken"


def refused() -> StepNotAllowed:
    return StepNotAllowed("taken", "take")


async def laid(graph: Graph) -> None:
    await graph.write(lambda unit: unit.run("CREATE (:Outbox {id: 'thing', due: 0, attempts: 0})"))


class Taking:
    """Takes the only thing there is, once for each key; what `meanwhile` does happens between the look and the taking."""

    def __init__(
        self,
        graph: Graph,
        key: str,
        asked: str = "take",
        why: Callable[[], Refusal] = refused,
        *,
        overtaken_by: str = "",
    ) -> None:
        self.graph, self.key, self.asked, self.why, self.overtaken_by = graph, key, asked, why, overtaken_by
        self.runs = 0

    async def __call__(self, unit: Unit) -> str:
        self.runs += 1
        if before := await unit.replies.found(WHO, self.key, self.asked):
            return before["said"]
        if self.runs == 1 and self.overtaken_by:
            await self.graph.write(Taking(self.graph, self.overtaken_by))
        if not await unit.run(TAKE):
            raise self.why()
        await unit.replies.keep(WHO, self.key, self.asked, {"said": f"taken by {self.key}"})
        return f"taken by {self.key}"


@pytest.mark.parametrize("why", [refused, lambda: NotFound("Il n’y est plus.")])
async def test_who_is_overtaken_under_her_own_key_hears_the_answer(
    empty_graph: Graph, why: Callable[[], Refusal]
) -> None:
    await laid(empty_graph)
    take = Taking(empty_graph, "k", why=why, overtaken_by="k")
    assert await empty_graph.write(take) == "taken by k"
    assert take.runs == 2
    async with empty_graph.reading() as unit:
        assert await unit.run(COUNT) == [{"n": 1, "taken": 1}]


async def test_who_is_overtaken_under_another_key_is_refused_at_once(empty_graph: Graph) -> None:
    await laid(empty_graph)
    take = Taking(empty_graph, "mine", overtaken_by="theirs")
    with pytest.raises(StepNotAllowed):
        await empty_graph.write(take)
    assert take.runs == 1
    # What is refused is not kept: the same demand may be granted later.
    await empty_graph.write(lambda unit: unit.run("MATCH (n:Outbox) SET n.attempts = 0"))
    assert await empty_graph.write(Taking(empty_graph, "mine")) == "taken by mine"


async def test_a_key_that_served_another_demand_meanwhile_is_said(empty_graph: Graph) -> None:
    await laid(empty_graph)
    with pytest.raises(InvalidInput, match="déjà servi"):
        await empty_graph.write(Taking(empty_graph, "k", "another", overtaken_by="k"))


async def test_an_answer_of_the_unit_itself_is_no_other_unit_s(empty_graph: Graph) -> None:
    runs = 0

    async def keep_and_refuse(unit: Unit) -> None:
        nonlocal runs
        runs += 1
        assert await unit.replies.found(WHO, "k", "ask") is None
        await unit.replies.keep(WHO, "k", "ask", {"said": "yes"})
        raise refused()

    with pytest.raises(StepNotAllowed):
        await empty_graph.write(keep_and_refuse)
    assert runs == 1
    async with empty_graph.reading() as unit:
        assert await unit.replies.found(WHO, "k", "ask") is None
