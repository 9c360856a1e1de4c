"""What an agreement changed, against plain counting, lifelines-like products, and the world that made the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp
from random import Random

import pytest

from graph.model.casework.handoff import Kind, State
from graph.model.figures.facts import DeliveryFact, Facts, HandoffFact, NeedFact
from graph.model.figures.impact import Arm, Caution, Effect, Gauge, Impact, Terms, impact
from graph.model.figures.of_deliveries import GivenUnit
from graph.model.figures.ranges import Range, apart, byar, difference, percentile
from graph.model.figures.survival import Wait, curve

HOTEL = "logement-hebergement--hebergement-hotelier-des-familles"
GIVER, OPERATOR, MANDATE = "o:giver", "o:operator", "a:mandate"
TERMS = Terms(agreement=MANDATE, competences=frozenset({HOTEL}), unit=GivenUnit.NIGHT, parties=frozenset({GIVER}))
BEGIN, MIDDLE, END = (datetime(year, 3, 1, tzinfo=UTC) for year in (2024, 2025, 2026))
DAY = timedelta(days=1)


def life(name: str, opened: datetime, wait: float, cents: int, minutes: int, **said: object) -> Facts:
    """A family that needs a room: it waits, has ten nights, and the giver's worker notes her minutes apart."""
    after = opened >= MIDDLE
    on = opened + wait * DAY
    by = OPERATOR if after else GIVER
    stay = DeliveryFact(
        id=f"{name}:1",
        file=name,
        organisation=by,
        on=on,
        until=on + 10 * DAY,
        quantity=10,
        unit=GivenUnit.NIGHT,
        competence=HOTEL,
        unit_cents=cents,
        minutes=0 if after else minutes,
        agreement=MANDATE if after else "",
    )
    call = DeliveryFact(
        id=f"{name}:2",
        file=name,
        organisation=GIVER,
        on=on,
        until=on,
        quantity=1,
        unit=GivenUnit.MEETING,
        competence=HOTEL,
        minutes=minutes,
    )
    need = NeedFact(id=f"{name}|n", file=name, competence=HOTEL, opened=opened, **said)  # type: ignore[arg-type]
    handed = HandoffFact(
        id=f"{name}|h",
        file=name,
        kind=Kind.REFER,
        state=State.IN_PROGRESS,
        sender=GIVER,
        target=OPERATOR,
        requested=opened,
        drafted=opened,
        sent=opened,
        contacted=on,
        needs=(need.id,),
        competence=HOTEL,
        agreement=MANDATE,
    )
    return Facts(needs=(need,), deliveries=(stay, call) if after else (stay,), handoffs=(handed,) if after else ())


def lives(year: datetime, many: int, wait: float, cents: int, minutes: int, seed: int = 1) -> Iterator[Facts]:
    random = Random(f"{seed}|{year}")
    for number in range(many):
        opened = year + random.uniform(0, 300) * DAY
        yield life(
            f"{year.year}-{number:04}",
            opened,
            random.expovariate(1 / wait) + 0.01,
            round(cents * exp(random.gauss(0, 0.2))),
            random.randrange(minutes, 3 * minutes),
            commune=random.choice(("75113", "75114")),
        )


def arm(begin: datetime, end: datetime, some: Iterator[Facts]) -> Arm:
    every = list(some)
    facts = Facts(
        needs=tuple(one for facts in every for one in facts.needs),
        handoffs=tuple(one for facts in every for one in facts.handoffs),
        deliveries=tuple(one for facts in every for one in facts.deliveries),
    )
    return Arm(begin=begin, end=end, facts=facts)


def effects(found: Impact) -> dict[Gauge, Effect]:
    return {effect.gauge: effect for effect in found.effects}


def test_a_mandate_that_costs_less_is_seen_with_its_range() -> None:
    before = arm(BEGIN, MIDDLE, lives(BEGIN, 200, 8, 10_000, 60))
    after = arm(MIDDLE, END, lives(MIDDLE, 200, 2, 7_000, 10))
    found = impact(before, after, TERMS)
    by = effects(found)
    assert (found.enough, found.files, found.under) == (True, (200, 200), 200)
    # By plain counting.
    nights = [one for one in before.facts.deliveries if one.unit is GivenUnit.NIGHT]
    cost = sum(one.unit_cents * one.quantity for one in nights) / sum(one.quantity for one in nights) / 100
    assert by[Gauge.UNIT_COST].before.point == pytest.approx(cost)
    assert by[Gauge.MINUTES].before.point == pytest.approx(sum(one.minutes for one in nights) / 200)
    assert by[Gauge.VOLUME].before.point == pytest.approx(200 / 12)
    assert by[Gauge.GIVEN].after.point == pytest.approx(2_000 / 12)
    for gauge, lowest, highest in ((Gauge.UNIT_COST, -40, -20), (Gauge.DELAY, -8, -1), (Gauge.MINUTES, -130, -60)):
        effect = by[gauge]
        low, point, high = effect.difference.low, effect.difference.point, effect.difference.high
        assert low is not None and point is not None and high is not None
        assert lowest < low < point < high < highest or (lowest < low and high < highest), gauge
        assert effect.settled, gauge
    # As many families as before: nothing is said to have changed.
    assert not by[Gauge.VOLUME].settled
    assert Caution.TOO_FEW not in found.cautions
    assert impact(before, after, TERMS) == found


