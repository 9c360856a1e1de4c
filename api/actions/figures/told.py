"""What is told of a period: the quarters that were published, added up; or one's own service, to the last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from api.actions.figures.reading import exact, tables
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import InvalidInput
from graph.model.figures.facts import Facts
from graph.model.figures.flows import category_of
from graph.model.figures.lattice import WHOLE, Measure, Node, Part, Published, counted, value_of
from graph.model.figures.periods import Period, Quarter
from graph.model.figures.sums import added
from graph.model.figures.tables import LEVELS, TABLES
from graph.model.territory import Territory, TerritoryLevel
from search.places import Gazetteer

# What stands at a moment, not in a stretch of time: of several quarters the last one counts. UNMET is both, a need that stands
# open and a contact of the quarter: its quarters are added up, and its definition says so.
STANDING: Final = frozenset({Measure.NEEDS_OPEN, Measure.FILES_OPEN, Measure.TRANSITIONAL})
# Of one's own service, quarters that can be chosen: two years.
QUARTERS: Final = 8
BODIES: Final = "organisation"
# A network lies in one of these, or in several.
HOMES: Final = ("region", "departement")
# Bodies are told under a département alone; above it, territories are.
BELOW: Final = {
    None: "region",
    TerritoryLevel.COUNTRY: "region",
    TerritoryLevel.REGION: "departement",
    TerritoryLevel.DEPARTEMENT: BODIES,
    TerritoryLevel.EPCI: "commune",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What figures are asked of: where people live (None: everywhere), needs of one category ("": all). `exact` is one's own
    service, to the last one; otherwise it is the network as it was published. `published` says when each quarter was: read once,
    and given on.
    """

    period: Period
    territory: Territory | None = None
    category: str = ""
    exact: bool = False
    published: Mapping[Quarter, datetime] = field(default_factory=dict)

    @property
    def row(self) -> Node:
        """Its row in what is told."""
        return WHOLE if self.exact else row_of(self.territory)

    @property
    def split(self) -> str:
        """By what its row is told apart; "" where it is not."""
        return BODIES if self.exact else BELOW.get(self.territory.level if self.territory else None, "")


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


async def where_all_is(rooms: Rooms, viewer: Viewer, scope: Scope) -> Territory | None:
    """The territory in which all that was sent in a period lies, down to a département; None where more than one has a part of
    it. Raises NotSignedIn, NotAllowed.
    """
    found: Territory | None = None
    for level in HOMES:
        here = replace(scope, territory=found)
        [sent] = await told(rooms, viewer, here, Measure.SENT)
        spread = sent.parts(here.row, WHOLE, level)
        place = rooms.places.get(next(iter(spread.told))) if spread.hidden == 0 and len(spread.told) == 1 else None
        if place is None:
            break
        found = place
    return found


def counted_by(territory: Territory) -> bool:
    """Whether people are counted by it. Of nobody more is known than the commune, so nobody is by a sector within one."""
    return territory.level is not TerritoryLevel.SECTOR


def counted_place(places: Gazetteer, territory: Territory) -> Territory:
    """The smallest territory that holds this one and that people are counted by: itself, or the commune of a sector."""
    around = (found for zone in territory.zones if (found := places.get(zone)))
    return next((one for one in around if counted_by(one)), territory)


def row_of(territory: Territory | None) -> Node:
    """The row of a territory; everything for none, or for the country. Raises InvalidInput where people are not counted by it."""
    if territory is None:
        return WHOLE
    if not counted_by(territory):
        raise InvalidInput("Personne n’est compté par secteur : choisissez la commune.", "territoire")
    found = [f"{level}={zone}" for level in LEVELS for zone in territory.zones if zone.startswith(f"{level}:")]
    if ":" not in territory.id:
        # A commune of none stands under a community without a name.
        found += [] if any(one.startswith("epci=") for one in found) else ["epci="]
        found.append(f"commune={territory.id}")
    return tuple(found)


async def told(rooms: Rooms, viewer: Viewer, scope: Scope, *measures: Measure) -> tuple[Told, ...]:
    """The network's published figures, a Told for each measure: of the scope's row, and of its parts. Raises NotSignedIn,
    NotAllowed.
    """
    asked = {one: quarters_of(one, scope.period) for one in measures}
    wanted = [(measure, quarter) for measure, some in asked.items() for quarter in some]
    found = await tables(rooms, viewer, wanted, scope.row, scope.published)
    return tuple(
        Told([found[one, quarter] for quarter in some if (one, quarter) in found]) for one, some in asked.items()
    )


async def seen(rooms: Rooms, viewer: Viewer, scope: Scope, *measures: Measure) -> tuple[Told, ...]:
    """The same, or those of one's own service. Raises NotSignedIn, NotAllowed."""
    if not scope.exact:
        return await told(rooms, viewer, scope, *measures)
    facts = await own(rooms, viewer, scope.period, scope.category)
    return tuple(counted_exactly(facts, one, scope.period) for one in measures)


def quarters_of(measure: Measure, period: Period) -> tuple[Quarter, ...]:
    """Those that count: all of what happened, the last of what stands."""
    return period.quarters[-1:] if measure in STANDING else period.quarters


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
    rows: tuple[Part, ...] = (Part(BODIES, table.body),) if table.body else ()

    def one(quarter: Quarter) -> Counter[Any]:
        return counted(table.of(facts, quarter), rows, table.columns(quarter))

    return Told([Exact(one(quarter)) for quarter in quarters_of(measure, period)])
