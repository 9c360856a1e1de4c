"""What a plan lets go by where people live: from which body to which, of which territories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.model.reorganisation.plan import FilesRule, MoveFiles, Plan, endings
from graph.model.territory import Territory


@dataclass(frozen=True, slots=True)
class GoesByPlace:
    """The files of `source` of people who live in these `territories` (of any level, by id) are led by `to` afterwards."""

    source: str
    to: str
    territories: tuple[str, ...]


def goes_by_place(plan: Plan) -> list[GoesByPlace]:
    """In the order of the moves, then of the heirs."""
    return [one for one in _said(plan) if one.territories]


def _said(plan: Plan) -> Iterator[GoesByPlace]:
    for move in plan.moves:
        if isinstance(move, MoveFiles) and move.rule is FilesRule.BY_COMMUNE:
            yield GoesByPlace(move.source, move.to, move.territories)
    for ending in endings(plan).values():
        for heir in ending.heirs:
            yield GoesByPlace(ending.id, heir.id, heir.territories)


def outermost(places: Iterable[Territory]) -> list[Territory]:
    """Those that lie in none of the others, so that nobody is counted twice."""
    found = {place.id: place for place in places}
    return [place for place in found.values() if not any(zone in found for zone in place.zones if zone != place.id)]
