"""Figures over a graph with so many handoffs: `python -m bench.publishing [100000 1000000]`.

Rows of invented lives, repeated under other names, are laid without their sealed parts, which figures never open. Then: what a
quarter's publication and a month's flows cost the worker, what a page asks of what is published, and one house read exactly;
each beside `RETURN 1` in the same run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, LiteralString, cast

import psutil

from api.actions.figures.keeping import keep_flows, publish_closed
from api.actions.figures.reading import exact, network, published
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role, Viewer
from graph.model.casework.applying import replayed
from graph.model.casework.file import File
from graph.model.figures.lattice import WHOLE, Measure
from graph.model.figures.periods import closed_before
from graph.store.casework.bulk import FILES as FILES_CREATED
from graph.store.casework.bulk import HANDOFFS, NEEDS
from graph.store.casework.keyring import Keyring
from graph.store.casework.rows import file_row, handoff_row, need_row
from graph.store.engine import Engine
from graph.store.migrate import mark, migrate
from graph.store.unit import Graph
from importers.invented.generated import generated
from importers.invented.loading import lives

SIZES: Final = (100_000,)
FILES: Final = 800
AT_ONCE: Final = 2_000
ASKED: Final = 50
END: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
COORDINATOR: Final = Viewer(account="coordinator", roles=frozenset({Role.COORDINATOR}))
LAY: Final[dict[str, LiteralString]] = {"File": FILES_CREATED, "Need": NEEDS, "Handoff": HANDOFFS}
BODY: Final[LiteralString] = "CREATE (:Organisation {id: $id})"
Rows = dict[str, list[dict[str, Any]]]


def main() -> None:
    """Each size in turn, in an engine of its own."""
    for size in [int(size) for size in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_measure(Path(folder), size))


async def _measure(folder: Path, size: int) -> None:
    engine = Engine(folder / "engine")
    engine.start()
    try:
        graph = await Graph.open(engine.address(), Keyring(folder / "keyring"))
        await migrate(graph)
        house = await _lay(graph, size)
        rooms = Rooms(Settings(data=folder), graph, cast(Any, None), cast(Any, None))
        await _kept(graph)
        await _read(rooms, house)
        await graph.close()
    finally:
        engine.stop()


async def _lay(graph: Graph, size: int) -> str:
    """As many handoffs; a body that leads files."""
    network_ = generated("bench", 1, END)
    files = [replayed(log) for log in lives(network_, "bench", FILES, END)]
    begun, laid, number = time.monotonic(), 0, 0
    for number in range(size):
        if laid >= size:
            break
        prefix = f"{number}/"
        rows = _rows(files, prefix)
        for id_ in network_.bodies:
            await graph.write(lambda unit, id_=prefix + id_: unit.run(BODY, id=id_))
        for label, some in rows.items():
            for start in range(0, len(some), AT_ONCE):
                part = some[start : start + AT_ONCE]
                await graph.write(lambda unit, label=label, part=part: unit.run(LAY[label], rows=part), 60.0)
        laid += len(rows["Handoff"])
    await mark(graph, "files-tell-their-commune")
    print(f"{laid:,} handoffs in {number:,} networks, laid in {time.monotonic() - begun:.0f} s", flush=True)
    return f"0/{max(network_.doors, key=lambda door: sum(_led(file) == door for file in files))}"


def _led(file: File) -> str:
    lead = file.lead or file.leads[-1]
    return lead.organisation


def _rows(files: list[File], prefix: str) -> Rows:
    """Rows of these files under other names; the commune stays, for there is one map."""
    found: Rows = {"File": [], "Need": [], "Handoff": []}
    for file in files:
        found["File"].append(_named(file_row(file, "", ""), prefix, "id", *HOUSES))
        found["Need"] += [_named(need_row(file, need), prefix, "id", "file") for need in file.needs.values()]
        found["Handoff"] += [
            _named(handoff_row(file, one), prefix, "id", "file", "sender", "target", "parent")
            for one in file.handoffs.values()
            if one.sent
        ]
    return found


HOUSES: Final = ("organisation", "leadOrganisation", "lastOrganisation")


def _named(row: dict[str, Any], prefix: str, *names: str) -> dict[str, Any]:
    return row | {name: prefix + row[name] for name in names if row.get(name)}


async def _kept(graph: Graph) -> None:
    """What the worker does by itself."""
    async with graph.reading(60) as unit:
        months = await unit.flows.moved(None, END)
    begun = time.monotonic()
    await keep_flows(graph, END)
    print(f"  flows of {len(months)} months: {time.monotonic() - begun:.1f} s", flush=True)
    begun = time.monotonic()
    made = await publish_closed(graph, END)
    memory = psutil.Process().memory_info().rss >> 20
    seconds = time.monotonic() - begun
    print(f"  {len(made)} quarters published: {seconds / len(made):.1f} s each, process of {memory:,} MB", flush=True)


async def _read(rooms: Rooms, house: str) -> None:
    quarter = closed_before(END)
    head = Viewer(account="h", organisation=house, organisations=(house,), roles=frozenset({Role.HEAD_OF_SERVICE}))
    begin = quarter.before.before.before.begin

    async def bare() -> None:
        async with rooms.graph.reading() as unit:
            await unit.run("RETURN 1 AS one")

    async def told() -> None:
        # Each time from the graph: what a process holds already costs nothing.
        for measure in (Measure.SENT, Measure.ANSWERED, Measure.CONTACTED):
            async with rooms.graph.reading() as unit:
                await unit.figures.rows(quarter, measure, [WHOLE])
                await unit.figures.below(quarter, measure, WHOLE)

    async def whole() -> None:
        await published(rooms, COORDINATOR, Measure.SENT, quarter)
        await network(rooms, COORDINATOR, quarter)

    async def of_the_house() -> None:
        await exact(rooms, head, begin, quarter.end)

    base = await _timed(bare)
    for name, act in (("published rows of three measures", told), ("held", whole), ("one house, a year", of_the_house)):
        spent = await _timed(act)
        print(f"  {name:<34} {spent * 1000:8.1f} ms, {spent / base:6.1f} × RETURN 1", flush=True)


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    """Seconds, the median of some."""
    spent = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        await act()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
