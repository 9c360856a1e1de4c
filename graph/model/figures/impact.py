"""What an agreement changed: the months before it and those since, with ranges that say how little is known.

Each measure is told by arm and as a difference, each with a 95 % interval. Needs a month: Byar's formula for a count, and the
square-and-add rule for their difference. The others: percentile bootstrap over files (what one family gets is not independent),
with a fixed seed, so that the same facts always give the same range. Fewer than ENOUGH files in an arm conclude nothing. None of
this proves a cause: `Impact.cautions` holds what else may have made the difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from random import Random
from typing import Final

from graph.model.casework.desk_report import month_of
from graph.model.figures.facts import DeliveryFact, Facts, NeedFact
from graph.model.figures.of_deliveries import GivenUnit
from graph.model.figures.ranges import NORMAL, Range, apart, byar, difference, percentile
from graph.model.figures.survival import Wait, curve

ENOUGH: Final = 20
SEED: Final = 59
RESAMPLES: Final = 400
# Files drawn in all, so that a large agreement does not keep the page waiting.
MOST_DRAWN: Final = 400_000
FEWEST_RESAMPLES: Final = 100
# How far two mixes may lie apart before it is said: the share of needs that would have to move.
MIX_APART: Final = 0.15
DAY: Final = timedelta(days=1)


class Gauge(StrEnum):
    """What is measured."""

    VOLUME = "volume"
    GIVEN = "given"
    DELAY = "delay"
    UNIT_COST = "unit_cost"
    MINUTES = "minutes"


class Caution(StrEnum):
    """What may mislead."""

    TOO_FEW = "too_few"
    SEASON = "season"
    LENGTH = "length"
    MIX_OF_PLACES = "mix_of_places"
    MIX_OF_URGENCY = "mix_of_urgency"
    NO_PRICE = "no_price"
    NO_MINUTES = "no_minutes"
    ALREADY_MOVING = "already_moving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an agreement is about: `parties` are the bodies on whose behalf it acts, whose workers' minutes are counted."""

    agreement: str
    competences: frozenset[str]
    unit: GivenUnit
    parties: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One measure before, after, and by how much it differs. `settled` where the difference's interval excludes zero."""

    gauge: Gauge
    before: Range
    after: Range
    difference: Range

    @property
    def settled(self) -> bool:
        """Whether the two arms differ by more than chance does."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One side: whole months from `begin` to `end`, its end excluded."""

    begin: datetime
    end: datetime
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The effects, in the order of Gauge; `files` how many files each arm holds, `under` the needs handed under the agreement."""

    effects: tuple[Effect, ...]
    files: tuple[int, int]
    under: int
    cautions: tuple[Caution, ...]

    @property
    def enough(self) -> bool:
        """Whether anything may be concluded."""
        return min(self.files) >= ENOUGH


@dataclass(frozen=True, slots=True)
class _Family:
    """What counts of one file: days until help for each need, and whether it came; how much, its cents, how much had a price."""

    waits: tuple[Wait[float], ...]
    quantity: int
    cents: int
    priced: int
    minutes: int


@dataclass(frozen=True, slots=True)
class _Side:
    months: int
    needs: tuple[NeedFact, ...]
    given: tuple[DeliveryFact, ...]
    families: tuple[_Family, ...]


Statistic = Callable[[Sequence[_Family], int], float | None]


def impact(before: Arm, after: Arm, terms: Terms) -> Impact:
    """The effect of an agreement between two runs of months."""
    sides = _side(before, terms), _side(after, terms)
    sizes = len(sides[0].families), len(sides[1].families)
    known = min(sizes) >= ENOUGH
    effects = [_volume(*sides, known)]
    effects += [_effect(gauge, statistic, *sides, known) for gauge, statistic in _STATISTICS.items()]
    needs = {need.id for need in sides[1].needs}
    under = {
        need for one in after.facts.handoffs if one.agreement == terms.agreement and one.sent for need in one.needs
    }
    return Impact(
        effects=tuple(effects),
        files=sizes,
        under=len(needs & under),
        cautions=tuple(_cautions(before, after, sides, known)),
    )


def _side(arm: Arm, terms: Terms) -> _Side:
    needs = tuple(
        need for need in arm.facts.needs if need.competence in terms.competences and arm.begin <= need.opened < arm.end
    )
    given = tuple(one for one in arm.facts.deliveries if arm.begin <= one.on < arm.end and _about(one, terms))
    contacts: defaultdict[str, list[datetime]] = defaultdict(list)
    for handoff in arm.facts.handoffs:
        if handoff.contacted and handoff.contacted < arm.end:
            for need in handoff.needs:
                contacts[need].append(handoff.contacted)
    helped: defaultdict[str, list[DeliveryFact]] = defaultdict(list)
    for one in given:
        helped[one.file].append(one)
    of_file: defaultdict[str, list[NeedFact]] = defaultdict(list)
    for need in needs:
        of_file[need.file].append(need)
    families = tuple(
        _family(of_file.get(file, ()), helped.get(file, ()), contacts, arm.end, terms)
        for file in sorted(of_file.keys() | helped.keys())
    )
    return _Side(_months(arm), needs, given, families)


def _about(one: DeliveryFact, terms: Terms) -> bool:
    if one.agreement == terms.agreement:
        return True
    if one.competence:
        return one.competence in terms.competences
    return one.unit is terms.unit is not GivenUnit.OTHER


def _family(
    needs: Sequence[NeedFact],
    given: Sequence[DeliveryFact],
    contacts: dict[str, list[datetime]],
    end: datetime,
    terms: Terms,
) -> _Family:
    waits = list[Wait[float]]()
    for need in needs:
        came = [*contacts.get(need.id, ()), *(max(one.on, need.opened) for one in given if one.until >= need.opened)]
        until = min(came) if came else min(end, need.ended or end)
        waits.append(Wait((until - need.opened) / DAY, bool(came)))
    counted = [one for one in given if one.unit is terms.unit]
    priced = [one for one in counted if one.unit_cents]
    return _Family(
        waits=tuple(waits),
        quantity=sum(one.quantity for one in counted),
        cents=sum(one.quantity * one.unit_cents for one in priced),
        priced=sum(one.quantity for one in priced),
        minutes=sum(one.minutes for one in given if one.organisation in terms.parties),
    )


def _months(arm: Arm) -> int:
    return max(1, round((arm.end - arm.begin) / (DAY * 30.44)))


def _given(families: Sequence[_Family], months: int) -> float | None:
    return sum(one.quantity for one in families) / months


def _delay(families: Sequence[_Family], months: int) -> float | None:
    return curve(wait for one in families for wait in one.waits).median


def _unit_cost(families: Sequence[_Family], months: int) -> float | None:
    priced = sum(one.priced for one in families)
    return sum(one.cents for one in families) / priced / 100 if priced else None


def _minutes(families: Sequence[_Family], months: int) -> float | None:
    return sum(one.minutes for one in families) / len(families) if families else None


_STATISTICS: Final[dict[Gauge, Statistic]] = {
    Gauge.GIVEN: _given,
    Gauge.DELAY: _delay,
    Gauge.UNIT_COST: _unit_cost,
    Gauge.MINUTES: _minutes,
}


def _volume(before: _Side, after: _Side, known: bool) -> Effect:
    first, then = byar(len(before.needs), before.months), byar(len(after.needs), after.months)
    effect = first, then, difference(first, then)
    first, then, by = effect if known else (Range(one.point) for one in effect)
    return Effect(gauge=Gauge.VOLUME, before=first, after=then, difference=by)


def _effect(gauge: Gauge, statistic: Statistic, before: _Side, after: _Side, known: bool) -> Effect:
    points = [statistic(side.families, side.months) for side in (before, after)]
    by = points[1] - points[0] if points[0] is not None and points[1] is not None else None
    if not known:
        return Effect(gauge=gauge, before=Range(points[0]), after=Range(points[1]), difference=Range(by))
    drawn = [_drawn(statistic, side, f"{SEED}|{gauge}|{number}") for number, side in enumerate((before, after))]
    moved = [
        then - first if first is not None and then is not None else None for first, then in zip(*drawn, strict=False)
    ]
    return Effect(
        gauge=gauge,
        before=percentile(points[0], drawn[0]),
        after=percentile(points[1], drawn[1]),
        difference=percentile(by, moved),
    )


def _drawn(statistic: Statistic, side: _Side, seed: str) -> list[float | None]:
    """The statistic of files drawn anew with replacement, some hundred times. How many files there are is drawn too."""
    random = Random(seed)  # noqa: S311 (no secret: the same facts give the same range)
    size = len(side.families)
    times = max(FEWEST_RESAMPLES, min(RESAMPLES, MOST_DRAWN // size))
    spread = sqrt(size)
    return [
        statistic(random.choices(side.families, k=max(1, round(random.gauss(size, spread)))), side.months)
        for _ in range(times)
    ]


def _cautions(before: Arm, after: Arm, sides: tuple[_Side, _Side], known: bool) -> Iterable[Caution]:
    first, then = sides
    if not known:
        yield Caution.TOO_FEW
    if first.months != then.months:
        yield Caution.LENGTH
    if _calendar(before) != _calendar(after):
        yield Caution.SEASON
    if apart(Counter(need.commune for need in first.needs), Counter(need.commune for need in then.needs)) > MIX_APART:
        yield Caution.MIX_OF_PLACES
    if apart(Counter(need.urgent for need in first.needs), Counter(need.urgent for need in then.needs)) > MIX_APART:
        yield Caution.MIX_OF_URGENCY
    if any(not one.unit_cents for side in sides for one in side.given):
        yield Caution.NO_PRICE
    if any(not one.minutes for side in sides for one in side.given):
        yield Caution.NO_MINUTES
    middle = before.begin + (before.end - before.begin) / 2
    early = sum(need.opened < middle for need in first.needs)
    if known and abs(2 * early - len(first.needs)) > NORMAL * sqrt(len(first.needs)):
        yield Caution.ALREADY_MOVING


def _calendar(arm: Arm) -> frozenset[str]:
    """The months of the year that an arm holds."""
    at, found = arm.begin + DAY, set[str]()
    while at < arm.end:
        found.add(month_of(at)[5:])
        at += 20 * DAY
    return frozenset(found)
