"""Working days, real time, days that were named, and dates that come from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.casework.clocks import (
    BY_DEFAULT,
    DAYS,
    HOURS,
    PARIS,
    Clock,
    Clocks,
    due_of,
    months_after,
    next_working_day,
    public_holidays,
    put_off,
    statutory,
    statutory_months,
    tick_of,
    working_days_after,
)
from graph.model.casework.handoff import ENDED, Kind, State, Step
from graph.model.casework.owed import Owed, owed
from graph.model.casework.timing import due_tick
from tests.model.casework import cases

START = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.integers(0, 15 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def test_the_public_holidays_of_a_year():
    assert sorted(day.isoformat() for day in public_holidays(2026)) == [
        "2026-01-01",
        "2026-04-06",
        "2026-05-01",
        "2026-05-08",
        "2026-05-14",
        "2026-05-25",
        "2026-07-14",
        "2026-08-15",
        "2026-11-01",
        "2026-11-11",
        "2026-12-25",
    ]
    # Ascension on the eighth of May.
    assert len(public_holidays(2097)) == len(public_holidays(2026)) == 11
    assert date(2038, 4, 26) in public_holidays(2038)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-10T10:00", 3, "2026-03-13T10:00"),
        # Over a week-end, and the change to summer time: the same hour on the wall.
        ("2026-03-27T10:00", 1, "2026-03-30T10:00"),
        # Over Easter.
        ("2026-04-03T17:00", 1, "2026-04-07T17:00"),
        # 1 May is a Friday, 8 May too.
        ("2026-04-30T09:00", 1, "2026-05-04T09:00"),
        ("2026-04-30T09:00", 5, "2026-05-11T09:00"),
        # Ascension leaves the Friday.
        ("2026-05-13T09:00", 1, "2026-05-15T09:00"),
        # Year end.
        ("2026-12-24T09:00", 1, "2026-12-28T09:00"),
        ("2026-12-31T09:00", 1, "2027-01-04T09:00"),
        # From a day off, that day does not count.
        ("2026-03-14T09:00", 1, "2026-03-16T09:00"),
        ("2026-03-14T09:00", 0, "2026-03-16T09:00"),
        # Just after midnight in Paris it is the next day there, not yet in UTC.
        ("2026-07-13T00:30", 1, "2026-07-15T00:30"),
    ],
)
def test_working_days(start: str, days: int, end: str):
    assert working_days_after(at(start), days) == at(end)


@given(moments, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up_and_never_end_on_a_day_off(moment: datetime, one: int, two: int):
    end = working_days_after(moment, one)
    assert next_working_day(end.astimezone(PARIS).date()) == end.astimezone(PARIS).date()
    if one:
        assert working_days_after(end, two) == working_days_after(moment, one + two)
    assert end >= moment or end.astimezone(PARIS).date() > moment.astimezone(PARIS).date() or not one


@given(moments, st.integers(1, 9), st.integers(0, 9), st.integers(0, 400))
def test_a_pause_puts_a_clock_off_by_as_much_as_it_lasted(since: datetime, days: int, until: int, hours: int):
    since = working_days_after(since, 1)
    asked = working_days_after(since, until)
    waited = working_days_after(asked, days)
    assert put_off(since, asked, waited, urgent=False) == working_days_after(since, days)
    later = asked + timedelta(hours=hours)
    assert put_off(since, asked, later, urgent=True) == since + timedelta(hours=hours)
    assert put_off(since, asked, asked, urgent=False) == since


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31T10:00", 1, "2026-02-28T10:00"),
        ("2028-01-31T10:00", 1, "2028-02-29T10:00"),
        ("2026-08-31T10:00", 6, "2027-02-28T10:00"),
        ("2026-12-15T10:00", 2, "2027-02-15T10:00"),
        ("2026-10-31T10:00", 4, "2027-02-28T10:00"),
        ("2026-03-31T00:30", 1, "2026-04-30T00:30"),
    ],
)
def test_months_end_with_the_month(start: str, months: int, end: str):
    begun = at(start).astimezone(PARIS)
    assert months_after(begun, months) == at(end).astimezone(PARIS)
    if months == 2:
        assert statutory((), at(start)) == at(end)


def test_an_authority_has_as_long_as_the_law_says():
    known = statutory_months()
    assert {months for months in known.values() if months < 1 or months > 12} == set()
    for competence, months in known.items():
        assert statutory((competence,), cases.NOW) == months_after(cases.NOW.astimezone(PARIS), months)
    shortest = min(known, key=lambda one: (known[one], one))
    assert statutory(tuple(known), cases.NOW) == statutory((shortest,), cases.NOW)


@pytest.mark.parametrize("state", [state for state in State if state not in ENDED])
def test_every_open_state_has_a_clock_that_runs_out(state: State):
    for urgent in (False, True):
        one, file = replace(cases.handoff(Kind.REFER, state), urgent=urgent), cases.file()
        taken: list[Step] = []
        while tick := tick_of(one, BY_DEFAULT):
            step, when = tick
            one = replace(one, tick=when)
            assert when >= one.since
            assert due_tick(file, one, when - timedelta(seconds=1), BY_DEFAULT) is None
            assert due_tick(file, one, when, BY_DEFAULT) is step
            taken.append(step)
            if step is Step.EXPIRE:
                break
            one = replace(one, reminded=one.reminded + (step is Step.REMIND), escalated=step is Step.ESCALATE)
        expires = state in {State.SENT, State.RECEIVED, State.ACCEPTED}
        reminders = 2 if state in {State.SENT, State.RECEIVED} else 1
        assert taken == [Step.REMIND] * reminders + [Step.ESCALATE] + [Step.EXPIRE] * expires


def test_the_days_of_the_specification():
    told = {state: (clock.due, *clock.remind, clock.escalate, clock.expire) for state, clock in DAYS.items()}
    assert (told[State.SENT], told[State.RECEIVED]) == ((3, 3, 7, 9, 30), (3, 3, 7, 9, 30))
    assert [DAYS[state].due for state in (State.DRAFT, State.AWAITING_CONSENT)] == [7, 14]
    assert [DAYS[state].due for state in (State.ACCEPTED, State.IN_PROGRESS)] == [10, 90]
    urgent = HOURS[State.SENT]
    assert (*urgent.remind, urgent.escalate, urgent.expire) == (2, 8, 24, 72)


def test_what_is_urgent_runs_in_real_time():
    friday = at("2026-03-13T17:00")
    assert due_of(State.SENT, True, friday, BY_DEFAULT) == friday + timedelta(hours=2)
    assert due_of(State.SENT, False, friday, BY_DEFAULT) == at("2026-03-18T17:00")


def test_an_organisation_has_its_own_clocks():
    slow = Clocks(days={**DAYS, State.SENT: Clock(10, (12,), 20, 60)})
    one = cases.handoff(Kind.REFER, State.SENT)
    assert tick_of(one, slow) == (Step.REMIND, working_days_after(cases.NOW, 12))
    assert tick_of(replace(one, reminded=1, escalated=True), slow) == (
        Step.EXPIRE,
        working_days_after(cases.NOW, 60),
    )


@pytest.mark.parametrize("kind", [Kind.ORIENT, Kind.ASSIGN])
def test_these_never_expire(kind: Kind):
    one = replace(cases.handoff(kind, State.ACCEPTED), reminded=9, escalated=True)
    assert tick_of(one, BY_DEFAULT) is None


def test_a_date_from_outside_is_counted_backwards():
    def preparation(due: date) -> datetime:
        file = cases.file(needs={"rent": cases.need(due=due, due_what="audience")})
        return next(action.due for action in owed(file) if action.what is Owed.OUTSIDE_DATE)

    assert preparation(date(2026, 4, 20)) == at("2026-04-13T09:00")
    # Across the change to summer time it is nine o'clock on the wall.
    assert preparation(date(2026, 4, 5)) == at("2026-03-29T09:00")
    # Too late to prepare: at once.
    assert preparation(date(2026, 3, 12)) == cases.NOW
