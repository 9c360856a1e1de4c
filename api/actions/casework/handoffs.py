"""Handoffs: prepared, sent, answered, ended. One function a step's side: the file's, and the addressee's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from api.actions.casework.filing import ABSENT, NOT_YOURS, act, once, seen_in
from api.actions.casework.room import show_full
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework import deciding
from graph.model.casework.acts import Event, Stepped
from graph.model.casework.file import Actor, File
from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff, Kind, Side, Step
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.sight import Sight, acting_for, shared_groups
from graph.model.casework.taking import sides, take
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound, StepNotAllowed
from graph.store.casework.reads import ReadPage
from graph.store.unit import Unit

NOT_THERE: Final = (
    "Ce professionnel ne travaille pas, ou plus, dans l’organisme qui accepte : rien n’a été modifié. "
    "Choisissez un collègue."
)
REMINDED_EVERY: Final = timedelta(days=1)
# A reminder further back than so many entries of the file is passed over.
LATELY: Final = 300


async def give_consent(
    rooms: Rooms, viewer: Viewer, file_id: str, consent: Consent, *, key: str, at: datetime | None = None
) -> File:
    """Something may be told from now on. Raises NotFound, NotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.consent_given(file, replace(consent, given=moment, recorded_by=by.account))]

    asked = ("consent", replace(consent, id="", given=datetime(1970, 1, 1, tzinfo=UTC)))
    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


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
    Conflict (with the present File) where the handoff moved past `expected_seq`.
    """
    moment = at or datetime.now(UTC)
    unit_below = ""

    async def load(unit: Unit) -> File:
        nonlocal unit_below
        file, found = await _seen(unit, viewer, handoff_id, moment)
        unit_below = acting_for(file, found)
        if file.open and not found.works and not _its_own(viewer, file.handoffs[handoff_id], step):
            raise NotAllowed(NOT_YOURS)
        return file

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        if expected_seq is not None and await _moved(unit, file, handoff_id, expected_seq):
            raise Conflict("Cette demande a changé pendant ce temps : rien n’est perdu. Voyez où elle en est.", file)
        handoff = file.handoffs[handoff_id]
        if not sides(file, handoff, by, unit_below):
            raise NotFound(ABSENT)
        clocks = await unit.timing.clocks(clocked(handoff, said))
        taking = Taking(at=moment, clocks=clocks, acting_for=unit_below)
        made = take(file, handoff_id, step, by, said, taking)
        await _checked(unit, viewer, file, made, said, moment)
        return [made]

    asked = ("step", handoff_id, step, said, expected_seq)
    again = partial(_again, viewer=viewer, handoff_id=handoff_id, at=moment)
    return await once(rooms.graph, viewer, key=key, asked=asked, load=load, decide=decide, at=moment, again=again)


async def _checked(unit: Unit, viewer: Viewer, file: File, made: Stepped, said: Said, at: datetime) -> None:
    """What a step asks of the graph beside the file: who works there, when it was last asked again, what the listing shows."""
    handoff = file.handoffs[made.handoff]
    if made.step is Step.ACCEPT:
        await _works_there(unit, file, handoff, said.account)
    if made.step is Step.REMIND:
        await _not_again(unit, file, handoff, at)
    if made.step is Step.WAITLIST and made.side is Side.TARGET and made.on is not None:
        await show_full(unit, viewer, handoff, made.on, at)


async def _seen(unit: Unit, viewer: Viewer, handoff_id: str, at: datetime) -> tuple[File, Sight]:
    file, found = await seen_in(unit, viewer, await unit.files.holding(handoff_id), at)
    if handoff_id not in found.handoffs:
        raise NotFound(ABSENT)
    return file, found


async def _again(unit: Unit, viewer: Viewer, handoff_id: str, at: datetime) -> File:
    """Its file as it stands, for whoever still sees the handoff; what she reads of it is noted. Raises NotFound."""
    file, found = await _seen(unit, viewer, handoff_id, at)
    groups = found.groups if found.whole else shared_groups(file, file.handoffs[handoff_id], at)
    if groups:
        await unit.file_reads.note([file.id], viewer.account, viewer.organisation, ReadPage.HANDOFF, groups, at)
    return file


def clocked(handoff: Handoff, said: Said) -> str:
    """The organisation whose clocks run after a step: the target's, that of a redirect where there is one."""
    return said.to.organisation if said.to else handoff.target.organisation


async def _not_again(unit: Unit, file: File, handoff: Handoff, at: datetime) -> None:
    """A sender asks again once a day: more would be heard less. Raises StepNotAllowed."""
    for entry in await unit.files.log(file.id, max(0, file.seq - LATELY)):
        event = entry.event
        again = isinstance(event, Stepped) and event.handoff == handoff.id and event.step is Step.REMIND
        if again and entry.at > at - REMINDED_EVERY:
            raise StepNotAllowed(handoff.state, Step.REMIND, "une relance est déjà partie depuis moins d’un jour")


def _answers(viewer: Viewer, handoff: Handoff) -> bool:
    """Whether she acts for the addressee; or for whoever asked to take the file over."""
    acting = {handoff.target.organisation} | ({handoff.sender} if handoff.kind is Kind.TAKE_OVER else set())
    own = Subject(organisation=viewer.organisation)
    return viewer.organisation in acting and may(viewer, Operation.ANSWER_HANDOFF, own)


def _its_own(viewer: Viewer, handoff: Handoff, step: Step) -> bool:
    """Whether the step is hers though she does not work on the file: she answers for the addressee, or sent it herself, and her
    error is hers to mend when the file has left her.
    """
    wrote = (handoff.sender, handoff.sender_account) == (viewer.organisation, viewer.account)
    return _answers(viewer, handoff) or (step is Step.VOID and wrote)


async def _works_there(unit: Unit, file: File, handoff: Handoff, account: str) -> None:
    """Raises InvalidInput unless whoever is named to do it works, today, where it is accepted."""
    if not account:
        return
    house = handoff.target.organisation
    if handoff.kind is Kind.TAKE_OVER and file.lead:
        house = file.lead.organisation
    members = await unit.accounts.members(house)
    if account not in {one.account for one, held in members if one.active and held.active}:
        raise InvalidInput(NOT_THERE, "professional")


async def _moved(unit: Unit, file: File, handoff: str, seen: int) -> bool:
    """Whether the handoff is not what it was at entry `seen`, whichever entry changed it: another's may have recalled it."""
    if seen == file.seq:
        return False
    then = await unit.files.stood(file.id, seen)
    return then is None or then.handoffs.get(handoff) != file.handoffs[handoff]
