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
# What is told is of so many days, beside as many before.
WINDOW: Final = timedelta(days=30)


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
    """How many in the last WINDOW and in the one before it, and the first day of the last one on which it was met; None for fewer
    than FEWEST: a few searches may be one person's.
    """

    now: int | None
    before: int | None
    since: date


Subject = tuple[Met, str, str, str]


def summed(counts: Iterable[SearchCount], today: date) -> dict[Subject, Sum]:
    """Of each (met, competence, territory, listing) that was met in the last thirty days, today left out: the day is not over."""
    now: Counter[Subject] = Counter()
    before: Counter[Subject] = Counter()
    since: dict[Subject, date] = {}
    for one in counts:
        subject = (one.met, one.competence, one.territory, one.listing)
        if today - WINDOW <= one.day < today:
            now[subject] += one.count
            since[subject] = min(since.get(subject, one.day), one.day)
        elif today - 2 * WINDOW <= one.day < today - WINDOW:
            before[subject] += one.count
    return {
        subject: Sum(now=_told(count), before=_told(before[subject]), since=since[subject])
        for subject, count in now.items()
    }


def _told(count: int) -> int | None:
    return count if count == 0 or count >= FEWEST else None
