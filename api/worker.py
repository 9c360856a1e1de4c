"""The door that opens by itself: it carries out what the outbox asks for. One per index."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

import structlog

from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store.engine import Address
from graph.store.unit import Graph
from search.indexer import Indexer

# Half of what "found within two seconds" leaves once the index has committed and its readers have looked.
POLL_SECONDS: Final = 0.3
SWEEP_SECONDS: Final = 3600.0
PAUSE_AFTER_FAULT_SECONDS: Final = 1.0

log = structlog.get_logger()


async def work(settings: Settings, address: Address) -> None:
    """Until SIGTERM or SIGINT. Faults are logged by their class alone, and tried again."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    graph = await Graph.open(address)
    indexer = Indexer(graph, settings.index_folder)
    swept = loop.time()
    try:
        while not stop.is_set():
            pause = 0.0 if await _turn(indexer) else POLL_SECONDS
            if loop.time() - swept > SWEEP_SECONDS:
                await graph.write(lambda unit: unit.outbox.sweep())
                swept = loop.time()
            try:
                await asyncio.wait_for(stop.wait(), pause or 0.001)
            except TimeoutError:
                continue
    finally:
        await indexer.close()
        await graph.close()


async def _turn(indexer: Indexer) -> bool:
    """One look at the outbox; True when there was something in it."""
    try:
        return await indexer.drain() > 0
    except (Unavailable, OSError, TimeoutError) as fault:
        log.warning("outbox_not_read", fault=type(fault).__name__)
    except Exception as fault:
        log.error("effect_failed", fault=type(fault).__name__)
    await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
    return False
