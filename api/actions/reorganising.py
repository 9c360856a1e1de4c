"""Reorganisations as coordinators prepare them: a draft that may be tried and changed, published, called off until it begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.errors import Conflict, InvalidInput, NotFound
from graph.model.life import PARIS
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.carried import Advance, advance
from graph.model.reorganisation.checking import OF_THE_PLAN, checked, hindrances
from graph.model.reorganisation.facts import DirectoryFacts
from graph.model.reorganisation.move_faults import Fault
from graph.model.reorganisation.plan import Move, Plan, PlanState, endings
from graph.store.unit import Unit

ABSENT = "Cette réorganisation n’existe pas."
MOVED = (
    "Quelqu’un d’autre a modifié cette réorganisation pendant ce temps : rien n’est perdu. Comparez, puis choisissez."
)
FROZEN = "Cette réorganisation est publiée : elle ne se modifie plus. Annulez-la, ou préparez-en une autre."


Change = Callable[[Plan], Plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with what it is judged by, and what is wrong with it."""

    plan: Plan
    known: DirectoryFacts
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a plan has come, as far as it may be told. `hindered` keeps it from beginning."""

    plan: Plan
    come: Advance
    hindered: tuple[Fault, ...] = ()


async def plans(rooms: Rooms, viewer: Viewer) -> list[Plan]:
    """All of them, the furthest day first. Raises NotSignedIn, NotAllowed."""
    must_plan(viewer)
    async with rooms.graph.reading() as unit:
        return await unit.reorganisations.all()


async def planned(rooms: Rooms, viewer: Viewer, id_: str, *, at: datetime) -> Planned:
    """One of them with its faults; of one that is no draft any more none. Raises NotSignedIn, NotAllowed, NotFound."""
    must_plan(viewer)
    async with rooms.graph.reading() as unit:
        return await _judged(unit, await _found(unit, id_), _day(at))


async def create(
    rooms: Rooms,
    viewer: Viewer,
    title: str,
    on: date,
    *,
    key: str,
    moves: Sequence[Move] = (),
    note: str = "",
) -> Plan:
    """A new draft, which may lack everything yet but a title. Raises NotSignedIn, NotAllowed, InvalidInput."""
    made = Plan(id=uuid4().hex, title=_titled(title), on=on, moves=tuple(moves), author=viewer.account, note=note)
    asked = ("plan", made.title, on, made.moves, note)

    async def write(unit: Unit) -> Plan:
        await unit.reorganisations.put(made)
        return made

    return await _once(rooms, viewer, key, asked, write)


async def edit(
    rooms: Rooms,
    viewer: Viewer,
    id_: str,
    *,
    key: str,
    title: str | None = None,
    on: date | None = None,
    moves: Sequence[Move] | None = None,
    note: str | None = None,
    change: Change | None = None,
    said: object = None,
    expected_version: int | None = None,
) -> Plan:
    """Change a draft; what is None stays. `change` makes it of what it is, and `said` is what that was asked by, so that the same
    act under the same key is known again.

    Raises NotSignedIn, NotAllowed, NotFound, InvalidInput, Conflict (a Plan).
    """

    async def write(unit: Unit) -> Plan:
        held = await _locked(unit, id_)
        if not held.draft:
            raise InvalidInput(FROZEN, "plan")
        if expected_version is not None and held.version > expected_version:
            raise Conflict(MOVED, held)
        changed = change(held) if change else replace(held, changed=None)
        made = replace(
            changed,
            title=held.title if title is None else _titled(title),
            on=on or held.on,
            moves=changed.moves if moves is None else tuple(moves),
            note=held.note if note is None else note,
            author=viewer.account,
            version=held.version + 1,
        )
        await unit.reorganisations.put(made)
        return made

    asked = ("edit", id_, title, on, None if moves is None else tuple(moves), note, expected_version, said)
    return await _once(rooms, viewer, key, asked, write)


async def publish(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, at: datetime) -> Plan:
    """Frozen, told, and done on its day. Raises as `edit`, and InvalidInput for its first fault ("moves.2.successor")."""

    async def write(unit: Unit) -> Plan:
        held = await _locked(unit, id_)
        made = replace(model.published(held, at), version=held.version + 1)
        judged = await _judged(unit, held, _day(at))
        for fault in judged.faults:
            raise InvalidInput(fault.text, fault.field if fault.move == OF_THE_PLAN else place(fault))
        made = model.with_sources(made, judged.known.services, judged.known.posts)
        await unit.reorganisations.put(made)
        return made

    return await _once(rooms, viewer, key, ("publish", id_), write)


async def call_off(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, at: datetime) -> Plan:
    """It will not be done. Raises as `edit`, and InvalidInput once it has begun."""

    async def write(unit: Unit) -> Plan:
        held = await _locked(unit, id_)
        made = replace(model.called_off(held, at), version=held.version + 1)
        await unit.reorganisations.put(made)
        return made

    return await _once(rooms, viewer, key, ("call_off", id_), write)


async def status(rooms: Rooms, viewer: Viewer, id_: str) -> Progress:
    """How far it has come. Raises NotSignedIn, NotAllowed, NotFound."""
    must_plan(viewer)
    async with rooms.graph.reading() as unit:
        plan = await _found(unit, id_)
        hindered: Sequence[Fault] = ()
        if plan.state is PlanState.PUBLISHED:
            hindered = hindrances(plan, await unit.reorganisations.facts(plan))
        return Progress(
            plan=plan,
            come=advance(
                plan,
                await unit.reorganisations.marked(id_),
                len(await unit.reorganisations.held(endings(plan))),
            ),
            hindered=tuple(hindered),
        )


def place(fault: Fault) -> str:
    """Where a fault of a move is, as one name: "moves.2.successor"."""
    return f"moves.{fault.move}.{fault.field}"


async def _judged(unit: Unit, plan: Plan, today: date) -> Planned:
    known = await unit.reorganisations.facts(plan)
    faults = checked(plan, known, today) if plan.draft else []
    return Planned(
        plan=model.with_sources(plan, known.services, known.posts) if plan.draft else plan,
        known=known,
        faults=tuple(faults),
    )


async def _once(
    rooms: Rooms, viewer: Viewer, key: str, asked: object, write: Callable[[Unit], Awaitable[Plan]]
) -> Plan:
    """Once for each key; asked again, the plan as it is now."""
    must_plan(viewer)

    async def act(unit: Unit) -> Plan:
        if before := await unit.replies.found(viewer.key, key, asked):
            return await _found(unit, before["plan"])
        made = await write(unit)
        await unit.replies.keep(viewer.key, key, asked, {"plan": made.id})
        return made

    return await rooms.graph.write(act)


async def _found(unit: Unit, id_: str) -> Plan:
    found = await unit.reorganisations.get(id_)
    if found is None:
        raise NotFound(ABSENT)
    return found


async def _locked(unit: Unit, id_: str) -> Plan:
    found = await unit.reorganisations.locked(id_)
    if found is None:
        raise NotFound(ABSENT)
    return found


def _titled(title: str) -> str:
    if not title.strip():
        raise InvalidInput("Donnez un titre à cette réorganisation.", "title")
    return title.strip()


def must_plan(viewer: Viewer) -> None:
    """Raises NotAllowed for who may not plan reorganisations."""
    check(viewer, Operation.PLAN_REORGANISATIONS, Subject())


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
