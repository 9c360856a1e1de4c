"""Who covers a territory: for each competence the first relay there, how many follow, and what nobody covers.

One look at the index for all competences together, where a search for each would make 107.
"""

from __future__ import annotations

from asyncio import sleep
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.rooms import Rooms
from graph.model.ranking import listing_of, place, relay
from graph.model.relay import Listing, Question, Relay
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competences
from graph.model.weighing import Weighing, candidate_of
from search.backend import Wanted
from search.hours import opening

TOWNS: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT, TerritoryLevel.SECTOR})
# Larger territories that people know by name, and ask in.
KNOWN_BY_NAME: Final = frozenset({TerritoryLevel.DEPARTEMENT, TerritoryLevel.REGION, TerritoryLevel.COUNTRY})
# Other questions are answered between two of so many competences.
AT_A_TIME: Final = 20


@dataclass(frozen=True, slots=True)
class Covered:
    """A competence in a territory: the first of the `total` relays that a search for it alone would give; None of zero."""

    competence: str
    first: Relay | None
    total: int


async def coverage(rooms: Rooms, territory: Territory, at: datetime) -> tuple[Covered, ...]:
    """Every competence, in the order of the list, as a search at `at` for it in this territory alone finds it.

    Raises Unavailable when the index does not answer.
    """
    handling = _by_competence(await _acting_for(rooms, territory))
    found: list[Covered] = []
    for number, id_ in enumerate(competences()):
        if number % AT_A_TIME == 0:
            await sleep(0)
        question = Question(at=at, competences=(id_,), territory=territory)
        found.append(_covered(question, handling.get(id_, ())))
    return tuple(found)


def _covered(question: Question, listings: Iterable[Listing]) -> Covered:
    """As `rank` orders them; only the first is told."""
    weighing = Weighing(question, opening)
    preferred = {pair: number for number, pair in enumerate(weighing.preferred)}
    placed = place(weighing, [candidate_of(listing, preferred, weighing.zones) for listing in listings])
    first = relay(weighing, placed[0], listing_of(placed[0])) if placed else None
    return Covered(question.competences[0], first, len(placed))


async def nearest(rooms: Rooms, territory: Territory, missing: Iterable[str]) -> dict[str, Territory]:
    """For competences that nobody handles here, the smallest territory around this one in which somebody does.

    Raises Unavailable when the index does not answer.
    """
    left = set(missing)
    found: dict[str, Territory] = {}
    for zone in territory.zones[1:]:
        around = rooms.places.get(zone)
        if not left or around is None or around.level not in KNOWN_BY_NAME:
            continue
        listings = await _listings(rooms, Wanted(inside=zone, competences=tuple(sorted(left))))
        handled = left & _by_competence(listings).keys()
        found |= dict.fromkeys(handled, around)
        left -= handled
    return found


async def acting_inside(rooms: Rooms, territory: Territory) -> Counter[str]:
    """How many listings act in this territory or a part of it, and in each that it contains, by id.

    What acts in the whole of a larger one is not told for each of its parts. Raises Unavailable.
    """
    acting = await _listings(rooms, Wanted(inside=territory.id, competences=tuple(competences())))
    counts: Counter[str] = Counter()
    for listing in acting:
        covered = (rooms.places.get(id_) for id_ in listing.covers)
        counts.update({zone for one in covered if one for zone in one.zones})
    return counts


async def _acting_for(rooms: Rooms, territory: Territory) -> Sequence[Listing]:
    """What covers it; and what covers a part of it, where it has parts."""
    wanted = tuple(competences())
    covering = await _listings(rooms, Wanted(zones=territory.zones, competences=wanted))
    if territory.level in TOWNS and not rooms.places.within(territory.id):
        return covering
    parts = await _listings(rooms, Wanted(inside=territory.id, competences=wanted))
    return list({listing.key: listing for listing in (*covering, *parts)}.values())


async def _listings(rooms: Rooms, wanted: Wanted) -> Sequence[Listing]:
    return await rooms.index.listings(await rooms.index.candidates(wanted))


def _by_competence(listings: Iterable[Listing]) -> dict[str, list[Listing]]:
    found: defaultdict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        for id_ in {tie.competence for tie in listing.ties}:
            found[id_].append(listing)
    return dict(found)
