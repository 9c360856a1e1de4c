"""Keeping a listing: one road for every change, whoever makes it and through whichever door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.directory import ListingState, Service
from graph.model.errors import Conflict, InvalidInput, NotFound
from graph.model.fields import FORMS
from graph.model.keeping import (
    Act,
    Entry,
    Kept,
    ListingKind,
    Target,
    edited,
    entry,
    moved_past,
    taken_back,
    voice_of,
    words_after,
)
from graph.model.listing import GROUPS, PARTNER, FieldGroup, split
from graph.model.vocabulary import competences, kinds
from graph.store.unit import Unit
from search.hours import PARIS, readable

ABSENT: Final = "Cette fiche n’existe pas, ou n’est pas de celles que vous tenez."
MOVED: Final = "Quelqu’un d’autre a modifié cette fiche pendant ce temps : rien n’est perdu. Comparez, puis choisissez."
LONGEST_NOTE: Final = 1000
# What a service cannot lack, in the words of its forms.
LABELS: Final = {field.name: field.label for form in FORMS[Service].values() for field in form if field.required}

Values = Mapping[FieldGroup, Mapping[str, Any]]
First = Callable[[Unit, Kept], Awaitable[None]]


async def kept(rooms: Rooms, viewer: Viewer, target: Target) -> Kept:
    """A listing as those who keep it see it. Raises NotFound: hidden and absent look the same."""
    async with rooms.graph.reading() as unit:
        return await _held(unit, viewer, target)


async def history(rooms: Rooms, viewer: Viewer, target: Target) -> list[Entry]:
    """What was done to a listing, the most recent first. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        await _held(unit, viewer, target)
        return await unit.keeping.history(target)


async def change_groups(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    values: Values,
    *,
    key: str,
    expected_seq: int | None = None,
    note: str = "",
    at: datetime | None = None,
    operation: Operation = Operation.EDIT,
    input: object = None,
    only_drafts: bool = False,
    first: First | None = None,
) -> Kept:
    """Give these groups these fields, those not named staying as they are; groups where nothing changes are left out.

    `input` is what was asked, where `values` were made of it and of what the listing said at that moment: asked again under
    the same key it is the same act. `first` is done before, in the same transaction, and may refuse.

    Raises NotFound, NotAllowed, InvalidInput with the field, and Conflict with the present listing when one of the groups was
    changed past entry `expected_seq`.
    """
    values = {group: checked(rooms, target.kind, group, said) for group, said in values.items()}
    asked = ("edit", target.key, input or values, expected_seq, note, operation)

    async def make(unit: Unit, held: Kept) -> tuple[Entry, Entry | None] | None:
        for group in values:
            check(viewer, operation, held.subject, group)
        if only_drafts and held.record.state is not ListingState.DRAFT:
            raise InvalidInput("Seul un brouillon se publie : rien n’a été modifié.", "listing")
        await _not_moved(unit, held, values, expected_seq)
        changed = edited(held, values)
        if not changed:
            return None
        return entry(held, Act.EDITED, changed, viewer, _moment(at), note=_noted(note), operation=operation), None

    return await _once(rooms, viewer, target, key, asked, make, first)


async def confirm_groups(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    groups: Iterable[FieldGroup],
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
    first: First | None = None,
) -> Kept:
    """These groups are still true, today. Raises as `change_groups`: what was changed meanwhile is not vouched for unseen."""
    wanted = tuple(dict.fromkeys(groups))
    asked = ("confirm", target.key, wanted, expected_seq)

    async def make(unit: Unit, held: Kept) -> tuple[Entry, Entry | None]:
        for group in wanted:
            if group not in GROUPS[type(held.record)]:
                raise InvalidInput(f"Cette fiche n’a pas de rubrique « {group} ».", group)
            check(viewer, Operation.CONFIRM, held.subject, group)
        await _not_moved(unit, held, wanted, expected_seq)
        moment = _moment(at)
        said = {group: held.still(group, moment.astimezone(PARIS).date()) for group in wanted}
        return entry(held, Act.CONFIRMED, said, viewer, moment, operation=Operation.CONFIRM), None

    if not wanted:
        raise InvalidInput("Dites quelles rubriques sont toujours exactes.", "groups")
    return await _once(rooms, viewer, target, key, asked, make, first)


async def take_back(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    seq: int,
    *,
    key: str,
    note: str = "",
    at: datetime | None = None,
) -> Kept:
    """Undo one change: its voice says again what it said before. Raises NotFound, NotAllowed, InvalidInput."""
    asked = ("undo", target.key, seq, note)

    async def make(unit: Unit, held: Kept) -> tuple[Entry, Entry | None]:
        log = await unit.keeping.history(target, seq - 1)
        done = next((one for one in log if one.seq == seq), None)
        if done is None:
            raise InvalidInput("Ce changement n’est pas dans l’historique de la fiche.", "seq")
        # Her own slip of a moment ago is about herself: she takes it back as long as she may still change such a thing.
        own = viewer.account if done.by == viewer.key else ""
        for group in done.steps:
            check(viewer, Operation.UNDO, replace(held.subject, account=own), group)
        since = [one for one in log if one.seq > seq]
        return taken_back(held, done, since, viewer, _moment(at), _noted(note)), done

    return await _once(rooms, viewer, target, key, asked, make)


