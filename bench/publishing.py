"""Figures over a graph with so many handoffs: `python -m bench.publishing [100000 1000000] [--keep FOLDER]`.

Rows of invented lives are laid without their sealed parts, which figures never open (bench/laying.py). Then: what a quarter's
publication and the flows of all months cost the worker; what each page asks of what is published, and one house read exactly;
each beside `RETURN 1` in the same run. With a folder, which one size alone may have, what was laid there is found again.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, cast

import psutil

from api.actions.figures.keeping import keep_flows, publish_closed
from api.actions.figures.reading import exact, network
from api.rooms import Rooms
from api.settings import Settings
from bench.laying import END, Laying
from graph.model.access import Role, Viewer
from graph.model.figures.lattice import WHOLE, Measure, Node, settling
from graph.model.figures.periods import Quarter, closed_before
from graph.store.casework.keyring import Keyring
from graph.store.engine import Engine
from graph.store.migrate import mark, marked, migrate
from graph.store.unit import Graph

SIZES: Final = (100_000,)
ASKED: Final = 30
COORDINATOR: Final = Viewer(account="coordinator", roles=frozenset({Role.COORDINATOR}))
# A page of a territory: the country, a region, a département with its bodies, an intercommunality with its communes.
REGION: Final[Node] = ("region=region:00",)
DEPARTEMENT: Final[Node] = (*REGION, "departement=departement:000")
ROWS: Final[dict[str, Node]] = {
    "the country": WHOLE,
    "a département": DEPARTEMENT,
    "an intercommunality": (*DEPARTEMENT, "epci=epci:000-0"),
}
# What each page reads of a row.
PAGES: Final[dict[str, tuple[Measure, ...]]] = {
    "flows": (Measure.SENT, Measure.ANSWERED),
    "delays": (Measure.CONTACTED, Measure.ANSWERED, Measure.NEEDS_OPEN),
    "dead ends": (Measure.SENT, Measure.ANSWERED),
}
LAID: Final = "bench-laid"


def main() -> None:
    """Each size in turn, in an engine of its own."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("handoffs", type=int, nargs="*", default=list(SIZES))
    arguments.add_argument("--keep", type=Path, help="a folder, for one size alone")
    asked = arguments.parse_args()
    for size in asked.handoffs:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_measure(asked.keep or Path(folder), size))


async def _measure(folder: Path, size: int) -> None:
    engine = Engine(folder / "engine")
    engine.start()
    try:
        graph = await Graph.open(engine.address(), Keyring(folder / "keyring"))
        await migrate(graph)
        house = await marked(graph, LAID) or await _lay(graph, size)
        rooms = Rooms(Settings(data=folder), graph, cast(Any, None), cast(Any, None))
        await _kept(graph)
        await _read(rooms, house)
        await graph.close()
    finally:
        engine.stop()


async def _lay(graph: Graph, size: int) -> str:
    """As many handoffs; the body that leads most files of its network."""
    begun, laying = time.monotonic(), Laying(graph)
    await laying.until(size)
    await mark(graph, LAID, laying.house)
    seconds = time.monotonic() - begun
    print(f"{laying.handoffs:,} handoffs, {laying.files:,} files, laid in {seconds:.0f} s", flush=True)
    return laying.house


async def _kept(graph: Graph) -> None:
    """What the worker does by itself: the last quarter first, as in a graph where those before are published, then the others."""
    last = closed_before(END)
    # Those of two years before: nothing of them is told here.
    await _published_before(graph, last)
    before, begun, spent = psutil.Process().memory_info().rss >> 20, time.monotonic(), time.process_time()
    if not await publish_closed(graph, END):
        return
    seconds, spent = time.monotonic() - begun, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"  a quarter published: {seconds:.1f} s, {spent:.1f} s of ours;", end=" ")
    print(f"process of {before:,} MB before, {peak:,} MB at most", flush=True)
    begun = time.monotonic()
    assert await publish_closed(graph, END) == []
    print(f"  looked whether one is due: {time.monotonic() - begun:.2f} s", flush=True)
    async with graph.reading(60) as unit:
        months = await unit.flows.moved(None, END)
    begun = time.monotonic()
    await keep_flows(graph, END)
    seconds = time.monotonic() - begun
    print(f"  flows of {len(months)} months: {seconds:.1f} s, {seconds / len(months):.1f} s each", flush=True)


async def _published_before(graph: Graph, last: Quarter) -> None:
    async with graph.reading(60) as unit:
        first, known = await unit.facts.first(), await unit.figures.quarters()
    assert first is not None
    quarter = last.before
    while quarter.end > first:
        if quarter not in known:
            await graph.write(lambda unit, quarter=quarter: unit.figures.publish(quarter, END, "{}"))
        quarter = quarter.before


async def _read(rooms: Rooms, house: str) -> None:
    quarter = closed_before(END)
    head = Viewer(account="h", organisation=house, organisations=(house,), roles=frozenset({Role.HEAD_OF_SERVICE}))
    begin = quarter.before.before.before.begin

    async def bare() -> None:
        async with rooms.graph.reading() as unit:
            await unit.run("RETURN 1 AS one")

    # Each time from the graph: what a process holds already costs nothing.
    async def told(page: str, row: Node) -> None:
        for measure in PAGES[page]:
            async with rooms.graph.reading() as unit:
                await unit.figures.quarters()
                found = await unit.figures.rows(quarter, measure, settling(row))
                await unit.figures.below(quarter, measure, row)
                assert found, (measure, row)
        if page != "flows":
            await network(rooms, COORDINATOR, quarter)

    async def of_the_house() -> None:
        found = await exact(rooms, head, begin, quarter.end)
        assert found.files, house

    base = await _timed(bare)
    print(f"  RETURN 1: {base * 1000:.1f} ms")
    asked: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        (f"{page}, {where}", lambda page=page, row=row: told(page, row))
        for page in PAGES
        for where, row in ROWS.items()
    ]
    for name, act in (*asked, ("one house, a year", of_the_house)):
        spent = await _timed(act)
        print(f"  {name:<34} {spent * 1000:8.1f} ms, {spent / base:6.1f} × RETURN 1", flush=True)


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    """Seconds, the median of some, after one that is not counted."""
    await act()
    spent = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        await act()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
