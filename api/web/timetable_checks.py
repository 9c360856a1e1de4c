"""What was typed in the editor of opening hours, made into a timetable; what cannot be is said at its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from api.web.timetable_form import HolidayRows, RecurringRow, Row, TimetableForm
from api.words.dates import exact_day
from graph.model.errors import InvalidInput
from graph.model.timetable import (
    EVERY_YEAR,
    MINUTES_A_DAY,
    RANKS,
    Exceptional,
    Recurring,
    Span,
    Timetable,
    Weeks,
    check_note,
)

CLOCK: Final = re.compile(r"(\d{1,2})\s*(?:[h:]\s*(\d{2})?)?", re.IGNORECASE)
MINUTES_AN_HOUR: Final = 60
LAST_HOUR: Final = 24
START, END, NOTE = "de", "a", "note"


def checked(form: TimetableForm, today: date) -> Timetable | None:
    """The timetable that the form says, or None, each row that is at fault then saying why."""
    week = tuple(_spans(rows) for rows in form.days)
    recurring = _recurring(form)
    school, public = _holidays(form.school), _holidays(form.public)
    exceptions = _exceptions(form, today)
    since, until = _bounds(form)
    _apart(form)
    if form.errors:
        return None
    return Timetable(
        week=week,
        recurring=recurring,
        public_holidays=public,
        school_holidays=school,
        exceptions=exceptions,
        since=since,
        until=until,
    )


def minutes(text: str) -> int | None:
    """A time of day as people write it ("9", "9 h 30", "09:30", "24:00"), in minutes; None when it is none."""
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    total = hour * MINUTES_AN_HOUR + minute
    return total if minute < MINUTES_AN_HOUR and total <= MINUTES_A_DAY else None


def _wrong(row: Row, field: str, error: str) -> None:
    if not row.error:
        row.faulty, row.error = field, error


def _span(row: Row) -> Span | None:
    """The span of one row; None when it is empty or at fault."""
    if row.empty:
        if row.note:
            _wrong(row, START, f"donnez les heures auxquelles s’applique « {row.note} ».")
        return None
    start = _time(row, START, row.start, "ouvre")
    end = _time(row, END, row.end, "ferme")
    if start is None or end is None:
        return None
    if start == MINUTES_A_DAY:
        _wrong(row, START, "une journée commence à 0 h, pas à 24 h.")
        return None
    if end <= start and (row.overnight or end == 0):
        end += MINUTES_A_DAY
    if end <= start:
        _wrong(row, END, f"la fermeture ({row.end}) vient avant l’ouverture ({row.start}).")
        return None
    try:
        check_note(row.note)
    except InvalidInput as refused:
        _wrong(row, NOTE, _sentence(refused))
        return None
    return Span(start, end, row.note)


def _time(row: Row, field: str, text: str, verb: str) -> int | None:
    found = minutes(text)
    if found is None:
        said = f"« {text} » n’est pas une heure" if text else f"il manque l’heure à laquelle on {verb}"
        _wrong(row, field, f"{said}. Écrivez par exemple 9:30.")
    return found


def _sentence(refused: InvalidInput) -> str:
    return refused.message[0].lower() + refused.message[1:]


def _spans(rows: Iterable[Row]) -> tuple[Span, ...]:
    """In order; of two that overlap the later row is at fault."""
    found: list[Span] = []
    for row in rows:
        span = _span(row)
        if span is None:
            continue
        if clash := next((other for other in found if _overlap(span, other)), None):
            _wrong(row, START, f"{_said(span)} chevauche {_said(clash)}.")
        else:
            found.append(span)
    return tuple(sorted(found))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _said(span: Span) -> str:
    return f"{_clock(span.start)}–{_clock(span.end % MINUTES_A_DAY or MINUTES_A_DAY)}"


def _clock(total: int) -> str:
    return f"{total // MINUTES_AN_HOUR:02d}:{total % MINUTES_AN_HOUR:02d}"


def _apart(form: TimetableForm) -> None:
    """A night that goes on into hours of the next day, and what recurs over the hours of each week."""
    for day, rows in enumerate(form.days):
        next_day = [span for row in form.days[(day + 1) % 7] if (span := _quiet(row))]
        for row in rows:
            span = _quiet(row)
            if span and (clash := next((it for it in next_day if it.start + MINUTES_A_DAY < span.end), None)):
                _wrong(row, END, f"la nuit se prolonge sur {_said(clash)} du lendemain.")
    for row in form.recurring:
        span = _quiet(row)
        same_day = (it for weekly in form.days[_weekday(row)] if (it := _quiet(weekly)))
        if span and (clash := next((it for it in same_day if _overlap(span, it)), None)):
            _wrong(row, START, f"{_said(span)} chevauche les horaires de chaque semaine ({_said(clash)}).")


def _quiet(row: Row) -> Span | None:
    return None if row.error else _span(row)


def _weekday(row: RecurringRow) -> int:
    return int(row.day) if row.day in set("0123456") else 0


def _recurring(form: TimetableForm) -> tuple[Recurring, ...]:
    """Rows of one weekday and one rhythm come together."""
    groups: dict[tuple[int, Weeks, tuple[int, ...]], list[RecurringRow]] = {}
    for row in form.recurring:
        found = _rhythm(row.rhythm)
        if found is None:
            _wrong(row, "rythme", f"« {row.rhythm} » ne dit pas quelles semaines.")
        elif row.empty:
            _wrong(row, START, "il manque les heures ; retirez la ligne si elle ne sert pas.")
        else:
            groups.setdefault((_weekday(row), *found), []).append(row)
    spans = {key: _spans(rows) for key, rows in groups.items()}
    return tuple(
        Recurring(day=day, weeks=weeks, ranks=ranks, spans=spans[day, weeks, ranks])
        for day, weeks, ranks in groups
        if spans[day, weeks, ranks]
    )


def _rhythm(text: str) -> tuple[Weeks, tuple[int, ...]] | None:
    if text in {Weeks.ODD, Weeks.EVEN}:
        return Weeks(text), ()
    known = {str(rank): rank for rank in RANKS}
    ranks = [known.get(part) for part in text.split(",")]
    kept = [rank for rank in RANKS if rank in ranks]
    return (Weeks.ALL, tuple(kept)) if len(kept) == len(ranks) else None


def _holidays(holidays: HolidayRows) -> tuple[Span, ...] | None:
    if holidays.choice == "ferme":
        return ()
    if holidays.choice != "autres":
        return None
    spans = _spans(holidays.rows)
    if not spans:
        _wrong(holidays.rows[0], START, "donnez les horaires de ces jours, ou choisissez « fermé ».")
    return spans


def _exceptions(form: TimetableForm, today: date) -> tuple[Exceptional, ...]:
    found: list[Exceptional] = []
    for it in form.exceptions:
        first, last = _day(it.first), _day(it.last or it.first)
        spans = _spans(it.rows)
        if first is None or last is None:
            text = it.first if first is None else it.last
            said = f"« {text} » n’est pas une date" if text else "il manque la date"
            it.faulty, it.error = "du" if first is None else "au", f"{said}. Écrivez-la ainsi : {today.isoformat()}."
        elif last < first:
            it.faulty, it.error = "au", "le dernier jour vient avant le premier."
        elif not it.yearly and last < today:
            it.faulty, it.error = "du", f"le {exact_day(last)} est passé."
        else:
            try:
                made = _exception(first, last, yearly=it.yearly)
                exception = replace(
                    made, spans=spans, days=tuple(int(day) for day in it.days), note="" if spans else it.note
                )
            except InvalidInput as refused:
                it.faulty, it.error = "motif", _sentence(refused)
                continue
            if clash := next((other for other in found if _same_days(exception, other)), None):
                it.faulty, it.error = (
                    "du",
                    f"ces jours sont déjà dans une autre exception (du {exact_day(clash.first)}).",
                )
            else:
                found.append(exception)
    return tuple(found)


def _same_days(one: Exceptional, other: Exceptional) -> bool:
    """Two that say different things of one day; the weekdays of a season leave room for those of another."""
    apart = one.last < other.first or other.last < one.first or one.yearly != other.yearly
    if one.above_holidays != other.above_holidays:
        return False
    return not apart and (not one.days or not other.days or bool(set(one.days) & set(other.days)))


def _exception(first: date, last: date, *, yearly: bool) -> Exceptional:
    if not yearly:
        return Exceptional(first=first, last=last)
    beyond = (last.month, last.day) < (first.month, first.day)
    if beyond and (last.month, last.day) == (2, 29):
        last = last.replace(day=28)
    return Exceptional(first=first.replace(year=EVERY_YEAR), last=last.replace(year=EVERY_YEAR + beyond), yearly=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _bounds(form: TimetableForm) -> tuple[date | None, date | None]:
    since, until = _day(form.since), _day(form.until)
    if (form.since and not since) or (form.until and not until):
        form.bounds_error = f"« {form.since if form.since and not since else form.until} » n’est pas une date."
    elif since and until and until < since:
        form.bounds_error = "La dernière date vient avant la première."
    return since, until
