"""How often one caller may come: budgets of a minute, counted in the memory of each web process.

A window begins with the caller's first request and lasts a minute; what is refused is not counted.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from graph.model.errors import TooOften

WINDOW_SECONDS: Final = 60
HOUR_SECONDS: Final = 3600
# About 250 bytes each. Past it the caller whose window began first is forgotten: it has so many addresses anyway.
MOST_COUNTED: Final = 50_000


class Ledger(Storage):
    """What the limiter counts with. The library's own memory grows with every address, and walks all of them often."""

    STORAGE_SCHEME = None

    def __init__(self, most: int = MOST_COUNTED, window: int = WINDOW_SECONDS) -> None:
        super().__init__()
        self._most = most
        self._window = window
        # In order of the moment at which the window ends, since all last the same.
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """None of ours."""
        return RuntimeError

    def __len__(self) -> int:
        return len(self._windows)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more in the window of `key`, which ends `expiry` seconds after its first."""
        now = time.monotonic()
        self._forget(now)
        count, ends = self._windows.get(key, (0, now + expiry))
        self._windows[key] = (count + amount, ends)
        if len(self._windows) > self._most:
            self._windows.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        """What was counted in the present window of `key`."""
        count, ends = self._windows.get(key, (0, 0.0))
        return count if ends > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """When that window ends, on the monotonic clock; when a new one would, if there is none."""
        now = time.monotonic()
        _, ends = self._windows.get(key, (0, 0.0))
        return ends if ends > now else now + self._window

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everyone."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one."""
        self._windows.pop(key, None)

    def _forget(self, now: float) -> None:
        while self._windows and next(iter(self._windows.values()))[1] <= now:
            self._windows.popitem(last=False)


class _AMinute(RateLimitItemPerMinute):
    """A ledger of ours is shared with nobody: the name and the caller are key enough, and it is asked for ten times a request."""

    def key_for(self, *identifiers: bytes | str | float) -> str:
        """The name and the caller."""
        return "/".join((self.namespace, *map(str, identifiers)))


@dataclass(frozen=True, slots=True)
class Budget:
    """So much a minute of one thing; `name` is that of the RateLimit headers, `item` None when there is no limit."""

    name: str
    item: RateLimitItem | None

    @classmethod
    def of(cls, name: str, a_minute: int) -> Budget:
        """`a_minute` of them; 0 for no limit."""
        return cls(name, _AMinute(a_minute, namespace=name) if a_minute else None)

    @classmethod
    def hourly(cls, name: str, an_hour: int) -> Budget:
        """`an_hour` of them; 0 for no limit."""
        return cls(name, RateLimitItemPerHour(an_hour, namespace=name) if an_hour else None)


class Rates:
    """The budgets of one web process."""

    def __init__(
        self,
        *,
        pages: int,
        requests: int,
        points: int,
        links: int = 0,
        suggestions: int = 0,
        most: int = MOST_COUNTED,
    ) -> None:
        self.pages = Budget.of("pages", pages)
        self.requests = Budget.of("requests", requests)
        self.points = Budget.of("points", points)
        self.links = Budget.of("links", links)
        self.ledger = Ledger(most)
        self._limiter = FixedWindowRateLimiter(self.ledger)
        # What lasts an hour is counted apart: the windows of one ledger all last the same.
        self.suggestions = Budget.hourly("suggestions", suggestions)
        self._hours = FixedWindowRateLimiter(Ledger(most, HOUR_SECONDS))

    def spend(self, budget: Budget, caller: str, cost: int = 1) -> None:
        """Take `cost` from what this caller has left. Raises TooOften, and takes nothing, when it is not enough."""
        if budget.item is None:
            return
        if not self._limiter.test(budget.item, caller, cost=cost):
            _, seconds = self._left(budget.item, caller)
            raise TooOften(
                f"Trop de demandes en peu de temps depuis votre connexion. Réessayez dans {seconds} s.", seconds
            )
        self._limiter.hit(budget.item, caller, cost=cost)

    def suggest(self, caller: str) -> None:
        """Take one suggestion from what this caller has left of the hour. Raises TooOften, and takes nothing."""
        item = self.suggestions.item
        if item is None:
            return
        if not self._hours.hit(item, caller):
            ends, _ = self._hours.get_window_stats(item, caller)
            minutes = max(1, ceil((ends - time.monotonic()) / 60))
            raise TooOften(
                f"Merci : vous avez déjà envoyé {item.amount} suggestions. Revenez dans {minutes} min ; "
                "celle-ci n’est pas gardée.",
                minutes * 60,
            )

    def headers(self, caller: str, *budgets: Budget) -> Mapping[str, str]:
        """What is left to this caller, as `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
        known = [(budget.name, budget.item) for budget in budgets if budget.item is not None]
        if not known:
            return {}
        policy = ", ".join(f'"{name}";q={item.amount};w={WINDOW_SECONDS}' for name, item in known)
        left = [(name, *self._left(item, caller)) for name, item in known]
        return {
            "RateLimit-Policy": policy,
            "RateLimit": ", ".join(f'"{name}";r={remaining};t={seconds}' for name, remaining, seconds in left),
        }

    def _left(self, item: RateLimitItem, caller: str) -> tuple[int, int]:
        """What remains, and in how many seconds the window ends; at least one."""
        ends, remaining = self._limiter.get_window_stats(item, caller)
        return int(remaining), max(1, ceil(ends - time.monotonic()))


@dataclass(frozen=True, slots=True)
class Purse:
    """What one caller may still spend. The gateway gives one to each request that is counted."""

    rates: Rates
    caller: str

    def pay_page(self) -> None:
        """For a page. Raises TooOften."""
        self.rates.spend(self.rates.pages, self.caller)

    def pay_link(self) -> None:
        """For a page of a signed link, beside its price as a page. Raises TooOften."""
        self.rates.spend(self.rates.links, self.caller)

    def pay_request(self) -> None:
        """For an operation, before it is read. Raises TooOften."""
        self.rates.spend(self.rates.requests, self.caller)

    def pay_points(self, cost: int) -> None:
        """For what an operation asks for, in field values, before it runs. Raises TooOften."""
        self.rates.spend(self.rates.points, self.caller, cost)

    def pay_suggestion(self) -> None:
        """For a suggestion, before it is kept. Raises TooOften."""
        self.rates.suggest(self.caller)

    def headers(self) -> Mapping[str, str]:
        """What is left for operations, as an answer tells it."""
        return self.rates.headers(self.caller, self.rates.requests, self.rates.points)
