"""The invented people of the demonstration: some before the site opens, so that each account has work; the others while it is used.

The figures of a network are told from some hundred handoffs a quarter on, and a quarter is published once: the worker waits with it
until all have lived.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import chain
from typing import Final

import structlog

from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store.migrate import mark, marked
from graph.store.unit import Graph
from importers.invented.doubs import doubs
from importers.invented.loading import Loaded, lives, load, staff
from importers.invented.told import told

BEGUN: Final = "demonstration-lived"
WHOLE: Final = "demonstration-lived-whole"
SEED: Final = "demonstration"
# Each takes some 15 ms to be lived: what a first start can bear.
FIRST: Final = 400
PAUSE_AFTER_FAULT_SECONDS: Final = 5.0

log = structlog.get_logger()


async def begin(graph: Graph, now: datetime) -> Loaded | None:
    """Who works there, the told stories and the first lives, dated by today; None where that was done. What a start that was cut
    short has written stays. Raises Unavailable.
    """
    if await marked(graph, BEGUN) is not None:
        return None
    now = now.replace(microsecond=0)
    network = doubs(now)
    await staff(graph, network, now)
    loaded = await load(graph, chain(told(network, now), lives(network, SEED, FIRST, now)))
    await mark(graph, BEGUN)
    return loaded


async def go_on(graph: Graph, settings: Settings, now: datetime) -> int:
    """The lives that are left, up to `settings.demo_lives`; how many were written. Nobody is added where none was lived before the
    site opened, nor to what is published already: a quarter has been told as it was. Raises Unavailable; what was written stays,
    and is not written again.
    """
    if not await to_come(graph):
        return 0
    async with graph.reading() as unit:
        published = await unit.figures.quarters()
    files = 0
    if not published:
        now = now.replace(microsecond=0)
        files = (await load(graph, lives(doubs(now), SEED, settings.demo_lives, now, FIRST))).files
    await mark(graph, WHOLE)
    return files


async def to_come(graph: Graph) -> bool:
    """Whether some were lived, and others are still to."""
    return await marked(graph, BEGUN) is not None and await marked(graph, WHOLE) is None


async def live(graph: Graph, settings: Settings) -> None:
    """Until all are there; where there is no demonstration, at once. A fault is logged, and tried again."""
    while settings.demo:
        try:
            if files := await go_on(graph, settings, datetime.now(UTC)):
                log.info("demonstration_lived", files=files)
            return
        except (Unavailable, OSError, TimeoutError) as fault:
            log.warning("demonstration_waits", fault=type(fault).__name__)
        except Exception as fault:
            # Tried again it would fail again: the figures are those of whoever is there.
            log.error("demonstration_failed", fault=type(fault).__name__)
            return
        await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
