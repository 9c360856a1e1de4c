"""What is told of a period: the quarters that were published, added up; or one's own service, to the last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.actions.figures.reading import exact, published
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.facts import Facts
from graph.model.figures.flows import category_of
from graph.model.figures.lattice import WHOLE, Measure, Node, Part, Published, counted, part, value_of
from graph.model.figures.periods import Period, Quarter
from graph.model.figures.tables import LEVELS, TABLES
from graph.model.territory import Territory

# What stands at a moment, not in a stretch of time: of several quarters the last one counts.
STANDING = frozenset({Measure.NEEDS_OPEN, Measure.UNMET, Measure.FILES_OPEN, Measure.TRANSITIONAL})


# A network lies in one of these, or in several.
HOMES: Final = ("region", "departement")


class AtLeast(int):
    """A number to which hidden ones would have to be added."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The parts of a cell by what they are called; those that hold nobody are not named. `hidden` is what the others hold
    together, None where that is hidden too.
    """

    told: Mapping[str, int]
    hidden: int | None

    def get(self, value: str) -> int | None:
        """How many one part holds: None where it is hidden, zero only where that is sure."""
        return self.told.get(value, 0 if self.hidden == 0 else None)


class Exact(Published):
    """Nothing is hidden."""

    def count(self, row: Node = WHOLE, column: Node = WHOLE) -> int | None:
        """How many."""
        return self.cells.get((row, column), 0)


@dataclass(frozen=True, slots=True)
class Told:
    """A measure over quarters, one table for each."""

    tables: Sequence[Published]

    def count(self, row: Node = WHOLE, column: Node = WHOLE) -> int | None:
        """How many; AtLeast where one of the quarters is hidden, None where that would say nothing."""
        return added(table.count(row, column) for table in self.tables)

    def parts(self, row: Node, column: Node, split: str) -> Spread:
        """The parts of a cell by a split of its row or of its column."""
        spreads = [table.parts(row, column, split) for table in self.tables]
        names = sorted({node for spread in spreads for node in spread.told})
        found: dict[str, int] = {}
        hidden: int | None = 0
        for spread in spreads:
            hidden = None if hidden is None or spread.hidden is None else hidden + spread.hidden
        for node in names:
            number = added(spread.told.get(node, 0 if spread.hidden == 0 else None) for spread in spreads)
            if number:
                found[value_of(node)] = number
        return Spread(found, hidden)


def added(counts: Iterable[int | None]) -> int | None:
    """A sum that says when something is missing from it; None where nothing else is known of it: "at least none" is no number."""
    every = list(counts)
    known = [one for one in every if one is not None]
    if not known:
        return None if every else 0
    partial = len(known) < len(every) or any(isinstance(one, AtLeast) for one in known)
    if not partial:
        return sum(known)
    return AtLeast(sum(known)) if sum(known) else None


async def where_all_is(rooms: Rooms, viewer: Viewer, period: Period) -> str:
    """The territory in which all that was sent in a period lies, down to a département; "" where more than one has a part of it.

    Raises NotSignedIn, NotAllowed.
    """
    row, found = WHOLE, ""
    for level in HOMES:
        spread = (await told(rooms, viewer, Measure.SENT, period, row)).parts(row, WHOLE, level)
        if spread.hidden != 0 or len(spread.told) != 1:
            break
        (found,) = spread.told
        row = (*row, part(level, found))
    return found


def row_of(territory: Territory | None) -> Node:
    """The row of a territory; everything for none, or for the country."""
    if territory is None:
        return WHOLE
    found = [f"{level}={zone}" for level in LEVELS for zone in territory.zones if zone.startswith(f"{level}:")]
    if ":" not in territory.id:
        found.append(f"commune={territory.id}")
    return tuple(found)


async def told(rooms: Rooms, viewer: Viewer, measure: Measure, period: Period, row: Node = WHOLE) -> Told:
    """The network's published figures: of this row, and of its parts. Raises NotSignedIn, NotAllowed."""
    asked = period.quarters if measure not in STANDING else period.quarters[-1:]
    found = [await published(rooms, viewer, measure, quarter, row) for quarter in asked]
    return Told([one for one in found if one is not None])


async def own(rooms: Rooms, viewer: Viewer, period: Period, category: str = "") -> Facts:
    """The facts of her own service, of one category of needs where that is told. Raises NotSignedIn, NotAllowed."""
    facts = await exact(rooms, viewer, period.begin, period.end)
    if not category:
        return facts
    return Facts(
        handoffs=tuple(one for one in facts.handoffs if category_of(one.competence) == category),
        needs=tuple(one for one in facts.needs if category_of(one.competence) == category),
        files=facts.files,
        requests=tuple(one for one in facts.requests if category in map(category_of, one.reasons)),
    )


def counted_exactly(facts: Facts, measure: Measure, period: Period) -> Told:
    """The same tables of her own service: bodies stand right below the whole."""
    table = TABLES[measure]
    asked = period.quarters if measure not in STANDING else period.quarters[-1:]
    rows: tuple[Part, ...] = (Part("organisation", table.body),) if table.body else ()

    def one(quarter: Quarter) -> Counter[Any]:
        return counted(table.of(facts, quarter), rows, table.columns(quarter))

    return Told([Exact(one(quarter)) for quarter in asked])
