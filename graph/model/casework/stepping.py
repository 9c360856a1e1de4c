"""What a step makes of a handoff. Pure and total, as applying.py is for files."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from graph.model.casework.acts import Rehoused, Stepped
from graph.model.casework.clocks import put_off
from graph.model.casework.handoff import ENDED, UNANSWERED, Handoff, Reported, Side, State, Step

_ANSWERS: Final = frozenset({Step.WAITLIST, Step.FILE_FOR_DECISION, Step.ACCEPT, Step.DECLINE, Step.REDIRECT})


def restarts(handoff: Handoff, event: Stepped) -> bool:
    """Whether the clock of the handoff's state begins anew with this step.

    Opening it changes nothing of the time that the target has to answer; a question that nobody answered in time gives it anew.
    """
    if event.to is not handoff.state:
        return not {event.to, handoff.state} <= UNANSWERED
    named_anew = event.step in {Step.WAITLIST, Step.MISS} or event.reported is Step.WAITLIST
    return named_anew or question_late(handoff, event)


def question_late(handoff: Handoff, event: Stepped) -> bool:
    """Whether time raises a question that waits, and not the handoff itself."""
    waits = handoff.asked is not None and not handoff.unanswered
    return event.step is Step.ESCALATE and event.side is Side.CLOCK and waits


def stepped(handoff: Handoff, event: Stepped, at: datetime) -> Handoff:
    """A handoff after a step that was taken at this moment."""
    if event.restored is not None:
        return event.restored
    told: dict[str, Any] = {"state": event.to, "due": event.due, "tick": event.tick}
    if restarts(handoff, event):
        told |= {"since": at, "reminded": 0, "escalated": False}
    if event.to is not handoff.state and not {event.to, handoff.state} <= UNANSWERED:
        told |= {"asked": None, "unanswered": False, "appointment": None}
    if event.side is Side.TARGET or (event.to is not handoff.state and event.step is not Step.REPORT):
        told["reported"] = None
    if event.to in ENDED:
        told |= {"tick": None, "settled": event.to is State.COMPLETED, "contested": None}
    if event.to in ENDED and handoff.ended is None:
        told |= {"ended": at, "reason": event.reason, "outcome": event.outcome}
    if event.step in _ANSWERS and handoff.answered is None:
        told["answered"] = at
    return replace(handoff, **(told | _of_step(handoff, event, at)))


def _of_step(handoff: Handoff, event: Stepped, at: datetime) -> dict[str, Any]:
    """What this step alone says."""
    match event.step:
        case Step.SUBMIT | Step.CONSENT if event.to is not State.AWAITING_CONSENT:
            return {"sent": at, "ground": event.consent or handoff.ground}
        case Step.ASK:
            return {"asked": at, "question": event.text}
        case Step.ANSWER:
            return _answered(handoff, at)
        case Step.WAITLIST:
            return {"interim": event.interim, "position": event.position}
        case Step.FILE_FOR_DECISION:
            return {"statutory": event.on}
        case Step.ACCEPT:
            named = event.account or handoff.target.professional
            return {"target": replace(handoff.target, professional=named)}
        case Step.BOOK:
            return {"appointment": event.on, "reminded": 0}
        case Step.MISS:
            return {"appointment": None, "missed": handoff.missed + 1}
        case Step.CONTACT:
            return {"contacted": at, "answered": handoff.answered or at, "reported": None}
        case Step.DISPUTE:
            return {"contacted": None}
        case Step.CONTEST:
            return {"contested": at}
        case Step.REPORT:
            return _reported(handoff, event, at)
        case Step.REMIND if event.side is Side.CLOCK:
            return {"reminded": handoff.reminded + 1}
        case Step.ESCALATE if question_late(handoff, event):
            return {"unanswered": True}
        case Step.ESCALATE:
            return {"escalated": True}
        case _:
            return {}


def _answered(handoff: Handoff, at: datetime) -> dict[str, Any]:
    """The target has as much time left as when it asked: a question puts its clock off, and gives it no new one."""
    told: dict[str, Any] = {"asked": None, "unanswered": False}
    if handoff.asked is not None and not handoff.unanswered:
        told["since"] = put_off(handoff.since, handoff.asked, at, handoff.urgent)
    return told


def _reported(handoff: Handoff, event: Stepped, at: datetime) -> dict[str, Any]:
    """What is contested goes back to what the target itself, or nobody, had said: not to an earlier report."""
    if event.until is None:
        return {}
    before = replace(handoff, reported=None)
    if handoff.reported is not None and at <= handoff.reported.until:
        before = handoff.reported.before
    found: dict[str, Any] = {
        "reported": Reported(before=before, until=event.until, contact=event.reported is Step.CONTACT)
    }
    if event.reported in _ANSWERS or event.reported is Step.CONTACT:
        found["answered"] = handoff.answered or at
    if event.reported is Step.FILE_FOR_DECISION:
        found["statutory"] = event.on
    if event.interim:
        found["interim"] = event.interim
    if event.position is not None:
        found["position"] = event.position
    return found


def rehoused(handoff: Handoff, event: Rehoused) -> Handoff:
    """With another organisation at one end. What its target has there of an agreement is another's to give."""
    if event.side is not Side.TARGET:
        return replace(handoff, sender=event.organisation, sender_account=event.account)
    target = replace(
        handoff.target,
        organisation=event.organisation,
        service=event.service,
        post=event.post,
        agreement="",
        professional=event.account,
    )
    return replace(handoff, target=target, ground=event.ground)
