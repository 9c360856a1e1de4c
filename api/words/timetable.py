"""A timetable in French words: days, hours with their notes, and the exceptions that are still to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Final

from api.words.dates import MONTHS, WEEKDAYS, clock, exact_day
from graph.model.timetable import MINUTES_A_DAY, Exceptional, Recurring, Span, Timetable, Weeks

CLOSED: Final = "fermé"
WHOLE_DAY: Final = "toute la journée"
# A dash between narrow spaces that no line may break after.
TO: Final = "\u202f–\u2060\u202f"
RANKS: Final = {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", 5: "cinquième", -1: "dernier"}
WEEKS: Final = {Weeks.ODD: "des semaines impaires", Weeks.EVEN: "des semaines paires"}
PUBLIC_HOLIDAYS: Final = "jours fériés"
SCHOOL_HOLIDAYS: Final = "vacances scolaires"
# Three days in a row read better as "du … au …", two as "… et …".
RUN: Final = 3


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Some days and what they hold: ("du lundi au vendredi", "9 h – 12 h, 14 h – 17 h")."""

    days: str
    times: str


def timetable_in_words(timetable: Timetable, today: date) -> tuple[HoursLine, ...]:
    """The week first, what recurs, holidays, then exceptions by date; those that are over are left out."""
    groups: dict[str, list[int]] = {}
    for day, spans in enumerate(timetable.week):
        if spans:
            groups.setdefault(spans_in_words(spans), []).append(day)
    lines = [HoursLine(days_in_words(days), said) for said, days in groups.items()]
    lines += [HoursLine(recurring_in_words(it), spans_in_words(it.spans)) for it in timetable.recurring]
    holidays = ((SCHOOL_HOLIDAYS, timetable.school_holidays), (PUBLIC_HOLIDAYS, timetable.public_holidays))
    lines += [HoursLine(name, spans_in_words(spans)) for name, spans in holidays if spans is not None]
    to_come = [exception for exception in timetable.exceptions if exception.yearly or exception.last >= today]
    for exception in sorted(to_come, key=lambda it: (it.yearly, it.first, it.last)):
        closed = f"{CLOSED} ({exception.note})" if exception.note else CLOSED
        lines.append(
            HoursLine(exception_in_words(exception), spans_in_words(exception.spans) if exception.spans else closed)
        )
    if bounds := bounds_in_words(timetable):
        lines.append(HoursLine("période", bounds))
    return tuple(lines)


def bounds_in_words(timetable: Timetable) -> str:
    """ "du 1er septembre 2026 au 30 juin 2027", "à partir du …", "jusqu’au …"; empty without bounds."""
    since, until = timetable.since, timetable.until
    if since and until:
        return f"du {exact_day(since)} au {exact_day(until)}"
    if since:
        return f"à partir du {exact_day(since)}"
    return f"jusqu’au {exact_day(until)}" if until else ""


def recurring_in_words(recurring: Recurring) -> str:
    """ "premier et troisième mardi du mois", "mardi des semaines paires"."""
    weekday = WEEKDAYS[recurring.day]
    if recurring.ranks:
        return f"{' et '.join(RANKS[rank] for rank in recurring.ranks)} {weekday} du mois"
    return f"{weekday} {WEEKS[recurring.weeks]}"


def exception_in_words(exception: Exceptional) -> str:
    """ "le 14 juillet 2026", "du 24 décembre 2026 au 2 janvier 2027", "chaque année du 1er au 31 août"."""
    first, last = (_day_of_year if exception.yearly else exact_day)(exception.first), exception.last
    said = f"le {first}" if exception.first == last else f"du {first} au {_last(exception)}"
    days = f", {days_in_words(exception.days)}" if exception.days else ""
    return f"{'chaque année ' if exception.yearly else ''}{said}{days}"


def _last(exception: Exceptional) -> str:
    return _day_of_year(exception.last) if exception.yearly else exact_day(exception.last)


def _day_of_year(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{MONTHS[day.month - 1]}"


def spans_in_words(spans: Sequence[Span]) -> str:
    """ "9 h – 12 h et 14 h – 17 h (sur rendez-vous)"; a note that all share is said once, at the end."""
    if not spans:
        return CLOSED
    notes = {span.note for span in spans}
    shared = f" ({spans[0].note})" if len(notes) == 1 and spans[0].note else ""
    said = [_span(span) if shared or not span.note else f"{_span(span)} ({span.note})" for span in sorted(spans)]
    return " et ".join(said) + shared


def _span(span: Span) -> str:
    if span == Span(0, MINUTES_A_DAY, span.note):
        return WHOLE_DAY
    return span_in_words(_time(span.start), _time(span.end))


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def span_in_words(start: time, end: time) -> str:
    """ "9 h – 12 h 30"; midnight closes a day as "24 h"."""
    until = "24\u00a0h" if end == time(0) else clock(end)
    return f"{clock(start)}{TO}{until}"


def days_in_words(numbers: Iterable[int]) -> str:
    """ "tous les jours", "du lundi au vendredi", "mardi et jeudi"; 0 is Monday."""
    pairs = enumerate(sorted(numbers))
    runs = [[number for _, number in run] for _, run in groupby(pairs, lambda pair: pair[1] - pair[0])]
    if len(runs) == 1 and len(runs[0]) == len(WEEKDAYS):
        return "tous les jours"
    said: list[str] = []
    for run in runs:
        whole = len(run) >= RUN
        said += [f"du {WEEKDAYS[run[0]]} au {WEEKDAYS[run[-1]]}"] if whole else [WEEKDAYS[number] for number in run]
    return ", ".join(said[:-1]) + " et " + said[-1] if len(said) > 1 else said[0]
