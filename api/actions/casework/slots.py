"""Offering slots to a person who is accompanied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from api.actions.casework.filing import act
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import slots as model
from graph.model.casework.acts import Event
from graph.model.casework.file import Actor, File
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
