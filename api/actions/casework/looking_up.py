""" "Already followed? By whom?": the caller found again, in one's own files, and on a stated ground in those of the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from api.actions.casework.filing import actor_of
from api.actions.casework.front_desk import ABSENT as NO_CONTACT
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.casework import front_desk as desk
from graph.model.casework.clocks import working_days_after
from graph.model.casework.contact import Sequel
from graph.model.casework.file import File
from graph.model.casework.finding_again import (
    Known,
    Sought,
    holder,
    last_lead,
    may_ask_others,
    may_look_at_own,
    sought_marks,
    told_to_others,
)
from graph.model.casework.grounds import Ground
from graph.model.casework.sight import sight
from graph.model.casework.writings import ContactTold
from graph.model.directory import Organisation, Post
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.store.casework.lookups import Hit
from graph.store.unit import Unit

AN_HOUR: Final = timedelta(hours=1)
# An answer can be acted on for as long as the person may still be on the telephone, or at the desk.
GOOD_FOR: Final = timedelta(hours=12)
CALL_BACK_DAYS: Final = 1
STALE: Final = "Cette réponse n’est plus valable : cherchez à nouveau. Rien n’a été transmis."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one may act on: `hit` is good for `relink`, for a while, in the hands of whoever asked."""

    known: Known
    hit: str


async def look_up(
    rooms: Rooms,
    viewer: Viewer,
    sought: Sought,
    *,
    ground: Ground | None = None,
    network: bool = False,
    request: str = "",
    at: datetime | None = None,
) -> list[Answer]:
    """Who may already follow this person. Each look is written down; with `network`, in every organisation's files.

    Raises NotAllowed (visitors and machines have no such right), InvalidInput, ReasonMissing without a ground for the network,
    TooMuch past so many looks in an hour. `request` is a contact of her own organisation.
    """
    moment = at or datetime.now(UTC)
    check(viewer, Operation.LOOK_UP, Subject(organisation=viewer.organisation))
    if viewer.machine:
        raise NotAllowed("Un programme ne cherche pas de personnes : rien n’a été fait.")
    marks = sought_marks(sought)

    async def make(unit: Unit) -> list[Answer]:
        if request:
            await _own_contact(unit, viewer, request)
        asked = await unit.lookups.asked_within(viewer.account, moment, AN_HOUR, network=network)
        if network:
            may_ask_others(ground, asked)
        else:
            may_look_at_own(asked)
        organisations = await unit.lookups.books() if network else [viewer.organisation]
        files = [await unit.files.load(id_) for id_ in await unit.lookups.found(marks, organisations)]
        shown = [file for file in files if file is not None and _may_know(file, viewer, moment)]
        hits = await unit.lookups.note(
            viewer.account,
            viewer.organisation,
            moment,
            ground=ground.value if network and ground else "",
            request=request,
            files=[file.id for file in shown],
        )
        return [Answer(known=await _known(unit, file, viewer, moment), hit=hits[file.id]) for file in shown]

    return await rooms.graph.write(make)


async def relink(
    rooms: Rooms,
    viewer: Viewer,
    hit_id: str,
    *,
    key: str,
    request: str = "",
    urgent: bool = False,
    at: datetime | None = None,
) -> str:
    """Put someone back in touch: the lead is asked to call, and the contact says so. The organisation that was asked.

    Only on an answer that was given to this account lately. Nothing is told but that the person got in touch, and where.
    Raises NotFound, InvalidInput.
    """
    moment = at or datetime.now(UTC)
    check(viewer, Operation.LOOK_UP, Subject(organisation=viewer.organisation))
    asked = ("relink", hit_id, request, urgent)

    async def make(unit: Unit) -> str:
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["organisation"]
        file = await answered(unit, await unit.lookups.hit(hit_id), viewer, moment)
        organisation = holder(file)
        told = ContactTold(
            id=uuid4().hex,
            organisation=viewer.organisation,
            due=moment + AN_HOUR * 2 if urgent else working_days_after(moment, CALL_BACK_DAYS),
            urgent=urgent,
        )
        await unit.files.append(file, actor_of(viewer), moment, told)
        if request:
            await _keep_with(unit, viewer, request, organisation, moment)
        await unit.replies.keep(viewer.key, key, asked, {"organisation": organisation})
        return organisation

    return await rooms.graph.write(make)


async def _own_contact(unit: Unit, viewer: Viewer, request: str) -> None:
    """Raises InvalidInput: another organisation's contact looks like none."""
    contact = await unit.requests.get(request)
    if contact is None or contact.organisation != viewer.organisation:
        raise InvalidInput(NO_CONTACT, "request")


async def _keep_with(unit: Unit, viewer: Viewer, request: str, organisation: str, at: datetime) -> None:
    contact = await unit.requests.get(request)
    if contact is None or not may(viewer, Operation.RECORD_REQUEST, Subject(organisation=contact.organisation)):
        raise NotFound(NO_CONTACT)
    event = desk.followed(contact, Sequel.RELINKED, to=f"organisation:{organisation}")
    await unit.requests.append(contact, viewer.account, at, event)


async def answered(unit: Unit, hit: Hit | None, viewer: Viewer, at: datetime) -> File:
    """The file of an answer given to this account lately. Raises NotFound, InvalidInput."""
    if hit is None or hit.account != viewer.account or hit.organisation != viewer.organisation:
        raise NotFound(STALE)
    file = await unit.files.load(hit.file)
    if at - hit.at > GOOD_FOR or file is None or not file.open or not _may_know(file, viewer, at):
        raise InvalidInput(STALE, "hit")
    return file


def _may_know(file: File, viewer: Viewer, at: datetime) -> bool:
    return holder(file) == viewer.organisation or told_to_others(file)


async def _known(unit: Unit, file: File, viewer: Viewer, at: datetime) -> Known:
    organisation = holder(file)
    record = (await unit.directory.organisations([organisation])).get(organisation)
    posts = (await unit.directory.posts_of([organisation])).get(organisation, ())
    own = organisation == viewer.organisation
    lead = last_lead(file)
    account = lead.account if lead and own else ""
    known = (await unit.accounts.of([account])).get(account) if account else None
    return Known(
        organisation=organisation,
        service=record.name if record else "",
        phone=desk_phone(record, posts),
        lead=known.name if known else "",
        file=file.id if own and sight(file, viewer, at).whole else "",
        closed=not file.open,
    )


def desk_phone(organisation: Organisation | None, posts: tuple[Post, ...]) -> str:
    """The telephone of the duty desk, else of the organisation; empty when neither is known."""
    desks = [post.contact.phone for post in posts if post.duty_desk and post.contact.phone]
    return desks[0] if desks else organisation.contact.phone if organisation else ""
