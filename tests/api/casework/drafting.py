"""A handoff as it was drafted, whatever the directory says of its target: bodies of these tests are not all in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from api.actions.casework.filing import act
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Event
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File
from graph.model.casework.said import Taking
from graph.store.unit import Unit


async def draft(
    rooms: Rooms, viewer: Viewer, file_id: str, draft: Draft, *, key: str, at: datetime | None = None
) -> File:
    """The file with the handoff in it, under the id that the test gave."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        clocks = await unit.timing.clocks(draft.target.organisation)
        return [deciding.drafted(file, draft, by, Taking(at=moment, clocks=clocks))]

    return await act(rooms, viewer, file_id, key=key, asked=("draft", replace(draft, id="")), decide=decide, at=at)
