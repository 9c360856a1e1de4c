"""Opening a file, and what is known of it first: its members, its needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from api.actions.casework.filing import Also, act, actor_of, created
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.casework import deciding
from graph.model.casework.acts import Event, NeedAdded
from graph.model.casework.file import Actor, File, Member, Need, Outcome
from graph.model.casework.recording import checked_member
from graph.model.casework.secrecy import kept_secret
from graph.model.errors import InvalidInput
from graph.model.vocabulary import competences
from graph.store.unit import Unit


def need_of(
    competence: str,
    at: datetime,
    *,
    words: str = "",
    member: str = "",
    urgent: bool = False,
    due: date | None = None,
    due_what: str = "",
    secret: bool = False,
) -> Need:
    """A need as it is first known. Raises InvalidInput for a competence that is not in the closed list."""
    if competence not in competences():
        raise InvalidInput(
            "Ce besoin n’est pas dans la liste : choisissez-le parmi ceux qui sont proposés.", "competence"
        )
    return Need(
        id=uuid4().hex,
        competence=competence,
        opened=at,
        review=deciding.need_review(at, urgent),
        member=member,
        words=words.strip(),
        urgent=urgent,
        due=due,
        due_what=due_what.strip(),
        secret=secret,
    )


async def open_file(
    rooms: Rooms,
    viewer: Viewer,
    members: Sequence[Member],
    needs: Sequence[Need] = (),
    *,
    key: str,
    request: str = "",
    transitional: bool = False,
    at: datetime | None = None,
    also: Also | None = None,
) -> File:
    """Open a file that the viewer leads from now on, with its first needs, and what is written with it.

    Raises NotAllowed, InvalidInput, and what `also` raises.
    """
    moment = at or datetime.now(UTC)
    check(viewer, Operation.OPEN_FILE, Subject(organisation=viewer.organisation))
    told = tuple(replace(checked_member(member, moment), id=member.id or uuid4().hex) for member in members)
    first = deciding.opened(actor_of(viewer), told, moment, request=request, transitional=transitional)
    events: list[Event] = [first, *(NeedAdded(need=kept_secret(need)) for need in needs)]
    asked = (
        "open",
        [replace(m, id="") for m in members],
        [(n.competence, n.words, n.member, n.due, n.due_what, n.urgent, n.secret) for n in needs],
        request,
    )
    return await created(rooms.graph, viewer, key=key, asked=asked, events=events, at=moment, also=also)


async def add_need(
    rooms: Rooms, viewer: Viewer, file_id: str, need: Need, *, key: str, at: datetime | None = None
) -> File:
    """A problem is known. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.need_added(file, need)]

    asked = ("need", need.competence, need.words, need.member, need.due, need.due_what, need.urgent, need.secret)
    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


async def end_need(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    need: str,
    outcome: Outcome,
    text: str,
    *,
    key: str,
    at: datetime | None = None,
) -> File:
    """It is met, or will not be. Raises NotFound, NotAllowed, StepNotAllowed, ReasonMissing."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.need_ended(file, need, outcome, text)]

    return await act(rooms, viewer, file_id, key=key, asked=("end", need, outcome, text), decide=decide, at=at)
