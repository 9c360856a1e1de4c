"""What waits is counted as waiting: Kaplan–Meier against scipy's; Wilson's interval against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.model.figures.certainty import surely_over, wilson
from graph.model.figures.survival import Curve, Wait, curve

WAITS = st.lists(st.builds(Wait, st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


@given(WAITS)
def test_the_curve_is_scipys(waits: list[Wait]) -> None:
    found = curve(waits)
    came, lost = [one.days for one in waits if one.came], [one.days for one in waits if not one.came]
    assert (found.came, found.waiting, found.count) == (len(came), len(lost), len(waits))
    known = stats.ecdf(stats.CensoredData(uncensored=came, right=lost)).sf
    for number in range(32):
        assert found.left(number) == pytest.approx(float(known.evaluate(number)), abs=1e-12)
    for share, told in ((0.5, found.median), (0.9, found.p90)):
        reached = [number for number in range(31) if known.evaluate(number) <= 1 - share + 1e-9]
        assert told == (reached[0] if reached else None)


def test_half_that_never_came_has_no_median() -> None:
    waits = [Wait(3, True), Wait(10, False), Wait(10, False)]
    assert curve(waits).median is None
    assert curve([Wait(3, True), Wait(10, False)]).median == 3
    assert curve([]) == Curve()
    assert (curve([]).median, curve([]).left(5)) == (None, 1.0)


def test_who_is_lost_sight_of_on_the_day_was_still_waiting() -> None:
    assert curve([Wait(5, True), Wait(5, False)]).steps == ((5, 0.5),)


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_wilsons_interval_is_scipys(numbers: tuple[int, int]) -> None:
    part, whole = numbers
    known = stats.binomtest(part, whole).proportion_ci(0.95, method="wilson")
    assert wilson(part, whole, float(stats.norm.ppf(0.975))) == pytest.approx((known.low, known.high), abs=1e-9)


def test_a_few_say_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert not surely_over(3, 3, 0.5)
    assert surely_over(30, 30, 0.5)
    assert not surely_over(8, 20, 0.25)
    assert surely_over(40, 100, 0.25)