def test_the_ranges_hold_what_they_should_as_often_as_they_say() -> None:
    held = 0
    for seed in range(24):
        before = arm(BEGIN, MIDDLE, lives(BEGIN, 40, 8, 10_000, 60, seed))
        after = arm(MIDDLE, END, lives(MIDDLE, 40, 8, 10_000, 60, seed))
        held += not effects(impact(before, after, TERMS))[Gauge.UNIT_COST].settled
    # 95 % of 24 is 23; fewer than 19 would come by chance once in ten thousand.
    assert held >= 19


def test_few_files_conclude_nothing() -> None:
    before = arm(BEGIN, MIDDLE, lives(BEGIN, 19, 8, 10_000, 60))
    after = arm(MIDDLE, END, lives(MIDDLE, 400, 2, 7_000, 10))
    found = impact(before, after, TERMS)
    assert not found.enough
    assert Caution.TOO_FEW in found.cautions
    for effect in found.effects:
        assert effect.before.point is not None
        assert (effect.difference.low, effect.difference.high, effect.settled) == (None, None, False)
    nothing = impact(arm(BEGIN, MIDDLE, iter(())), arm(MIDDLE, END, iter(())), TERMS)
    assert nothing.files == (0, 0)
    assert effects(nothing)[Gauge.DELAY].before == Range(None)


def test_what_may_mislead_is_said() -> None:
    before = arm(BEGIN, MIDDLE, lives(BEGIN, 60, 8, 10_000, 60))
    elsewhere = [
        life(f"z{number}", MIDDLE + number * DAY, 2, 0, 10, commune="25056", urgent=True) for number in range(60)
    ]
    found = impact(before, arm(MIDDLE, MIDDLE + 92 * DAY, iter(elsewhere)), TERMS)
    assert set(found.cautions) >= {
        Caution.LENGTH,
        Caution.SEASON,
        Caution.MIX_OF_PLACES,
        Caution.MIX_OF_URGENCY,
        Caution.NO_PRICE,
    }
    same = impact(before, arm(MIDDLE, END, lives(MIDDLE, 60, 8, 10_000, 60)), TERMS)
    assert not {Caution.LENGTH, Caution.SEASON, Caution.MIX_OF_URGENCY} & set(same.cautions)


def test_other_needs_and_other_months_do_not_count() -> None:
    base = list(lives(MIDDLE, 30, 2, 7_000, 10))
    need = NeedFact(id="x", file="x", competence="numerique", opened=MIDDLE + DAY)
    late = NeedFact(id="y", file="y", competence=HOTEL, opened=END)
    other = DeliveryFact(
        id="x:1", file="x", organisation=GIVER, on=MIDDLE, until=MIDDLE, quantity=9, unit=GivenUnit.MEAL, minutes=999
    )
    before = arm(BEGIN, MIDDLE, lives(BEGIN, 30, 8, 10_000, 60))
    plain = impact(before, arm(MIDDLE, END, iter(base)), TERMS)
    more = impact(before, arm(MIDDLE, END, iter([*base, Facts(needs=(need, late), deliveries=(other,))])), TERMS)
    assert more == plain


def test_the_median_counts_those_who_still_wait() -> None:
    def middle(*waits: tuple[float, bool]) -> float | None:
        return curve(Wait(days, came) for days, came in waits).median

    assert middle((1, True), (2, True), (3, True), (4, True)) == 2
    # In parts of days too, as an agreement's effect is told.
    assert middle((0.25, True), (0.5, True), (2.75, False)) == 0.5
    # The product limit by hand: 4/5, then 4/5 × 2/3, then 4/5 × 2/3 × 1/2.
    assert middle((1, True), (2, False), (3, True), (5, True), (9, False)) == 5
    assert middle((1, True), (2, False), (2, False), (2, False)) is None
    assert middle() is None


def test_byar_lies_near_the_exact_interval_of_a_count() -> None:
    # Exact (Garwood) limits at 95 %, from tables.
    for count, low, high in ((10, 4.795, 18.390), (30, 20.241, 42.827), (100, 81.364, 121.627)):
        found = byar(count, 1)
        assert found.low == pytest.approx(low, rel=0.01)
        assert found.high == pytest.approx(high, rel=0.01)
    assert byar(0, 1).low == 0
    widths = [one.high - one.low for n in (10, 100, 1000) if (one := byar(n, n)).high and one.low]
    assert all(wide > narrow for wide, narrow in pairwise(widths))


def test_small_pieces() -> None:
    found = difference(Range(10, 8, 13), Range(20, 17, 24))
    assert found.point == 10
    assert found.low == pytest.approx(10 - 18**0.5)
    assert found.high == pytest.approx(10 + 20**0.5)
    assert percentile(1.0, [None, *[float(n) for n in range(9)]]) == Range(1.0)
    assert percentile(50.0, [float(n) for n in range(101)]) == Range(50.0, 2.0, 98.0)
    assert apart(Counter("aabb"), Counter("aabb")) == 0
    assert apart(Counter("aa"), Counter("bb")) == 1
    assert apart(Counter(""), Counter("bb")) == 0
