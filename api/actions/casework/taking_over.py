"""A take-over is proposed from outside: by one who does not see the file, and has a reason to know that it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from api.actions.casework.filing import ABSENT, once, seen_in
from api.actions.casework.handing import Handed, made_id, seen
from api.actions.casework.looking_up import answered
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.casework import deciding
from graph.model.casework.acts import Event
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File
from graph.model.casework.handoff import OF_THE_FILE, Handoff, Kind, State, Target
from graph.model.casework.said import Taking
from graph.model.casework.taking_over import may_propose as lately_asked
from graph.model.errors import InvalidInput, NotFound, ReasonMissing, StepNotAllowed
from graph.store.unit import Unit

_WORKS: Final = frozenset({State.ACCEPTED, State.IN_PROGRESS})
WHY: Final = "Dites pourquoi vous proposez de reprendre cet accompagnement : le référent le lira."


async def propose(
    rooms: Rooms, viewer: Viewer, file_id: str, draft: Draft, *, hit: str = "", key: str, at: datetime | None = None
) -> Handed:
    """Prepare a take-over; nothing leaves. Its id is made of the key, its target is whoever leads.

    By one whose house a handoff of the file was addressed to, not long ago; or who was told of the file when she looked a caller up
    (`hit`, then `file_id` is empty). Raises NotFound without such a reason and where nobody leads it any more, as for what is
    absent; NotAllowed, ReasonMissing without a purpose, InvalidInput for a stale hit or what a take-over does not name,
    StepNotAllowed where her house's proposal is still open.
    """
    moment = at or datetime.now(UTC)
    check(viewer, Operation.ANSWER_HANDOFF, Subject(organisation=viewer.organisation))
    if draft.needs or draft.groups or draft.ground or draft.parent:
        raise InvalidInput("Une reprise porte sur tout l’accompagnement : ne nommez ni besoin ni partage.", "needs")
    if not draft.purpose.strip():
        raise ReasonMissing(WHY, "purpose")
    made = replace(draft, id=made_id(viewer, key), kind=Kind.TAKE_OVER)

    async def load(unit: Unit) -> File:
        if hit:
            return await answered(unit, await unit.lookups.hit(hit), viewer, moment)
        file, found = await seen_in(unit, viewer, await unit.files.load(file_id), moment)
        if not file.open or not (found.whole or lately_asked(file, viewer.organisation, moment)):
            raise NotFound(ABSENT)
        return file

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        if proposed(file, by.organisation):
            raise StepNotAllowed(file.state, "draft", "votre organisme a déjà proposé de le reprendre")
        led_by = file.lead.organisation if file.lead else ""
        ready = made if made.target.organisation else replace(made, target=Target(organisation=led_by))
        clocks = await unit.timing.clocks(led_by)
        return [deciding.drafted(file, ready, by, Taking(at=moment, clocks=clocks))]

    asked = ("take over", file_id, hit, replace(draft, id=""))
    await once(rooms.graph, viewer, key=key, asked=asked, load=load, decide=decide, at=moment)
    return await seen(rooms, viewer, made.id, moment)


def proposed(file: File, organisation: str) -> bool:
    """Whether that house's proposal waits for its answer, or is under way."""
    return any(one.kind is Kind.TAKE_OVER and one.sender == organisation and one.open for one in file.handoffs.values())


def may_propose(viewer: Viewer, file: File, handoff: Handoff) -> bool:
    """Whether the page of this handoff offers it: to an addressee who has begun, and whose house does not lead."""
    return (
        file.open
        and file.lead is not None
        and viewer.organisation not in {"", file.lead.organisation}
        and handoff.target.organisation == viewer.organisation
        and handoff.kind not in OF_THE_FILE
        and handoff.state in _WORKS
        and not proposed(file, viewer.organisation)
        and may(viewer, Operation.ANSWER_HANDOFF, Subject(organisation=viewer.organisation))
    )
