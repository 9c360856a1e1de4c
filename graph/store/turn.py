"""A turn (turns.py) held over many transactions: to write an index that several machines share, to import."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import uuid4

import structlog

from graph.model.errors import Unavailable
from graph.store.unit import Graph

LEASE_SECONDS: Final = 30.0
PROLONG_EVERY_SECONDS: Final = 10.0

log = structlog.get_logger()


class Turn:
    """The right to do what `name` says, held by one process of all those that work on a graph.

    Taken when it is free, prolonged while it is used, given back at the end; that of a process that died is free after half
    a minute.
    """

    def __init__(self, graph: Graph, name: str) -> None:
        self._graph = graph
        self._name = name
        self._by = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._until = 0.0

    @property
    def held(self) -> bool:
        """Whether it is ours by our own clock."""
        return self._until > asyncio.get_running_loop().time()

    async def take(self) -> bool:
        """Whether it is ours now. Asks the graph only when half of the lease is gone."""
        loop = asyncio.get_running_loop()
        if self._until - loop.time() > LEASE_SECONDS / 2:
            return True
        return await self._ask()

    async def still_ours(self) -> bool:
        """Whether it was ours without a break since it was taken, by our clock and by the graph's word."""
        return self.held and await self._ask()

    async def give_back(self) -> None:
        """Let another take it. When the graph does not answer, its lease ends by itself."""
        if self._until:
            self._until = 0.0
            with suppress(Unavailable, TimeoutError):
                await self._graph.write(lambda unit: unit.turns.give_back(self._name, self._by))

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Prolong it meanwhile: what it is for takes longer than a lease."""
        prolonging = asyncio.create_task(self._prolong())
        try:
            yield
        finally:
            prolonging.cancel()
            await asyncio.wait((prolonging,))

    async def _prolong(self) -> None:
        while True:
            await asyncio.sleep(PROLONG_EVERY_SECONDS)
            # A lease that has run out stays so: who holds it finds that out by `still_ours`.
            if self.held:
                try:
                    await self._ask()
                except Exception as fault:
                    log.warning("turn_not_prolonged", fault=type(fault).__name__)

    async def _ask(self) -> bool:
        asked = asyncio.get_running_loop().time()
        async with self._graph.reading() as unit:
            holder = await unit.turns.holder(self._name)
        free = holder in ("", self._by)
        mine = free and await self._graph.write(lambda unit: unit.turns.take(self._name, self._by, LEASE_SECONDS))
        # Counted from before the graph was asked: ours never ends later than the graph's.
        self._until = asked + LEASE_SECONDS if mine else 0.0
        return mine
