"""Opening hours (OSM opening_hours grammar) read at a moment, in French local time and holidays."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

from graph.model.relay import Opening, OpeningState

PARIS: Final = ZoneInfo("Europe/Paris")
LOOK_AHEAD: Final = timedelta(days=7)
UNKNOWN: Final = Opening(OpeningState.UNKNOWN)


def opening(written: str, at: datetime) -> Opening:
    """The state at `at` (aware) and the next change within a week. What cannot be read is unknown, never a guess."""
    hours = _parsed(written)
    if hours is None:
        return UNKNOWN
    local = at.astimezone(PARIS)
    state, _ = hours.state(local)
    if state not in (State.OPEN, State.CLOSED):
        return UNKNOWN
    change = hours.next_change(local)
    soon = change is not None and change - local <= LOOK_AHEAD
    return Opening(OpeningState.OPEN if state is State.OPEN else OpeningState.CLOSED, change if soon else None)


@lru_cache(maxsize=8192)
def _parsed(written: str) -> OpeningHours | None:
    return OpeningHours(written, timezone=PARIS, country="FR") if validate(written) else None
