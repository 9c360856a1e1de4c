"""Opening hours (OSM opening_hours grammar) read at a moment, in French local time and holidays."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

from graph.model.doors import ALWAYS, Doors, Span
from graph.model.relay import Opening, OpeningState
from graph.model.timetable import Timetable, write
from graph.model.timetable_reading import read

PARIS: Final = ZoneInfo("Europe/Paris")
LOOK_AHEAD: Final = timedelta(days=7)
# Two expressions that open alike for so long are one: every rank in a month, both kinds of weeks, each holiday twice.
COMPARED: Final = timedelta(days=800)
SCHOOL_HOLIDAYS: Final = re.compile(r"\bSH\b")
UNKNOWN: Final = Opening(OpeningState.UNKNOWN)


def readable(written: str) -> bool:
    """Whether these are hours at all."""
    return _parsed(written) is not None


def editable(written: str, at: datetime) -> Timetable | None:
    """These hours as a timetable that says the same from `at` on; None when none does, or when they cannot be read.

    The library judges: both are open at the same times, with the same notes.
    """
    if not validate(written):
        return None
    hours = OpeningHours(written, country="FR")
    timetable = read(str(hours))
    if timetable is None:
        return None
    again = write(timetable)
    if again == written:
        return timetable
    if not again:
        return None
    start = at.astimezone(PARIS).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    kept = OpeningHours(again, country="FR").intervals(start, start + COMPARED)
    return timetable if list(hours.intervals(start, start + COMPARED)) == list(kept) else None


def read_at(written: str, at: datetime) -> Span:
    """Read at this moment. It stays so until the next change, or until that change is within a week.

    Nothing here knows the days of school holidays: hours that depend on them are not known.
    """
    local, never = at.astimezone(PARIS), ALWAYS[1]
    hours = _parsed(written)
    if hours is None or SCHOOL_HOLIDAYS.search(written):
        return Span(*ALWAYS, UNKNOWN)
    state, _ = hours.state(local)
    change = hours.next_change(local)
    until = never if change is None else change
    if state not in (State.OPEN, State.CLOSED):
        return Span(local, until, UNKNOWN)
    soon = change is not None and change - local <= LOOK_AHEAD
    known = Opening(
        OpeningState.OPEN if state is State.OPEN else OpeningState.CLOSED, change if soon else None, change is None
    )
    return Span(local, until if soon or change is None else change - LOOK_AHEAD, known)


@lru_cache(maxsize=8192)
def _parsed(written: str) -> OpeningHours | None:
    return OpeningHours(written, timezone=PARIS, country="FR") if validate(written) else None


HOURS: Final = Doors(read_at, PARIS)
opening: Final = HOURS.opening
