"""Files of people: a step against the bare transaction, an inbox of 1,000, a long file: `python -m bench.handoffs 1000 10000`.

In this process, over an engine of its own, or over the empty server of MAILLAGE_GRAPH_URI. A step goes through its action (reply
by key, file loaded and seen, decided, seat, sealed, written); the bare transaction writes the same rows, and does nothing else.
They take turns, so that whatever else the machine does falls on both. Given numbers, at so many handoffs each: rows without their
sealed parts (bench/laying.py), and whole files for what is opened; `--entries` lays the logs too, a dozen rows for each handoff.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

from api.actions.casework import handoffs
from api.rooms import Rooms
from api.settings import Settings
from bench import inboxes
from bench.laying import Laying
from bench.lives import Sent, lay, seated
from graph.model.access import Role, Viewer
from graph.model.casework.file import File
from graph.model.casework.handoff import Step
from graph.model.casework.writings import Noted, NoteKind
from graph.store import replies
from graph.store.casework import seats
from graph.store.casework.files import WRITE, made_of
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.outbox import CASEWORK
from graph.store.unit import Graph, Unit

ROUNDS, WARM = 50, 15
TIMELINE: Final = 200
SIZES: Final = (1_000, 10_000)
TARGET: Final = "o:target"
ROLES: Final = frozenset({Role.PROFESSIONAL})
WORKER: Final = Viewer(account="worker", organisation=TARGET, organisations=(TARGET,), roles=ROLES)


def main() -> None:
    """Lay, measure, print."""
    entries = "--entries" in sys.argv
    sizes = [int(size) for size in sys.argv[1:] if size.isdigit()] or list(SIZES)
    uri = os.environ.get("MAILLAGE_GRAPH_URI", "")
    with tempfile.TemporaryDirectory() as folder:
        engine = None if uri else Engine(Path(folder) / "engine")
        try:
            address = engine.start() if engine else Address(uri, "neo4j", os.environ["MAILLAGE_GRAPH_PASSWORD"])
            asyncio.run(_measured(address, Path(folder), sizes, entries))
        finally:
            if engine:
                engine.stop()


async def _measured(address: Address, folder: Path, sizes: list[int], entries: bool) -> None:
    graph = await Graph.open(address, Keyring(folder / "keyring"))
    try:
        await migrate(graph)
        await seated(graph, WORKER)
        body = await inboxes.laid(graph)
        laying = Laying(graph, entries=entries)
        for size in sizes:
            begun = time.perf_counter()
            await laying.until(size)
            print(f"{laying.handoffs:,} handoffs, laid in {time.perf_counter() - begun:.0f} s", flush=True)
            await _steps(graph)
            await inboxes.measure(graph, folder, body)
        await _long(graph)
    finally:
        await graph.close()


async def _steps(graph: Graph) -> None:
    """Accept, then contact, which moves the lead; what each wrote is written again bare."""
    # The actions touch the graph alone.
    rooms = Rooms(settings=Settings(), graph=graph, index=cast("Any", None), reader=cast("Any", None))
    taken: dict[str, list[float]] = {name: [] for name in ("accept", "bare accept", "contact", "bare contact")}
    for number, sent in enumerate(await lay(graph, ROUNDS + WARM, (TARGET,))):
        for step in (Step.ACCEPT, Step.CONTACT):
            before = await _loaded(graph, sent)
            ours = await _timed(lambda s=step, o=sent: handoffs.step(rooms, WORKER, o.handoffs[0], s, key=uuid4().hex))
            rows = await _rows(graph, before)
            bare = await _timed(lambda r=rows, s=step: graph.write(lambda unit: _bare(unit, r, s)))
            if number >= WARM:
                taken[step.value].append(ours)
                taken[f"bare {step}"].append(bare)
    for name in ("accept", "contact"):
        ours, bare = statistics.median(taken[name]), statistics.median(taken[f"bare {name}"])
        _tell(f"  {name}", taken[name], f"× {ours / bare:.1f} of the bare transaction ({bare:.1f} ms)")


async def _loaded(graph: Graph, sent: Sent) -> File:
    async with graph.reading() as unit:
        file = await unit.files.load(sent.file)
    assert file is not None
    return file


async def _rows(graph: Graph, before: File) -> dict[str, Any]:
    """What a step has written, made again before the clock starts, as nodes of another file: nobody's log grows by it."""
    async with graph.reading() as unit:
        key = unit.keyring.of(before.id)
        assert key is not None
        made = made_of(key, before, "0" * 64, await unit.files.log(before.id, before.seq))
    other = uuid4().hex
    rows: dict[str, Any] = {}
    for name, some in made.rows.items():
        told = [row for row in some if isinstance(row, dict)]
        rows[name] = [row | {"id": f"{other}:{name}:{number}", "file": other} for number, row in enumerate(told)]
    return {"effect": other, "kind": CASEWORK, "subjects": [f"file:{other}"], **rows, "settled": made.rows["settled"]}


async def _bare(unit: Unit, rows: dict[str, Any], step: Step) -> None:
    if step is Step.CONTACT:
        await unit.run(seats.TAKE, id=f"bare#{rows['effect']}", organisation=TARGET, account="bare")
    await unit.run(WRITE, **rows)
    await unit.run(replies.KEEP, id=f"bare|{rows['effect']}", input="0" * 24, answer="{}")


async def _long(graph: Graph) -> None:
    (sent,) = await lay(graph, 1, (TARGET,))
    noted = Noted(kind=NoteKind.NOTE, text="Une note d’une longueur ordinaire, comme on en écrit. " * 4)

    async def note(unit: Unit) -> None:
        file = await unit.files.load(sent.file)
        assert file is not None
        await unit.files.append(file, sent.by, datetime.now(UTC), *([noted] * (TIMELINE - file.seq)))

    await graph.write(note)

    async def timeline(unit: Unit) -> None:
        assert len(await unit.files.log(sent.file)) == TIMELINE

    _tell("that file as it stands", [await _timed(lambda: _loaded(graph, sent)) for _ in range(ROUNDS)])
    _tell(f"its {TIMELINE} entries, opened", [await _timed(lambda: _read(graph, timeline)) for _ in range(ROUNDS)])


async def _read(graph: Graph, act: Callable[[Unit], Awaitable[None]]) -> None:
    async with graph.reading() as unit:
        await act(unit)


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await act()
    return (time.perf_counter() - begun) * 1000


def _tell(name: str, taken: list[float], more: str = "") -> None:
    high = statistics.quantiles(taken, n=20)[-1]
    print(f"{name:28} {statistics.median(taken):7.1f} ms   p95 {high:7.1f} ms   {more}", flush=True)


if __name__ == "__main__":
    main()
