"""The listings that someone keeps, and the acts on a whole one: suspend, archive, duplicate, publish."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from api.actions.keeping import change_groups, create_service, history, kept
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.attention import Attention, attention
from graph.model.directory import Capacity, ListingState, Organisation, Service
from graph.model.errors import InvalidInput
from graph.model.keeping import Entry, Kept, ListingKind, Target
from graph.model.life import PARIS, state_on
from graph.model.listing import GROUPS, Claim, FieldGroup
from graph.store.below import below
from graph.store.unit import Unit

# The largest body on record has some forty units of a few services each.
MOST_UNITS: Final = 500
MOST_LISTINGS: Final = 2_000
LONGEST_SUSPENSION_YEARS: Final = 3
COPY: Final = " (copie)"

# How many corrections wait for an answer, by key of the listing ("service:…"): none until someone collects them.
Waiting = Callable[[Unit, Sequence[str]], Awaitable[Mapping[str, int]]]


async def nothing_waits(_: Unit, keys: Sequence[str]) -> Mapping[str, int]:
    """Where nobody collects corrections."""
    return dict.fromkeys(keys, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A listing in the list of those who keep it."""

    record: Organisation | Service
    organisation: str
    attention: Attention

    @property
    def target(self) -> Target:
        """Its kind and id."""
        kind = ListingKind.SERVICE if isinstance(self.record, Service) else ListingKind.ORGANISATION
        return Target(kind, self.record.id)


@dataclass(frozen=True, slots=True)
class MineAll:
    """What a viewer keeps, the most pressing first; `cut` when there is more than is told at once. `bodies` by id."""

    listings: tuple[Mine, ...]
    bodies: Mapping[str, Organisation]
    cut: bool = False


async def mine(rooms: Rooms, viewer: Viewer, today: date, waiting: Waiting = nothing_waits) -> MineAll:
    """The listings of the acting organisation and, where she may, of the units below it. Nothing for who acts for none."""
    if not viewer.organisation:
        return MineAll((), {})
    async with rooms.graph.reading() as unit:
        ids = [viewer.organisation, *await below(unit, viewer.organisation, MOST_UNITS)]
        bodies = await unit.directory.organisations([id_ for id_ in ids if may_keep(viewer, id_)])
        offered = await unit.directory.services_of(sorted(bodies))
        records: list[Organisation | Service] = list(bodies.values())
        records += [service for services in offered.values() for service in services]
        told = records[:MOST_LISTINGS]
        claims = await unit.claims.of(told)
        counts = await waiting(unit, [_key(record) for record in told])
    listings = [_mine(record, bodies, claims[record], today, counts.get(_key(record), 0)) for record in told]
    listings.sort(key=lambda one: (*one.attention.order, one.organisation, one.record.name, one.record.id))
    return MineAll(tuple(listings), bodies, len(records) > len(told))


def may_keep(viewer: Viewer, organisation: str) -> bool:
    """Whether the listings of the acting organisation, or of a unit below it, are hers to see."""
    above = () if organisation == viewer.organisation else (viewer.organisation,)
    return may(viewer, Operation.READ_HISTORY, Subject(organisation=organisation, above=above))


async def keeps(rooms: Rooms, viewer: Viewer, organisation: str) -> bool:
    """Whether she keeps the listings of this organisation: may change them, or say their room."""
    if not viewer.signed_in:
        return False
    async with rooms.graph.reading() as unit:
        above = () if organisation == viewer.organisation else await unit.keeping.above(organisation)
    subject = Subject(organisation=organisation, above=above)
    return may(viewer, Operation.EDIT, subject) or may(viewer, Operation.SET_CAPACITY, subject)


def _key(record: Organisation | Service) -> str:
    return f"{'service' if isinstance(record, Service) else 'organisation'}:{record.id}"


def _mine(
    record: Organisation | Service,
    bodies: Mapping[str, Organisation],
    claims: tuple[Claim, ...],
    today: date,
    suggestions: int,
) -> Mine:
    organisation = bodies[record.organisation] if isinstance(record, Service) else record
    return Mine(
        record=record,
        organisation=organisation.name,
        attention=attention(record, claims, today, suggestions),
    )


async def with_history(rooms: Rooms, viewer: Viewer, target: Target) -> tuple[Kept, list[Entry]]:
    """A listing and its log, the most recent first. Raises NotFound."""
    held = await kept(rooms, viewer, target)
    return held, await history(rooms, viewer, target)


