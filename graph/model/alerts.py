"""Searches that someone keeps, and when there is news of one. Never the words that were typed: they may hold a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from graph.model.directory import Mode, Public

# Of one account. Each is a search of the worker's, every day at most.
MOST_SAVED: Final = 50
LONGEST_NAME: Final = 120
# A wider answer is cut, and its last ones come and go without anything being new.
MOST_TOLD: Final = 500


class Pace(StrEnum):
    """How often someone is told, at most."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


PERIOD: Final = {Pace.DAILY: timedelta(days=1), Pace.WEEKLY: timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for: competences, where, for whom, how; `wishes` as addresses write them. No word of anyone's."""

    competences: tuple[str, ...]
    territory: str
    publics: tuple[Public, ...] = ()
    modes: tuple[Mode, ...] = ()
    kinds: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()


def lasting(sought: Sought) -> Sought:
    """What of it holds on another day: "open now" is of the moment."""
    return replace(sought, wishes=tuple(wish for wish in sought.wishes if wish != "open_now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """`told` are the keys of the listings that were there when it was last looked at, on `told_on`; None before the first time.

    `key` opens the page that ends its mails, without an account.
    """

    id: str
    account: str
    name: str
    sought: Sought
    key: str
    pace: Pace = Pace.NEVER
    told: tuple[str, ...] = ()
    told_on: date | None = None
    removed: bool = False

    def is_due(self, today: date) -> bool:
        """Whether it is to be looked at: once a period, from the day when its mails were asked for."""
        if self.removed or self.pace is Pace.NEVER:
            return False
        return self.told_on is None or today - self.told_on >= PERIOD[self.pace]


@dataclass(frozen=True, slots=True)
class News:
    """What one mail says: the first says how many there are (`new` is then empty), the others which are new, by key."""

    total: int
    new: tuple[str, ...] = ()
    first: bool = False


def news(search: SavedSearch, now: Collection[str]) -> News | None:
    """What is to be told now that these listings answer, best first; None when nothing is new.

    What left and came back is new again: someone who waits for room wants to know.
    """
    if search.told_on is None:
        return News(total=len(now), first=True)
    before = frozenset(search.told)
    new = tuple(key for key in now if key not in before)
    return News(total=len(now), new=new) if new else None
