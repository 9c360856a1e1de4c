"""A graph to work on: a server's, that of the process which owns the folder, or our own for the time of a command."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api.folder import Folder, Running
from api.settings import Settings
from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph


@dataclass(frozen=True, slots=True)
class Premises:
    """`owner` when this process may write the index itself: nobody else does."""

    graph: Graph
    owner: bool


def server(settings: Settings) -> Address | None:
    """The graph server named by the settings, if any."""
    if not settings.graph_uri:
        return None
    return Address(settings.graph_uri, settings.graph_user, settings.graph_password, settings.graph_database)


@asynccontextmanager
async def premises(settings: Settings) -> AsyncIterator[Premises]:
    """A migrated graph. Raises Unavailable, in words."""
    folder = Folder(settings.data)
    address = server(settings)
    if address is None and (running := folder.running()) and running.uri:
        secret = (settings.data / "engine" / "secret").read_text()
        address = Address(running.uri, "root", secret)
    if address:
        graph = await Graph.open(address)
        try:
            yield Premises(graph, owner=False)
        finally:
            await graph.close()
        return
    with folder:
        engine = Engine(folder.path, heap=settings.heap)
        try:
            own = engine.start()
            folder.tell(Running(os.getpid(), own.uri))
            graph = await Graph.open(own)
            try:
                await migrate(graph)
                yield Premises(graph, owner=True)
            finally:
                await graph.close()
        finally:
            engine.stop()
