"""What a step makes of a handoff. Pure and total, as applying.py is for files."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from graph.model.casework.acts import Stepped
from graph.model.casework.handoff import ENDED, Handoff, Reported, Side, State, Step

_ANSWERS: Final = frozenset({Step.WAITLIST, Step.FILE_FOR_DECISION, Step.ACCEPT, Step.DECLINE, Step.REDIRECT})


def restarts(handoff: Handoff, event: Stepped) -> bool:
    """Whether the clock of the handoff's state begins anew with this step."""
    asked = event.step is Step.ESCALATE and handoff.asked is not None
    return event.to is not handoff.state or event.step in {Step.ANSWER, Step.WAITLIST} or asked


def stepped(handoff: Handoff, event: Stepped, at: datetime) -> Handoff:
    """A handoff after a step that was taken at this moment."""
    if event.restored is not None:
        return event.restored
    step = event.step
    told: dict[str, Any] = {"state": event.to, "due": event.due, "tick": event.tick}
    if restarts(handoff, event):
        told |= {"since": at, "reminded": 0, "escalated": False, "asked": None}
    if handoff.reported is not None and event.side is Side.TARGET:
        told["reported"] = None
    if event.to in ENDED and not handoff.ended:
        told |= {"ended": at, "reason": event.reason, "outcome": event.outcome, "tick": None}
        told["settled"] = event.to in {State.COMPLETED, State.VOIDED}
    if step in _ANSWERS and handoff.answered is None:
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
            return {"asked": None}
        case Step.WAITLIST:
            return {"interim": event.interim, "position": event.position}
        case Step.FILE_FOR_DECISION:
            return {"statutory": event.on}
        case Step.ACCEPT:
            return {"target": replace(handoff.target, professional=event.account)}
        case Step.BOOK:
            return {"appointment": event.on}
        case Step.MISS:
            return {"appointment": None, "missed": handoff.missed + 1}
        case Step.CONTACT:
            return {"contacted": at, "answered": handoff.answered or at, "reported": None}
        case Step.DISPUTE:
            return {"contacted": None, "moved_lead": False}
        case Step.VOID:
            return {"moved_lead": False}
        case Step.REPORT:
            return _reported(handoff, event, at)
        case Step.REMIND if event.side is Side.CLOCK:
            return {"reminded": handoff.reminded + 1}
        case Step.ESCALATE:
            return {"escalated": True}
        case _:
            return {}


def _reported(handoff: Handoff, event: Stepped, at: datetime) -> dict[str, Any]:
    if event.until is None:
        return {}
    before = replace(handoff, reported=None)
    found: dict[str, Any] = {
        "reported": Reported(before=before, until=event.until, contact=event.reported is Step.CONTACT)
    }
    if event.reported in _ANSWERS or event.reported is Step.CONTACT:
        found["answered"] = handoff.answered or at
    if event.interim:
        found["interim"] = event.interim
    if event.position is not None:
        found["position"] = event.position
    return found
