"""What is told of one row of the lattice over a period, quarter by quarter as it was published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from api.actions.figures.reading import published
from api.actions.reports.table import Cell, Mark, total
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import InvalidInput
from graph.model.figures.lattice import WHOLE, Measure, Node, Published, part
from graph.model.figures.periods import Quarter
from graph.model.territory import Territory, TerritoryLevel

# A stock is as it stood at the end of the last quarter; what happened is added up.
STOCKS: Final = frozenset({Measure.NEEDS_OPEN, Measure.FILES_OPEN, Measure.TRANSITIONAL})


class Told:
    """What is told of one row in the quarters of a period; those that are not published are left out."""

    def __init__(self, row: Node) -> None:
        self.row = row
        self.quarters: list[Quarter] = []
        self._held: dict[tuple[Measure, Quarter], Published] = {}

    async def load(
        self, rooms: Rooms, viewer: Viewer, quarters: Sequence[Quarter], measures: Sequence[Measure]
    ) -> None:
        """Read them. Raises NotSignedIn, NotAllowed."""
        for quarter in quarters:
            for measure in measures:
                found = await published(rooms, viewer, measure, quarter, self.row)
                if found is not None:
                    self._held[measure, quarter] = found
            if any((measure, quarter) in self._held for measure in measures):
                self.quarters.append(quarter)

    def of(self, measure: Measure, column: Node = WHOLE, row: Node | None = None, only: Quarter | None = None) -> Cell:
        """How many, over the quarters, or in the last for a stock; hidden where no quarter is published."""
        among = [only] if only else self.quarters[-1:] if measure in STOCKS else self.quarters
        counts = [
            self._held[measure, quarter].count(self.row if row is None else row, column)
            for quarter in among
            if (measure, quarter) in self._held
        ]
        return total(counts) if counts else Mark.HIDDEN


def row_of(territory: Territory | None) -> Node:
    """The row of a territory in what is published. Raises InvalidInput where none is kept for it."""
    if territory is None or territory.level is TerritoryLevel.COUNTRY:
        return WHOLE
    region = next((zone for zone in territory.zones if zone.startswith("region:")), "")
    if territory.level is TerritoryLevel.REGION:
        return (part("region", territory.id),)
    if territory.level is TerritoryLevel.DEPARTEMENT and region:
        return part("region", region), part("departement", territory.id)
    raise InvalidInput("Choisissez une région ou un département.", "territoire")
