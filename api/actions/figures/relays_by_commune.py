"""How many relays each commune of a territory has for a competence: who lives where nobody answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.find_relay import MOST_NARROWED, candidates
from api.rooms import Rooms
from graph.model.directory import Public
from graph.model.errors import InvalidInput
from graph.model.ranking import place
from graph.model.relay import Listing, Question
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competences
from graph.model.weighing import Weighing
from search.backend import Wanted
from search.hours import HOURS, PARIS

# A whole country is no map that anybody reads, and takes seconds.
MAPPED: Final = frozenset({TerritoryLevel.DEPARTEMENT, TerritoryLevel.REGION, TerritoryLevel.EPCI})
TOWNS: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT})


@dataclass(frozen=True, slots=True)
class Covered:
    """A commune (or a municipal arrondissement) and how many relays cover it."""

    territory: Territory
    relays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Every commune of a territory. `relays` are all that cover it or a part of it; `cut` when there are more that were not
    looked at: then no commune is said to have none.
    """

    competence: str
    territory: Territory
    communes: tuple[Covered, ...]
    relays: int
    cut: bool = False

    @property
    def bare(self) -> tuple[Covered, ...]:
        """Those without a relay, the most populous first."""
        found = (one for one in self.communes if not one.relays and not self.cut)
        return tuple(sorted(found, key=lambda one: (-one.territory.population, one.territory.name)))

    @property
    def population(self) -> int:
        """Of all of them."""
        return sum(one.territory.population for one in self.communes)

    @property
    def population_bare(self) -> int:
        """Of those without a relay."""
        return sum(one.territory.population for one in self.bare)


def mapped(rooms: Rooms, territory: Territory) -> Territory:
    """The territory whose communes are looked at: itself, or for a commune its département.

    Raises InvalidInput for one that is too large.
    """
    if territory.level in MAPPED:
        return territory
    for zone in territory.zones[1:]:
        around = rooms.places.get(zone)
        if around is not None and around.level is TerritoryLevel.DEPARTEMENT:
            return around
    raise InvalidInput("Choisissez une région, un département ou une intercommunalité.", "territory")


async def relays_by_commune(
    rooms: Rooms, competence: str, territory: Territory, public: Public | None, at: datetime
) -> Coverage:
    """As a search for this competence would find them now: what excludes the public is not counted.

    Raises InvalidInput for a competence or a territory that cannot be looked at, Unavailable when the index does not answer.
    """
    if competence not in competences():
        raise InvalidInput("Ce thème n’est pas dans la liste des compétences.", "competence")
    around = mapped(rooms, territory)
    question = Question(
        at=at.astimezone(PARIS),
        competences=(competence,),
        territory=around,
        publics=(public,) if public else (),
        public_optional=True,
    )
    weighing = Weighing(question, HOURS)
    found = await candidates(rooms, question, weighing.preferred, MOST_NARROWED)
    parts = await rooms.index.candidates(_parts(rooms, around, competence, weighing))
    found = found.joined(parts.elsewhere())
    order = place(weighing, found)
    listings = await rooms.index.listings(order.candidates, [one.row for one in order.page(count=len(order))])
    towns = [
        one for one in rooms.places.within(around.id) if one.level in TOWNS and not rooms.places.is_divided(one.id)
    ]
    return Coverage(
        competence=competence,
        territory=around,
        communes=tuple(_counted(towns, listings)),
        relays=len(order),
        cut=found.cut,
    )


def _parts(rooms: Rooms, around: Territory, competence: str, weighing: Weighing) -> Wanted:
    """What covers an intercommunality that lies across the border: it does not lie inside, and covers communes that do."""
    zones = {zone for one in rooms.places.within(around.id) for zone in one.zones}
    return Wanted(
        zones=tuple(sorted(zone for zone in zones if zone.startswith(f"{TerritoryLevel.EPCI}:"))),
        competences=(competence,),
        preferred=weighing.preferred,
        most=MOST_NARROWED,
    )


def _counted(towns: list[Territory], listings: list[Listing]) -> list[Covered]:
    covering: defaultdict[str, set[int]] = defaultdict(set)
    for number, listing in enumerate(listings):
        for zone in listing.covers:
            covering[zone].add(number)
    nobody: frozenset[int] = frozenset()
    return [Covered(town, len(set().union(*(covering.get(zone, nobody) for zone in town.zones)))) for town in towns]
