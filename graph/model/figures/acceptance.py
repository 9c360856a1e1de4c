"""What becomes of what is sent: taken, declined, passed on, left without an answer; how often the first asked was the right one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from graph.model.casework.file import Outcome
from graph.model.casework.handoff import ENDED, UNANSWERED, UNSENT, Kind, State
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import Ending, between_bodies

NEVER_LEFT: Final = UNSENT | {State.VOIDED}
SENT_AWAY: Final = {State.DECLINED: Ending.DECLINED, State.REDIRECTED: Ending.REDIRECTED}
# How what nobody answered may end.
UNHEARD: Final = frozenset({State.EXPIRED, State.WITHDRAWN, State.RECALLED, State.NOT_COMPLETED})
WAITS: Final = UNANSWERED | {State.WAITLISTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Of handoffs that were sent. `redirected` were answered by passing them on; `withdrawn` ended before any answer: they were
    taken back, or the person did not go there.
    """

    accepted: int = 0
    declined: int = 0
    redirected: int = 0
    expired: int = 0
    waiting: int = 0
    withdrawn: int = 0

    @property
    def decided(self) -> int:
        """All that were answered, or expired."""
        return self.accepted + self.declined + self.redirected + self.expired

    @property
    def share(self) -> float | None:
        """Accepted of all answered or expired, 0 to 1; None of nothing."""
        return self.accepted / self.decided if self.decided else None


def answer_of(handoff: HandoffFact) -> Ending | None:
    """How it was answered, the one definition for every figure. What met the person was taken, whatever came of it; what was
    refused or passed on before was not, even from a waiting list. On a waiting list it waits, and so does the person who is
    still to go there by herself. WITHDRAWN: it ended without the body's answer, nor for want of one. None of what never left the
    house, and of what was made by error.
    """
    if not handoff.sent or not between_bodies(handoff) or handoff.state in NEVER_LEFT:
        return None
    if handoff.state in WAITS or (handoff.kind is Kind.ORIENT and handoff.state not in ENDED):
        return Ending.WAITING
    if handoff.contacted is None and handoff.state in SENT_AWAY:
        return SENT_AWAY[handoff.state]
    if handoff.answered or handoff.contacted or handoff.state not in UNHEARD:
        return Ending.TAKEN
    return Ending.EXPIRED if handoff.state is State.EXPIRED else Ending.WITHDRAWN


def answer_time(handoff: HandoffFact) -> datetime | None:
    """When it was answered first, or the time for an answer was over; None while neither is."""
    return handoff.answered or (handoff.ended if handoff.state is State.EXPIRED else None)


def acceptance(handoffs: Iterable[HandoffFact]) -> Acceptance:
    """Of these handoffs."""
    return _of(Counter(answer_of(one) for one in handoffs))


def by_target(handoffs: Iterable[HandoffFact]) -> dict[str, Acceptance]:
    """Of what each body was sent, by its id."""
    counts: dict[str, Counter[Ending | None]] = {}
    for one in handoffs:
        if ending := answer_of(one):
            counts.setdefault(one.target, Counter())[ending] += 1
    return {target: _of(found) for target, found in counts.items()}


def _of(counts: Counter[Ending | None]) -> Acceptance:
    return Acceptance(
        accepted=counts[Ending.TAKEN],
        declined=counts[Ending.DECLINED],
        redirected=counts[Ending.REDIRECTED],
        expired=counts[Ending.EXPIRED],
        waiting=counts[Ending.WAITING],
        withdrawn=counts[Ending.WITHDRAWN],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Of needs that were handed to somebody: those that the first body asked has met, and those of which it still has to tell."""

    handed: int = 0
    met: int = 0
    waiting: int = 0

    @property
    def share(self) -> float | None:
        """Met by the first of all that were handed, 0 to 1; None of nothing."""
        return self.met / self.handed if self.handed else None


def accuracy(handoffs: Iterable[HandoffFact]) -> Accuracy:
    """How often the first that a need was sent to has met it."""
    first = first_asked(handoffs)
    return Accuracy(
        handed=len(first),
        met=sum(map(has_met, first.values())),
        waiting=sum(one.ended is None for one in first.values()),
    )


def has_met(handoff: HandoffFact) -> bool:
    """Whether its help ended and said that the need was met."""
    return handoff.state is State.COMPLETED and handoff.outcome == Outcome.MET


def first_asked(handoffs: Iterable[HandoffFact]) -> dict[str, HandoffFact]:
    """Of each need the handoff that was sent first."""
    first: dict[str, HandoffFact] = {}
    for one in handoffs:
        if answer_of(one) is None:
            continue
        for need in one.needs:
            if need not in first or _order(one) < _order(first[need]):
                first[need] = one
    return first


def _order(one: HandoffFact) -> tuple[datetime, int, str]:
    assert one.sent is not None
    return one.sent, one.chain, one.id
