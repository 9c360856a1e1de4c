"""The editor of opening hours as a form: rows of text, what their buttons do, and what is wrong, row by row.

The form lives in its fields alone. Its names: `d0.1.de` is the opening of the second span of Monday, `f.0.a` the end of the first
span of public holidays (`v`: school holidays), `r0` a weekday in some weeks only, `e0` an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from graph.model.timetable import MINUTES_A_DAY, Recurring, Span, Timetable, Weeks

DAYS: Final = tuple(f"d{day}" for day in range(7))
SHORTEST_EXCEPTION: Final = 2
MOST_ROWS: Final = 60
RHYTHMS: Final = {
    "1": "1er du mois",
    "2": "2e du mois",
    "3": "3e du mois",
    "4": "4e du mois",
    "-1": "dernier du mois",
    "1,3": "1er et 3e du mois",
    "2,4": "2e et 4e du mois",
    Weeks.EVEN.value: "semaines paires",
    Weeks.ODD.value: "semaines impaires",
}


@dataclass(slots=True)
class Row:
    """One span as typed; `error` says what is wrong, `faulty` names the field. `overnight`: it ends on the next day."""

    start: str = ""
    end: str = ""
    note: str = ""
    overnight: bool = False
    error: str = ""
    faulty: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was typed: such a row says nothing."""
        return not (self.start or self.end)


@dataclass(slots=True)
class RecurringRow(Row):
    """A span of one weekday in some weeks only: `rhythm` is a key of RHYTHMS, or other ranks ("2,5")."""

    day: str = "1"
    rhythm: str = "1"


@dataclass(slots=True)
class ExceptionRow:
    """Dates as typed (ISO), and the hours of these days: no span is "closed"."""

    first: str = ""
    last: str = ""
    yearly: bool = False
    days: tuple[str, ...] = ()
    note: str = ""
    rows: list[Row] = field(default_factory=lambda: [Row(), Row()])
    error: str = ""
    faulty: str = ""


@dataclass(slots=True)
class HolidayRows:
    """`choice`: "" as on any day, "ferme", "autres"."""

    choice: str = ""
    rows: list[Row] = field(default_factory=lambda: [Row()])


@dataclass(slots=True)
class TimetableForm:
    """All that was typed. `days` has seven lists, Monday first."""

    days: list[list[Row]] = field(default_factory=lambda: [[Row()] for _ in DAYS])
    recurring: list[RecurringRow] = field(default_factory=list)
    public: HolidayRows = field(default_factory=HolidayRows)
    school: HolidayRows = field(default_factory=HolidayRows)
    exceptions: list[ExceptionRow] = field(default_factory=list)
    since: str = ""
    until: str = ""
    bounds_error: str = ""

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(id of the field, sentence), in the order of the page."""
        found = [
            (f"{place}.{row.faulty}", f"{said} : {row.error}") for place, said, row in named_rows(self) if row.error
        ]
        found += [
            (f"e{n}.{it.faulty}", f"Exception {n + 1} : {it.error}") for n, it in enumerate(self.exceptions) if it.error
        ]
        return found + ([("depuis", self.bounds_error)] if self.bounds_error else [])


DAY_NAMES: Final = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")


def named_rows(form: TimetableForm) -> Iterable[tuple[str, str, Row]]:
    """Each row of spans with the beginning of its fields' names, and what it is called."""
    for day, rows in enumerate(form.days):
        yield from ((f"d{day}.{n}", f"{DAY_NAMES[day]}, ligne {n + 1}", row) for n, row in enumerate(rows))
    yield from ((f"r{n}", f"Certaines semaines, ligne {n + 1}", row) for n, row in enumerate(form.recurring))
    for key, name, holidays in (("v", "Vacances scolaires", form.school), ("f", "Jours fériés", form.public)):
        yield from ((f"{key}.{n}", f"{name}, ligne {n + 1}", row) for n, row in enumerate(holidays.rows))
    for number, exception in enumerate(form.exceptions):
        for n, row in enumerate(exception.rows):
            yield f"e{number}.{n}", f"Exception {number + 1}, ligne {n + 1}", row


def form_of(timetable: Timetable, today: date) -> TimetableForm:
    """What is stored, ready to be changed; exceptions that are over are left out, for they hold no longer."""
    form = TimetableForm(
        days=[_rows(spans) for spans in timetable.week],
        recurring=[
            RecurringRow(**_values(span), day=str(it.day), rhythm=_rhythm(it))
            for it in timetable.recurring
            for span in it.spans
        ],
        public=_holidays(timetable.public_holidays),
        school=_holidays(timetable.school_holidays),
        since=timetable.since.isoformat() if timetable.since else "",
        until=timetable.until.isoformat() if timetable.until else "",
    )
    form.exceptions = [
        ExceptionRow(
            first=it.first.isoformat(),
            last="" if it.last == it.first else it.last.isoformat(),
            yearly=it.yearly,
            days=tuple(str(day) for day in it.days),
            note=it.note,
            rows=(_rows(it.spans) if it.spans else [Row()]) + [Row()] * (len(it.spans) < SHORTEST_EXCEPTION),
        )
        for it in timetable.exceptions
        if it.yearly or it.last >= today
    ]
    return form


