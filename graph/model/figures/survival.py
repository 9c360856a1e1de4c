"""How long something takes while some of it still waits: Kaplan–Meier, in whole days or in parts of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Length = TypeVar("Length", int, float)


@dataclass(frozen=True, slots=True)
class Wait(Generic[Length]):
    """So many days until it came, or, where it has not, until it was last known to wait."""

    days: Length
    came: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve(Generic[Length]):
    """The share that still waits after each day on which something came, the first first; from 1 down, 0 where nothing is left.

    `came` is how many have come, `waiting` how many had not when they were last seen.
    """

    came: int = 0
    waiting: int = 0
    steps: tuple[tuple[Length, float], ...] = ()

    @property
    def count(self) -> int:
        """All of them, come or not."""
        return self.came + self.waiting

    @property
    def median(self) -> Length | None:
        """Days within which half has come; None while less has."""
        return self.within(0.5)

    @property
    def p90(self) -> Length | None:
        """Days within which nine of ten have come; None while fewer have."""
        return self.within(0.9)

    def within(self, share: float) -> Length | None:
        """The first day by which this share (0 to 1) has come; None while it has not."""
        # A share such as 1 - 0.9 is a hair off: what differs by less than that is the same.
        return next((day for day, left in self.steps if left <= 1 - share + 1e-9), None)

    def left(self, day: float) -> float:
        """The share that still waits at the end of a day."""
        found = 1.0
        for at, share in self.steps:
            if at > day:
                break
            found = share
        return found


def curve(waits: Iterable[Wait[Length]]) -> Curve[Length]:
    """What these tell together. Who is lost sight of on a day was still waiting on it."""
    came, lost = Counter[Length](), Counter[Length]()
    for one in waits:
        (came if one.came else lost)[one.days] += 1
    at_risk = came.total() + lost.total()
    share, steps = 1.0, list[tuple[Length, float]]()
    for day in sorted(came.keys() | lost.keys()):
        if came[day]:
            share *= 1 - came[day] / at_risk
            steps.append((day, share))
        at_risk -= came[day] + lost[day]
    return Curve(came=came.total(), waiting=lost.total(), steps=tuple(steps))
