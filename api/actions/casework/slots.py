"""Offering slots to a person who is accompanied: by whoever works on her file, or by the addressee of a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from api.actions.casework.filing import NOT_YOURS, act, once
from api.actions.casework.handing import Handed, seen, seen_in_unit
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework import slots as model
from graph.model.casework.acts import Event
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Actor, File
from graph.model.errors import NotAllowed
from graph.store.unit import Unit


async def offer(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    slots: Sequence[datetime],
    *,
    key: str,
    where: str = "",
    minutes: int = 45,
    member: str = "",
    at: datetime | None = None,
) -> File:
    """Offer slots, once for each key. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [model.offered(file, uuid4().hex, slots, where, minutes, member, moment)]

    asked = ("slots", list(slots), where, minutes, member)
    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


async def offer_for(
    rooms: Rooms,
    viewer: Viewer,
    handoff_id: str,
    slots: Sequence[datetime],
    *,
    key: str,
    where: str = "",
    minutes: int = 45,
    at: datetime | None = None,
) -> Handed:
    """Offer slots as the addressee of a request, once for each key. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""
    moment = at or datetime.now(UTC)
    # A moment without a zone is Paris's.
    slots = [(slot if slot.tzinfo else slot.replace(tzinfo=PARIS)).astimezone(UTC) for slot in slots]

    async def load(unit: Unit) -> File:
        handed = await seen_in_unit(unit, viewer, handoff_id, moment)
        hers = handed.handoff.target.organisation == viewer.organisation
        if not (hers and may(viewer, Operation.ANSWER_HANDOFF, Subject(organisation=viewer.organisation))):
            raise NotAllowed(NOT_YOURS)
        return handed.file

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [model.offered_by_addressee(file, handoff_id, uuid4().hex, slots, where, minutes, by, moment)]

    async def again(unit: Unit) -> File:
        return (await seen_in_unit(unit, viewer, handoff_id, moment)).file

    asked = ("slots for", handoff_id, slots, where, minutes)
    await once(rooms.graph, viewer, key=key, asked=asked, load=load, decide=decide, at=moment, again=again)
    return await seen(rooms, viewer, handoff_id, moment)
