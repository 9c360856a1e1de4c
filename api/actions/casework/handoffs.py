"""Handoffs: prepared, sent, answered, ended. One function a step's side: the file's, and the addressee's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from api.actions.casework.filing import ABSENT, act, once, seen_in
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Event
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File
from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff, Step
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.taking import sides, take
from graph.model.errors import Conflict, NotFound
from graph.store.unit import Unit


async def give_consent(
    rooms: Rooms, viewer: Viewer, file_id: str, consent: Consent, *, key: str, at: datetime | None = None
) -> File:
    """Something may be told from now on. Raises NotFound, NotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.consent_given(file, replace(consent, given=moment, recorded_by=by.account))]

    asked = ("consent", replace(consent, id="", given=datetime(1970, 1, 1, tzinfo=UTC)))
    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


async def draft(
    rooms: Rooms, viewer: Viewer, file_id: str, draft: Draft, *, key: str, at: datetime | None = None
) -> File:
    """Prepare a handoff; nothing leaves. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput, NeedsConfirming."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        clocks = await unit.timing.clocks(draft.target.organisation)
        return [deciding.drafted(file, draft, by, Taking(at=moment, clocks=clocks))]

    return await act(rooms, viewer, file_id, key=key, asked=("draft", replace(draft, id="")), decide=decide, at=at)


async def step(
    rooms: Rooms,
    viewer: Viewer,
    handoff_id: str,
    step: Step,
    said: Said = NOTHING,
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> File:
    """Take a step of a handoff, from whichever side the viewer is on.

    Raises NotFound where she knows nothing of it, StepNotAllowed, ReasonMissing, ConsentMissing, NeedsConfirming, InvalidInput, and
    Conflict (with the present File) where its file moved past `expected_seq` and the step is no longer possible.
    """
    moment = at or datetime.now(UTC)

    async def load(unit: Unit) -> File:
        file, found = await seen_in(unit, viewer, await unit.files.holding(handoff_id), moment)
        if handoff_id not in found.handoffs:
            raise NotFound(ABSENT)
        return file

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        if expected_seq is not None and file.seq != expected_seq and await _moved(unit, file, handoff_id, expected_seq):
            raise Conflict("Cette demande a changé pendant ce temps : rien n’est perdu. Voyez où elle en est.", file)
        if not sides(file, file.handoffs[handoff_id], by):
            raise NotFound(ABSENT)
        clocks = await unit.timing.clocks(clocked(file.handoffs[handoff_id], said))
        return [take(file, handoff_id, step, by, said, Taking(at=moment, clocks=clocks))]

    asked = ("step", handoff_id, step, said, expected_seq)
    return await once(rooms.graph, viewer, key=key, asked=asked, load=load, decide=decide, at=moment)


def clocked(handoff: Handoff, said: Said) -> str:
    """The organisation whose clocks run after a step: the target's, that of a redirect where there is one."""
    return said.to.organisation if said.to else handoff.target.organisation


async def _moved(unit: Unit, file: File, handoff: str, after: int) -> bool:
    """Whether an entry past this one was about that handoff."""
    entries = await unit.files.log(file.id, after)
    return any(getattr(entry.event, "handoff", None) == handoff for entry in entries)
