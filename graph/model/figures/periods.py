"""Quarters: what figures are published by. A month of a small network hides nearly all, a year comes too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import total_ordering
from typing import Final, Protocol

from graph.model.casework.clocks import PARIS
from graph.model.errors import InvalidInput

MONTHS: Final = 3
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
ORDINALS: Final = ("1er", "2e", "3e", "4e")


class Stretch(Protocol):
    """A stretch of time in which facts are counted."""

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        ...

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        ...

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """Any stretch: only one's own facts are counted by it, nothing is published of less than a quarter."""

    begin: datetime
    end: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return at is not None and self.begin <= at < self.end


@total_ordering
@dataclass(frozen=True, slots=True)
class Quarter:
    """Three whole months of Paris; `number` from 1 to 4. Written "2026-T1"."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-T{self.number}"

    def __lt__(self, other: Quarter) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    @property
    def words(self) -> str:
        """As people say it: "1er trimestre 2026"."""
        return f"{ORDINALS[self.number - 1]} trimestre {self.year}"

    @property
    def months(self) -> tuple[str, str, str]:
        """Its months: "2026-01" …"""
        first = MONTHS * (self.number - 1) + 1
        return f"{self.year}-{first:02}", f"{self.year}-{first + 1:02}", f"{self.year}-{first + 2:02}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return _midnight(date(self.year, MONTHS * (self.number - 1) + 1, 1))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.next.begin

    @property
    def next(self) -> Quarter:
        """The one after."""
        return Quarter(self.year + 1, 1) if self.number == len(ORDINALS) else Quarter(self.year, self.number + 1)

    @property
    def before(self) -> Quarter:
        """The one before."""
        return Quarter(self.year - 1, len(ORDINALS)) if self.number == 1 else Quarter(self.year, self.number - 1)

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return at is not None and self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Period:
    """Quarters one after the other, both ends included. Nothing shorter is asked for: no filter is played against another."""

    first: Quarter
    last: Quarter

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Each of them, the first first."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(found[-1].next)
        return tuple(found)

    @property
    def words(self) -> str:
        """As people say it."""
        if self.first == self.last:
            return self.first.words
        if self.first.year == self.last.year and (self.first.number, self.last.number) == (1, 4):
            return f"année {self.first.year}"
        return f"du {self.first.words} au {self.last.words}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return self.first.begin

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.last.end

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return at is not None and self.begin <= at < self.end


MOST_QUARTERS: Final = 20


def month_begin(month: str) -> datetime:
    """The first moment of a month ("2026-03") of Paris."""
    return _midnight(date.fromisoformat(f"{month}-01"))


def quarter_of(at: datetime) -> Quarter:
    """The quarter of a moment, in Paris."""
    day = at.astimezone(PARIS)
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def closed_before(at: datetime) -> Quarter:
    """The last quarter that has ended."""
    return quarter_of(at).before


def last_quarters(at: datetime, count: int) -> tuple[Quarter, ...]:
    """So many quarters up to that of a moment, the first first."""
    found = [quarter_of(at)]
    while len(found) < count:
        found.append(found[-1].before)
    return tuple(reversed(found))


def read_quarter(text: str, field: str = "quarter") -> Quarter:
    """A quarter as an address writes it. Raises InvalidInput."""
    year, _, number = text.partition("-T")
    sound = len(year) == 4 and year.isascii() and year.isdigit() and len(number) == 1 and number in "1234"
    if not sound or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise InvalidInput(f"« {text[:20]} » n’est pas un trimestre : écrivez par exemple 2026-T1.", field)
    return Quarter(int(year), int(number))


def read_period(first: str, last: str = "") -> Period:
    """A period as an address writes it; one quarter where only the first is told. Raises InvalidInput."""
    found = Period(read_quarter(first, "from"), read_quarter(last or first, "to"))
    if found.last < found.first:
        raise InvalidInput(f"La période finit ({last}) avant de commencer ({first}).", "to")
    if found.last.year * 4 + found.last.number - found.first.year * 4 - found.first.number >= MOST_QUARTERS:
        raise InvalidInput(f"Pas plus de {MOST_QUARTERS // 4} années à la fois.", "to")
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), PARIS).astimezone(UTC)
