"""Delays as histograms, since medians do not merge: numbers by bucket of whole days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

# The first day of each bucket: 0, 1, 2–3, 4–7, 8–14, 15–30, 31–60, 61–90, more.
FROM: Final = (0, 1, 2, 4, 8, 15, 31, 61, 91)
DAY: Final = timedelta(days=1)


def days(begin: datetime, end: datetime) -> int:
    """Whole days from one moment to another; none where the second is before the first."""
    return max(0, (end - begin) // DAY)


def bucket(number: int) -> int:
    """Which bucket so many days lie in, from 0."""
    return bisect_right(FROM, number) - 1


def histogram(numbers: Iterable[int]) -> tuple[int, ...]:
    """How many of these lie in each bucket."""
    found = [0] * len(FROM)
    for number in numbers:
        found[bucket(number)] += 1
    return tuple(found)


def added(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """Both together."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def quantile(counts: Sequence[int], share: float) -> tuple[int, int | None] | None:
    """The first and last day of the bucket in which this share (0 to 1) of them is reached; None of nothing. The last bucket has
    no last day.
    """
    total, reached = sum(counts), 0
    if not total:
        return None
    for number, count in enumerate(counts):
        reached += count
        if reached >= share * total and count:
            last = FROM[number + 1] - 1 if number + 1 < len(FROM) else None
            return FROM[number], last
    raise AssertionError("unreachable")


def in_words(number: int) -> str:
    """A bucket as people say it: "2 à 3 jours"."""
    first = FROM[number]
    if number + 1 == len(FROM):
        return f"plus de {first - 1} jours"
    last = FROM[number + 1] - 1
    if first == last:
        return ("le jour même", "1 jour")[first]
    return f"{first} à {last} jours"
