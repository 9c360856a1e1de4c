"""What is past is swept, a page at a time; what is not stays, and so does what figures are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import LiteralString

from graph.model.casework.contact import Contact
from graph.model.casework.front_desk import NeedNoted, Recorded
from graph.store.casework.sweeping import SWEPT_AT_ONCE
from graph.store.unit import Graph, Unit

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
HERE, NEED = "o:desk", "logement--impayes-de-loyer"
LEFT: LiteralString = """
MATCH (n) WHERE n:Request OR n:RequestEntry OR n:RequestNeed OR n:Lookup OR n:LookupHit OR n:LookupHour
  OR n:HandoffLink OR n:LinkCode
RETURN labels(n)[0] AS label, count(n) AS many ORDER BY label
"""


async def left(graph: Graph) -> dict[str, int]:
    async with graph.reading() as unit:
        return {row["label"]: row["many"] for row in await unit.run(LEFT)}


async def kept_since(graph: Graph, name: str, at: datetime) -> None:
    """A contact with words and a need, a lookup with its hit, a link and a code that end then."""

    async def write(unit: Unit) -> None:
        request = await unit.requests.append(None, "anne", at, Recorded(organisation=HERE, contact=Contact()))
        request = await unit.requests.append(request, "anne", at, NeedNoted(competence=NEED))
        await unit.requests.write_words(request, "Voisine inquiète.")
        await unit.lookups.asked_within(f"anne {name}", at, timedelta(hours=1), network=True)
        await unit.lookups.note("anne", HERE, at, ground="accord", request=request.id, files=[f"f {name}"])
        await unit.answer_links.make(f"l {name}", f"h {name}", HERE, at, "code", "salt")
        await unit.link_codes.keep(name, f"f {name}", at, at)

    await graph.write(write)


async def test_each_goes_when_its_time_is_over_and_not_before(empty_graph: Graph) -> None:
    for name, days in (("old", 800), ("older", 740), ("of this year", 200), ("new", 0)):
        await kept_since(empty_graph, name, AT - timedelta(days=days))
    # A code goes with the next that is made.
    assert (await left(empty_graph))["LinkCode"] == 1
    swept = await empty_graph.write(lambda unit: unit.sweeping.sweep(AT + timedelta(hours=1)))
    assert await left(empty_graph) == {
        "Lookup": 2, "LookupHit": 2, "LookupHour": 1, "Request": 2, "RequestEntry": 4, "RequestNeed": 4,
    }  # fmt: skip
    assert swept == 2 + 2 + 2 + 3 + 4 + 1
    assert await empty_graph.write(lambda unit: unit.sweeping.sweep(AT + timedelta(hours=1))) == 0


async def test_a_sweep_takes_a_page(empty_graph: Graph) -> None:
    rows = [{"id": str(number), "at": 1} for number in range(SWEPT_AT_ONCE + 1)]
    make: LiteralString = "UNWIND $rows AS row CREATE (l:Lookup) SET l = row"
    await empty_graph.write(lambda unit: unit.run(make, rows=rows))
    assert await empty_graph.write(lambda unit: unit.sweeping.sweep(AT)) == SWEPT_AT_ONCE
    assert await left(empty_graph) == {"Lookup": 1}
