"""Before and after a reorganisation, for coordinators: what is shown is worked out by the rules by which it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions import reorganising
from api.actions.coverage import LOCAL
from api.actions.reorganising import Planned
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.directory import Agreement
from graph.model.life import PARIS
from graph.model.reorganisation.afterwards import Handling, afterwards, coverage_changes, handlings
from graph.model.reorganisation.comparing import Comparison, comparison
from graph.model.reorganisation.effects import Reading
from graph.model.reorganisation.plan import PlanState
from graph.model.territory import Territory
from search.backend import Wanted

SECONDS: Final = 60.0
# All that handle one competence in a region: more than there are.
MOST_OTHERS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A plan as it is planned, and what it changes; None once it has begun: what was before is no more."""

    planned: Planned
    comparison: Comparison | None


async def compared(rooms: Rooms, viewer: Viewer, id_: str, *, at: datetime) -> Compared:
    """A plan, and what it would change were it done as things are. Raises NotSignedIn, NotAllowed, NotFound, Unavailable."""
    planned = await reorganising.planned(rooms, viewer, id_, at=at)
    plan = planned.plan
    if plan.state in {PlanState.RUNNING, PlanState.DONE}:
        return Compared(planned=planned, comparison=None)
    async with rooms.graph.reading(SECONDS) as unit:
        # Whose the services and posts are that move is known once they are read.
        known = await unit.reorganisations.facts(plan)
        by_body = await unit.directory.agreements_of(sorted(known.bodies))
        agreements = sorted({one.id: one for some in by_body.values() for one in some}.values(), key=lambda one: one.id)
        files = await unit.reorganisations.facts_held(Reading(plan).sources)
    after = afterwards(plan, known)
    was = handlings(known, agreements, at.astimezone(PARIS).date())
    will = handlings(after, agreements, plan.on)
    communes = _communes(rooms, _changed(was, will))
    own = {
        *(f"organisation:{one}" for one in known.bodies),
        *(f"service:{one}" for one in known.services),
        *(f"agreement:{one.id}" for one in agreements if one.given_to in known.bodies),
    }
    changes = coverage_changes(was, will, communes, await _others(rooms, _changed(was, will), own))
    return Compared(
        planned=replace(planned, known=known),
        comparison=comparison(plan, known, files, _standing(agreements, at), changes),
    )


def _standing(agreements: Iterable[Agreement], at: datetime) -> list[Agreement]:
    return [one for one in agreements if one.until is None or one.until >= at.astimezone(PARIS).date()]


def _changed(was: Sequence[Handling], will: Sequence[Handling]) -> set[Handling]:
    return set(was) ^ set(will)


def _communes(rooms: Rooms, changed: Iterable[Handling]) -> list[Territory]:
    """The communes in which something may change; an arrondissement stands for its part of a divided commune."""
    asked = sorted({id_ for one in changed for id_ in one.covers})
    found: dict[str, Territory] = {}
    for id_ in asked:
        place = rooms.places.get(id_)
        for one in [*rooms.places.within(id_), *([place] if place else [])]:
            if ":" not in one.id and not rooms.places.is_divided(one.id):
                found[one.id] = one
    return [found[id_] for id_ in sorted(found)]


async def _others(rooms: Rooms, changed: Iterable[Handling], own: set[str]) -> dict[str, frozenset[str]]:
    """By competence of which something changes, the territories that listings outside of the plan cover, around and inside. `own`
    are the keys of those in it.
    """
    asked: dict[str, set[str]] = {}
    for one in changed:
        asked.setdefault(one.competence, set()).update(one.covers)
    found: dict[str, frozenset[str]] = {}
    for competence, covers in sorted(asked.items()):
        told: set[str] = set()
        places = [rooms.places.get(zone) for zone in sorted(covers)]
        zones = {zone for place in places if place for zone in place.zones}
        wholes = [
            place.id for place in places if place and (place.level not in LOCAL or rooms.places.is_divided(place.id))
        ]
        around = Wanted(zones=tuple(sorted(zones)), competences=(competence,), most=MOST_OTHERS)
        # Inside of a commune that is not divided there is nothing but what covers it.
        inside = [Wanted(inside=zone, competences=(competence,), most=MOST_OTHERS) for zone in wholes]
        for wanted in (around, *inside) if zones else ():
            candidates = await rooms.index.candidates(wanted)
            for listing in await rooms.index.listings(candidates, range(len(candidates))):
                if listing.key not in own:
                    told |= set(listing.covers)
        found[competence] = frozenset(told)
    return found