async def set_room(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    capacity: Capacity | None,
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> Kept:
    """How much room there is. Raises as `change_groups`."""
    values = {FieldGroup.CAPACITY: {"capacity": capacity}}
    return await change_groups(
        rooms, viewer, target, values, key=key, expected_seq=expected_seq, at=at, operation=Operation.SET_CAPACITY
    )


async def suspend(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    since: date,
    until: date | None,
    *,
    key: str,
    expected_seq: int | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Kept:
    """Nobody is received from `since` until `until`, included (until further notice without it); then it comes back by itself.

    Raises as `change_groups`, and InvalidInput for days that are past, turned round, or too far.
    """
    today = _today(at)
    if until and until < since:
        raise InvalidInput("La suspension finit avant de commencer.", "until")
    if until and until < today:
        raise InvalidInput("Cette suspension est déjà finie : donnez une date à venir.", "until")
    if max(since, until or since).year > today.year + LONGEST_SUSPENSION_YEARS:
        raise InvalidInput(f"Donnez une date dans les {LONGEST_SUSPENSION_YEARS} ans.", "until" if until else "since")
    said = {"suspended_from": since, "suspended_until": until}
    return await _say(rooms, viewer, target, said, Operation.SUSPEND, key, expected_seq, note, at)


async def resume(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> Kept:
    """It is back, today, also where a source or a file said that it is suspended. Raises as `change_groups`."""
    said: dict[str, Any] = {"suspended_from": None, "suspended_until": None}
    held = await kept(rooms, viewer, target)
    if held.record.state is ListingState.SUSPENDED:
        said["state"] = ListingState.PUBLISHED
    values = {FieldGroup.IDENTITY: said}
    return await change_groups(
        rooms,
        viewer,
        target,
        values,
        key=key,
        expected_seq=expected_seq,
        at=at,
        operation=Operation.SUSPEND,
        input=("resume", target.key),
    )


async def archive(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    successor: str,
    *,
    key: str,
    expected_seq: int | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Kept:
    """It has ended; its name leads to `successor`, a published listing of its kind, or nowhere where that is empty.

    Raises as `change_groups`, and InvalidInput for a successor that cannot be one.
    """
    held = await kept(rooms, viewer, target)
    check(viewer, Operation.ARCHIVE, held.subject)
    if successor:
        await _check_successor(rooms, target, successor, _today(at))
    said: dict[str, Any] = {"successor": successor, "suspended_from": None, "suspended_until": None}
    said |= {"closed_on": _today(at)} if target.kind is ListingKind.ORGANISATION else {"state": ListingState.ARCHIVED}
    return await _say(rooms, viewer, target, said, Operation.ARCHIVE, key, expected_seq, note, at)


async def _check_successor(rooms: Rooms, target: Target, successor: str, today: date) -> None:
    if successor == target.id:
        raise InvalidInput("Une fiche ne peut pas se remplacer elle-même.", "successor")
    async with rooms.graph.reading() as unit:
        directory = unit.directory
        found: Mapping[str, Organisation | Service] = (
            await directory.services([successor])
            if target.kind is ListingKind.SERVICE
            else await directory.organisations([successor])
        )
    record = found.get(successor)
    if record is None or state_on(record, today) not in (ListingState.PUBLISHED, ListingState.SUSPENDED):
        raise InvalidInput(f"La fiche « {successor[:80]} » n’existe pas, ou n’est pas publiée.", "successor")


async def successor_of(rooms: Rooms, service_id: str) -> str:
    """The id of the published service that took the place of an archived one; empty when none did."""
    async with rooms.graph.reading() as unit:
        service = (await unit.directory.services([service_id])).get(service_id)
        if service is None or service.state is not ListingState.ARCHIVED or not service.successor:
            return ""
        found = (await unit.directory.services([service.successor])).get(service.successor)
    return found.id if found and found.state is ListingState.PUBLISHED else ""


async def publish(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> Kept:
    """A draft is shown to everyone from now on. Raises as `change_groups`, and InvalidInput for what is no draft."""
    values = {FieldGroup.IDENTITY: {"state": ListingState.PUBLISHED}}
    return await change_groups(
        rooms,
        viewer,
        target,
        values,
        key=key,
        expected_seq=expected_seq,
        at=at,
        operation=Operation.CREATE,
        only_drafts=True,
    )


async def duplicate(rooms: Rooms, viewer: Viewer, target: Target, *, key: str, at: datetime | None = None) -> Kept:
    """A draft that says the same, but for its room. Raises as `create_service`; InvalidInput for what is no service."""
    held = await kept(rooms, viewer, target)
    check(viewer, Operation.DUPLICATE, held.subject)
    if not isinstance(held.record, Service):
        raise InvalidInput("Seul un service se duplique.", "listing")
    names = {name for fields in GROUPS[Service].values() for name in fields}
    own = {"organisation", "state", "successor", "suspended_from", "suspended_until", "capacity", "answer_days"}
    values: dict[str, Any] = {name: getattr(held.record, name) for name in sorted(names - own)}
    values |= {"name": held.record.name.removesuffix(COPY) + COPY, "state": ListingState.DRAFT}
    return await create_service(rooms, viewer, held.organisation, values, key=key, at=at)


async def _say(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    said: Mapping[str, Any],
    operation: Operation,
    key: str,
    expected_seq: int | None,
    note: str,
    at: datetime | None,
) -> Kept:
    values = {FieldGroup.IDENTITY: said}
    return await change_groups(
        rooms, viewer, target, values, key=key, expected_seq=expected_seq, note=note, at=at, operation=operation
    )


def _today(at: datetime | None) -> date:
    return (at or datetime.now(PARIS)).astimezone(PARIS).date()
