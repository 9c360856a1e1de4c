"""The network through which needs go: who passes them to whom, and the bodies at which most of them wait on their way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from graph.model.casework.handoff import State
from graph.model.figures.acceptance import answer_of, answer_time
from graph.model.figures.betweenness import betweenness as betweenness
from graph.model.figures.certainty import surely_over
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import between_bodies
from graph.model.figures.histograms import days
from graph.model.figures.lattice import FEWEST
from graph.model.figures.survival import Wait, curve

TIMES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """A body through which needs pass and at which they wait: `through` is its betweenness, `wait` its median number of days until
    an answer (None: half has not come). Of what it `received`, so many went on from there. `is_one` tells it from chance.
    """

    id: str
    through: float
    wait: int | None
    received: int
    passed: int
    is_one: bool

    @property
    def score(self) -> float:
        """Betweenness × median wait: what bodies are ordered by."""
        return self.through * (self.wait or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A need on its way: from the body where it was to the one that it was sent to."""

    file: str
    origin: str
    target: str
    at: datetime


def moves(handoffs: Iterable[HandoffFact]) -> list[Move]:
    """What was sent between bodies. What a body passes on comes from there, though the sender stays who answers for it."""
    some = [one for one in handoffs if answer_of(one) is not None]
    known = {one.id: one for one in some}
    found = list[Move]()
    for one in some:
        parent = known.get(one.parent)
        origin = parent.target if parent and parent.state is State.REDIRECTED else one.sender
        if origin != one.target and one.sent:
            found.append(Move(file=one.file, origin=origin, target=one.target, at=one.sent))
    return found


def edges(handoffs: Iterable[HandoffFact]) -> Counter[tuple[str, str]]:
    """How many needs went from one body to another, by the pair."""
    return Counter((one.origin, one.target) for one in moves(handoffs))


def bottlenecks(handoffs: Iterable[HandoffFact], at: datetime | None = None) -> list[Bottleneck]:
    """Every body through which a shortest way leads: those that are a bottleneck first, then by score. One *is* a bottleneck when,
    of FEWEST handoffs at least and beyond chance (Wilson), half of what it is sent waits more than twice as long as at
    the network's middle body, and more goes on from there than from bodies in general. What has no answer has waited until it
    expired, or until `at` (the last moment known, by default).
    """
    some = [one for one in handoffs if between_bodies(one)]
    if not some:
        return []
    went = moves(some)
    through = betweenness(Counter((one.origin, one.target) for one in went))
    received, passed = _passages(went)
    waits = _waits(some, at or _last(some))
    medians = {id_: curve(of_one).median for id_, of_one in waits.items()}
    # The middle body, not all waits together: what a bottleneck holds up would hide it.
    usual = median([days for days in medians.values() if days is not None] or [0])
    usually = sum(passed.values()) / max(1, sum(received.values()))
    found = [
        Bottleneck(
            id=id_,
            through=through[id_],
            wait=medians.get(id_),
            received=received[id_],
            passed=passed[id_],
            is_one=len(waits[id_]) >= FEWEST
            and surely_over(sum(one.days > TIMES * usual for one in waits[id_]), len(waits[id_]), 0.5)
            and surely_over(passed[id_], received[id_], usually),
        )
        for id_ in through
        if through[id_] > 0
    ]
    return sorted(found, key=lambda one: (not one.is_one, -one.score, -one.through, one.id))


def _passages(went: Iterable[Move]) -> tuple[Counter[str], Counter[str]]:
    """What came to each body, and how much of it was followed, in the same file, by something that went on from there."""
    left: dict[tuple[str, str], datetime] = {}
    some = list(went)
    for one in some:
        key = one.file, one.origin
        left[key] = max(one.at, left.get(key, one.at))
    received, passed = Counter[str](), Counter[str]()
    for one in some:
        received[one.target] += 1
        last = left.get((one.file, one.target))
        passed[one.target] += last is not None and last >= one.at
    return received, passed


def _waits(handoffs: Iterable[HandoffFact], at: datetime) -> defaultdict[str, list[Wait[int]]]:
    """Until an answer, or until the time for it was over: whoever sent has waited that long. By body."""
    found: defaultdict[str, list[Wait[int]]] = defaultdict(list)
    for one in handoffs:
        if one.sent is None or answer_of(one) is None:
            continue
        answered = answer_time(one)
        found[one.target].append(Wait(days(one.sent, answered or one.ended or at), answered is not None))
    return found


def _last(handoffs: Iterable[HandoffFact]) -> datetime:
    """The last moment that these know of."""
    return max(moment for one in handoffs for moment in (one.drafted, one.sent, one.answered, one.ended) if moment)
