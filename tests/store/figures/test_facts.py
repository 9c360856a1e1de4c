"""Facts read from the rows are those that the files themselves tell; flows are those that the facts make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from graph.model.casework.applying import replayed
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import Ending, Flow, added_up
from graph.model.figures.lattice import WHOLE, Measure, Node
from graph.model.figures.of_files import facts_of
from graph.model.figures.periods import Quarter
from graph.store.migrations import m024_pages
from graph.store.unit import Graph, Unit
from importers.invented.courses import lived
from importers.invented.generated import generated
from importers.invented.loading import load

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEGIN = END - timedelta(days=300)
NETWORK = generated("facts", 1, END)
LOGS = [log for number in range(25) if (log := lived(NETWORK, "facts", number, BEGIN, END))]
FACTS = [facts_of(replayed(log)) for log in LOGS]
ORGANISATIONS = "UNWIND $ids AS id MERGE (o:Organisation {id: id})"


async def everything(graph: Graph, begin: datetime, end: datetime) -> dict[str, list[object]]:
    async with graph.reading() as unit:
        return {
            "handoffs": [one async for one in unit.facts.handoffs(begin, end)],
            "needs": [one async for one in unit.facts.needs(begin, end)],
            "files": [one async for one in unit.facts.files(begin, end)],
        }


async def test_the_rows_tell_what_the_files_tell(empty_graph: Graph) -> None:
    await load(empty_graph, LOGS)
    found = await everything(empty_graph, BEGIN, END + timedelta(days=1))
    expected: dict[str, list[object]] = {
        "handoffs": [one for facts in FACTS for one in facts.handoffs if one.sent],
        "needs": [one for facts in FACTS for one in facts.needs],
        "files": [one for facts in FACTS for one in facts.files],
    }
    for name, some in expected.items():
        assert len(some) > 20, name
        assert {one.id: one for one in found[name]} == {one.id: one for one in some}  # type: ignore[attr-defined]
        assert len(found[name]) == len(some)


async def test_a_period_holds_what_moved_or_stood_in_it(empty_graph: Graph) -> None:
    await load(empty_graph, LOGS)
    begin, end = BEGIN + timedelta(days=100), BEGIN + timedelta(days=160)
    found = await everything(empty_graph, begin, end)
    moments = ("sent", "answered", "contacted", "ended")
    moved = {
        one.id
        for facts in FACTS
        for one in facts.handoffs
        if one.sent and one.sent < end and any((at := getattr(one, name)) and at >= begin for name in moments)
    }
    assert {one.id for one in found["handoffs"]} == moved  # type: ignore[attr-defined]
    stood = {
        one.id for facts in FACTS for one in facts.needs if one.opened < end and (not one.ended or one.ended >= begin)
    }
    assert {one.id for one in found["needs"]} == stood  # type: ignore[attr-defined]
    assert moved
    assert stood


async def test_flows_are_made_month_by_month_and_again_where_something_moved(empty_graph: Graph) -> None:
    await load(empty_graph, LOGS)
    handoffs: list[HandoffFact] = [one for facts in FACTS for one in facts.handoffs]
    bodies = {id_ for one in handoffs for id_ in (one.sender, one.target)}
    await empty_graph.write(lambda unit: unit.run(ORGANISATIONS, ids=sorted(bodies)))
    async with empty_graph.reading() as unit:
        months = await unit.flows.moved(None, END)
    for _ in range(2):
        for month in months:
            async with empty_graph.reading() as unit:
                made = await unit.flows.made(month)
            await empty_graph.write(lambda unit, month=month, made=made: unit.flows.put(month, made, END))
        async with empty_graph.reading() as unit:
            kept = await unit.flows.read(months)
            assert list(await unit.flows.months()) == months
        assert sorted(kept, key=repr) == sorted(added_up(handoffs), key=repr)
        assert sum(flow.count for flow in kept) > 20
    async with empty_graph.reading() as unit:
        assert await unit.flows.moved(END + timedelta(days=1), END) == []
        assert "2026-02" in await unit.flows.moved(END - timedelta(days=20), END)


async def test_rows_of_an_earlier_version_are_found_by_their_values(empty_graph: Graph) -> None:
    quarter, part = Quarter(2025, 3), ("region=region:27",)
    flow = Flow(sender="o:a", target="o:b", month="2025-07", category="", ending=Ending.TAKEN, count=3, delays=(3,))

    async def lay(unit: Unit) -> None:
        await unit.run(ORGANISATIONS, ids=["o:a", "o:b"])
        await unit.flows.put("2025-07", [flow], END)
        await unit.figures.put(quarter, Measure.SENT, {WHOLE: "{}", part: "{}"})

    async def as_before(unit: Unit) -> None:
        await unit.run("MATCH (m:FlowMonth) REMOVE m.senders")
        await unit.run("MATCH (f:Figure) SET f.above = CASE WHEN f.row = '' THEN '-' ELSE '' END REMOVE f.under")

    async def found() -> tuple[list[Flow], set[Node]]:
        async with empty_graph.reading() as unit:
            return await unit.flows.read(["2025-07"]), {*await unit.figures.below(quarter, Measure.SENT, WHOLE)}

    await empty_graph.write(lay)
    assert await found() == ([flow], {part})
    await empty_graph.write(as_before)
    assert await found() == ([], set())
    await m024_pages.run(empty_graph)
    assert await found() == ([flow], {part})
