"""What is told of one row of the lattice over a period, as the cells of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.actions.figures import told as figures
from api.actions.figures.reading import tables
from api.actions.reports.table import Cell, Mark, counted
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import InvalidInput
from graph.model.figures.lattice import WHOLE, Measure, Node, Published
from graph.model.figures.periods import Quarter
from graph.model.figures.tables import LEVELS
from graph.model.territory import Territory


class Told:
    """What is told of one row in `quarters`: those of the period that are published."""

    def __init__(self, row: Node, found: Mapping[tuple[Measure, Quarter], Published]) -> None:
        self.row = row
        self.quarters = sorted({quarter for _, quarter in found})
        self._found = found

    def measured(self, measure: Measure, only: Quarter | None = None) -> figures.Told:
        """A measure over the quarters, or in the last for what stands."""
        among = [only] if only else self.quarters[-1:] if measure in figures.STANDING else self.quarters
        return figures.Told([self._found[measure, one] for one in among if (measure, one) in self._found])

    def of(self, measure: Measure, column: Node = WHOLE, row: Node | None = None, only: Quarter | None = None) -> Cell:
        """How many; hidden where no quarter is published."""
        found = self.measured(measure, only)
        return counted(found.count(self.row if row is None else row, column)) if found.tables else Mark.HIDDEN


async def read(
    rooms: Rooms, viewer: Viewer, quarters: Sequence[Quarter], measures: Sequence[Measure], row: Node
) -> Told:
    """These measures, of this row. Raises NotSignedIn, NotAllowed."""
    wanted = [(measure, quarter) for quarter in quarters for measure in measures]
    return Told(row, await tables(rooms, viewer, wanted, row))


def row_of(territory: Territory | None) -> Node:
    """The row of a territory in what is published. Raises InvalidInput where none is kept for it."""
    row = figures.row_of(territory)
    kept = LEVELS[: len(row)][-1:] == (territory.level,) if territory and row else not row
    if not kept or len(row) == len(LEVELS):
        raise InvalidInput("Choisissez une région ou un département.", "territoire")
    return row