def _rhythm(recurring: Recurring) -> str:
    return ",".join(map(str, recurring.ranks)) if recurring.ranks else recurring.weeks.value


def _rows(spans: Iterable[Span]) -> list[Row]:
    return [Row(**_values(span)) for span in spans] or [Row()]


def _values(span: Span) -> dict[str, Any]:
    end = span.end % MINUTES_A_DAY
    return {"start": _clock(span.start), "end": _clock(end), "note": span.note, "overnight": span.end > MINUTES_A_DAY}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _holidays(spans: tuple[Span, ...] | None) -> HolidayRows:
    return HolidayRows("" if spans is None else "autres" if spans else "ferme", _rows(spans or ()))


def read_form(fields: Mapping[str, str]) -> TimetableForm:
    """The form from its fields; those that are not of it are left aside."""
    return TimetableForm(
        days=[_read_rows(fields, key, least=1) for key in DAYS],
        recurring=[
            RecurringRow(**_read_row(fields, f"r{n}"), day=fields.get(f"r{n}.jour", "1"), rhythm=fields[f"r{n}.rythme"])
            for n in range(MOST_ROWS)
            if f"r{n}.rythme" in fields
        ],
        public=HolidayRows(fields.get("f.choix", ""), _read_rows(fields, "f", least=1)),
        school=HolidayRows(fields.get("v.choix", ""), _read_rows(fields, "v", least=1)),
        exceptions=[_read_exception(fields, n) for n in range(MOST_ROWS) if f"e{n}.du" in fields],
        since=fields.get("depuis", "").strip(),
        until=fields.get("jusque", "").strip(),
    )


def _read_exception(fields: Mapping[str, str], n: int) -> ExceptionRow:
    return ExceptionRow(
        first=fields[f"e{n}.du"].strip(),
        last=fields.get(f"e{n}.au", "").strip(),
        yearly=f"e{n}.ans" in fields,
        days=tuple(str(day) for day in range(7) if f"e{n}.j{day}" in fields),
        note=fields.get(f"e{n}.motif", "").strip(),
        rows=_read_rows(fields, f"e{n}", least=SHORTEST_EXCEPTION),
    )


def _read_rows(fields: Mapping[str, str], key: str, *, least: int) -> list[Row]:
    rows = [Row(**_read_row(fields, f"{key}.{n}")) for n in range(MOST_ROWS) if f"{key}.{n}.de" in fields]
    return rows + [Row() for _ in range(least - len(rows))]


def _read_row(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    return {
        "start": fields.get(f"{name}.de", "").strip(),
        "end": fields.get(f"{name}.a", "").strip(),
        "note": fields.get(f"{name}.note", "").strip(),
        "overnight": f"{name}.lendemain" in fields,
    }


def acted(form: TimetableForm, act: str) -> tuple[TimetableForm, str]:
    """The form once a button was pressed ("ajouter:d0", "retirer:d0:1", "copier:semaine"), and the field to go to next.

    A button that is not of this form does nothing.
    """
    verb, _, rest = act.partition(":")
    key, _, number = rest.partition(":")
    match verb, key:
        case "ajouter", "r":
            form.recurring.append(RecurringRow())
            return form, f"r{len(form.recurring) - 1}.jour"
        case "ajouter", "e":
            form.exceptions.append(ExceptionRow())
            return form, f"e{len(form.exceptions) - 1}.du"
        case "copier", "semaine" | "tous":
            for day in range(1, 5 if key == "semaine" else 7):
                form.days[day] = [replace(row) for row in form.days[0]]
            return form, "d1.0.de"
        case _:
            return _acted_on_rows(form, verb, key, number)


def _acted_on_rows(form: TimetableForm, verb: str, key: str, number: str) -> tuple[TimetableForm, str]:
    lists: dict[str, list[Row]] = dict(zip(DAYS, form.days, strict=True))
    lists |= {f"e{n}": it.rows for n, it in enumerate(form.exceptions)} | {"f": form.public.rows, "v": form.school.rows}
    at = int(number) if number.isdecimal() else -1
    if verb == "ajouter" and key in lists:
        lists[key].append(Row())
        return form, f"{key}.{len(lists[key]) - 1}.de"
    if verb == "retirer" and key in {"r", "e"}:
        rows = form.recurring if key == "r" else form.exceptions
        if 0 <= at < len(rows):
            del rows[at]
        return form, f"ajouter-{key}"
    if verb == "retirer" and key in lists and 0 <= at < len(lists[key]):
        del lists[key][at]
        if not lists[key]:
            lists[key].append(Row())
        return form, f"{key}.{max(at - 1, 0)}.de"
    return form, ""
