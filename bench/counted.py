"""The files behind a figure, as the size of the network and of the house grow: `python -m bench.counted 2000 8000`.

Over an engine of its own. A hundred houses share the files evenly; the head of one asks for those of its handoffs. What it costs
goes with the files of the house: no row of another is read. Beside each, the bare reading of the house's handoffs, so that a busy
machine tells little else.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from api.actions.casework.selecting import selection
from api.rooms import Rooms
from api.settings import Settings
from bench.lives import DESKS, lay
from graph.model.access import Role, Viewer
from graph.model.casework.handoff import Kind
from graph.model.figures.periods import Span
from graph.model.figures.selecting import Chosen, Counted
from graph.store.casework.keyring import Keyring
from graph.store.engine import Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph

SIZES: Final = (2_000, 8_000)
ROUNDS: Final = 15
PARTNERS: Final = tuple(f"o:partner-{number}" for number in range(300))
HOUSE: Final = DESKS[0].organisation
ROLES: Final = frozenset({Role.HEAD_OF_SERVICE})
HEAD: Final = Viewer(account="head", organisation=HOUSE, organisations=(HOUSE,), roles=ROLES)


def main() -> None:
    """Lay, measure, print."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder) / "engine")
        try:
            asyncio.run(_measured(engine.start(), Path(folder) / "keyring", sizes))
        finally:
            engine.stop()


async def _measured(address: Any, keyring: Path, sizes: list[int]) -> None:
    graph, held = await Graph.open(address, Keyring(keyring)), 0
    try:
        await migrate(graph)
        for size in sizes:
            await lay(graph, size - held, PARTNERS, 1, Kind.REFER)
            held = size
            await _asked(graph, size)
    finally:
        await graph.close()


async def _asked(graph: Graph, size: int) -> None:
    rooms = Rooms(settings=Settings(), graph=graph, index=cast("Any", None), reader=cast("Any", None))
    now = datetime.now(UTC)
    chosen = Chosen(counted=Counted.SENT, span=Span(now - timedelta(days=90), now + timedelta(days=1)))

    async def ours() -> int:
        return (await selection(rooms, HEAD, chosen, unit=True, first=20)).files

    async def bare() -> int:
        async with graph.reading() as unit:
            return len(await unit.facts.handoffs_of([HOUSE], chosen.span.begin, chosen.span.end))

    files, taken = await _timed(ours)
    _, read = await _timed(bare)
    print(
        f"{size:,} handoffs in the network, {files:,} files of the house: {taken:.1f} ms, × {taken / read:.1f} of reading its "
        f"handoffs ({read:.1f} ms)",
        flush=True,
    )


async def _timed(act: Callable[[], Awaitable[int]]) -> tuple[int, float]:
    """What it gives, and the median of its rounds, ms."""
    found, taken = await act(), list[float]()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await act()
        taken.append(1000 * (time.perf_counter() - begun))
    return found, statistics.median(taken)


if __name__ == "__main__":
    main()