async def create_service(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    values: Mapping[str, Any],
    *,
    key: str,
    at: datetime | None = None,
) -> Kept:
    """A new service of an organisation, from fields of a Service by name (`state` among them: a draft is seen by its keepers).

    Raises NotFound, NotAllowed, InvalidInput with the field.
    """
    asked = ("create", organisation, values)

    async def act(unit: Unit) -> str:
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["id"]
        if not await unit.directory.organisations([organisation]):
            raise NotFound(ABSENT)
        above = await unit.keeping.above(organisation)
        subject = Subject(organisation=organisation, above=above)
        check(viewer, Operation.CREATE, subject)
        moment = _moment(at)
        record = _service(
            organisation, values, voice_of(viewer, subject, Operation.CREATE), moment.astimezone(PARIS).date()
        )
        said = {claim.group: checked(rooms, ListingKind.SERVICE, claim.group, claim.value) for claim in split(record)}
        target = Target(ListingKind.SERVICE, record.id)
        empty = Kept(target=target, record=record, claims=(), standing={}, conflicts=(), seq=0, above=above)
        made = entry(empty, Act.CREATED, said, viewer, moment, operation=Operation.CREATE)
        await unit.keeping.append(made, words_after(made, None, record.vouched_on))
        await unit.replies.keep(viewer.key, key, asked, {"id": record.id})
        return record.id

    id_ = await rooms.graph.write(act)
    return await kept(rooms, viewer, Target(ListingKind.SERVICE, id_))


Make = Callable[[Unit, Kept], Awaitable[tuple[Entry, Entry | None] | None]]


async def _once(
    rooms: Rooms, viewer: Viewer, target: Target, key: str, asked: object, make: Make, first: First | None = None
) -> Kept:
    """Make an entry and write it, once for each key; then the listing as it stands."""

    async def act(unit: Unit) -> None:
        if await unit.replies.found(viewer.key, key, asked):
            return
        held = await _held(unit, viewer, target)
        if first:
            await first(unit, held)
        made = await make(unit, held)
        if made:
            new, done = made
            await unit.keeping.append(new, words_after(new, done, new.at.astimezone(PARIS).date()))
        await unit.replies.keep(viewer.key, key, asked, {"seq": made[0].seq if made else 0})

    await rooms.graph.write(act)
    async with rooms.graph.reading() as unit:
        return await _held(unit, viewer, target)


async def _held(unit: Unit, viewer: Viewer, target: Target) -> Kept:
    held = await unit.keeping.current(target)
    if held is None:
        raise NotFound(ABSENT)
    by_link = viewer.by_link and viewer.listing == target.key
    if not by_link and not may(viewer, Operation.READ_HISTORY, held.subject):
        raise NotFound(ABSENT)
    return held


async def _not_moved(unit: Unit, held: Kept, groups: Iterable[FieldGroup], expected_seq: int | None) -> None:
    if expected_seq is None or expected_seq >= held.seq:
        return
    if moved_past(await unit.keeping.history(held.target, expected_seq), groups):
        raise Conflict(MOVED, held)


def checked(rooms: Rooms, kind: ListingKind, group: FieldGroup, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields as they came, when nothing in them points nowhere. Raises InvalidInput with the field."""
    for id_ in said.get("competences", ()):
        if id_ not in competences():
            raise InvalidInput(f"La compétence « {id_} » n’existe pas.", "competences")
    for id_ in said.get("covers", ()):
        if rooms.places.get(id_) is None:
            raise InvalidInput(f"Le territoire « {id_} » n’existe pas.", "covers")
    if (hours := said.get("hours")) and not readable(hours):
        raise InvalidInput(f"Les horaires « {hours[:80]} » ne peuvent pas être lus.", "hours")
    if (of := said.get("kind")) and of not in kinds():
        raise InvalidInput(f"Le type d’organisme « {of[:80]} » n’existe pas.", "kind")
    place = said.get("place")
    if place and place.territory and rooms.places.get(place.territory) is None:
        raise InvalidInput(f"La commune « {place.territory[:80]} » n’existe pas.", "place")
    if "name" in said and not str(said["name"]).strip():
        raise InvalidInput("Le nom ne peut pas être vide.", "name")
    return said


def _service(organisation: str, values: Mapping[str, Any], voice: str, on: date) -> Service:
    """The record of a new service. Raises InvalidInput for a field that it has not, or lacks."""
    known = {name for names in GROUPS[Service].values() for name in names} - {"organisation"}
    for name in values:
        if name not in known:
            raise InvalidInput(f"Un service n’a pas de champ « {name} ».", name)
    for name in LABELS:
        if not values.get(name):
            raise InvalidInput(f"« {LABELS[name]} » ne peut pas rester vide.", name)
    return Service(id=f"{PARTNER}:{uuid4().hex}", organisation=organisation, source=voice, vouched_on=on, **values)


def _noted(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(f"Le motif dépasse {LONGEST_NOTE} caractères.", "note")
    return note


def _moment(at: datetime | None) -> datetime:
    return (at or datetime.now(UTC)).astimezone(UTC)
