"""Who hands to whom: handoffs added up by month, pair of bodies, category and what became of them; the network that is walked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from graph.model.casework.desk_report import month_of
from graph.model.casework.handoff import Kind, State
from graph.model.figures.facts import HandoffFact
from graph.model.figures.histograms import FROM, bucket, days
from graph.model.vocabulary import competence


class Ending(StrEnum):
    """What became of a handoff that was sent."""

    WAITING = "waiting"
    TAKEN = "taken"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


ENDINGS: Final[Mapping[State, Ending]] = MappingProxyType(
    {
        State.SENT: Ending.WAITING,
        State.RECEIVED: Ending.WAITING,
        State.WAITLISTED: Ending.WAITING,
        State.AWAITING_DECISION: Ending.TAKEN,
        State.ACCEPTED: Ending.TAKEN,
        State.IN_PROGRESS: Ending.TAKEN,
        State.ON_HOLD: Ending.TAKEN,
        State.COMPLETED: Ending.COMPLETED,
        State.NOT_COMPLETED: Ending.NOT_COMPLETED,
        State.DECLINED: Ending.DECLINED,
        State.REDIRECTED: Ending.REDIRECTED,
        State.EXPIRED: Ending.EXPIRED,
        State.WITHDRAWN: Ending.WITHDRAWN,
        State.RECALLED: Ending.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """So many handoffs of a month ("2026-03", that of their sending) from one body to another. `category` is that of the need's
    competence, empty for files as a whole; `delays` the histogram of days from the sending to the first contact, of those that
    led to one.
    """

    sender: str
    target: str
    month: str
    category: str
    ending: Ending
    count: int
    delays: tuple[int, ...]


def ending_of(handoff: HandoffFact) -> Ending | None:
    """What became of it; None of one that never left, or was made by error."""
    return ENDINGS.get(handoff.state) if handoff.sent else None


def category_of(competence_id: str) -> str:
    """The category of a competence; empty for none."""
    return competence(competence_id).category if competence_id else ""


def between_bodies(handoff: HandoffFact) -> bool:
    """Whether it went from one body to another."""
    return handoff.kind is not Kind.ASSIGN and handoff.sender != handoff.target


def added_up(handoffs: Iterable[HandoffFact]) -> list[Flow]:
    """The flows that these make, in the order of their keys."""
    counts: dict[tuple[str, str, str, str, Ending], list[int]] = defaultdict(lambda: [0] * (len(FROM) + 1))
    for one in handoffs:
        ending = ending_of(one)
        if ending is None or one.sent is None or not between_bodies(one):
            continue
        found = counts[one.sender, one.target, month_of(one.sent), category_of(one.competence), ending]
        found[0] += 1
        if one.contacted:
            found[1 + bucket(days(one.sent, one.contacted))] += 1
    return [
        Flow(
            sender=sender, target=target, month=month, category=category, ending=ending, count=n[0], delays=tuple(n[1:])
        )
        for (sender, target, month, category, ending), n in sorted(counts.items())
    ]
