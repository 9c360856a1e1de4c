"""Opening hours (OSM `opening_hours`) in French words.

The expression is read and simplified by the opening_hours package. Weekly hours, which are nearly all of them, are said
as such, and so are those with exceptions that a timetable holds; any other is said for the seven days to come, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final

from opening_hours import OpeningHours, State, validate

from api.words.dates import MONTHS, WEEKDAYS, exact_day
from api.words.timetable import (
    CLOSED,
    PUBLIC_HOLIDAYS,
    RANKS,
    SCHOOL_HOLIDAYS,
    WHOLE_DAY,
    HoursLine,
    days_in_words,
    span_in_words,
    timetable_in_words,
)
from graph.model.timetable import WEEKDAYS as DAYS
from search.hours import PARIS, editable

SPECIAL_DAYS: Final = {"PH": PUBLIC_HOLIDAYS, "SH": SCHOOL_HOLIDAYS}
ALWAYS: Final = "24\u00a0heures sur 24, 7\u00a0jours sur 7"
_DAY: Final = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\[(?:-1|[1-5])(?:,(?:-1|[1-5]))*\])?"
_WEEKLY_RULE: Final = re.compile(
    rf"(?P<days>{_DAY}(?:[-,]{_DAY})*)?\s*"
    r"(?P<times>\d\d:\d\d-\d\d:\d\d(?:,\s*\d\d:\d\d-\d\d:\d\d)*)?\s*"
    r"(?P<state>open|closed|off|unknown)?\s*(?P<comment>\"[^\"]*\")?"
)
_WIDE_DAYS: Final = 7
Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class HoursWords:
    """The lines in order; `this_week` says that they only hold for the seven days to come."""

    lines: tuple[HoursLine, ...]
    this_week: bool = False


@lru_cache(maxsize=2048)
def read_hours(expression: str) -> OpeningHours | None:
    """The expression as the package understands it, or None when it does not."""
    return OpeningHours(expression, country="FR") if validate(expression) else None


def hours_in_words(expression: str, now: datetime) -> HoursWords | None:
    """The hours in words, or None when there are none or they cannot be read. `now` is local to the place."""
    hours = read_hours(expression) if expression.strip() else None
    if hours is None:
        return None
    said = str(hours.normalize())
    if said == "24/7":
        return HoursWords((HoursLine("tous les jours", ALWAYS),))
    # A rule that adds to others is a timetable's matter: those here take each other's place.
    rules = [_WEEKLY_RULE.fullmatch(rule.strip()) for rule in said.split(";")]
    if all(rule is not None for rule in rules):
        return HoursWords(_weekly([rule for rule in rules if rule is not None]))
    timetable = editable(expression, now.replace(tzinfo=PARIS))
    if timetable and (any(timetable.week) or timetable.recurring):
        return HoursWords(timetable_in_words(timetable, now.date()))
    return HoursWords(_coming_week(hours, now), this_week=True)


def _weekly(rules: list[re.Match[str]]) -> tuple[HoursLine, ...]:
    """Later rules win over earlier ones for the days that they name, as in the specification."""
    week: dict[str, str] = {}
    for rule in rules:
        for day in _days(rule["days"]) if rule["days"] else DAYS:
            week[day] = _times(rule)
    by_times: dict[str, list[int]] = {}
    for number, day in enumerate(DAYS):
        if week.get(day, CLOSED) != CLOSED:
            by_times.setdefault(week[day], []).append(number)
    lines = [HoursLine(days_in_words(days), times) for times, days in by_times.items()]
    lines += [HoursLine(_special_in_words(day), times) for day, times in week.items() if day not in DAYS]
    return tuple(lines) or (HoursLine("tous les jours", CLOSED),)


def _special_in_words(day: str) -> str:
    """Public holidays, school holidays, "We[1,3]": what has no place in the plain week."""
    if day in SPECIAL_DAYS:
        return SPECIAL_DAYS[day]
    weekday, _, ranks = day.rstrip("]").partition("[")
    return f"{' et '.join(RANKS[int(rank)] for rank in ranks.split(','))} {WEEKDAYS[DAYS.index(weekday)]} du mois"


def _days(text: str) -> list[str]:
    named: list[str] = []
    for part in re.split(r",(?![-\d])", text):
        first, _, last = part.partition("-")
        if not last or "[" in part:
            named.append(part)
            continue
        start, end = DAYS.index(first), DAYS.index(last)
        named += [DAYS[number % len(DAYS)] for number in range(start, end + 1 if end >= start else end + 1 + len(DAYS))]
    return named


def _times(rule: re.Match[str]) -> str:
    comment = (rule["comment"] or "").strip('"')
    match rule["state"]:
        case "closed" | "off":
            return CLOSED
        case "unknown":
            return comment or "à vérifier par téléphone"
        case _:
            spans = [
                span_in_words(*(_time(end) for end in span.strip().split("-")))
                for span in (rule["times"] or "").split(",")
                if span
            ]
            said = " et ".join(spans) if spans else WHOLE_DAY
            return f"{said} ({comment})" if comment else said


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    return time(hour % 24, minute)


def _coming_week(hours: OpeningHours, now: datetime) -> tuple[HoursLine, ...]:
    """Day by day; when nothing opens within seven days, the next day that does."""
    midnight = datetime.combine(now.date(), time(0))
    lines: list[HoursLine] = []
    for offset in range(_WIDE_DAYS):
        start = midnight + timedelta(days=offset)
        spans = [
            span_in_words(since.time(), until.time())
            for since, until, state, _ in hours.intervals(start, start + timedelta(days=1))
            if state == State.OPEN
        ]
        lines.append(HoursLine(_day_in_words(start), " et ".join(spans) or CLOSED))
    if any(line.times != CLOSED for line in lines):
        return tuple(lines)
    opening = hours.next_change(midnight)
    return (HoursLine("prochaine ouverture", exact_day(opening.date()) if opening else "inconnue"),)


def _day_in_words(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]} {at.day}\u00a0{MONTHS[at.month - 1]}"
