"""The front desk: a contact is noted in seconds, corrected, undone; what followed is kept with it; a month of them is a report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from api.actions.casework.filing import blinded
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.casework import front_desk as desk
from graph.model.casework.contact import Cause, Contact, Sequel
from graph.model.casework.desk_report import Report, month_of, report
from graph.model.casework.free_text import checked_texts, no_health_number
from graph.model.casework.front_desk import Recorded, Request, RequestEntry, RequestEvent
from graph.model.errors import InvalidInput, NotFound
from graph.store.unit import Unit

ABSENT: Final = "Ce contact n’existe pas, ou vous n’y avez pas accès."
MOST_TRANSITIONAL: Final = 500
NO_PLACE: Final = "Ce lieu n’est pas dans la carte : choisissez une commune, ou laissez vide."

Decide = Callable[[Request], RequestEvent | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitional:
    """A file that the front door leads for want of a relay: how many days, and why, by competence."""

    file: str
    since: datetime
    days: int
    account: str
    causes: tuple[tuple[str, str], ...]


async def record(
    rooms: Rooms, viewer: Viewer, contact: Contact, *, key: str, words: str = "", at: datetime | None = None
) -> Request:
    """Note a contact, once for each key. `words` are sealed, and never a reason to note more than codes.

    Raises NotAllowed, InvalidInput.
    """
    moment = at or datetime.now(UTC)
    check(viewer, Operation.RECORD_REQUEST, Subject(organisation=viewer.organisation))
    contact, words = _checked(rooms, contact), _words(words)

    async def make(unit: Unit) -> Request:
        asked = await blinded(unit, ("request", contact, words))
        if before := await unit.replies.found(viewer.key, key, asked):
            return await _hers(unit, viewer, before["request"])
        event = Recorded(organisation=viewer.organisation, contact=contact)
        request = await unit.requests.append(None, viewer.account, moment, event)
        if words:
            await unit.requests.write_words(request, words)
        await unit.replies.keep(viewer.key, key, asked, {"request": request.id})
        return request

    return await rooms.graph.write(make)


async def correct(
    rooms: Rooms,
    viewer: Viewer,
    id_: str,
    contact: Contact,
    *,
    key: str,
    words: str | None = None,
    at: datetime | None = None,
) -> Request:
    """As it should have been noted; `words` as they are where None. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""
    contact = _checked(rooms, contact)
    told = None if words is None else _words(words)

    def decide(request: Request) -> RequestEvent | None:
        return desk.corrected(request, contact) if request.contact != contact else None

    async def after(unit: Unit, request: Request) -> None:
        if told is not None:
            await unit.requests.write_words(request, told)

    return await _act(rooms, viewer, id_, ("correct", contact, told), decide, key=key, at=at, after=after)


async def void(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, at: datetime | None = None) -> Request:
    """It was a slip. Raises NotFound, NotAllowed, StepNotAllowed."""
    return await _act(rooms, viewer, id_, ("void",), desk.voided, key=key, at=at)


async def restore(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, at: datetime | None = None) -> Request:
    """It was none after all. Raises NotFound, NotAllowed, StepNotAllowed."""
    return await _act(rooms, viewer, id_, ("restore",), desk.restored, key=key, at=at)


async def note_need(
    rooms: Rooms,
    viewer: Viewer,
    id_: str,
    competence: str,
    *,
    key: str,
    urgent: bool = False,
    cause: Cause | None = None,
    at: datetime | None = None,
) -> Request:
    """A problem stays open after an anonymous contact; with `cause`, nothing fitting was found for it.

    Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput.
    """

    def decide(request: Request) -> RequestEvent:
        if cause is not None:
            return desk.nothing_found(request, competence, cause)
        return desk.need_noted(request, competence, urgent=urgent)

    return await _act(rooms, viewer, id_, ("need", competence, urgent, cause), decide, key=key, at=at)


