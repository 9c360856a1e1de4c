"""Figures with what is not known of them: counts, draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, TypeVar

# Of a 95 % interval.
NORMAL: Final = 1.96
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its 95 % interval; no interval where too little is known, no point where there is none."""

    point: float | None
    low: float | None = None
    high: float | None = None


def byar(count: int, of: float) -> Range:
    """A count per `of`, with its interval as a Poisson count (Byar)."""
    more = count + 1
    low = count * (1 - 1 / (9 * count) - NORMAL / (3 * sqrt(count))) ** 3 if count else 0.0
    high = more * (1 - 1 / (9 * more) + NORMAL / (3 * sqrt(more))) ** 3
    return Range(count / of, max(0.0, low) / of, high / of)


def difference(first: Range, then: Range) -> Range:
    """How much the second is more than the first, both with their intervals, by the square-and-add rule."""
    assert first.point is not None and first.low is not None and first.high is not None
    assert then.point is not None and then.low is not None and then.high is not None
    by = then.point - first.point
    low = by - sqrt((then.point - then.low) ** 2 + (first.high - first.point) ** 2)
    high = by + sqrt((then.high - then.point) ** 2 + (first.point - first.low) ** 2)
    return Range(by, low, high)


def percentile(point: float | None, drawn: Sequence[float | None]) -> Range:
    """Its percentile interval; none where the statistic could not be told for one draw in twenty or more."""
    told = sorted(one for one in drawn if one is not None)
    if point is None or len(told) < 0.95 * len(drawn):
        return Range(point)
    last = len(told) - 1
    return Range(point, told[round(0.025 * last)], told[round(0.975 * last)])


def apart(one: Counter[Kind], other: Counter[Kind]) -> float:
    """How far two mixes lie apart, 0 to 1: the share that would have to move (total variation). 0 where one is empty."""
    first, then = one.total(), other.total()
    if not first or not then:
        return 0.0
    return sum(abs(one[key] / first - other[key] / then) for key in one.keys() | other.keys()) / 2
