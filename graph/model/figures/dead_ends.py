"""Dead ends: bodies at which needs stop, for want of places, without a word, or because they came to the wrong door."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from graph.model.casework.handoff import Kind, ReasonCode
from graph.model.figures.acceptance import answer_of
from graph.model.figures.certainty import surely_over
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import Ending
from graph.model.figures.lattice import FEWEST


class Blockage(StrEnum):
    """Why needs stop there."""

    SATURATION = "saturation"
    SILENCE = "silence"
    MISMATCH = "mismatch"


BLOCKED_BY: Final[Mapping[ReasonCode | None, Blockage]] = {
    ReasonCode.NO_CAPACITY: Blockage.SATURATION,
    ReasonCode.NOT_ELIGIBLE: Blockage.MISMATCH,
    ReasonCode.NOT_OFFERED: Blockage.MISMATCH,
    ReasonCode.OUT_OF_AREA: Blockage.MISMATCH,
}
# Where one need in five stops for one same cause, whoever sends should know.
FIFTH: Final = 0.2
TIMES: Final = 2
DECIDED: Final = frozenset({Ending.TAKEN, Ending.DECLINED, Ending.REDIRECTED, Ending.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnd:
    """What stops at a body: of `decided` handoffs (answered or expired) so many by each cause. Where the person goes by herself
    nothing is asked of the body, and nothing counted. `causes` are those for which it is
    a dead end; none for most bodies.
    """

    target: str
    decided: int
    saturation: int = 0
    silence: int = 0
    mismatch: int = 0
    causes: tuple[Blockage, ...] = ()

    def number(self, cause: Blockage) -> int:
        """How many stopped by a cause."""
        return {
            Blockage.SATURATION: self.saturation,
            Blockage.SILENCE: self.silence,
            Blockage.MISMATCH: self.mismatch,
        }[cause]

    def share(self, cause: Blockage) -> float:
        """Of all that were answered or expired, 0 to 1."""
        return self.number(cause) / self.decided if self.decided else 0.0


def blockage(handoff: HandoffFact) -> Blockage | None:
    """Why it stopped there. What is passed on does not stop, whatever the reason given."""
    match answer_of(handoff):
        case Ending.EXPIRED:
            return Blockage.SILENCE
        case Ending.DECLINED:
            return BLOCKED_BY.get(handoff.reason)
        case _:
            return None


def judged(handoff: HandoffFact) -> bool:
    """Whether it says something of the body it went to: it was answered, or expired, and an answer was owed."""
    return handoff.kind is not Kind.ORIENT and answer_of(handoff) in DECIDED


def dead_ends(handoffs: Iterable[HandoffFact]) -> dict[str, DeadEnd]:
    """Every body that answered something or let it expire, by its id. It is a dead end by a cause when its true share is surely
    over a fifth and over twice that of the network's middle body: by the lower end of Wilson's interval, of FEWEST handoffs at
    least, so that a few refusals accuse nobody.
    """
    decided, stopped = Counter[str](), defaultdict[str, Counter[Blockage]](Counter)
    for one in handoffs:
        if judged(one):
            decided[one.target] += 1
            if cause := blockage(one):
                stopped[one.target][cause] += 1
    usual = {
        cause: median([stopped[target][cause] / count for target, count in decided.items()] or [0.0])
        for cause in Blockage
    }
    return {
        target: DeadEnd(
            target=target,
            decided=count,
            saturation=stopped[target][Blockage.SATURATION],
            silence=stopped[target][Blockage.SILENCE],
            mismatch=stopped[target][Blockage.MISMATCH],
            causes=tuple(
                cause
                for cause in Blockage
                if count >= FEWEST and surely_over(stopped[target][cause], count, max(FIFTH, TIMES * usual[cause]))
            ),
        )
        for target, count in sorted(decided.items())
    }


def became(before: Mapping[str, DeadEnd], now: Mapping[str, DeadEnd]) -> list[tuple[str, Blockage]]:
    """The bodies that are a dead end by a cause by which they were none, with it."""
    return [
        (target, cause)
        for target, one in sorted(now.items())
        for cause in one.causes
        if target not in before or cause not in before[target].causes
    ]
