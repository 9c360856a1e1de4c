"""When there is how much to do: handoffs by month of whoever receives them; day by day in one's own service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.actions.figures.reading import tables, unit_of
from api.actions.figures.told import Scope, Told, own
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework.clocks import PARIS
from graph.model.figures.facts import HandoffFact
from graph.model.figures.lattice import WHOLE, Measure, Node, part
from graph.model.figures.periods import Period, Span
from graph.model.figures.selecting import RECEIVED, Chosen, Counted, Split, counting


@dataclass(frozen=True, slots=True)
class Line:
    """A part of what is asked, by its id ("" for all of it), and its number in each month."""

    id: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Months:
    """Handoffs received in each month ("2026-03"), all together and by the parts of the `split`, the busiest first."""

    months: tuple[str, ...]
    whole: Line
    split: str
    parts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """What came to one's own service on each day of a period; days without anything are not named."""

    contacts: Counter[date]
    received: Counter[date]


async def months(rooms: Rooms, viewer: Viewer, scope: Scope) -> Months:
    """The network's, as published; a handoff counts in the month of its sending. Raises NotSignedIn, NotAllowed."""
    asked, split, row = scope.period.quarters, scope.split, scope.row
    tables_ = await tables(rooms, viewer, [(Measure.SENT, quarter) for quarter in asked], row, scope.published)
    found = Told(list(tables_.values())).parts(row, WHOLE, split).told if split else {}
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))

    def line(id_: str, at: Node) -> Line:
        # A month lies in one quarter: the others have nothing to say of it.
        return Line(
            id_,
            tuple(
                table.count(at, (part("month", month),)) if (table := tables_.get((Measure.SENT, quarter))) else None
                for quarter in asked
                for month in quarter.months
            ),
        )

    return Months(
        tuple(month for quarter in asked for month in quarter.months),
        line("", row),
        split,
        tuple(line(value, (*row, part(split, value))) for value, _ in ordered),
    )


async def days(rooms: Rooms, viewer: Viewer, scope: Scope) -> Days:
    """Those of one's own service: contacts at its door, handoffs from elsewhere. Raises NotSignedIn, NotAllowed."""
    facts = await own(rooms, viewer, scope.period, scope.category)
    ids = (await unit_of(rooms, viewer)).ids
    span = Span(scope.period.begin, scope.period.end)
    asked = Chosen(counted=Counted.SENT, span=span, by={Split.DIRECTION: RECEIVED})
    came = [one.sent for one in counting(facts, asked, ids) if isinstance(one, HandoffFact) and one.sent]
    return Days(_by_day((one.at for one in facts.requests), scope.period), _by_day(came, scope.period))


def first_and_last(period: Period) -> tuple[date, date]:
    """The days of Paris with which a period begins and ends."""
    return period.begin.astimezone(PARIS).date(), (period.end - timedelta(seconds=1)).astimezone(PARIS).date()


def _by_day(moments: Iterable[datetime], period: Period) -> Counter[date]:
    return Counter(one.astimezone(PARIS).date() for one in moments if period.begin <= one < period.end)
