"""Being the index that the outbox feeds, for as long as work lasts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import structlog

from api.settings import Settings
from api.together import first_to_end
from graph.store.ownership import RENEW_SECONDS, AnotherIndex, Identity, Ownership
from graph.store.unit import Graph

# Beside the generations: it goes when they go, and another one means that nothing is known of what the index holds.
NAME_FILE: Final = "name"

log = structlog.get_logger()


def search_server(settings: Settings) -> str:
    """The search server that several machines share; empty when the index is in the data folder."""
    return settings.search_url


def identity(settings: Settings) -> Identity:
    """The index of these settings: a server's, or that of the data folder, named once and for all."""
    if shared := search_server(settings):
        return Identity(f"{shared} {settings.search_index}", "", f"{shared}, « {settings.search_index} »")
    path = settings.index_folder.resolve() / NAME_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(uuid4().hex)
    host = socket.gethostname()
    return Identity(path.read_text(), host, f"« {host} », {path.parent}")


async def as_owner(graph: Graph, settings: Settings, action: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `action` in the place of the one index that is fed, and renew that place meanwhile. Raises AnotherIndex, in words,
    when another has it, or took it while we were asleep: `action` is cancelled then.
    """
    ownership = Ownership(graph, identity(settings))
    await ownership.take()
    try:
        await first_to_end(action(), _renew(ownership))
    finally:
        # With the graph gone, the lease ends by itself.
        with suppress(Exception):
            await ownership.leave()


async def _renew(ownership: Ownership) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await ownership.take()
        except AnotherIndex:
            raise
        except Exception as fault:
            log.warning("ownership_not_renewed", fault=type(fault).__name__)
