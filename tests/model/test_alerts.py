"""When there is news of a kept search, and what of it is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.alerts import News, Pace, SavedSearch, Sought, lasting, news

TODAY = date(2026, 3, 10)
SEARCH = SavedSearch(
    id="r", account="a", name="n", sought=Sought(competences=("c",), territory="25056"), key="k", pace=Pace.DAILY
)
TOLD = replace(SEARCH, told=("service:a", "service:b"), told_on=TODAY)
KEYS = st.lists(st.sampled_from([f"service:{n}" for n in range(8)]), unique=True)


@pytest.mark.parametrize(
    ("pace", "days", "due"),
    [
        (Pace.DAILY, 0, False),
        (Pace.DAILY, 1, True),
        (Pace.WEEKLY, 6, False),
        (Pace.WEEKLY, 7, True),
        (Pace.WEEKLY, 40, True),
        (Pace.NEVER, 40, False),
    ],
)
def test_it_is_looked_at_once_a_period(pace: Pace, days: int, due: bool) -> None:
    assert replace(TOLD, pace=pace).is_due(TODAY + timedelta(days=days)) is due


def test_the_first_look_is_due_at_once_unless_taken_away() -> None:
    assert SEARCH.is_due(TODAY)
    assert not replace(SEARCH, removed=True).is_due(TODAY)
    assert not replace(SEARCH, pace=Pace.NEVER).is_due(TODAY)


def test_the_first_mail_says_how_many_there_are() -> None:
    assert news(SEARCH, ["service:a", "service:b"]) == News(total=2, first=True)
    assert news(SEARCH, []) == News(total=0, first=True)


def test_then_only_what_was_not_there() -> None:
    assert news(TOLD, ["service:b", "service:c", "service:a", "service:d"]) == News(
        total=4, new=("service:c", "service:d")
    )
    assert news(TOLD, ["service:b"]) is None
    assert news(TOLD, ["service:b", "service:a"]) is None


def test_what_is_open_now_is_not_kept_for_another_day() -> None:
    sought = replace(SEARCH.sought, wishes=("open_now", "has_room", "free"))
    assert lasting(sought) == replace(sought, wishes=("has_room", "free"))
    assert lasting(SEARCH.sought) == SEARCH.sought


@given(KEYS, KEYS)
def test_what_is_new_is_exactly_the_difference(before: list[str], now: list[str]) -> None:
    found = news(replace(SEARCH, told=tuple(before), told_on=TODAY), now)
    assert (found.new if found else ()) == tuple(key for key in now if key not in before)
