"""An OSM `opening_hours` expression read back into what someone edits; None for all that a timetable does not hold.

What is read here is a form without abbreviations, as the kept library writes it. Nobody may rely on a reading alone:
`search/hours.py` compares its openings with those of the expression.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from graph.model.errors import InvalidInput
from graph.model.timetable import (
    EVERY_YEAR,
    FIRST_DAY,
    LAST_DAY,
    MINUTES_A_DAY,
    MONTHS,
    RANKS,
    WEEKDAYS,
    Exceptional,
    Recurring,
    Span,
    Timetable,
    Weeks,
)

_DAY: Final = rf"(?:{'|'.join(WEEKDAYS)})"
_MONTH: Final = rf"(?:{'|'.join(MONTHS)})"
_DATE: Final = rf"(?:\d{{4}} )?{_MONTH}(?: \d{{1,2}})?"
_DATES: Final = rf"{_DATE}(?:-{_DATE})?"
_TIMES: Final = r"\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*"
_RULE: Final = re.compile(
    rf"(?P<always>24/7)?(?P<dates>{_DATES}(?:,{_DATES})*)?\s*"
    rf"(?P<weeks>week0?[12]-53/2)?\s*"
    rf"(?P<days>{_DAY}(?:[-,]{_DAY})*(?:\[(?:-1|[1-5])(?:,(?:-1|[1-5]))*\])?|PH|SH)?\s*"
    rf"(?P<times>{_TIMES})?\s*(?P<state>open|closed|off)?\s*(?:\"(?P<note>[^\"]*)\")?"
)
_PARTS: Final = re.compile(r'(;|, (?=[A-Z\dw])(?!\d\d:))|("[^"]*")|(.)', re.DOTALL)
_WEEKS: Final = {"": Weeks.ALL, "1": Weeks.ODD, "2": Weeks.EVEN}
_WHOLE_DAY: Final = Span(0, MINUTES_A_DAY)
Bounds = tuple[date, date, bool]


class _NotHeld(Exception):
    """The expression says what a timetable does not hold."""


@dataclass(slots=True)
class _Rule:
    """One rule of the expression, read."""

    adds: bool
    bounds: tuple[Bounds, ...]
    weeks: Weeks
    days: tuple[int, ...]
    ranks: tuple[int, ...]
    holiday: str
    spans: tuple[Span, ...]
    note: str
    always: bool = False


@dataclass(slots=True)
class _Draft:
    """What was read so far."""

    week: list[tuple[Span, ...]] = field(default_factory=lambda: [()] * len(WEEKDAYS))
    recurring: list[Recurring] = field(default_factory=list)
    holidays: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    exceptions: list[Exceptional] = field(default_factory=list)


def read(expression: str) -> Timetable | None:
    """The timetable that this expression writes; None when it says more than one holds, or cannot be read."""
    try:
        rules = [_rule(text, adds) for text, adds in _split(expression)]
        validity, rules = _validity(rules)
        draft = _Draft()
        for rule in rules:
            _take(draft, rule)
        return Timetable(
            week=tuple(tuple(sorted(spans)) for spans in draft.week),
            recurring=tuple(draft.recurring),
            public_holidays=draft.holidays.get("PH"),
            school_holidays=draft.holidays.get("SH"),
            exceptions=tuple(draft.exceptions),
            since=validity[0] if validity and validity[0] != FIRST_DAY else None,
            until=validity[1] if validity and validity[1] != LAST_DAY else None,
        )
    except (_NotHeld, InvalidInput):
        return None


def _split(expression: str) -> Iterator[tuple[str, bool]]:
    """Each rule, and whether it adds to those before it."""
    text, adds = "", False
    for parted, quoted, other in _PARTS.findall(expression):
        if parted:
            yield text.strip(), adds
            text, adds = "", parted != ";"
        else:
            text += quoted or other
    if text.strip():
        yield text.strip(), adds


def _rule(text: str, adds: bool) -> _Rule:
    found = _RULE.fullmatch(text)
    if found is None:
        raise _NotHeld
    days, _, ranks = (found["days"] or "").rstrip("]").partition("[")
    holiday = days if days in {"PH", "SH"} else ""
    closed = found["state"] in {"closed", "off"}
    note = found["note"] or ""
    timed = tuple(_span(written, note) for written in (found["times"] or "").split(",") if written)
    if closed and timed:
        raise _NotHeld
    weekdays = tuple(range(7)) if found["always"] else () if holiday else _days(days)
    return _Rule(
        adds=adds,
        bounds=tuple(_bounds(dates) for dates in (found["dates"] or "").split(",") if dates),
        weeks=_WEEKS[(found["weeks"] or "").removeprefix("week").lstrip("0")[:1]],
        days=weekdays,
        ranks=tuple(sorted((int(rank) for rank in ranks.split(",") if rank), key=RANKS.index)),
        holiday=holiday,
        spans=() if closed else timed or (replace(_WHOLE_DAY, note=note),),
        note=note if closed else "",
        always=bool(found["always"]),
    )


def _validity(rules: list[_Rule]) -> tuple[tuple[date, date] | None, list[_Rule]]:
    """The dates that bound the week, those of its first rule; and the rules without them.

    Rules of other dates stay as they are: seasons. A week of which a part is not bounded has no bounds.
    """
    weekly = [rule for rule in rules if (rule.days or rule.weeks is not Weeks.ALL) and rule.spans]
    first = weekly[0].bounds if weekly else ()
    if len(first) != 1 or first[0][2] or first[0][0] == first[0][1] or not all(rule.bounds for rule in weekly):
        return None, rules
    return first[0][:2], [
        replace(rule, bounds=()) if rule in weekly and rule.bounds == first else rule for rule in rules
    ]


def _take(draft: _Draft, rule: _Rule) -> None:
    if rule.holiday:
        # A holiday may be both: the order of the two counts.
        if rule.bounds or rule.weeks is not Weeks.ALL or rule.note or (rule.holiday == "SH" and "PH" in draft.holidays):
            raise _NotHeld
        before = draft.holidays.get(rule.holiday, ()) if rule.adds else ()
        draft.holidays[rule.holiday] = tuple(sorted(before + rule.spans))
    elif rule.bounds:
        _except(draft, rule)
    elif rule.ranks or rule.weeks is not Weeks.ALL:
        _recur(draft, rule)
    else:
        _weekly(draft, rule)


def _weekly(draft: _Draft, rule: _Rule) -> None:
    if rule.note or draft.recurring or draft.holidays or draft.exceptions:
        raise _NotHeld
    for day in rule.days or range(7):
        draft.week[day] = (*draft.week[day], *rule.spans) if rule.adds else rule.spans


def _recur(draft: _Draft, rule: _Rule) -> None:
    if not rule.spans or not rule.days or draft.holidays or draft.exceptions:
        raise _NotHeld
    for day in rule.days:
        at = next((n for n, it in enumerate(draft.recurring) if _same_days(it, rule, day)), None)
        if not rule.adds and (draft.week[day] or any(it.day == day for it in draft.recurring)):
            # It would take the place of the week on these days.
            raise _NotHeld
        if at is None:
            draft.recurring.append(Recurring(day=day, spans=rule.spans, weeks=rule.weeks, ranks=rule.ranks))
        else:
            it = draft.recurring[at]
            draft.recurring[at] = replace(it, spans=tuple(sorted(it.spans + rule.spans)))


def _same_days(it: Recurring, rule: _Rule, day: int) -> bool:
    return (it.day, it.weeks, it.ranks) == (day, rule.weeks, rule.ranks)


def _except(draft: _Draft, rule: _Rule) -> None:
    if rule.ranks or rule.weeks is not Weeks.ALL:
        raise _NotHeld
    for first, last, yearly in rule.bounds:
        made = Exceptional(first=first, last=last, spans=rule.spans, days=rule.days, note=rule.note, yearly=yearly)
        before = draft.exceptions[-1] if draft.exceptions else None
        if rule.adds:
            if before is None or replace(before, spans=rule.spans) != made or not before.spans:
                raise _NotHeld
            draft.exceptions[-1] = replace(made, spans=tuple(sorted(before.spans + made.spans)))
        else:
            draft.exceptions.append(made)


def _days(text: str) -> tuple[int, ...]:
    named: set[int] = set()
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        named.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return tuple(sorted(named))


def _span(text: str, note: str) -> Span:
    start, end = ((int(part[:2]) * 60 + int(part[3:])) for part in text.split("-"))
    return Span(start, end if end > start else end + MINUTES_A_DAY, note)


def _bounds(text: str) -> Bounds:
    first, _, last = text.partition("-")
    begin, yearly = _date(first, end=False)
    finish, yearly_too = _date(last or first, end=True)
    if yearly != yearly_too:
        raise _NotHeld
    if yearly and finish < begin:
        finish = finish.replace(year=EVERY_YEAR + 1)
    return begin, finish, yearly


def _date(text: str, *, end: bool) -> tuple[date, bool]:
    """A day, and whether it comes every year; of a month alone, its first or its last."""
    *year, month, day = text.split() if text[-1].isdigit() else [*text.split(), ""]
    number = int(year[0]) if year else EVERY_YEAR
    at = MONTHS.index(month) + 1
    try:
        return date(number, at, int(day) if day else monthrange(number, at)[1] if end else 1), not year
    except ValueError:
        raise _NotHeld from None
