"""What ten times more services cost: `python -m bench.size [services …]` (100,000 and 1,000,000 by default).

For each size: building the index, its place on disk, the memory of a web process, a commune and a competence asked of the
action and of a site by one client, the index alone for the same questions, and a change of one organisation until a reader
sees it. The million is made in some minutes, once, and takes a gigabyte or two of disk, five more while it is made.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from api.actions.find_relay import Ask, find_relay
from api.rooms import Rooms
from api.settings import Settings
from bench.asking import Question, Questions, ask_all
from bench.france import France, bodies_for
from bench.serving import Serving, graph_stopped
from bench.speed import machine, of_index, percentile, prepared
from graph.model.relay import Listing
from graph.store.engine import Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph
from search.backend import Writer
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.understand import Reader

SIZES: Final = (100_000, 1_000_000)
WARM_UP: Final = 200
ASKED: Final = 500
CHANGES: Final = 10
PATIENCE: Final = 60.0


def main() -> None:
    """Each size in turn, then how they compare."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print(machine(), flush=True)
    p95: list[tuple[float, float]] = []
    for services in sizes:
        begun = time.monotonic()
        folder = prepared(services)
        print(
            f"\n{services:,} services ({time.monotonic() - begun:.0f} s to make or find); index {_megabytes(folder)} MB"
        )
        p95.append(asyncio.run(_measure(folder, services)))
    for services, (action, site) in zip(sizes[1:], p95[1:], strict=True):
        ratios = f"action × {action / p95[0][0]:.1f}, site × {site / p95[0][1]:.1f}"
        print(f"\np95, {services:,} against {sizes[0]:,} services: {ratios}; aim × 2 at ten times more")


async def _measure(folder: Path, services: int) -> tuple[float, float]:
    """Prints this size; the p95 of the action and of the site, in milliseconds."""
    questions = Questions(France(0, 0).communes)
    warm, asked = ([questions.about_a_competence() for _ in range(number)] for number in (WARM_UP, ASKED))
    index = of_index(folder, asked).all
    with tempfile.TemporaryDirectory() as aside:
        engine = Engine(Path(aside))
        engine.start()
        try:
            async with _rooms(engine, folder) as rooms:
                await _in_process(rooms, warm)
                action = await _in_process(rooms, asked)
                with Serving(folder, engine.address(), 1) as site:
                    graph_stopped(engine)
                    lines = await site.lines(1)
                    await ask_all(lines, warm)
                    answered = (await ask_all(lines, asked)).all
                    memory = site.memory()[0]
        finally:
            engine.stop()
    seen = await _changes(folder, services)
    baseline = statistics.median(index)
    for name, times in (("the index alone, 200 hits", index), ("the action", action), ("a site, one client", answered)):
        middle, late = statistics.median(times), percentile(times, 95)
        print(f"{name:28} p50 {middle:7.2f} ms   p95 {late:7.2f} ms   × {middle / baseline:.1f}")
    print(
        f"{'a change until it is seen':28} p50 {statistics.median(seen):7.0f} ms   worst {max(seen):5.0f} ms   aim 2,000"
    )
    print(f"memory of the web process: {memory:.0f} MB", flush=True)
    return percentile(action, 95), percentile(answered, 95)


@asynccontextmanager
async def _rooms(engine: Engine, folder: Path) -> AsyncIterator[Rooms]:
    graph = await Graph.open(engine.address())
    try:
        await migrate(graph)
        yield Rooms(Settings(data=folder), graph, EmbeddedIndex(folder / "index"), Reader())
    finally:
        await graph.close()


async def _in_process(rooms: Rooms, questions: Sequence[Question]) -> list[float]:
    times = []
    for question in questions:
        ask = Ask(territory=question.variables["territory"], competences=tuple(question.variables["competences"]))
        begun = time.perf_counter()
        await find_relay(rooms, ask)
        times.append((time.perf_counter() - begun) * 1000)
    return times


async def _changes(folder: Path, services: int) -> list[float]:
    """Milliseconds from a changed organisation to a reader that finds it so: the part of the index, whoever tells it.

    The organisation is put back as it was.
    """
    before = next(France(services, bodies_for(services)).listings())
    writer, reader = await EmbeddedEngine(folder / "index").current(), EmbeddedIndex(folder / "index")
    assert writer is not None
    times = []
    try:
        for number in range(CHANGES):
            named = [
                replace(listing, organisation=replace(listing.organisation, name=f"Zibeline {number}"))
                for listing in before
            ]
            begun = time.perf_counter()
            await _written(writer, named)
            while (await reader.known([before[0].key]))[0].organisation.name != f"Zibeline {number}":
                assert time.perf_counter() - begun < PATIENCE, "the change was never seen"
                await asyncio.sleep(0.005)
            times.append((time.perf_counter() - begun) * 1000)
        await _written(writer, before)
    finally:
        await writer.close()
    return times


async def _written(writer: Writer, listings: Sequence[Listing]) -> None:
    await writer.replace([listings[0].organisation.id], listings)
    await writer.commit()


def _megabytes(folder: Path) -> int:
    return round(sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file()) / 1e6)


if __name__ == "__main__":
    main()
