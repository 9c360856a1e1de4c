"""Who covers a territory: for each competence the first relay there, how many follow, and what nobody covers."""

from __future__ import annotations

from asyncio import sleep
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from api.actions.find_relay import candidates
from api.rooms import Rooms
from graph.model.ranking import place, relay
from graph.model.relay import Question, Relay
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competences
from graph.model.weighing import Weighing
from search.backend import Index, Wanted
from search.hours import HOURS

# Small enough to be covered as one.
LOCAL: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT, TerritoryLevel.SECTOR})
# Larger territories that people know by name, and ask in.
KNOWN_BY_NAME: Final = frozenset({TerritoryLevel.DEPARTEMENT, TerritoryLevel.REGION, TerritoryLevel.COUNTRY})


# A search for each competence is much for one page: the last answers of each index stay, while they speak of their moment.
MINUTES: Final = 5
MOST_HELD: Final = 64


@dataclass(frozen=True, slots=True)
class Covered:
    """A competence in a territory: the first of the `total` relays that a search for it alone would give; None of zero.

    `cut` when there are more that fit less well and were not weighed.
    """

    competence: str
    first: Relay | None
    total: int
    cut: bool = False


# By generation of the index, territory and moment.
Held = OrderedDict[tuple[str, str, datetime], tuple[Covered, ...]]
_held: Final[WeakKeyDictionary[Index, Held]] = WeakKeyDictionary()


def moment_of(at: datetime) -> datetime:
    """The beginning of the five minutes that `at` lies in."""
    return at - timedelta(minutes=at.minute % MINUTES, seconds=at.second, microseconds=at.microsecond)


async def coverage(rooms: Rooms, territory: Territory, at: datetime) -> tuple[Covered, ...]:
    """Every competence, in the order of the list, as a search at `moment_of(at)` for it in this territory alone finds it.

    Raises Unavailable when the index does not answer.
    """
    held = _held.setdefault(rooms.index, OrderedDict())
    asked = (rooms.index.generation, territory.id, moment_of(at))
    if asked in held:
        held.move_to_end(asked)
        return held[asked]
    found: list[Covered] = []
    for id_ in competences():
        # Other questions are answered between two competences.
        await sleep(0)
        found.append(await _covered(rooms, Question(at=moment_of(at), competences=(id_,), territory=territory)))
    answer = tuple(found)
    # What was read across a change of the index is told, and not again.
    if rooms.index.generation == asked[0]:
        held[asked] = answer
        while len(held) > MOST_HELD:
            held.popitem(last=False)
    return answer


async def _covered(rooms: Rooms, question: Question) -> Covered:
    """As a search orders them; only the first is told."""
    [id_] = question.competences
    weighing = Weighing(question, HOURS)
    acting = await candidates(rooms, question, weighing.preferred)
    order = place(weighing, acting)
    if not len(order):
        return Covered(id_, None, 0)
    [first] = order.page(count=1)
    [listing] = await rooms.index.listings(acting, [first.row])
    return Covered(id_, relay(weighing, first, listing), len(order), acting.cut)


async def nearest(rooms: Rooms, territory: Territory, missing: Iterable[str]) -> dict[str, Territory]:
    """For competences that nobody handles here, the smallest territory around this one in which somebody does.

    Raises Unavailable when the index does not answer.
    """
    left = list(dict.fromkeys(missing))
    found: dict[str, Territory] = {}
    for zone in territory.zones[1:]:
        around = rooms.places.get(zone)
        if not left or around is None or around.level not in KNOWN_BY_NAME:
            continue
        for id_ in left:
            if len(await rooms.index.candidates(Wanted(inside=zone, competences=(id_,)))):
                found[id_] = around
        left = [id_ for id_ in left if id_ not in found]
    return found
