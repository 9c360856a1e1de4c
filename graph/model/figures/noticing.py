"""How alerts are noticed: from what is published, what searches ran into, and where nobody is competent any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Final

from graph.model.figures.alerts import RULES, Alert, AlertKind
from graph.model.figures.histograms import quantile
from graph.model.figures.lattice import FEWEST
from graph.model.figures.searched import Met, SearchCount, summed
from graph.model.figures.uncovered import Uncovered
from graph.model.territory import COUNTRY, Territory, TerritoryLevel

# Of a normal law: 95 % lies within so many standard deviations.
Z_95: Final = 1.96
HALF: Final = 0.5
# "Doubled" means nothing of a day or less: an answer on the morrow is no slow one.
LEAST_DAYS: Final = 2
MOST_PLACES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is published of the answers of a body in a quarter: None where it is hidden. `missed` by code those that were refused
    (reasons) or never came ("expired"); `delays` the histogram of days until an answer, None where one of its numbers is hidden.
    """

    total: int | None
    missed: Mapping[str, int | None]
    delays: tuple[int, ...] | None = None


# What of a refusal is a dead end: no room, nobody there, or the wrong door. A person who changed her mind is none.
DEAD: Final = ("no_capacity", "expired", "not_eligible", "not_offered", "out_of_area")


def lowest_share(part: int, total: int) -> float:
    """The low end of Wilson's interval at 95 % for `part` of `total`; 0 of nothing."""
    if not total:
        return 0.0
    share, room = part / total, Z_95 * Z_95 / total
    spread = Z_95 * sqrt((share * (1 - share) + room / 4) / total)
    return (share + room / 2 - spread) / (1 + room)


def is_dead_end(answered: Answered) -> bool | None:
    """Whether half of what it is handed leads nowhere for sure; None where too little is published to say so.

    What is hidden counts as nothing: a body is never accused of what nobody may see.
    """
    rule = RULES[AlertKind.BECAME_DEAD_END]
    if answered.total is None or answered.total < rule.least:
        return None
    return lowest_share(_missed(answered), answered.total) >= HALF


def became_dead_end(organisation: str, now: Answered, before: Answered, since: date) -> Alert | None:
    """The body leads nowhere, and did not in the quarter before."""
    if not is_dead_end(now) or is_dead_end(before):
        return None
    assert now.total, "a dead end had something to answer"
    causes = Counter({code: count for code in DEAD if (count := now.missed.get(code))})
    return Alert(
        kind=AlertKind.BECAME_DEAD_END,
        figure=_missed(now),
        before=_missed(before) if before.total is not None else None,
        share=round(100 * _missed(now) / now.total),
        since=since,
        organisation=organisation,
        causes=tuple(causes.most_common()),
    )


def answers_slower(organisation: str, now: Answered, before: Answered, since: date) -> Alert | None:
    """Its median answer takes twice as long for sure, whatever the days within the buckets; figures are days."""
    least = RULES[AlertKind.ANSWERS_SLOWER].least
    if not now.delays or not before.delays or min(sum(now.delays), sum(before.delays)) < least:
        return None
    late, early = quantile(now.delays, HALF), quantile(before.delays, HALF)
    assert late and early, "there are answers"
    if early[1] is None or late[0] < 2 * max(early[1], 1) or late[0] < LEAST_DAYS:
        return None
    return Alert(kind=AlertKind.ANSWERS_SLOWER, figure=late[0], before=early[1], since=since, organisation=organisation)


def many(
    kind: AlertKind, now: int | None, before: int | None, since: date, *, territory: str, competence: str = ""
) -> Alert | None:
    """A published number that is worth telling: of transitional files, or of unanswered needs of a category."""
    if now is None or now < RULES[kind].least:
        return None
    return Alert(kind=kind, figure=now, before=before, since=since, territory=territory, competence=competence)


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
    least = RULES[AlertKind.STALE_BUT_SOUGHT].least
    return [
        Alert(kind=AlertKind.STALE_BUT_SOUGHT, figure=told.now, before=told.before, since=told.since, listing=listing)
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
            since=told.since,
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


def _missed(answered: Answered) -> int:
    return sum(answered.missed.get(code) or 0 for code in DEAD)
