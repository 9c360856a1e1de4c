"""Which commune a point lies in or near: the one whose own point is nearest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import ceil, cos, floor, radians
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.model.territory import EARTH_RADIUS_KM, Point, Territory, TerritoryLevel

# Cells of a fifth of a degree: about 22 km from south to north, and in France at least 13 from west to east.
CELLS_PER_DEGREE: Final = 5
KM_PER_DEGREE: Final = 111.0
# Of a cell's height, so that the poles do not divide by nothing.
NARROWEST: Final = 0.1
FINEST: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT})


class Grid:
    """Communes and municipal arrondissements by the cell of their point."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        found = [(t, t.point) for t in territories if t.point and t.level in FINEST]
        # In order of id: of two equally near, the first is met first.
        found.sort(key=lambda one: one[0].id)
        self._territories = [territory for territory, _ in found]
        self._lat = np.radians([point.lat for _, point in found])
        self._lon = np.radians([point.lon for _, point in found])
        self._cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for place, (_, point) in enumerate(found):
            self._cells[_cell(point)].append(place)

    def nearest(self, point: Point, within_km: float) -> Territory | None:
        """The nearest of those within so many kilometres; of two equally near, the first by id."""
        width = KM_PER_DEGREE / CELLS_PER_DEGREE * max(cos(radians(point.lat)), NARROWEST)
        best: tuple[float, int] | None = None
        for ring in range(ceil(within_km / width) + 1):
            # What lies in a ring is at least the cells before it away.
            if best and best[0] < (ring - 1) * width:
                break
            places = np.array(sorted(self._ring(point, ring)), np.int64)
            if not len(places):
                continue
            km = self._distances_km(point, places)
            first = int(km.argmin())
            if km[first] < within_km:
                met = float(km[first]), int(places[first])
                best = met if best is None else min(best, met)
        return self._territories[best[1]] if best else None

    def _distances_km(self, point: Point, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `Point.distance_km`, to each of these."""
        lat, lon = radians(point.lat), radians(point.lon)
        north, east = np.sin((self._lat[places] - lat) / 2), np.sin((self._lon[places] - lon) / 2)
        chord = north * north + cos(lat) * np.cos(self._lat[places]) * east * east
        return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))

    def _ring(self, point: Point, ring: int) -> Iterator[int]:
        """What lies in the cells that are so many cells away."""
        north, east = _cell(point)
        for row in range(north - ring, north + ring + 1):
            whole = abs(row - north) == ring
            for column in range(east - ring, east + ring + 1) if whole else (east - ring, east + ring):
                yield from self._cells.get((row, column), ())


def _cell(point: Point) -> tuple[int, int]:
    return floor(point.lat * CELLS_PER_DEGREE), floor(point.lon * CELLS_PER_DEGREE)
