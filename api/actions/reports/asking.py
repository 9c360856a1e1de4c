"""What a report is asked for: whole months, or the quarters that hold them where figures are published; a territory, a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.desk_report import beside, month_of, read_month
from graph.model.errors import InvalidInput
from graph.model.figures.periods import MOST_QUARTERS, Period, month_begin, quarter_of
from graph.model.reasons import MONTHS

VOWELS: Final = "ao"
MOST_MONTHS: Final = 3 * MOST_QUARTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report's question: from the month `first` to the month `last`, "2026-03", both included."""

    first: str
    last: str
    territory: str = ""
    organisation: str = ""

    @property
    def months(self) -> tuple[str, ...]:
        """Each of them."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(beside(found[-1], 1))
        return tuple(found)

    @property
    def begin(self) -> datetime:
        """Its first moment, in Paris."""
        return month_begin(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return month_begin(beside(self.last, 1))

    @property
    def words(self) -> str:
        """As people say it."""
        if self.first == self.last:
            return month_name(self.first)
        if self.first[:4] == self.last[:4] and (self.first[5:], self.last[5:]) == ("01", "12"):
            return f"année {self.first[:4]}"
        return between_months(self.first, self.last)

    @property
    def quarters(self) -> Period:
        """The quarters that hold these months."""
        return Period(quarter_of(self.begin), quarter_of(self.end - timedelta(seconds=1)))


def month_name(month: str) -> str:
    """ "mars 2026"."""
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


def between_months(first: str, last: str) -> str:
    """ "de janvier 2026 à mars 2026", "d’août 2026 à octobre 2026"."""
    begin = month_name(first)
    return f"{'d’' if begin[0] in VOWELS else 'de '}{begin} à {month_name(last)}"


def asked_of(
    first: str, last: str, at: datetime, *, territory: str = "", organisation: str = "", back: int = 12
) -> Asked:
    """What an address asks for; by default the last `back` months that have ended. Raises InvalidInput."""
    until = read_month(last) if last else max(beside(month_of(at), -1), read_month(first) if first else "")
    since = read_month(first) if first else beside(until, 1 - back)
    if until < since:
        raise InvalidInput(f"La période finit ({month_name(until)}) avant de commencer ({month_name(since)}).", "au")
    found = Asked(first=since, last=until, territory=territory, organisation=organisation)
    if len(found.months) > MOST_MONTHS:
        raise InvalidInput(f"Pas plus de {MOST_MONTHS // 12} années à la fois.", "au")
    return found
