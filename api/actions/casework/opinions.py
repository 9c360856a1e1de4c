"""What a partner says at the end, by the same questions as the person (graph/model/casework/by_person.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from api.actions.casework.filing import ABSENT, once, seen_in
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import by_person
from graph.model.casework.acts import Event
from graph.model.casework.by_person import Question
from graph.model.casework.file import Actor, File
from graph.model.errors import NotFound
from graph.store.unit import Unit


async def awaited(rooms: Rooms, viewer: Viewer, handoff_id: str) -> bool:
    """Whether her organisation may say how it was: it has ended, and nobody of it has. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        file = await _addressed(unit, viewer, handoff_id, datetime.now(UTC))
    return not file.handoffs[handoff_id].open and f"{viewer.organisation}|{handoff_id}" not in file.opinions


async def give(
    rooms: Rooms,
    viewer: Viewer,
    handoff_id: str,
    answers: Mapping[Question, int],
    text: str,
    *,
    key: str,
    at: datetime | None = None,
) -> File:
    """Its opinion of a handoff that was addressed to it, once. Raises NotFound, StepNotAllowed before its end, InvalidInput."""
    moment = at or datetime.now(UTC)

    async def load(unit: Unit) -> File:
        return await _addressed(unit, viewer, handoff_id, moment)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        ended = not file.handoffs[handoff_id].open
        return [by_person.opinion(file, viewer.organisation, handoff_id, answers, text, ended=ended)]

    asked = ("opinion", handoff_id, sorted((question.value, answer) for question, answer in answers.items()), text)
    return await once(rooms.graph, viewer, key=key, asked=asked, load=load, decide=decide, at=moment)


async def _addressed(unit: Unit, viewer: Viewer, handoff_id: str, at: datetime) -> File:
    file, found = await seen_in(unit, viewer, await unit.files.holding(handoff_id), at)
    if handoff_id not in found.handoffs or file.handoffs[handoff_id].target.organisation != viewer.organisation:
        raise NotFound(ABSENT)
    return file
