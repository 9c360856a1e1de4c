"""What is noticed each morning: what searches ran into, and where nobody is competent any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from graph.model.figures.alerts import RULES, Alert, AlertKind
from graph.model.figures.lattice import FEWEST
from graph.model.figures.searched import Met, SearchCount, summed, window_of
from graph.model.figures.uncovered import Uncovered
from graph.model.territory import COUNTRY, Territory, TerritoryLevel

MOST_PLACES: Final = 3


def zones_lost(uncovered: Iterable[Uncovered], places: Mapping[str, Territory]) -> list[Alert]:
    """For each competence and département the people of the communes that lost their last relay. `before` is how many lived
    without one there already.
    """
    found: list[Alert] = []
    for one in uncovered:
        lost = {code: day for code, day in one.lost.items() if code in places}
        people = sum(places[code].population for code in lost)
        if people < RULES[AlertKind.ZONE_LOST_LAST_RELAY].least:
            continue
        largest = sorted(lost, key=lambda code: (-places[code].population, code))
        without = sum(places[code].population for code in one.communes if code in places)
        found.append(
            Alert(
                kind=AlertKind.ZONE_LOST_LAST_RELAY,
                figure=people,
                before=without - people,
                since=min(lost.values()),
                territory=one.departement,
                competence=one.competence,
                places=tuple(largest[:MOST_PLACES]),
            )
        )
    return found


def stale_but_sought(counts: Iterable[SearchCount], stale: Collection[str], today: date) -> list[Alert]:
    """Listings that are stale today and were shown to many; `stale` are the keys of those that still are."""
    least, since = RULES[AlertKind.STALE_BUT_SOUGHT].least, window_of(today)[0]
    return [
        Alert(kind=AlertKind.STALE_BUT_SOUGHT, figure=told.now, before=told.before, since=since, listing=listing)
        for (met, _, _, listing), told in sorted(summed(counts, today).items())
        if met is Met.STALE and listing in stale and told.now is not None and told.now >= least
    ]


def searches_empty(counts: Iterable[SearchCount], places: Mapping[str, Territory], today: date) -> list[Alert]:
    """Searches that found nothing where they were put, added up by département (or by what was asked where it is larger): one
    level only, so that no number can be taken from another. `places` names the communes that have enough of their own.
    """
    missed = [one for one in counts if one.met is not Met.STALE]
    gathered = [_there(one, places) for one in missed]
    own: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    by_commune = summed((_any(one) for one in missed), today)
    for (_, competence, territory, _), told in by_commune.items():
        if told.now and _is_town(places.get(territory)):
            own[competence, departement_of(places.get(territory))].append((-told.now, territory))
    return [
        Alert(
            kind=AlertKind.SEARCHES_EMPTY,
            figure=told.now,
            before=told.before,
            since=window_of(today)[0],
            territory=territory,
            competence=competence,
            places=tuple(code for _, code in sorted(own[competence, territory])[:MOST_PLACES]),
        )
        for (_, competence, territory, _), told in sorted(summed(gathered, today).items())
        if told.now is not None and told.now >= max(FEWEST, RULES[AlertKind.SEARCHES_EMPTY].least)
    ]


def departement_of(territory: Territory | None) -> str:
    """The département that a place lies in; itself where it is larger, the country where there is no place."""
    if territory is None:
        return COUNTRY
    prefix = f"{TerritoryLevel.DEPARTEMENT}:"
    return next((zone for zone in territory.zones if zone.startswith(prefix)), territory.id)


def _there(one: SearchCount, places: Mapping[str, Territory]) -> SearchCount:
    return SearchCount(
        day=one.day,
        met=Met.NOTHING,
        competence=one.competence,
        territory=departement_of(places.get(one.territory)),
        count=one.count,
    )


def _any(one: SearchCount) -> SearchCount:
    return SearchCount(
        day=one.day, met=Met.NOTHING, competence=one.competence, territory=one.territory, count=one.count
    )


def _is_town(territory: Territory | None) -> bool:
    return territory is not None and ":" not in territory.id
