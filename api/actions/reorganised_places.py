"""How many open files there are where a plan lets files go by commune: from what is published, never by counting what is asked.

Whoever writes a draft chooses its communes, and could ask for a person with them. So a split is told by what everybody may read:
the stocks of the last quarter, commune by commune, added up. Who heads the body itself is told her own exactly (decision 0065).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.actions.figures.reading import exact, may_read_figures, quarters, tables
from api.actions.figures.told import counted_by, row_of
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import NotAllowed
from graph.model.figures.lattice import Measure
from graph.model.figures.periods import Quarter
from graph.model.figures.sums import added
from graph.model.reorganisation.by_place import GoesByPlace, goes_by_place, outermost
from graph.model.reorganisation.plan import Plan
from graph.model.territory import Territory


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceStock:
    """`network` are the files of the whole network that stood open there at the end of `quarter` (AtLeast where a part is hidden,
    None where all is); `own` those that `goes.source` leads there now, for who may read its figures exactly.
    """

    goes: GoesByPlace
    places: tuple[Territory, ...]
    quarter: Quarter | None = None
    network: int | None = None
    own: int | None = None


async def place_stocks(rooms: Rooms, viewer: Viewer, plan: Plan, *, at: datetime) -> list[PlaceStock]:
    """One for each pair of bodies between which the plan lets files go by place."""
    going = goes_by_place(plan)
    told = await quarters(rooms, viewer) if going and may_read_figures(viewer) else {}
    return [await _stock(rooms, viewer, one, told, at) for one in going]


async def _stock(
    rooms: Rooms, viewer: Viewer, goes: GoesByPlace, told: Mapping[Quarter, datetime], at: datetime
) -> PlaceStock:
    places = outermost(place for id_ in goes.territories if (place := rooms.places.get(id_)))
    quarter = max(told, default=None)
    counts = [await _open_files(rooms, viewer, place, quarter, told) for place in places] if quarter else []
    return PlaceStock(
        goes=goes,
        places=tuple(places),
        quarter=quarter,
        network=added(counts) if quarter and places else None,
        own=await _own(rooms, viewer, goes, at),
    )


async def _open_files(
    rooms: Rooms, viewer: Viewer, place: Territory, quarter: Quarter, told: Mapping[Quarter, datetime]
) -> int | None:
    """Of who lives there, as published; None where that is hidden, or not counted."""
    if not counted_by(place):
        return None
    row = row_of(place)
    found = await tables(rooms, viewer, [(Measure.FILES_OPEN, quarter)], row, told)
    return found[Measure.FILES_OPEN, quarter].count(row)


async def _own(rooms: Rooms, viewer: Viewer, goes: GoesByPlace, at: datetime) -> int | None:
    if not goes.source:
        return None
    try:
        facts = await exact(rooms, viewer, at, at, goes.source, [goes.source])
    except NotAllowed:
        return None
    asked = set(goes.territories)
    homes = [rooms.places.get(one.commune) for one in facts.files if one.lead == goes.source and one.closed is None]
    return sum(home is not None and not asked.isdisjoint(home.zones) for home in homes)
