"""Which commune a point lies in or near: the one whose own point is nearest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import ceil, cos, floor, radians
from typing import Final

from graph.model.territory import Point, Territory, TerritoryLevel

# Cells of a fifth of a degree: about 22 km from south to north, and in France at least 13 from west to east.
CELLS_PER_DEGREE: Final = 5
KM_PER_DEGREE: Final = 111.0
# Of a cell's height, so that the poles do not divide by nothing.
NARROWEST: Final = 0.1
FINEST: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT})


class Grid:
    """Communes and municipal arrondissements by the cell of their point."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        self._cells: defaultdict[tuple[int, int], list[Territory]] = defaultdict(list)
        for territory in territories:
            if territory.point and territory.level in FINEST:
                self._cells[_cell(territory.point)].append(territory)

    def nearest(self, point: Point, within_km: float) -> Territory | None:
        """The nearest of those within so many kilometres; of two equally near, the first by id."""
        width = KM_PER_DEGREE / CELLS_PER_DEGREE * max(cos(radians(point.lat)), NARROWEST)
        best: tuple[float, str, Territory] | None = None
        for ring in range(ceil(within_km / width) + 1):
            # What lies in a ring is at least the cells before it away.
            if best and best[0] < (ring - 1) * width:
                break
            for territory in self._ring(point, ring):
                km = point.distance_km(territory.point) if territory.point else within_km
                if km < within_km and (best is None or (km, territory.id) < best[:2]):
                    best = km, territory.id, territory
        return best[2] if best else None

    def _ring(self, point: Point, ring: int) -> Iterator[Territory]:
        """What lies in the cells that are so many cells away."""
        north, east = _cell(point)
        for row in range(north - ring, north + ring + 1):
            whole = abs(row - north) == ring
            for column in range(east - ring, east + ring + 1) if whole else (east - ring, east + ring):
                yield from self._cells.get((row, column), ())


def _cell(point: Point) -> tuple[int, int]:
    return floor(point.lat * CELLS_PER_DEGREE), floor(point.lon * CELLS_PER_DEGREE)
