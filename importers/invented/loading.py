"""Invented lives written into the graph: who works there first, then files, some at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState
from graph.model.casework.acts import Entry
from graph.store.casework.rows import milliseconds
from graph.store.casework.seats import SeatState
from graph.store.unit import Graph, Unit
from importers.invented.courses import lived
from importers.invented.network import Body, Network, Worker

PERIOD: Final = timedelta(days=730)
AT_ONCE: Final = 50
SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written."""

    files: int = 0
    entries: int = 0
    handoffs: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(self.files + other.files, self.entries + other.entries, self.handoffs + other.handoffs)


def lives(network: Network, seed: str, files: int, end: datetime) -> Iterable[list[Entry]]:
    """So many files of the two years before `end`, one after the other."""
    for number in range(files):
        if log := lived(network, seed, number, end - PERIOD, end):
            yield log


async def load(graph: Graph, logs: Iterable[Sequence[Entry]]) -> Loaded:
    """Write those of these files that are not there. Some are written while the next are made, off the loop.

    Raises Unavailable; what was written stays.
    """
    waiting, total = iter(logs), Loaded()

    def made() -> list[Sequence[Entry]]:
        return list(islice(waiting, AT_ONCE))

    some = await asyncio.to_thread(made)
    while some:
        writing = graph.write(lambda unit, some=some: unit.bulk.put(some), SECONDS)
        files, some = await asyncio.gather(writing, asyncio.to_thread(made))
        total += Loaded(len(files), sum(file.seq for file in files), sum(len(file.handoffs) for file in files))
    return total


async def staff(graph: Graph, network: Network, end: datetime) -> None:
    """Accounts and memberships of whoever works in the network, and who is away. An account that is there stays as it is."""
    for body in network.bodies.values():
        if body.staff:
            await graph.write(lambda unit, body=body: _staff(unit, body, end))

    async def away(unit: Unit) -> None:
        for leave in network.leaves:
            await unit.timing.set_leave(leave)

    await graph.write(away)


async def _staff(unit: Unit, body: Body, end: datetime) -> None:
    there = await unit.accounts.of([one.account for one in body.staff])
    for worker in body.staff:
        if worker.account in there:
            continue
        await unit.accounts.put(_account(worker))
        gone = worker.leaves is not None and worker.leaves <= end
        await unit.accounts.put_membership(
            Membership(
                account=worker.account,
                organisation=body.id,
                roles=frozenset({Role.HEAD_OF_SERVICE if worker.head else Role.PROFESSIONAL}),
                state=MembershipState.ENDED if gone else MembershipState.ACTIVE,
                since=milliseconds(worker.leaves or end - PERIOD),
            )
        )
        if gone:
            await unit.seats.turn(body.id, worker.account, SeatState.OFF)


def _account(worker: Worker) -> Account:
    """Nobody signs in to it but where the demonstration offers it."""
    address = re.sub(r"[^a-z0-9]+", ".", worker.account.encode("ascii", "ignore").decode())
    return Account(
        id=worker.account,
        email=f"{address}@example.org",
        name=worker.name,
        function=worker.function,
        demonstration=True,
    )
