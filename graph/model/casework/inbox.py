"""The order in which what is owed is to be done: late, today, this week, later; in each what is urgent first, then by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import ClassVar

from graph.model.casework.clocks import PARIS


class Band(IntEnum):
    """How soon."""

    LATE = 0
    TODAY = 1
    THIS_WEEK = 2
    LATER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The moment at which an inbox is read, and where today and this week end."""

    now: datetime
    tomorrow: datetime
    next_week: datetime

    @classmethod
    def at(cls, now: datetime) -> Window:
        """Days and weeks are those of Paris; a week ends with Sunday."""
        today = now.astimezone(PARIS).date()
        return cls(
            now=now,
            tomorrow=_start(today + timedelta(days=1)),
            next_week=_start(today + timedelta(days=7 - today.weekday())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the order; `calm` is 0 for what is urgent, `due` in milliseconds."""

    FIRST: ClassVar[Place]

    band: int
    calm: int
    due: int
    id: str


Place.FIRST = Place(band=-1, calm=0, due=0, id="")


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), PARIS).astimezone(UTC)
