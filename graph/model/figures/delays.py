"""First-contact time: what a household waits, from its request until somebody has met it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from graph.model.casework.handoff import State
from graph.model.figures.facts import FileFact, HandoffFact
from graph.model.figures.flows import between_bodies
from graph.model.figures.histograms import days
from graph.model.figures.survival import Curve, Wait, curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Whole days from the request of a household until the first of its handoffs was sent, the first was answered, a body first
    met it: three curves over the same files, so that what lies between two of them is where time goes.
    """

    sent: Curve[int]
    answered: Curve[int]
    contact: Curve[int]


def first_contact(handoffs: Iterable[HandoffFact], files: Iterable[FileFact], at: datetime) -> Delays:
    """As known at a moment: what came later has not come yet. Files out of which nothing was to be handed are not counted, nor
    handoffs that were made by error, nor the assignment of a file within its house. A file that was closed before anything came
    has waited until then, and is told as waiting.
    """
    closed = {one.id: one.closed for one in files}
    of_file: dict[str, list[HandoffFact]] = defaultdict(list)
    for one in handoffs:
        if between_bodies(one) and one.state is not State.VOIDED and one.drafted <= at:
            of_file[one.file].append(one)
    sent, answered, contact = list[Wait[int]](), list[Wait[int]](), list[Wait[int]]()
    for file, some in of_file.items():
        asked = min(one.requested for one in some)
        until = min(at, closed.get(file) or at)
        for found, moments in (
            (sent, [one.sent for one in some]),
            (answered, [one.answered for one in some]),
            (contact, [one.contacted for one in some]),
        ):
            first = min((moment for moment in moments if moment and moment <= at), default=None)
            found.append(Wait(days(asked, first or until), first is not None))
    return Delays(sent=curve(sent), answered=curve(answered), contact=curve(contact))


def answer_times(handoffs: Iterable[HandoffFact], at: datetime) -> dict[str, Curve[int]]:
    """How long each body takes to answer, by its id: from the sending to the first answer. What it let expire, or has not
    answered at that moment, has waited until then; what was taken back has waited until it was.
    """
    waits: dict[str, list[Wait[int]]] = defaultdict(list)
    for one in handoffs:
        if one.sent and one.sent <= at and between_bodies(one) and one.state is not State.VOIDED:
            waits[one.target].append(_answer(one, one.sent, at))
    return {target: curve(some) for target, some in waits.items()}


def _answer(one: HandoffFact, sent: datetime, at: datetime) -> Wait[int]:
    if one.answered and one.answered <= at:
        return Wait(days(sent, one.answered), True)
    return Wait(days(sent, min(at, one.ended or at)), False)
