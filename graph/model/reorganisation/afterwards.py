"""The directory as a plan leaves it, and who handles what where before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from graph.model.directory import Agreement, Organisation
from graph.model.life import shown_on
from graph.model.relay import Ground, Tie
from graph.model.reorganisation.effects import Reading
from graph.model.reorganisation.facts import DirectoryFacts
from graph.model.reorganisation.plan import (
    ChangeTerritory,
    MoveBody,
    Plan,
    RenameBody,
    created,
)
from graph.model.territory import Territory
from graph.model.ties import agreement_ties, body_ties, service_ties


def afterwards(plan: Plan, known: DirectoryFacts) -> DirectoryFacts:
    """What is known, as it is once the plan is done: bodies, services, posts and members. What ends is left out; files and
    handoffs are counted elsewhere, file by file.
    """
    reading = Reading(plan)
    bodies = {id_: body for id_, body in known.bodies.items() if id_ not in reading.endings} | created(plan)
    bodies = {
        id_: replace(body, part_of=reading.of_unit(id_, body.part_of)) if body.part_of else body
        for id_, body in bodies.items()
    }
    for move in plan.moves:
        match move:
            case RenameBody(id=id_) if id_ in bodies:
                bodies[id_] = replace(bodies[id_], name=move.name, aliases=(*bodies[id_].aliases, bodies[id_].name))
            case ChangeTerritory(body=id_) if id_ in bodies:
                bodies[id_] = replace(bodies[id_], covers=move.covers)
            case MoveBody(id=id_) if id_ in bodies:
                bodies[id_] = replace(bodies[id_], part_of=move.under)
            case _:
                pass
    members: defaultdict[str, set[str]] = defaultdict(set)
    for body, accounts in known.members.items():
        for account in accounts:
            members[reading.home(account, body)].add(account)
    members.pop("", None)
    return replace(
        known,
        bodies=bodies,
        services={
            id_: replace(one, organisation=to) for id_, one in known.services.items() if (to := reading.of_service(one))
        },
        posts={id_: replace(one, organisation=to) for id_, one in known.posts.items() if (to := reading.of_post(one))},
        members={body: frozenset(accounts) for body, accounts in members.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """Who handles a competence, by what right: `source` is the text of law or the agreement that says so, empty for none."""

    organisation: str
    name: str
    ground: Ground
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """One handler of one competence in these territories, whole."""

    competence: str
    handler: Handler
    covers: tuple[str, ...]


def handlings(known: DirectoryFacts, agreements: Iterable[Agreement], day: date) -> list[Handling]:
    """All that these bodies handle on a day: by their kind, by their services, by agreements that stand."""
    shown = {id_: body for id_, body in known.bodies.items() if shown_on(body, day)}
    found = [one for body in shown.values() for one in _handled(body, body_ties(body), body.covers)]
    for service in known.services.values():
        body = shown.get(service.organisation)
        if body and shown_on(service, day):
            found += _handled(body, service_ties(service, body), service.covers)
    for agreement in agreements:
        body = shown.get(agreement.given_to)
        if body and agreement.since <= day and (agreement.until is None or day <= agreement.until):
            found += _handled(body, agreement_ties(agreement), agreement.covers)
    return found


def _handled(body: Organisation, ties: Iterable[Tie], covers: tuple[str, ...]) -> list[Handling]:
    return [
        Handling(
            competence=tie.competence,
            handler=Handler(organisation=body.id, name=body.name, ground=tie.ground, source=tie.source),
            covers=covers,
        )
        for tie in ties
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageChange:
    """A competence in communes where who handles it changes, before and after, the surest first. `alone` where nobody else does:
    with nobody before the communes gain their first relay, with nobody after they lose their last one.
    """

    competence: str
    before: tuple[Handler, ...]
    after: tuple[Handler, ...]
    communes: tuple[Territory, ...]
    alone: bool

    @property
    def lost(self) -> bool:
        """Whether these communes lose their last relay."""
        return self.alone and not self.after

    @property
    def gained(self) -> bool:
        """Whether they gain their first one."""
        return self.alone and not self.before

    @property
    def population(self) -> int:
        """Who lives there."""
        return sum(one.population for one in self.communes)


def coverage_changes(
    before: Sequence[Handling],
    after: Sequence[Handling],
    communes: Iterable[Territory],
    others: Mapping[str, frozenset[str]],
) -> list[CoverageChange]:
    """What changes, those who lose their last relay first, then those who gain one, then the most populous. `others` are, by
    competence, the territories that bodies outside of the plan cover.
    """
    was, will = _by_competence(before), _by_competence(after)
    asked = sorted(id_ for id_ in {*was, *will} if _key(was.get(id_, ())) != _key(will.get(id_, ())))
    told = {one for handling in (*before, *after) for one in handling.covers}
    told |= {zone for id_ in asked for zone in others.get(id_, ())}
    # Communes that lie in the same of these territories have the same answers.
    alike: defaultdict[frozenset[str], list[Territory]] = defaultdict(list)
    for commune in communes:
        alike[frozenset(commune.zones) & told].append(commune)
    groups: defaultdict[tuple[str, tuple[Handler, ...], tuple[Handler, ...], bool], list[Territory]] = defaultdict(list)
    for zones, some in alike.items():
        for id_ in asked:
            here, then = _there(was.get(id_, ()), zones), _there(will.get(id_, ()), zones)
            if here != then:
                groups[id_, here, then, not zones & others.get(id_, frozenset())] += some
    found = [
        CoverageChange(
            competence=id_,
            before=here,
            after=then,
            communes=tuple(sorted(some, key=lambda one: (-one.population, one.id))),
            alone=alone,
        )
        for (id_, here, then, alone), some in groups.items()
    ]
    return sorted(
        found, key=lambda one: (not one.lost, not one.gained, -one.population, one.competence, str(one.after))
    )


def _by_competence(handlings: Iterable[Handling]) -> dict[str, list[Handling]]:
    found: defaultdict[str, list[Handling]] = defaultdict(list)
    for one in handlings:
        found[one.competence].append(one)
    return found


def _key(handlings: Iterable[Handling]) -> frozenset[tuple[str, str, tuple[str, ...]]]:
    return frozenset((one.handler.organisation, one.handler.name, one.covers) for one in handlings)


def _there(handlings: Iterable[Handling], zones: frozenset[str]) -> tuple[Handler, ...]:
    """Each body once, by its best right."""
    best: dict[str, Handler] = {}
    for one in handlings:
        if zones & set(one.covers):
            held = best.get(one.handler.organisation)
            if held is None or _rank(one.handler) < _rank(held):
                best[one.handler.organisation] = one.handler
    return tuple(sorted(best.values(), key=lambda one: (_rank(one), one.name, one.organisation)))


def _rank(handler: Handler) -> tuple[int, bool]:
    return list(Ground).index(handler.ground), not handler.source
