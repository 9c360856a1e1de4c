"""How long a word holds: the same days as the rank, a state for each, a reminder for each step."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.directory import Capacity
from graph.model.facts import UNKNOWN, UNKNOWN_WAIT
from graph.model.freshness import (
    AFTER,
    CAPACITY_NOTICE,
    NOTICE,
    FreshnessState,
    Step,
    due_on,
    known_capacity,
    next_step,
    state,
    vouched,
)
from graph.model.listing import Claim, FieldGroup, split
from graph.model.weights import CAPACITY_HOLDS_FOR, FRESH, FRESH_FOR, STALE, STALE_AFTER, freshness, room, waiting
from tests import make

GROUPS = st.sampled_from(sorted(FieldGroup))
ONE = timedelta(days=1)
SAID = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), FreshnessState.FRESH),
        (FRESH_FOR + ONE - NOTICE - ONE, FreshnessState.FRESH),
        (FRESH_FOR + ONE - NOTICE, FreshnessState.DUE_SOON),
        (FRESH_FOR, FreshnessState.DUE_SOON),
        (FRESH_FOR + ONE, FreshnessState.DUE),
        (FRESH_FOR + 2 * AFTER, FreshnessState.DUE),
        (FRESH_FOR + ONE + 2 * AFTER, FreshnessState.FADING),
        (STALE_AFTER - ONE, FreshnessState.FADING),
        (STALE_AFTER, FreshnessState.STALE),
    ],
)
def test_the_states_of_a_group(age: timedelta, expected: FreshnessState) -> None:
    assert state(FieldGroup.HOURS, SAID, SAID + age) is expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), FreshnessState.FRESH),
        (CAPACITY_HOLDS_FOR - CAPACITY_NOTICE, FreshnessState.FRESH),
        (CAPACITY_HOLDS_FOR + ONE - CAPACITY_NOTICE, FreshnessState.DUE_SOON),
        (CAPACITY_HOLDS_FOR, FreshnessState.DUE_SOON),
        (CAPACITY_HOLDS_FOR + ONE, FreshnessState.STALE),
    ],
)
def test_the_states_of_capacity(age: timedelta, expected: FreshnessState) -> None:
    assert state(FieldGroup.CAPACITY, SAID, SAID + age) is expected


@given(st.integers(0, 1500))
def test_a_group_is_due_when_the_rank_begins_to_fade_and_stale_when_it_has_faded(days: int) -> None:
    now = state(FieldGroup.CONTACT, SAID, SAID + timedelta(days))
    before_due = now in (FreshnessState.FRESH, FreshnessState.DUE_SOON)
    (counted,) = freshness(np.array([days]))
    assert (counted == FRESH) == before_due
    assert (counted == STALE) == (now is FreshnessState.STALE)


DUE = due_on(FieldGroup.PLACE, SAID)


@pytest.mark.parametrize(
    ("days_from_due", "last", "went", "expected"),
    [
        (-31, None, 0, None),
        (-30, None, 0, Step.BEFORE),
        (-1, Step.BEFORE, -30, None),
        (0, Step.BEFORE, -30, Step.AT),
        (13, Step.AT, 0, None),
        (14, Step.AT, 0, Step.AFTER),
        (27, Step.AFTER, 14, None),
        (28, Step.AFTER, 14, Step.MODERATOR),
        (900, Step.MODERATOR, 28, None),
        # A word of many years ago, whose partner is known since today: it begins with a mail, and each step leaves time.
        (900, None, 0, Step.AT),
        (913, Step.AT, 900, None),
        (914, Step.AT, 900, Step.AFTER),
        (915, Step.AFTER, 914, None),
    ],
)
def test_the_reminders_of_a_group(days_from_due: int, last: Step | None, went: int, expected: Step | None) -> None:
    today, last_on = DUE + timedelta(days_from_due), DUE + timedelta(went) if last else None
    assert next_step(FieldGroup.PLACE, SAID, today, last, last_on) is expected


def test_capacity_is_asked_for_once() -> None:
    due = due_on(FieldGroup.CAPACITY, SAID)
    assert next_step(FieldGroup.CAPACITY, SAID, due - ONE, None, None) is None
    assert next_step(FieldGroup.CAPACITY, SAID, due, None, None) is Step.AT
    assert next_step(FieldGroup.CAPACITY, SAID, due + timedelta(days=100), Step.AT, due) is None


@given(GROUPS, st.integers(0, 1500))
def test_states_only_go_forward(group: FieldGroup, days: int) -> None:
    states = list(FreshnessState)
    today, tomorrow = SAID + timedelta(days), SAID + timedelta(days + 1)
    assert states.index(state(group, SAID, today)) <= states.index(state(group, SAID, tomorrow))


def test_each_group_has_the_day_of_who_won_it() -> None:
    record = make.service(hours="Mo 09:00-12:00", source="dila", vouched_on=date(2025, 5, 1))
    word = Claim(
        subject=record.id,
        group=FieldGroup.HOURS,
        source="partner:t:caf",
        value={"hours": "Tu 09:00-12:00"},
        vouched_on=date(2025, 3, 1),
    )
    found = vouched(record, [*split(record), word])
    assert [(group.value, one.on.isoformat(), one.source) for group, one in found.items()] == [
        ("identity", "2025-05-01", "dila"),
        ("matters", "2025-05-01", "dila"),
        ("territory", "2025-05-01", "dila"),
        ("hours", "2025-03-01", "partner:t:caf"),
    ]
    assert vouched(record, ())[FieldGroup.HOURS].on == date(2025, 5, 1)


def test_capacity_has_the_day_that_it_carries() -> None:
    told = make.service(vouched_on=date(2025, 1, 1), capacity=Capacity(vouched_on=date(2025, 6, 1), places_free=2))
    assert vouched(told, split(told))[FieldGroup.CAPACITY].on == date(2025, 6, 1)
    only_delay = make.service(answer_days=3)
    assert FieldGroup.CAPACITY not in vouched(only_delay, split(only_delay))


@given(
    st.integers(0, 90),
    st.none() | st.integers(0, 5),
    st.none() | st.integers(1, 60),
    st.none() | st.integers(-60, 60),
)
def test_capacity_is_known_exactly_where_it_weighs(
    age: int, places: int | None, waiting_days: int | None, until: int | None
) -> None:
    today = SAID + timedelta(age)
    full_until = None if until is None else today + timedelta(until)
    told = Capacity(vouched_on=SAID, places_free=places, waiting_days=waiting_days, full_until=full_until)
    known = known_capacity(told, today)
    ago, full = np.array([age]), np.array([bool(full_until and full_until > today)])
    (counted,) = room(np.array([UNKNOWN if places is None else places]), ago, full)
    (delay,) = waiting(np.array([UNKNOWN_WAIT if waiting_days is None else waiting_days]), ago)
    said_room = known is not None and (
        known.places_free is not None or bool(known.full_until and known.full_until > today)
    )
    assert bool(counted) == said_room
    assert bool(delay) == (known is not None and known.waiting_days is not None)


def test_nobody_said_anything_of_room() -> None:
    assert known_capacity(None, SAID) is None
