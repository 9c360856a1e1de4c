"""When an inbox may have changed: one look at what was written lately serves all who follow in this process.

Nothing is kept between processes: whoever follows is told at once how it stands, so that a restart loses nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

import structlog

from graph.model.errors import TooOften, Unavailable
from graph.store.unit import Graph

POLL_SECONDS: Final = 2.0
# A unit that was decided then may be committed later than one that was decided after it.
BACK: Final = timedelta(seconds=30)
MOST_OF_ONE: Final = 3
MOST: Final = 200
FULL: Final = "Trop de pages suivent déjà cette liste. Fermez-en une, ou rechargez la page pour voir ce qui a changé."

log = structlog.get_logger()


class Follower:
    """Those who follow inboxes in this process, and the one task that looks for all of them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._waiting: dict[asyncio.Event, str] = {}
        self._accounts: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def following(self, organisation: str, account: str) -> AsyncIterator[asyncio.Event]:
        """Set when what is owed at this organisation may have changed. Raises TooOften past three for an account."""
        if len(self._waiting) >= MOST or self._accounts[account] >= MOST_OF_ONE:
            raise TooOften(FULL, 30)
        changed = asyncio.Event()
        self._waiting[changed] = organisation
        self._accounts[account] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield changed
        finally:
            del self._waiting[changed]
            self._accounts[account] -= 1

    async def _look(self) -> None:
        """While someone follows. What cannot be read now is read the next time."""
        since, seen = datetime.now(UTC), dict[str, int]()
        while self._waiting:
            await asyncio.sleep(POLL_SECONDS)
            now = datetime.now(UTC)
            try:
                async with self._graph.reading() as unit:
                    touched = await unit.inbox.touched(since - BACK, now)
            except Unavailable as fault:
                log.warning("inbox_not_followed", fault=type(fault).__name__)
                continue
            moved = {name for file, (seq, names) in touched.items() if seen.get(file) != seq for name in names}
            seen, since = {file: seq for file, (seq, _) in touched.items()}, now
            for changed, organisation in self._waiting.items():
                if organisation in moved:
                    changed.set()


_followers: Final[WeakKeyDictionary[Graph, Follower]] = WeakKeyDictionary()


def follower(graph: Graph) -> Follower:
    """The one of this process."""
    if graph not in _followers:
        _followers[graph] = Follower(graph)
    return _followers[graph]
