"""What searches run into, counted by day: never the words that were typed, nor who asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from graph.model.figures.lattice import FEWEST
from graph.model.relay import Found, Question
from graph.model.weights import STALE_AFTER

# A year can be compared with the one before, and nothing older is of use.
KEPT: Final = timedelta(days=400)
# What is told is of so many whole weeks, beside as many before: a window that moved each day would show what a day brought.
WINDOW: Final = timedelta(weeks=4)


class Met(StrEnum):
    """What a search ran into."""

    NOTHING = "nothing"
    WIDENED = "widened"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCount:
    """How many searches of a day met this. `competence` is the first that was understood, empty where none was; `territory` where
    they were put, empty for anywhere. Of a listing that was shown stale, `listing` alone is told.
    """

    day: date
    met: Met
    competence: str = ""
    territory: str = ""
    listing: str = ""
    count: int = 1

    @property
    def id(self) -> str:
        """One row for each, whoever counts."""
        return "|".join((self.day.isoformat(), self.met.value, self.competence, self.territory, self.listing))


def met(asked: Question, found: Found, day: date) -> list[SearchCount]:
    """What a search met, from the question as it was put and the page of it that was shown."""
    made: list[SearchCount] = []
    if not found.total or found.widened:
        made.append(
            SearchCount(
                day=day,
                met=Met.WIDENED if found.total else Met.NOTHING,
                competence=asked.competences[0] if asked.competences else "",
                territory=asked.territory.id if asked.territory else "",
            )
        )
    for relay in found.relays:
        listing = relay.listing
        told = listing.service or listing.organisation
        if listing.agreement is None and day - told.vouched_on >= STALE_AFTER:
            made.append(SearchCount(day=day, met=Met.STALE, listing=listing.key))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """How many at least in the last WINDOW and in the one before it, in steps of FEWEST: from one telling to the next the number
    is the same, or differs by FEWEST or more. None for fewer than FEWEST: a few searches may be one person's.
    """

    now: int | None
    before: int | None


Subject = tuple[Met, str, str, str]


def window_of(today: date) -> tuple[date, date]:
    """The first day of the weeks that are told on this day, and the first after them: the Monday of its own week."""
    end = today - timedelta(days=today.weekday())
    return end - WINDOW, end


def summed(counts: Iterable[SearchCount], today: date) -> dict[Subject, Sum]:
    """Of each (met, competence, territory, listing) that was met in the last four weeks; the week of today is not over."""
    begin, end = window_of(today)
    now: Counter[Subject] = Counter()
    before: Counter[Subject] = Counter()
    for one in counts:
        subject = (one.met, one.competence, one.territory, one.listing)
        if begin <= one.day < end:
            now[subject] += one.count
        elif begin - WINDOW <= one.day < begin:
            before[subject] += one.count
    return {subject: Sum(now=_told(count), before=_told(before[subject])) for subject, count in now.items()}


def _told(count: int) -> int | None:
    return count - count % FEWEST if count == 0 or count >= FEWEST else None
