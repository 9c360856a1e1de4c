"""What a front door does for a file outside its walls: visits, emergencies, watches, calls that it owes; and a contact that becomes
a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from api.actions.casework import front_desk
from api.actions.casework.filing import act
from api.actions.casework.opening import need_of, open_file
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import interventions
from graph.model.casework.acts import Event
from graph.model.casework.contact import Sequel
from graph.model.casework.file import Actor, File, Identity, Member, MemberRole, Watch
from graph.model.casework.front_desk import Request
from graph.model.casework.writings import NoRelayFound
from graph.model.errors import StepNotAllowed
from graph.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FromContact:
    """A contact that becomes a file: who it is, as far as she says it; `transitional` for want of a relay."""

    identity: Identity
    transitional: bool = False
    urgent: bool = False
    watch: Watch | None = None


async def open_from(
    rooms: Rooms, viewer: Viewer, request_id: str, told: FromContact, *, key: str, at: datetime | None = None
) -> File:
    """Open a file from a contact, with a need for each of its reasons; its anonymous needs end there. A contact leads to one
    file: the contact says so in the transaction that opens it.

    Sent again under the same key, what was not finished is. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput.
    """
    moment = at or datetime.now(UTC)
    request, _, _ = await front_desk.one(rooms, viewer, request_id)
    if request.voided:
        raise StepNotAllowed("voided", "open", "ce contact est annulé : rétablissez-le d’abord")
    contact = request.contact
    watch = told.watch and interventions.checked(told.watch, moment)
    sequel = Sequel.WATCHED if watch is not None else Sequel.FILE_OPENED

    async def follow(unit: Unit, file: File) -> None:
        await front_desk.led_to(unit, viewer, request_id, sequel, file.id, moment)

    member = Member(
        id="",
        role=MemberRole.ADULT,
        identity=replace(told.identity, commune=told.identity.commune or contact.commune),
        sex=contact.sex.value,
        age_band=contact.age_band.value,
    )
    file = await open_file(
        rooms,
        viewer,
        [member],
        [need_of(reason, moment, urgent=told.urgent) for reason in contact.reasons],
        key=f"{key}|file",
        request=request.id,
        transitional=told.transitional,
        at=moment,
        also=follow,
    )
    if request.unmet:
        file = await _carry_causes(rooms, viewer, file.id, request, key=f"{key}|causes", at=moment)
    if watch is not None:
        file = await keep_watch(rooms, viewer, file.id, watch, key=f"{key}|watch", at=moment)
    return file


async def _carry_causes(
    rooms: Rooms, viewer: Viewer, file_id: str, request: Request, *, key: str, at: datetime
) -> File:
    """Why no relay was found goes on with the file: it is why the front door keeps it."""
    causes = {need.competence: str(need.cause) for need in request.unmet}

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        needs = [need for need in file.needs.values() if need.competence in causes]
        return [NoRelayFound(need=need.id, cause=causes[need.competence]) for need in needs]

    return await act(rooms, viewer, file_id, key=key, asked=("causes", causes), decide=decide, at=at)


async def visit(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    text: str,
    on: datetime,
    *,
    key: str,
    met: bool = True,
    at: datetime | None = None,
) -> File:
    """A visit at home. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [interventions.visited(file, text, on, moment, met=met)]

    return await act(rooms, viewer, file_id, key=key, asked=("visit", text, on, met), decide=decide, at=at)


async def intervene(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    text: str,
    to: str,
    on: datetime | None,
    *,
    key: str,
    at: datetime | None = None,
) -> File:
    """An emergency in a partner's field, told to that partner. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [interventions.intervened(file, text, to, on, moment)]

    return await act(rooms, viewer, file_id, key=key, asked=("emergency", text, to, on), decide=decide, at=at)


async def keep_watch(
    rooms: Rooms, viewer: Viewer, file_id: str, watch: Watch, *, key: str, at: datetime | None = None
) -> File:
    """Look again. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [interventions.watch_set(file, replace(watch, id=watch.id or uuid4().hex), moment)]

    return await act(rooms, viewer, file_id, key=key, asked=("watch", replace(watch, id="")), decide=decide, at=at)


async def look(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    watch: str,
    text: str,
    following: date | None,
    *,
    key: str,
    at: datetime | None = None,
) -> File:
    """Someone looked; the watch ends where there is no next day. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [interventions.looked(file, watch, text, following, moment)]

    return await act(rooms, viewer, file_id, key=key, asked=("look", watch, text, following), decide=decide, at=at)


async def call_back(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    contact: str,
    text: str,
    *,
    key: str,
    reached: bool = True,
    at: datetime | None = None,
) -> File:
    """The call that was owed is made. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [interventions.called_back(file, contact, text, reached=reached)]

    return await act(rooms, viewer, file_id, key=key, asked=("call", contact, text, reached), decide=decide, at=at)
