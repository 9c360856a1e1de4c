"""What searches run into, counted in the memory of each web process and written down every minute.

The road of a search has no call to the graph, and waits for none here. What a process counted since the last minute is lost
when it is killed: these are figures of weeks, and nobody's.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final

import structlog

from graph.model.figures.searched import SearchCount
from graph.store.unit import Graph, in_doubt

EVERY_SECONDS: Final = 60.0
# Different ones between two writings; past it only those that are counted already go on: memory has an end, whoever asks.
MOST_HELD: Final = 20_000

# As they call themselves: what reads pages for an index, a preview or a watch looks for nobody's relay.
MACHINES: Final = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|scan|facebookexternalhit|feed|lighthouse", re.IGNORECASE
)

log = structlog.get_logger(__name__)


def looks_for_someone(headers: Mapping[str, str]) -> bool:
    """Whether a page is asked for by somebody who looks at it: no machine that says so, and no browser that reads ahead."""
    ahead = "prefetch" in headers.get("sec-purpose", headers.get("purpose", ""))
    agent = headers.get("user-agent", "")
    return bool(agent) and not ahead and not MACHINES.search(agent)


class Tally:
    """One per process."""

    def __init__(self) -> None:
        self._held: Counter[SearchCount] = Counter()

    def note(self, counts: Iterable[SearchCount]) -> None:
        """So many more of each."""
        for one in counts:
            plain = replace(one, count=1)
            if plain in self._held or len(self._held) < MOST_HELD:
                self._held[plain] += one.count

    def taken(self) -> list[SearchCount]:
        """All that was noted, which is then noted no more."""
        held, self._held = self._held, Counter()
        return [replace(one, count=count) for one, count in held.items()]

    async def write(self, graph: Graph) -> None:
        """Write down what was noted. What the graph refuses is kept for the next time."""
        taken = self.taken()
        if not taken:
            return
        try:
            await graph.write(lambda unit: unit.searched.add(taken))
        except Exception as fault:
            if not in_doubt(fault):
                self.note(taken)
                return
            # Whether it was written nobody can say: rather a search too few than one twice.
            log.warning("searches_not_counted", fault=type(fault).__name__)

    @asynccontextmanager
    async def written(self, graph: Graph, every: float = EVERY_SECONDS) -> AsyncIterator[None]:
        """While this lasts, what is noted is written down; what is left at its end too."""

        async def go_on() -> None:
            while True:
                await asyncio.sleep(every)
                await self.write(graph)

        task = asyncio.create_task(go_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.write(graph)
