"""`HANDED_TO`: what bodies hand to one another, added up by month. Made anew from the handoffs of a month whenever one of them
has moved, so that it can be compared with them at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, LiteralString, TypeVar

from graph.model.casework.clocks import PARIS
from graph.model.casework.desk_report import beside, month_of
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import Ending, Flow, added_up
from graph.model.figures.periods import month_begin
from graph.store.casework.rows import DAY_MS, milliseconds, moment_of, slots
from graph.store.figures.facts import FactsRead

if TYPE_CHECKING:
    from graph.store.unit import Unit

T = TypeVar("T")
AT_ONCE: Final = 1000

FIRST: Final[LiteralString] = "MATCH (h:Handoff) WHERE h.sent > 0 RETURN min(h.sent) AS first"
# By the file: its end, another lead, a redirect change handoffs that the entry does not name.
MOVED: Final[LiteralString] = """
UNWIND $slots AS slot
MATCH (e:Entry {slot: slot}) WHERE e.at >= $since
WITH DISTINCT e.file AS id
MATCH (h:Handoff {file: id}) WHERE h.sent > 0
RETURN DISTINCT h.sent / $day AS day ORDER BY day
"""
# Beginning at those who send, whom the month names: from the month alone, every body of the graph is walked.
SENDERS: Final[LiteralString] = "MATCH (m:FlowMonth {id: $month}) RETURN m.senders AS senders"
CLEAR: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (:Organisation {id: id})-[r:HANDED_TO {month: $month}]->(:Organisation)
DELETE r
"""
# A body that the directory does not know any more keeps no edge: it has no node.
PUT: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (s:Organisation {id: row.sender}), (t:Organisation {id: row.target})
CREATE (s)-[r:HANDED_TO {month: row.month, category: row.category, outcome: row.outcome, count: row.count, delays: row.delays}]->(t)
"""
READ: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (s:Organisation {id: id})-[r:HANDED_TO {month: $month}]->(t:Organisation)
RETURN s.id AS sender, t.id AS target, r.month AS month, r.category AS category, r.outcome AS outcome, r.count AS count,
       r.delays AS delays
ORDER BY sender, target, category, outcome
"""
KNOWN: Final[LiteralString] = "UNWIND $ids AS id MATCH (o:Organisation {id: id}) RETURN o.id AS id ORDER BY id"
SET_MONTH: Final[LiteralString] = "MERGE (m:FlowMonth {id: $month}) SET m.at = $at, m.senders = $senders"
MONTHS: Final[LiteralString] = "MATCH (m:FlowMonth) RETURN m.id AS id, m.at AS at ORDER BY id"


class Flows:
    """Flows within one unit; months as "2026-03", of Paris."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def moved(self, since: datetime | None, until: datetime) -> list[str]:
        """Months of sending of the handoffs whose file moved since then: all from the first to `until` where `since` is None."""
        if since is None:
            first = (await self._unit.run(FIRST))[0]["first"]
            return _months(moment_of(first), until) if first else []
        rows = await self._unit.run(MOVED, since=milliseconds(since), slots=slots(since, until), day=DAY_MS)
        # A day of the epoch may lie in two of Paris.
        days = [datetime.fromtimestamp(0, PARIS) + timedelta(days=row["day"]) for row in rows]
        return sorted({month_of(at) for day in days for at in (day, day + timedelta(days=1))})

    async def made(self, month: str) -> list[Flow]:
        """The flows of a month as its handoffs tell them now."""
        begin, end = month_begin(month), month_begin(beside(month, 1))
        found: list[HandoffFact] = [fact async for fact in FactsRead(self._unit).between(begin, end)]
        known = await self._known({id_ for one in found for id_ in (one.sender, one.target)})
        return [flow for flow in added_up(found) if {flow.sender, flow.target} <= known]

    async def put(self, month: str, flows: Sequence[Flow], at: datetime) -> None:
        """These in place of what was there for that month."""
        for some in _parts(await self._senders(month)):
            await self._unit.run(CLEAR, month=month, ids=some)
        for some in _parts(flows):
            await self._unit.run(PUT, rows=[_row(flow) for flow in some])
        senders = sorted({flow.sender for flow in flows})
        await self._unit.run(SET_MONTH, month=month, at=milliseconds(at), senders=senders)

    async def read(self, months: Iterable[str]) -> list[Flow]:
        """Those of these months, as they were last made."""
        return [
            _flow(row)
            for month in months
            for some in _parts(await self._senders(month))
            for row in await self._unit.run(READ, month=month, ids=some)
        ]

    async def months(self) -> dict[str, datetime]:
        """Which months were made, and when."""
        return {row["id"]: moment_of(row["at"]) for row in await self._unit.run(MONTHS)}

    async def _known(self, ids: Iterable[str]) -> set[str]:
        return {row["id"] for some in _parts(sorted(ids)) for row in await self._unit.run(KNOWN, ids=some)}

    async def _senders(self, month: str) -> list[str]:
        """Who sent something in a month, in order, as it was last made."""
        rows = await self._unit.run(SENDERS, month=month)
        return sorted(rows[0]["senders"] or []) if rows else []


def _parts(some: Sequence[T]) -> Iterator[list[T]]:
    return (list(some[start : start + AT_ONCE]) for start in range(0, len(some), AT_ONCE))


def _months(first: datetime, last: datetime) -> list[str]:
    found, end = [month_of(first)], month_of(last)
    while found[-1] < end:
        found.append(beside(found[-1], 1))
    return found


def _row(flow: Flow) -> dict[str, Any]:
    return {
        "sender": flow.sender,
        "target": flow.target,
        "month": flow.month,
        "category": flow.category,
        "outcome": flow.ending.value,
        "count": flow.count,
        "delays": list(flow.delays),
    }


def _flow(row: dict[str, Any]) -> Flow:
    return Flow(
        sender=row["sender"],
        target=row["target"],
        month=row["month"],
        category=row["category"],
        ending=Ending(row["outcome"]),
        count=row["count"],
        delays=tuple(row["delays"]),
    )
