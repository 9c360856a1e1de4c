"""The clocks: when the next action of a state is due, and when time itself reminds, escalates, expires.

Working days are from Monday to Friday without France's public holidays (Code du travail, L. 3133-1); what is urgent runs in real
time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from graph.model.casework.handoff import Handoff, Kind, State, Step
from graph.model.sheets import rows
from graph.model.vocabulary import competences

PARIS: Final = ZoneInfo("Europe/Paris")
QUESTION_DAYS: Final = 3
URGENT_QUESTION_HOURS: Final = 2
CONTEST_DAYS: Final = 5
FILE_REVIEW_DAYS: Final = 90
NEED_REVIEW_DAYS: Final = 7
URGENT_NEED_HOURS: Final = 2
SETTLE_DAYS: Final = 3
# What a waiting list, a pause, an accompaniment may put off at most.
LONGEST_WAIT_DAYS: Final = 60
LONGEST_REVIEW_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Clock:
    """Days of a state: its own due date, then when time reminds, escalates, expires. Hours where it is urgent."""

    due: int
    remind: tuple[int, ...] = ()
    escalate: int | None = None
    expire: int | None = None


DAYS: Final[Mapping[State, Clock]] = MappingProxyType(
    {
        State.DRAFT: Clock(7, (7,), 14),
        State.AWAITING_CONSENT: Clock(14, (14,), 21),
        State.SENT: Clock(3, (3, 7), 9, 30),
        State.RECEIVED: Clock(3, (3, 7), 9, 30),
        State.ACCEPTED: Clock(10, (10,), 14, 30),
        State.IN_PROGRESS: Clock(90, (90,), 104),
    }
)
HOURS: Final[Mapping[State, Clock]] = MappingProxyType(
    {
        State.DRAFT: Clock(2, (2,), 8),
        State.AWAITING_CONSENT: Clock(2, (2,), 8),
        State.SENT: Clock(2, (2, 8), 24, 72),
        State.RECEIVED: Clock(2, (2, 8), 24, 72),
        State.ACCEPTED: Clock(24, (24,), 48, 72),
        State.IN_PROGRESS: Clock(14 * 24, (14 * 24,), 21 * 24),
    }
)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of an organisation: days of work by state, hours by state for what is urgent."""

    days: Mapping[State, Clock] = field(default_factory=lambda: DAYS)
    hours: Mapping[State, Clock] = field(default_factory=lambda: HOURS)


BY_DEFAULT: Final = Clocks()
# Where a day was named, time reminds on it and escalates a little later.
AFTER_THE_DAY: Final = 5
# Elsewhere an authority's silence counts after two months (CRPA, L. 231-4 and L. 411-7).
OTHER_STATUTORY_MONTHS: Final = 2


def due_of(state: State, urgent: bool, since: datetime, clocks: Clocks, on: datetime | None = None) -> datetime:
    """When the next action of a state that began at `since` is due; `on` is a day that was named."""
    if on is not None:
        return on
    clock = _clock(state, urgent, clocks)
    return _later(since, clock.due, urgent)


def question_due(asked: datetime, urgent: bool) -> datetime:
    """When an answer to a question is due."""
    return _later(asked, URGENT_QUESTION_HOURS if urgent else QUESTION_DAYS, urgent)


def tick_of(handoff: Handoff, clocks: Clocks) -> tuple[Step, datetime] | None:
    """What time itself does next to a handoff, and when; None when it has done all it can."""
    if not handoff.open:
        return None
    if handoff.reported is not None and handoff.reported.contact and handoff.state is State.ACCEPTED:
        return Step.CONTACT, handoff.reported.until
    if handoff.asked is not None and not handoff.unanswered:
        return Step.ESCALATE, question_due(handoff.asked, handoff.urgent)
    clock = _clock(handoff.state, handoff.urgent, clocks)
    start = handoff.since
    if handoff.appointment is not None:
        clock, start = replace(_AFTER, expire=clock.expire), handoff.appointment
    elif handoff.state in NAMED:
        start = handoff.due
    if handoff.reminded < len(clock.remind):
        return Step.REMIND, _later(start, clock.remind[handoff.reminded], handoff.urgent)
    if not handoff.escalated and clock.escalate is not None:
        return Step.ESCALATE, _later(start, clock.escalate, handoff.urgent)
    if clock.expire is not None and handoff.kind not in {Kind.ORIENT, Kind.ASSIGN} and not handoff.moved_lead:
        return Step.EXPIRE, _later(start, clock.expire, handoff.urgent)
    return None


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same hour, that many working days later; never on a day off. The day itself does not count."""
    local = moment.astimezone(PARIS)
    day = local.date()
    for _ in range(days):
        day = next_working_day(day + timedelta(days=1))
    return datetime.combine(next_working_day(day), local.timetz()).astimezone(UTC)


def put_off(since: datetime, asked: datetime, answered: datetime, urgent: bool) -> datetime:
    """The start of a clock that stood still from a question to its answer: as much later as it waited."""
    if urgent:
        return since + (answered - asked)
    first, last = asked.astimezone(PARIS).date(), answered.astimezone(PARIS).date()
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return working_days_after(since, sum(next_working_day(day) == day for day in days))


def next_working_day(day: date) -> date:
    """The day itself, or the first that is worked after it."""
    while day.weekday() > 4 or day in public_holidays(day.year):
        day += timedelta(days=1)
    return day


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of a year (Code du travail, L. 3133-1)."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (easter + timedelta(days=days) for days in (1, 39, 50))
    return frozenset({*(date(year, month, day) for month, day in fixed), *moving})


def months_after(moment: datetime, months: int) -> datetime:
    """The same day of the month, that many months later, or the month's last."""
    number = moment.month - 1 + months
    year, month = moment.year + number // 12, number % 12 + 1
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month)


def statutory(competences: tuple[str, ...], at: datetime) -> datetime:
    """When an authority's silence counts: the shortest delay among these competences."""
    known = statutory_months()
    months = min((known.get(one, OTHER_STATUTORY_MONTHS) for one in competences), default=OTHER_STATUTORY_MONTHS)
    return months_after(at.astimezone(PARIS), months).astimezone(UTC)


@cache
def statutory_months() -> Mapping[str, int]:
    """How long an authority may take before its silence counts, in months, by competence (statutory_delays.csv)."""
    known = competences()
    return MappingProxyType(
        {row.known("competence", known): int(row.required("months")) for row in rows("statutory_delays.csv")}
    )


# States whose date is named by whoever takes the step.
NAMED: Final = frozenset({State.WAITLISTED, State.AWAITING_DECISION, State.ON_HOLD})
_AFTER: Final = Clock(0, (0,), AFTER_THE_DAY)


def _clock(state: State, urgent: bool, clocks: Clocks) -> Clock:
    table = clocks.hours if urgent else clocks.days
    return table.get(state, _AFTER)


def _later(moment: datetime, number: int, urgent: bool) -> datetime:
    return moment + timedelta(hours=number) if urgent else working_days_after(moment, number)


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus (Nature, 20 April 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)
