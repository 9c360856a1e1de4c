"""A file from week to week: its needs, whom it is given to in the house, what may be told, its end and what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

from api.actions.casework.filing import act
from api.actions.casework.recording import colleagues
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File, Outcome
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.said import NOTHING, Taking
from graph.model.casework.taking import take
from graph.model.errors import InvalidInput, StepNotAllowed
from graph.store.unit import Unit


async def set_need(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    need: str,
    *,
    urgent: bool,
    due: date | None,
    due_what: str,
    secret: bool,
    key: str,
    at: datetime | None = None,
) -> File:
    """Say anew how urgent a need is, and the date that comes from outside; one that had ended is taken up again.

    Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput.
    """

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        before = file.needs.get(need)
        if before is None:
            raise InvalidInput("Ce besoin n’est pas de ce dossier.", "need")
        now = replace(before, urgent=urgent, due=due, due_what=due_what.strip(), secret=secret)
        if not before.open or urgent is not before.urgent:
            now = replace(now, review=deciding.need_review(moment, urgent))
        return [deciding.need_set(file, now)]

    asked = ("set need", need, urgent, due, due_what, secret)
    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


async def withdraw_consent(
    rooms: Rooms, viewer: Viewer, file_id: str, consent: str, text: str = "", *, key: str, at: datetime | None = None
) -> File:
    """It may not be told any longer: nothing more is shown by it from now on. Raises NotFound, NotAllowed, StepNotAllowed."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.consent_withdrawn(file, consent, text)]

    return await act(rooms, viewer, file_id, key=key, asked=("withdraw", consent, text), decide=decide, at=at)


async def assign(
    rooms: Rooms, viewer: Viewer, file_id: str, account: str, text: str = "", *, key: str, at: datetime | None = None
) -> File:
    """Give the file to a colleague of the house, who leads it at once; to the duty desk for an empty account.

    Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput for whoever does not work there.
    """
    id_ = uuid4().hex

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        if file.lead is None:
            raise StepNotAllowed(file.state, "assign", "l’accompagnement est clos")
        if account == file.lead.account:
            raise InvalidInput("Cette personne suit déjà ce dossier.", "account")
        await colleagues(unit, file, [account] if account else [])
        # A head of service gives what her unit leads in the unit's name.
        actor, taking = replace(by, organisation=file.lead.organisation), Taking(at=moment)
        target = Target(organisation=file.lead.organisation, professional=account)
        draft = Draft(id=id_, kind=Kind.ASSIGN, target=target, message=text, confirmed=True)
        prepared = deciding.drafted(file, draft, actor, taking)
        then = applied(file, Entry(file=file.id, seq=file.seq + 1, at=moment, by=by, event=prepared))
        return [prepared, take(then, id_, Step.SUBMIT, actor, NOTHING, taking)]

    return await act(rooms, viewer, file_id, key=key, asked=("assign", account, text), decide=decide, at=at)


async def close(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    outcome: Outcome,
    text: str,
    *,
    key: str,
    at: datetime | None = None,
) -> File:
    """The accompaniment ends. Raises NotFound, NotAllowed, StepNotAllowed while a partner is at work, ReasonMissing."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.closed(file, outcome, text)]

    return await act(rooms, viewer, file_id, key=key, asked=("close", outcome, text), decide=decide, at=at)


async def reopen(
    rooms: Rooms, viewer: Viewer, file_id: str, text: str, *, key: str, at: datetime | None = None
) -> File:
    """It begins again, under whoever reopens it. Raises NotFound, NotAllowed, StepNotAllowed."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.reopened(file, by, moment, text)]

    return await act(rooms, viewer, file_id, key=key, asked=("reopen", text), decide=decide, at=at)
