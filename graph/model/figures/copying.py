"""A simulated copy of an agreement to another territory: how much there would be of it, and at what cost, told as ranges.

A simulation: it takes it that people there need what people here do. Each estimate says on what it stands; the volume is the
widest range that they leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.model.figures.ranges import Range


class Basis(StrEnum):
    """On what an estimate of the volume stands."""

    POPULATION = "population"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What is known here: units a month and euros a unit, each as it was measured, else as it was agreed."""

    volume: Range
    volume_measured: bool
    price: Range
    price_measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Units a month, there. `here` and `there` are the two numbers that it is scaled by."""

    basis: Basis
    here: int
    there: int
    volume: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a copy would be: its estimates, the volume a month, the price of a unit, the cost a month, in euros; whether what it
    stands on was measured here, or is as it was agreed.
    """

    estimates: tuple[Estimate, ...]
    volume: Range
    volume_measured: bool
    price: Range
    price_measured: bool
    cost: Range


def base(measured: tuple[Range, Range], agreed: tuple[Range, Range]) -> Base:
    """Volume and price, measured where there is something to tell."""
    known = [bool(one.point) for one in measured]
    volume, price = (one if told else other for one, other, told in zip(measured, agreed, known, strict=True))
    return Base(volume=volume, volume_measured=known[0], price=price, price_measured=known[1])


def scaled(basis: Basis, volume: Range, here: int | None, there: int | None) -> Estimate | None:
    """The volume here, scaled by two numbers; None where one of them is not known, or none are here."""
    if not here or there is None or volume.point is None:
        return None
    by = there / here
    told = Range(*(None if one is None else one * by for one in (volume.point, volume.low, volume.high)))
    return Estimate(basis=basis, here=here, there=there, volume=told)


def copied(estimates: Iterable[Estimate | None], here: Base) -> Copy:
    """The copy that these estimates leave of what is known here."""
    known = tuple(one for one in estimates if one is not None)
    volume = widest([one.volume for one in known])
    return Copy(
        estimates=known,
        volume=volume,
        volume_measured=here.volume_measured,
        price=here.price,
        price_measured=here.price_measured,
        cost=product(volume, here.price),
    )


def widest(ranges: Sequence[Range]) -> Range:
    """The range that holds them all; its point is the mean of theirs."""
    points = [one.point for one in ranges if one.point is not None]
    if not points:
        return Range(None)
    ends = [end for one in ranges for end in (one.low, one.point, one.high) if end is not None]
    known = len(set(ends)) > 1
    return Range(sum(points) / len(points), min(ends) if known else None, max(ends) if known else None)


def product(one: Range, other: Range) -> Range:
    """Both at their lowest, both at their highest."""
    if one.point is None or other.point is None:
        return Range(None)
    first, then = _ends(one), _ends(other)
    low, high = first[0] * then[0], first[1] * then[1]
    return Range(one.point * other.point, *((low, high) if low < high else (None, None)))


def _ends(one: Range) -> tuple[float, float]:
    point = one.point or 0.0
    return point if one.low is None else one.low, point if one.high is None else one.high
