"""How bodies answer: most of them alike, each at its own pace, and the planted ones as they were planted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from graph.model.casework.handoff import ReasonCode
from importers.invented.network import Planted


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """`days` is the median of its answers, in working days, of a log-normal law of this `spread`; the rest are shares of what is
    sent to it: left without an answer, declined by code, put on a waiting list, sent on to another.
    """

    days: float = 3.0
    spread: float = 0.6
    silent: float = 0.02
    no_capacity: float = 0.04
    not_eligible: float = 0.03
    out_of_area: float = 0.01
    waits: float = 0.06
    redirects: float = 0.02

    def reason(self, random: Random) -> ReasonCode | None:
        """Why it declines; None where it takes it."""
        drawn = random.random()
        for share, code in (
            (self.no_capacity, ReasonCode.NO_CAPACITY),
            (self.not_eligible, ReasonCode.NOT_ELIGIBLE),
            (self.out_of_area, ReasonCode.OUT_OF_AREA),
        ):
            if drawn < share:
                return code
            drawn -= share
        return None


PLAIN: Final = Habit()
BOTTLENECK: Final = Habit(days=15.0, spread=0.25, silent=0.0, waits=0.1, redirects=0.6)
SILENT: Final = replace(PLAIN, silent=0.8)
SATURATED: Final = replace(PLAIN, no_capacity=0.7)
MISMATCHED: Final = replace(PLAIN, not_eligible=0.4, out_of_area=0.3)
# How often a door that is in want of referents keeps a file for months.
TRANSITIONAL: Final = 0.45


def habit(planted: Planted, body: str) -> Habit:
    """How a body answers: its pace is its own, and always the same."""
    if body == planted.bottleneck:
        return BOTTLENECK
    if body in planted.silent:
        return SILENT
    if body == planted.saturated:
        return SATURATED
    if body == planted.mismatched:
        return MISMATCHED
    return replace(PLAIN, days=PLAIN.days * Random(body).uniform(0.6, 1.8))
