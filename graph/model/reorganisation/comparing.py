"""Before and after: what a plan changes for people, units and professionals, in figures that name nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.model.directory import Agreement, Organisation, Post, Service
from graph.model.reorganisation.afterwards import CoverageChange, afterwards
from graph.model.reorganisation.carried import Around, Flows, flows
from graph.model.reorganisation.effects import Reading
from graph.model.reorganisation.facts import DirectoryFacts, FileFacts
from graph.model.reorganisation.plan import Plan, created


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a unit carries: open files, open handoffs that it sent or has to answer, the professionals who are there."""

    files: Around
    handoffs: Around
    professionals: int

    @property
    def each(self) -> float | None:
        """Open files per professional, None where nobody works or the figure is hidden."""
        if self.files.count is None or not self.professionals:
            return None
        return self.files.count / self.professionals


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """A unit before and after; `before` None where the plan creates it, `after` None where it ends it."""

    id: str
    name: str
    new_name: str
    before: Load | None
    after: Load | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """How many files, and ends of open handoffs, go from one unit to another."""

    source: str
    to: str
    files: Around
    handoffs: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeeper:
    """A listing, or a post, whose keepers are others afterwards; `kind` is "service" or "post"."""

    kind: str
    id: str
    name: str
    source: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """What has no successor: bodies that end, and the services, posts and people (by account, with their body) left behind."""

    bodies: tuple[Organisation, ...] = ()
    services: tuple[Service, ...] = ()
    posts: tuple[Post, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    nobody_there: tuple[Organisation, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bodies or self.services or self.posts or self.people or self.nobody_there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A plan before and after. `names` are those of all bodies that are spoken of, the new one where it changes."""

    plan: Plan
    names: Mapping[str, str]
    coverage: tuple[CoverageChange, ...]
    units: tuple[UnitChange, ...]
    carried: tuple[Carriage, ...]
    without: Without
    lapsing: tuple[Agreement, ...]
    keepers: tuple[NewKeeper, ...]
    files: Around
    handoffs: Around

    @property
    def lost(self) -> tuple[CoverageChange, ...]:
        """Where communes lose their last relay for a competence."""
        return tuple(one for one in self.coverage if one.lost)

    @property
    def gained(self) -> tuple[CoverageChange, ...]:
        """Where they gain their first one."""
        return tuple(one for one in self.coverage if one.gained)


def comparison(
    plan: Plan,
    known: DirectoryFacts,
    files: Iterable[FileFacts],
    agreements: Sequence[Agreement],
    coverage: Sequence[CoverageChange],
) -> Comparison:
    """`files` are the open files that the plan may move; `agreements` those to which its bodies are party."""
    after, reading = afterwards(plan, known), Reading(plan)
    led, shared = flows(plan, known, files)
    units = sorted({*known.bodies, *after.bodies}, key=lambda id_: (_name(id_, known, after), id_))
    concerned = [id_ for id_ in units if id_ in created(plan) or _concerned(id_, plan, known, after, led)]
    return Comparison(
        plan=plan,
        names={id_: _name(id_, known, after) for id_ in units},
        coverage=tuple(coverage),
        units=tuple(_unit(id_, known, after, led, shared) for id_ in concerned),
        carried=tuple(_carriages(led, shared)),
        without=_without(reading, known, after),
        lapsing=tuple(one for one in agreements if _lapses(one, reading)),
        keepers=tuple(_keepers(reading, known)),
        files=led.going,
        handoffs=shared.going,
    )


def _carriages(led: Flows, shared: Flows) -> list[Carriage]:
    return [
        Carriage(source=source, to=to, files=led.cell(source, to), handoffs=shared.cell(source, to))
        for source, to in sorted(led.named)
    ]


# ------------------------------------------------------------------ units


def _name(id_: str, known: DirectoryFacts, after: DirectoryFacts) -> str:
    body = after.bodies.get(id_) or known.bodies.get(id_)
    return body.name if body else id_


def _concerned(id_: str, plan: Plan, known: DirectoryFacts, after: DirectoryFacts, led: Flows) -> bool:
    """Whether anything of it changes, or a move speaks of it; not whether a file goes, which might tell of a person."""
    if known.bodies.get(id_) != after.bodies.get(id_) or known.members.get(id_) != after.members.get(id_):
        return True
    return any(id_ in pair for pair in led.named)


def _unit(id_: str, known: DirectoryFacts, after: DirectoryFacts, led: Flows, shared: Flows) -> UnitChange:
    was, will = known.bodies.get(id_), after.bodies.get(id_)
    return UnitChange(
        id=id_,
        name=was.name if was else _name(id_, known, after),
        new_name=will.name if will and was and will.name != was.name else "",
        before=Load(
            files=led.before(id_),
            handoffs=shared.before(id_),
            professionals=len(known.members.get(id_, ())),
        )
        if was
        else None,
        after=Load(
            files=led.after(id_),
            handoffs=shared.after(id_),
            professionals=len(after.members.get(id_, ())),
        )
        if will
        else None,
    )


# ------------------------------------------------------------------ what is left behind


def _without(reading: Reading, known: DirectoryFacts, after: DirectoryFacts) -> Without:
    receiving = {heir.id for ending in reading.endings.values() for heir in ending.heirs}
    return Without(
        bodies=tuple(
            known.bodies[id_] for id_, one in reading.endings.items() if not one.heirs and id_ in known.bodies
        ),
        services=tuple(one for one in known.services.values() if not reading.of_service(one)),
        posts=tuple(one for one in known.posts.values() if not reading.of_post(one)),
        people=tuple(
            (account, body)
            for body, accounts in sorted(known.members.items())
            for account in sorted(accounts)
            if not reading.home(account, body)
        ),
        nobody_there=tuple(
            after.bodies[id_] for id_ in sorted(receiving & set(after.bodies)) if not after.members.get(id_)
        ),
    )


def _lapses(agreement: Agreement, reading: Reading) -> bool:
    """An agreement binds those who signed it: with one of them it ends, or is to be signed anew."""
    return agreement.given_to in reading.endings or bool(set(agreement.granted_by) & set(reading.endings))


def _keepers(reading: Reading, known: DirectoryFacts) -> Iterable[NewKeeper]:
    for service in known.services.values():
        if (to := reading.of_service(service)) and to != service.organisation:
            yield NewKeeper(kind="service", id=service.id, name=service.name, source=service.organisation, to=to)
    for post in known.posts.values():
        if (to := reading.of_post(post)) and to != post.organisation:
            yield NewKeeper(kind="post", id=post.id, name=post.label, source=post.organisation, to=to)
