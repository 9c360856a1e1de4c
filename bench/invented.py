"""Two invented years at a size of one's choice: `python -m bench.invented [handoffs …] [--keep FOLDER]` (10,000 by default).

For each size: how fast files are lived and written, what they weigh on disk with their keys, and the list of what one house owes
at the end. With a folder, the engine's data and the keyring stay there for other measures, which open the same.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graph.model.casework.acts import Entry, Stepped
from graph.model.casework.handoff import Step
from graph.store.casework.keyring import Keyring
from graph.store.engine import Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph
from importers.invented.generated import generated
from importers.invented.loading import Loaded, lives, load, staff
from importers.invented.network import Network

SIZES: Final = (10_000,)
# A network grows with its files: so many of them in each cell of bodies.
FILES_IN_A_CELL: Final = 1_000
END: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED: Final = 30
MOST: Final = 1_000


def main() -> None:
    """Each size in turn."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("handoffs", type=int, nargs="*", default=list(SIZES))
    arguments.add_argument("--keep", type=Path, help="an empty folder, for one size alone")
    asked = arguments.parse_args()
    for handoffs in asked.handoffs:
        with tempfile.TemporaryDirectory() as aside:
            asyncio.run(_measure(asked.keep or Path(aside), handoffs))


class Until:
    """Files one after the other until so many handoffs were sent; `seconds` is what living them took."""

    def __init__(self, network: Network, handoffs: int) -> None:
        self._lives, self._handoffs, self.seconds = iter(lives(network, "bench", handoffs, END)), handoffs, 0.0

    def __iter__(self) -> Iterator[list[Entry]]:
        sent = 0
        while sent < self._handoffs:
            begun = time.monotonic()
            log = next(self._lives)
            self.seconds += time.monotonic() - begun
            sent += _sent(log)
            yield log


def _sent(log: Sequence[Entry]) -> int:
    return sum(isinstance(entry.event, Stepped) and entry.event.step is Step.SUBMIT for entry in log)


async def _measure(folder: Path, handoffs: int) -> None:
    engine = Engine(folder / "engine")
    engine.start()
    try:
        graph = await Graph.open(engine.address(), Keyring(folder / "keyring"))
        await migrate(graph)
        network = generated("bench", max(1, handoffs // (2 * FILES_IN_A_CELL)), END)
        await staff(graph, network, END)
        making, begun = Until(network, handoffs), time.monotonic()
        loaded = await load(graph, making)
        _say(loaded, making.seconds, time.monotonic() - begun)
        await _owed(graph, network)
        await graph.close()
    finally:
        engine.stop()
    weight = sum(one.stat().st_size for one in (folder / "engine").rglob("*") if one.is_file())
    print(f"  engine {weight / 1e6:.0f} MB, {loaded.files:,} keys")


def _say(loaded: Loaded, living: float, whole: float) -> None:
    print(f"{loaded.handoffs:,} handoffs, {loaded.files:,} files, {loaded.entries:,} entries")
    print(f"  lived and written in {whole:.0f} s ({loaded.handoffs / whole:,.0f} handoffs a second)")
    print(f"  of which {living:.0f} s to live them, while others were written", flush=True)


async def _owed(graph: Graph, network: Network) -> None:
    """The list of what is late at the bottleneck, which has most."""
    spent, count = [], 0
    for _ in range(ASKED):
        begun = time.monotonic()
        async with graph.reading() as unit:
            _, count = await unit.teams.late([network.planted.bottleneck], END, MOST)
        spent.append(time.monotonic() - begun)
    print(f"  late at one house: {count:,} actions, median {statistics.median(spent) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
