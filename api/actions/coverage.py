"""Who covers a territory: for each competence the first relay there, how many follow, and what nobody covers.

One look at the index for all competences together, where a search for each would make 107.
"""

from __future__ import annotations

from asyncio import sleep
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from api.rooms import Rooms
from graph.model.facts import Grade, grades
from graph.model.ranking import place, relay
from graph.model.relay import Listing, Question, Relay
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competences
from graph.model.weighing import Candidate, Weighing
from search.backend import Wanted
from search.hours import opening

# Small enough to be covered as one.
LOCAL: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT, TerritoryLevel.SECTOR})
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


class _Acting(NamedTuple):
    """A listing that may answer here, as it was found, and its grade for each of its competences."""

    candidate: Candidate
    listing: Listing
    grades: Mapping[str, Grade]


async def coverage(rooms: Rooms, territory: Territory, at: datetime) -> tuple[Covered, ...]:
    """Every competence, in the order of the list, as a search at `at` for it in this territory alone finds it.

    Raises Unavailable when the index does not answer.
    """
    handling: defaultdict[str, list[_Acting]] = defaultdict(list)
    for acting in await _acting_for(rooms, territory):
        for id_ in acting.grades:
            handling[id_].append(acting)
    found: list[Covered] = []
    for number, id_ in enumerate(competences()):
        if number % AT_A_TIME == 0:
            await sleep(0)
        found.append(_covered(Question(at=at, competences=(id_,), territory=territory), handling.get(id_, ())))
    return tuple(found)


def _covered(question: Question, acting: Sequence[_Acting]) -> Covered:
    """As a search orders them; only the first is told."""
    [id_] = question.competences
    weighing = Weighing(question, opening)
    ties = {grade: number for number, (_, grade) in enumerate(weighing.preferred)}
    placed = place(weighing, [one.candidate._replace(tie=ties[one.grades[id_]]) for one in acting])
    if not placed:
        return Covered(id_, None, 0)
    first = next(one.listing for one in acting if one.candidate.facts.key == placed[0].facts.key)
    return Covered(id_, relay(weighing, placed[0], first), len(placed))


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
        listings = await _listings(rooms, _wanted(left, inside=zone))
        handled = left & {tie.competence for listing in listings for tie in listing.ties}
        found |= dict.fromkeys(handled, around)
        left -= handled
    return found


async def acting_inside(rooms: Rooms, territory: Territory) -> Counter[str]:
    """How many listings act in this territory or a part of it, and in each that it contains, by id.

    What acts in the whole of a larger one is not told for each of its parts. Raises Unavailable.
    """
    acting = await _listings(rooms, _wanted(competences(), inside=territory.id))
    counts: Counter[str] = Counter()
    for listing in acting:
        covered = (rooms.places.get(id_) for id_ in listing.covers)
        counts.update({zone for one in covered if one for zone in one.zones})
    return counts


async def _acting_for(rooms: Rooms, territory: Territory) -> list[_Acting]:
    """What covers it; and what covers a part of it, where it has parts."""
    covering = await rooms.index.candidates(_wanted(competences(), zones=territory.zones))
    if territory.level not in LOCAL or rooms.places.within(territory.id):
        parts = await rooms.index.candidates(_wanted(competences(), inside=territory.id))
        covering = list({one.facts.key: one for one in (*parts, *covering)}.values())
    listings = await rooms.index.listings(covering)
    return [_Acting(one, listing, grades(listing)) for one, listing in zip(covering, listings, strict=True)]


async def _listings(rooms: Rooms, wanted: Wanted) -> Sequence[Listing]:
    return await rooms.index.listings(await rooms.index.candidates(wanted))


def _wanted(ids: Iterable[str], *, zones: tuple[str, ...] = (), inside: str = "") -> Wanted:
    """Any right to any of these; told here once, for the index looks at it with every hit."""
    wanted = Wanted(zones=zones, inside=inside, competences=tuple(sorted(ids)))
    return replace(wanted, preferred=wanted.ways)
