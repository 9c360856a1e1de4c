"""What a person does herself on her page. Each function gives the events, and changes nothing.

All raise NotFound for what is not shown to her: what is hidden and what is absent look the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.clocks import BY_DEFAULT, PARIS, Clocks
from graph.model.casework.file import Actor, Appointment, Asking, File, MemberRole, Outcome, Right
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Handoff, State, Step
from graph.model.casework.household import shown
from graph.model.casework.said import Said, Taking
from graph.model.casework.slots import takeable
from graph.model.casework.taking import allowed_steps, take
from graph.model.casework.timing import timed
from graph.model.casework.writings import AppointmentSet, OpinionGiven, RightAsked
from graph.model.errors import InvalidInput, NotFound, StepNotAllowed

ABSENT: Final = "Ce n’est pas, ou plus, sur votre page. Rien n’a été modifié."
# What she may do to a handoff, in the order in which it is offered; an appointment is booked in its own place.
STEPS: Final = (Step.CONSENT, Step.REFUSE, Step.CONTACT, Step.DISPUTE, Step.WITHDRAW, Step.CONTEST)
SAID: Final[Mapping[Step, str]] = {Step.DISPUTE: "Je n’ai vu personne.", Step.CONTEST: "Je conteste cette mesure."}
ACCORD_LASTS: Final = timedelta(days=180)
# Regulation (EU) 2016/679, art. 12(3): one month.
RIGHT_LASTS: Final = timedelta(days=30)
LONGEST_OPINION: Final = 1000
EVERYONES: Final[Mapping[str, Clocks]] = MappingProxyType({})


class Question(StrEnum):
    """What is asked at the end, of the person and of partners alike (labels in labels.csv); answers go from 1 to 5."""

    CLEAR = "clear"
    TIMELY = "timely"
    USEFUL = "useful"


def steps(file: File, handoff: Handoff, by: Actor, at: datetime) -> tuple[Step, ...]:
    """What she may do to this handoff now."""
    allowed = allowed_steps(file, handoff, by, at)
    return tuple(step for step in STEPS if step in allowed)


def stepped(
    file: File,
    handoff: str,
    step: Step,
    by: Actor,
    at: datetime,
    *,
    consent: str,
    clocks: Mapping[str, Clocks] = EVERYONES,
) -> list[Event]:
    """A step of hers. An accord is written with what it is about, under the id `consent`; `clocks` are those of the organisations
    that have their own, by id, here and below. Raises StepNotAllowed.
    """
    one = _handoff(file, handoff, by, at)
    if step not in STEPS:
        raise StepNotAllowed(one.state, step)
    taking = _taking(one, at, clocks)
    if step is not Step.CONSENT:
        return [take(file, handoff, step, by, Said(text=SAID.get(step, "")), taking)]
    given = deciding.consent_given(file, _accord(file, one, by, at, consent))
    return [given, take(_after(file, by, at, given), handoff, step, by, Said(consent=consent), taking)]


def _accord(file: File, handoff: Handoff, by: Actor, at: datetime, id_: str) -> Consent:
    # Whoever answers for a child is told of it as she agrees.
    parent = file.members[by.member].role is MemberRole.PARENTAL_AUTHORITY
    return Consent(
        id=id_,
        ground=Ground.ACCORD,
        recipient=handoff.target.organisation,
        purpose=handoff.purpose or "répondre à ma demande",
        groups=handoff.groups or frozenset({ShareGroup.PRACTICAL}),
        until=(at + ACCORD_LASTS).date(),
        given=at,
        member=by.member,
        means=Means.ONLINE,
        needs=handoff.needs,
        informed=at.astimezone(PARIS).date() if parent else None,
    )


def taken_back(file: File, consent: str, by: Actor, at: datetime) -> list[Event]:
    """An accord of hers ends at once, everywhere. Raises StepNotAllowed where it does not stand, or is not an accord."""
    one = next((one for one in shown(file, by.member, at).consents if one.id == consent), None)
    if one is None:
        raise NotFound(ABSENT)
    if one.ground is not Ground.ACCORD:
        raise StepNotAllowed("law", "withdraw_consent", "c’est la loi qui permet ce partage, pas votre accord")
    return [deciding.consent_withdrawn(file, consent, "reprise par la personne")]


def no_longer_wanted(file: File, need: str, by: Actor, at: datetime) -> list[Event]:
    """A need ends because she says so; what partners were asked about it ends with it. Raises StepNotAllowed: a measure that an
    authority ordered goes on.
    """
    if need not in {one.id for one in shown(file, by.member, at).needs}:
        raise NotFound(ABSENT)
    if not file.open or not file.needs[need].open:
        raise StepNotAllowed("ended", "end_need", "cette demande est déjà terminée")
    events: list[Event] = []
    for handoff in file.handing(need):
        step = Step.REFUSE if handoff.state is State.AWAITING_CONSENT else Step.WITHDRAW
        event = take(file, handoff.id, step, by, Said(), Taking(at=at))
        file = _after(file, by, at, event)
        events.append(event)
    ended = deciding.need_ended(file, need, Outcome.NO_LONGER_WANTED, "La personne n’en a plus besoin.")
    return [*events, ended]


def booked(
    file: File,
    appointment: str,
    slot: datetime,
    by: Actor,
    at: datetime,
    clocks: Mapping[str, Clocks] = EVERYONES,
) -> list[Event]:
    """One of the slots that were offered, in place of the one that she had. Raises InvalidInput for another, StepNotAllowed."""
    one = _appointment(file, appointment, by, at)
    if slot not in one.slots or slot <= at:
        raise InvalidInput("Choisissez une des heures proposées. Rien n’a été modifié.", "slot")
    events: list[Event] = []
    handoff = file.handoffs.get(one.handoff)
    if handoff is not None and Step.BOOK in allowed_steps(file, handoff, by, at):
        events.append(take(file, handoff.id, Step.BOOK, by, Said(on=slot), _taking(handoff, at, clocks)))
    return [*events, AppointmentSet(appointment=replace(one, booked=slot, cancelled=None))]


def cancelled(
    file: File, appointment: str, by: Actor, at: datetime, clocks: Mapping[str, Clocks] = EVERYONES
) -> list[Event]:
    """She will not come; another slot may still be taken. Raises StepNotAllowed where none is booked."""
    one = _appointment(file, appointment, by, at)
    if one.booked is None:
        raise StepNotAllowed("free", "cancel", "aucune heure n’est réservée")
    free = AppointmentSet(appointment=replace(one, booked=None, cancelled=at))
    handoff = file.handoffs.get(one.handoff)
    if handoff is None or not handoff.open:
        return [free]
    anew = timed(replace(handoff, appointment=None), _taking(handoff, at, clocks))
    return [replace(free, due=anew.due, tick=anew.tick)]


def opinion(
    file: File, of: str, handoff: str, answers: Mapping[Question, int], text: str, *, ended: bool
) -> OpinionGiven:
    """What `of` says at the end, once. Raises InvalidInput for an answer that is missing or not from 1 to 5, StepNotAllowed."""
    if not ended or f"{of}|{handoff}" in file.opinions:
        raise StepNotAllowed("open", "opinion", "l’avis se donne à la fin, une seule fois")
    for question in Question:
        if answers.get(question, 0) not in range(1, 6):
            raise InvalidInput("Répondez à chaque question, de 1 à 5.", question.value)
    if len(text.strip()) > LONGEST_OPINION:
        raise InvalidInput(f"Le texte a au plus {LONGEST_OPINION} caractères.", "text")
    said = tuple((question.value, answers[question]) for question in Question)
    return OpinionGiven(of=of, answers=said, text=text.strip(), handoff=handoff)


def her_opinion(
    file: File, handoff: str, answers: Mapping[Question, int], text: str, by: Actor, at: datetime
) -> list[Event]:
    """Hers, about one handoff or (empty) the whole."""
    ended = may_say(file, by.member, handoff, at)
    return [opinion(file, f"person:{by.member}", handoff, answers, text, ended=ended)]


def may_say(file: File, member: str, handoff: str, at: datetime) -> bool:
    """Whether it has ended, and she has met them, and has not said how it was."""
    if f"person:{member}|{handoff}" in file.opinions:
        return False
    if not handoff:
        return not file.open
    one = file.handoffs.get(handoff)
    told = one is not None and one.id in shown(file, member, at).handoff_ids
    return told and one is not None and not one.open and one.begun


def right_asked(file: File, right: Right, by: Actor, at: datetime, *, asking: str) -> list[Event]:
    """A copy of what is kept of her, or its erasure. Raises StepNotAllowed where she asked already."""
    if any(one.right is right and one.member == by.member for one in file.askings.values()):
        raise StepNotAllowed("asked", "ask_right", "votre demande est déjà notée")
    return [RightAsked(asking=Asking(id=asking, right=right, member=by.member, due=at + RIGHT_LASTS))]


def _taking(handoff: Handoff, at: datetime, clocks: Mapping[str, Clocks]) -> Taking:
    return Taking(at=at, clocks=clocks.get(handoff.target.organisation, BY_DEFAULT))


def _handoff(file: File, id_: str, by: Actor, at: datetime) -> Handoff:
    if id_ not in shown(file, by.member, at).handoff_ids:
        raise NotFound(ABSENT)
    return file.handoffs[id_]


def _appointment(file: File, id_: str, by: Actor, at: datetime) -> Appointment:
    found = next((one for one in shown(file, by.member, at).appointments if one.id == id_), None)
    if found is None:
        raise NotFound(ABSENT)
    if not takeable(file, found):
        raise StepNotAllowed(file.state, "book", "l’accompagnement est clos, ou cette demande est terminée")
    return found


def _after(file: File, by: Actor, at: datetime, event: Event) -> File:
    return applied(file, Entry(file=file.id, seq=file.seq + 1, at=at, by=by, event=event))
