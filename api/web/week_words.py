"""A week of opening hours as someone writes it, a line a day ("9h-12h, 14h-17h30"), read into OSM `opening_hours`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from graph.model.errors import InvalidInput
from graph.model.reasons import DAYS as NAMES
from graph.model.timetable import WEEKDAYS as DAYS

LONGEST_LINE: Final = 100
CLOSED: Final = frozenset({"", "fermé", "ferme", "fermée"})
TIME: Final = r"(\d{1,2})\s*(?:h|:|\s*heures?)?\s*([0-5]\d)?"
SPAN: Final = re.compile(rf"(?:de\s+)?{TIME}\s*(?:-|–|—|à|a)\s*{TIME}", re.IGNORECASE)
BETWEEN: Final = re.compile(r"\s*(?:,|;|/|\bet\b|\bpuis\b)\s*", re.IGNORECASE)
LAST_HOUR: Final = 24


def week_read(lines: Sequence[str]) -> str:
    """The week of these seven lines, Monday first; empty when every line is. Raises InvalidInput that names the day."""
    week = [_day(number, line) for number, line in enumerate(lines)]
    if not any(week):
        return ""
    rules = []
    for spans, numbers in groupby(range(len(DAYS)), key=lambda number: week[number]):
        run = list(numbers)
        if spans:
            days = DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}"
            rules.append(f"{days} {spans}")
    return "; ".join(rules)


def _day(number: int, line: str) -> str:
    """ "09:00-12:00,14:00-17:30"; empty when it is closed."""
    text = " ".join(line.split())
    if text.lower() in CLOSED:
        return ""
    if len(text) > LONGEST_LINE:
        raise _unread(number, line, "est trop long")
    spans: list[tuple[int, int]] = []
    for part in BETWEEN.split(text):
        found = SPAN.fullmatch(part.strip())
        if found is None:
            raise _unread(number, line, "ne se lit pas comme des heures")
        start, end = (int(found[at]) * 60 + int(found[at + 1] or 0) for at in (1, 3))
        if not start < end <= LAST_HOUR * 60:
            raise _unread(number, line, "finit avant de commencer, ou après minuit")
        if spans and start < spans[-1][1]:
            raise _unread(number, line, "se chevauche")
        spans.append((start, end))
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _unread(number: int, line: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{NAMES[number].capitalize()} : « {line.strip()[:60]} » {why}. Écrivez par exemple « 9h-12h, 14h-17h30 ».",
        f"jour{number}",
    )
