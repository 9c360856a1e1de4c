"""Opening hours as someone edits them: a week, what comes in some weeks only, exceptions; written as OSM `opening_hours`.

The grammar says more than this holds. `graph/model/timetable_reading.py` reads what it can; whoever asks keeps the rest as written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Final

from graph.model.errors import InvalidInput

MINUTES_A_DAY: Final = 1440
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RANKS: Final = (1, 2, 3, 4, 5, -1)
# A day of every year is kept as one of this year: it has a 29 February.
EVERY_YEAR: Final = 2000
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(9999, 12, 31)
LONGEST_NOTE: Final = 80
# Three weekdays in a row are written as a range, two as a list.
RUN: Final = 3


class Weeks(StrEnum):
    """Which weeks, by their ISO number."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"


WEEK_SELECTORS: Final = {Weeks.ALL: "", Weeks.ODD: "week01-53/2 ", Weeks.EVEN: "week02-53/2 "}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `start` to `end`, in minutes from midnight; `end` passes 1440 when it closes on the next day.

    `note` goes with it ("sur rendez-vous"). Raises InvalidInput.
    """

    start: int
    end: int
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < MINUTES_A_DAY:
            raise InvalidInput("L’heure d’ouverture est comprise entre 0 h et 23 h 59.", "start")
        if not self.start < self.end <= self.start + MINUTES_A_DAY:
            raise InvalidInput("L’heure de fermeture vient après celle d’ouverture, un jour plus tard au plus.", "end")
        check_note(self.note)


def check_note(note: str) -> None:
    """Raises InvalidInput for what the grammar cannot carry between its quotes."""
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(f"La précision dépasse {LONGEST_NOTE} caractères.", "note")
    if '"' in note or not note.isprintable() or note != note.strip():
        raise InvalidInput(f"La précision « {note} » contient un guillemet droit ou un saut de ligne.", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """Besides the week: this weekday (0 is Monday), in odd or even weeks, or by its ranks in the month (-1 is the last)."""

    day: int
    spans: tuple[Span, ...]
    weeks: Weeks = Weeks.ALL
    ranks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.spans or (self.weeks is Weeks.ALL) != bool(self.ranks):
            raise InvalidInput("Dites quelles semaines : paires, impaires, ou le rang dans le mois.", "ranks")
        check_apart(self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptional:
    """From `first` to `last`, included: closed, or these hours instead; on these weekdays only, when any is named.

    `yearly`: every year, both days then being of EVERY_YEAR (or of the year after, past New Year). `note` says why it is closed.
    """

    first: date
    last: date
    spans: tuple[Span, ...] = ()
    days: tuple[int, ...] = ()
    note: str = ""
    yearly: bool = False

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("Le dernier jour vient avant le premier.", "last")
        check_note(self.note)
        check_apart(self.spans)

    @property
    def above_holidays(self) -> bool:
        """A closure, or one named day, holds on a public holiday too; the hours of a season do not."""
        return not self.spans or self.first == self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """`week` has seven days, Monday first. Of holidays, None is "as on any day", no span is "closed".

    `since` and `until` bound the week and what recurs, not the exceptions. Raises InvalidInput where spans of a day overlap.
    """

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    recurring: tuple[Recurring, ...] = ()
    public_holidays: tuple[Span, ...] | None = None
    school_holidays: tuple[Span, ...] | None = None
    exceptions: tuple[Exceptional, ...] = ()
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        for spans in self.week:
            check_apart(spans)
        for recurring in self.recurring:
            check_apart([*self.week[recurring.day], *recurring.spans])
        if self.since and self.until and self.until < self.since:
            raise InvalidInput("La dernière date vient avant la première.", "until")

    @property
    def says_nothing(self) -> bool:
        """Nothing is ever open: hours that are not known are not written."""
        return not any(self.week) and not self.recurring and not any(self._all_exceptions())

    def _all_exceptions(self) -> Iterable[tuple[Span, ...]]:
        yield self.public_holidays or ()
        yield self.school_holidays or ()
        yield from (exception.spans for exception in self.exceptions)


def check_apart(spans: Sequence[Span]) -> None:
    """Raises InvalidInput when two of these overlap."""
    for earlier, later in pairwise(sorted(spans)):
        if later.start < earlier.end:
            raise InvalidInput(f"{_told(later)} chevauche {_told(earlier)}.", "start")


def _told(span: Span) -> str:
    return f"{_clock(span.start)}-{_clock(span.end)}"


def write(timetable: Timetable) -> str:
    """As OSM `opening_hours`; empty when nothing is said.

    A later rule takes the place of earlier ones on its days; one after a comma adds to them. So: the week, what recurs, seasons,
    holidays, then what holds whatever the day.
    """
    if timetable.says_nothing:
        return ""
    rules = _week_rules(timetable)
    rules += [r for exception in timetable.exceptions if not exception.above_holidays for r in _exception(exception)]
    for name, spans in (("SH", timetable.school_holidays), ("PH", timetable.public_holidays)):
        if spans is not None:
            rules += _rules(name, spans)
    rules += [r for exception in timetable.exceptions if exception.above_holidays for r in _exception(exception)]
    return "".join(rules).removeprefix("; ").removeprefix(", ")


def _week_rules(timetable: Timetable) -> list[str]:
    if all(spans == (Span(0, MINUTES_A_DAY),) for spans in timetable.week) and not (timetable.since or timetable.until):
        return ["; 24/7"]
    within = _validity(timetable)
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(timetable.week):
        if spans:
            groups.setdefault(tuple(sorted(spans)), []).append(day)
    # A rule that takes the place of others would also cut a night that began the day before.
    nights = any(span.end > MINUTES_A_DAY for spans in _daily(timetable) for span in spans)
    rules = [rule for spans, days in groups.items() for rule in _rules(within + days_written(days), spans, adds=nights)]
    for it in timetable.recurring:
        ranks = f"[{','.join(map(str, it.ranks))}]" if it.ranks else ""
        rules += _rules(f"{within}{WEEK_SELECTORS[it.weeks]}{WEEKDAYS[it.day]}{ranks}", it.spans, adds=True)
    return rules


def _daily(timetable: Timetable) -> Iterable[tuple[Span, ...]]:
    yield from timetable.week
    yield from (recurring.spans for recurring in timetable.recurring)


def _validity(timetable: Timetable) -> str:
    if not (timetable.since or timetable.until):
        return ""
    return f"{_day(timetable.since or FIRST_DAY)}-{_day(timetable.until or LAST_DAY)} "


def _exception(exception: Exceptional) -> list[str]:
    day = _day_of_year if exception.yearly else _day
    dates = day(exception.first)
    if exception.last != exception.first:
        dates += f"-{day(exception.last)}"
    days = f" {days_written(exception.days)}" if exception.days else ""
    return _rules(dates + days, exception.spans, note=exception.note)


def _rules(selector: str, spans: Sequence[Span], *, note: str = "", adds: bool = False) -> list[str]:
    """The rules of some days: one for each note that its spans bear; the first takes the place of others unless it `adds`."""
    if not spans:
        return [f"; {selector} off" + (f' "{note}"' if note else "")]
    rules: list[str] = []
    for said, some in groupby(sorted(spans, key=lambda span: (span.note, span)), key=lambda span: span.note):
        times = ",".join(f"{_clock(span.start)}-{_clock(_end(span))}" for span in some)
        rules.append(f"{', ' if adds or rules else '; '}{selector} {times}" + (f' "{said}"' if said else ""))
    return rules


def _end(span: Span) -> int:
    """A night ends at an hour of its own day, as people write it."""
    return span.end if span.end <= MINUTES_A_DAY else span.end - MINUTES_A_DAY


def days_written(days: Iterable[int]) -> str:
    """ "Mo-Fr", "Tu,Th"."""
    numbered = enumerate(sorted(days))
    runs = [[day for _, day in run] for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0])]
    names = [
        [f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"] if len(run) >= RUN else [WEEKDAYS[day] for day in run]
        for run in runs
    ]
    return ",".join(name for some in names for name in some)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _day(day: date) -> str:
    return f"{day.year:04d} {_day_of_year(day)}"


def _day_of_year(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day:02d}"