async def follow(
    rooms: Rooms,
    viewer: Viewer,
    id_: str,
    sequel: Sequel,
    *,
    key: str,
    to: str = "",
    file: str = "",
    competence: str = "",
    at: datetime | None = None,
) -> Request:
    """Keep with a contact what followed. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    def decide(request: Request) -> RequestEvent:
        return desk.followed(request, sequel, to=to, file=file, competence=competence)

    return await _act(rooms, viewer, id_, ("follow", sequel, to, file, competence), decide, key=key, at=at)


async def led_to(unit: Unit, viewer: Viewer, id_: str, sequel: Sequel, file: str, at: datetime) -> None:
    """A file is opened from it, in this unit. Raises NotFound, NotAllowed, StepNotAllowed where another was."""
    request = await _hers(unit, viewer, id_)
    check(viewer, Operation.RECORD_REQUEST, Subject(organisation=request.organisation))
    await unit.requests.append(request, viewer.account, at, desk.followed(request, sequel, file=file))


async def one(rooms: Rooms, viewer: Viewer, id_: str) -> tuple[Request, list[RequestEntry], str]:
    """A contact, its log, its free words. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        request = await _hers(unit, viewer, id_)
        return request, await unit.requests.log(id_), await unit.requests.words(id_)


async def of_day(rooms: Rooms, viewer: Viewer, at: datetime) -> list[Request]:
    """The contacts of her organisation on the day of `at` (aware, in the zone of the day), the latest first. Raises NotAllowed."""
    _may_read(viewer)
    async with rooms.graph.reading() as unit:
        month = await unit.requests.of_month(viewer.organisation, month_of(at))
    return [request for request in month if request.at.astimezone(at.tzinfo).date() == at.date()]


async def page(rooms: Rooms, viewer: Viewer, before: tuple[datetime, str], most: int) -> list[Request]:
    """Those that come after this place in the list, the latest first. Raises NotAllowed."""
    _may_read(viewer)
    async with rooms.graph.reading() as unit:
        return await unit.requests.before(viewer.organisation, *before, most)


async def monthly(rooms: Rooms, viewer: Viewer, month: str) -> Report:
    """The report of her organisation's month. Raises NotAllowed."""
    _may_read(viewer)
    async with rooms.graph.reading() as unit:
        requests = await unit.requests.of_month(viewer.organisation, month)
        work = await unit.requests.field_work(viewer.organisation, month)
    return report(month, requests, work)


async def transitional(rooms: Rooms, viewer: Viewer, at: datetime) -> list[Transitional]:
    """Files that her organisation leads for want of a relay, the oldest first. Raises NotAllowed."""
    _may_read(viewer)
    async with rooms.graph.reading() as unit:
        rows = await unit.requests.transitional(viewer.organisation, MOST_TRANSITIONAL)
    return [
        Transitional(file=file, since=since, days=(at - since).days, account=account, causes=causes)
        for file, since, account, causes in rows
    ]


async def _act(
    rooms: Rooms,
    viewer: Viewer,
    id_: str,
    asked: tuple[object, ...],
    decide: Decide,
    *,
    key: str,
    at: datetime | None,
    after: Callable[[Unit, Request], Awaitable[None]] | None = None,
) -> Request:
    """Load, decide, write, once for each key."""
    moment = at or datetime.now(UTC)

    async def make(unit: Unit) -> Request:
        told = await blinded(unit, (id_, asked))
        if await unit.replies.found(viewer.key, key, told):
            return await _hers(unit, viewer, id_)
        request = await _hers(unit, viewer, id_)
        check(viewer, Operation.RECORD_REQUEST, Subject(organisation=request.organisation))
        event = decide(request)
        if event is not None:
            checked_texts(event)
            request = await unit.requests.append(request, viewer.account, moment, event)
        if after is not None:
            await after(unit, request)
        await unit.replies.keep(viewer.key, key, told, {"request": id_})
        return request

    return await rooms.graph.write(make)


async def _hers(unit: Unit, viewer: Viewer, id_: str) -> Request:
    """Raises NotFound for another organisation's as for none."""
    request = await unit.requests.get(id_)
    if request is None or not may(viewer, Operation.READ_REQUESTS, Subject(organisation=request.organisation)):
        raise NotFound(ABSENT)
    return request


def _may_read(viewer: Viewer) -> None:
    check(viewer, Operation.READ_REQUESTS, Subject(organisation=viewer.organisation))


def _checked(rooms: Rooms, contact: Contact) -> Contact:
    if contact.commune and rooms.places.get(contact.commune) is None:
        raise InvalidInput(NO_PLACE, "commune")
    return desk.checked(contact)


def _words(words: str) -> str:
    told = words.strip()
    if len(told) > desk.LONGEST_TEXT:
        raise InvalidInput(f"Quelques mots suffisent : {desk.LONGEST_TEXT} caractères au plus.", "words")
    no_health_number(told, "words")
    return told
