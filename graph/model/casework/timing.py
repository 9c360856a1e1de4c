"""The clock of what a step makes: when its next action is due, and when time itself acts on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from graph.model.casework.acts import Stepped
from graph.model.casework.clocks import (
    NAMED,
    SETTLE_DAYS,
    Clocks,
    due_of,
    question_due,
    tick_of,
    working_days_after,
)
from graph.model.casework.file import File
from graph.model.casework.handoff import Handoff, Step
from graph.model.casework.leading import grounded, moved_by_contact
from graph.model.casework.said import Taking
from graph.model.casework.stepping import restarts, stepped


def timed_step(handoff: Handoff, made: Stepped, taking: Taking) -> Stepped:
    """The event, with the due date and the tick of the handoff that it makes."""
    if made.restored is not None:
        return replace(made, due=made.restored.due, tick=made.restored.tick)
    after = stepped(handoff, made, taking.at)
    if not after.open:
        return replace(made, due=working_days_after(taking.at, SETTLE_DAYS), tick=None)
    due = _due(handoff, after, made, taking)
    tick = tick_of(replace(after, due=due), taking.clocks)
    return replace(made, due=due, tick=tick[1] if tick else None)


def _due(handoff: Handoff, after: Handoff, made: Stepped, taking: Taking) -> datetime:
    if after.asked is not None and not after.unanswered:
        return question_due(after.asked, after.urgent)
    if made.step is Step.BOOK and made.on is not None:
        return made.on
    if not restarts(handoff, made) and made.step is not Step.ANSWER:
        return handoff.due
    named = made.on if after.state in NAMED else None
    return due_of(after.state, after.urgent, after.since, taking.clocks, named)


def timed(handoff: Handoff, taking: Taking) -> Handoff:
    """A handoff whose state begins now, with the clock of that state. A day that was named stays; a question waits anew."""
    asked = taking.at if handoff.asked is not None else None
    fresh = replace(handoff, since=taking.at, reminded=0, escalated=False, asked=asked, unanswered=False)
    named = handoff.due if fresh.state in NAMED or fresh.appointment is not None else None
    due = question_due(asked, fresh.urgent) if asked else None
    due = due or due_of(fresh.state, fresh.urgent, fresh.since, taking.clocks, named)
    tick = tick_of(replace(fresh, due=due), taking.clocks)
    return replace(fresh, due=due, tick=tick[1] if tick else None)


def due_tick(file: File, handoff: Handoff, at: datetime, clocks: Clocks) -> Step | None:
    """What time does to this handoff at this moment; None where nothing is due. When is as it was set: a house that changes its
    clocks moves nothing that is under way.

    A contact that was reported moves no lead once its ground is gone: the handoff ends instead, and the sender says what follows.
    """
    if handoff.tick is None or handoff.tick > at:
        return None
    tick = tick_of(handoff, clocks)
    if tick is None:
        return None
    if tick[0] is Step.CONTACT and moved_by_contact(handoff) and not grounded(file, handoff, at):
        return Step.EXPIRE
    return tick[0]
