"""Loading a feed of any size: `python -m bench.imports 10000 30000 100000` (numbers of services; 3,000 and 10,000 by default).

Each size is loaded through the importers' streaming road, and written by the same statements in bare batches, each time into
a fresh engine by a fresh process, in alternating order. Prints seconds (the better of two below 100,000: others may use the
machine), their ratio, and the peak memory of the loading process.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from graph.model.directory import Batch, Contact, Mode, Organisation, Place, Public, Service
from graph.model.territory import Point, Territory, TerritoryLevel
from graph.model.vocabulary import competences
from graph.store import edges, records
from graph.store.engine import Engine
from graph.store.loading import Loader
from graph.store.migrate import migrate
from graph.store.unit import Graph
from importers.registry import Harvest, Piece, Source
from importers.run import run_source

SIZES = (3_000, 10_000)
ROUNDS = 2
# Long enough to be one figure.
ONCE_FROM = 100_000
# As many as a large department has.
COMMUNES = tuple(str(25_000 + number) for number in range(600))
COMPETENCES = tuple(competences())
PIECE = 500
BARE_BATCH = 1_000
DAY = date(2026, 1, 1)


def main() -> None:
    """Every size by both roads, and a line for each."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print("services   import     bare    ratio   per service   peak memory", flush=True)
    for size in sizes:
        taken: dict[str, list[float]] = {"import": [], "bare": []}
        peak = 0.0
        for number in range(ROUNDS if size < ONCE_FROM else 1):
            for road in ("import", "bare") if number % 2 == 0 else ("bare", "import"):
                told = _apart(road, size)
                taken[road].append(told["seconds"])
                peak = max(peak, told["megabytes"]) if road == "import" else peak
        ours, bare = (min(taken[road]) for road in ("import", "bare"))
        each = ours / size * 1000
        print(
            f"{size:8} {ours:7.1f} s {bare:6.1f} s   × {ours / bare:.2f}   {each:8.2f} ms {peak:10.0f} MB", flush=True
        )


def _apart(road: str, size: int) -> dict[str, float]:
    """One load in a process of its own, with an engine of its own."""
    command = [sys.executable, "-m", "bench.imports", "--one", road, str(size)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def _one(road: str, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        graph = await Graph.open(engine.start())
        try:
            await migrate(graph)
            await lay_map(graph)
            seconds = await (_import if road == "import" else _bare)(graph, size)
        finally:
            await graph.close()
            engine.stop()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes}))


async def lay_map(graph: Graph) -> None:
    """A country and its communes."""
    france = Territory(id="pays:FR", name="France", level=TerritoryLevel.COUNTRY, zones=("pays:FR",))
    communes = [
        Territory(id=code, name=code, level=TerritoryLevel.COMMUNE, zones=(code, "pays:FR")) for code in COMMUNES
    ]
    loader = Loader(graph, "map")
    await loader.load(await loader.plan_territories([france, *communes]), lambda done: None)


async def _import(graph: Graph, size: int) -> float:
    feed = Source(
        name="bench", title="Bench", licence="", gather=lambda path: Harvest(), stream=lambda path: _pieces(size)
    )
    begun = time.monotonic()
    report = await run_source(graph, feed, path=Path("feed"))
    taken = time.monotonic() - begun
    assert (report.new.count, report.refused.count) == (size + size // 2, 0), report
    return taken


async def _bare(graph: Graph, size: int) -> float:
    """The same nodes and edges; their rows are made before the clock starts."""
    kinds = (_structures(0, size // 2), _services(0, size))
    writes = []
    for told in kinds:
        for start in range(0, len(told), BARE_BATCH):
            chunk = told[start : start + BARE_BATCH]
            kind = type(chunk[0])
            rows = [
                {"id": record.id, "node": {**records.properties(record), "origin": "bench", "digest": "0" * 24}}
                for record in chunk
            ]
            writes.append([(edges.MERGE[kind], rows), *edges.drawn(kind, chunk)])
    begun = time.monotonic()
    for statements in writes:

        async def write(unit, statements=statements) -> None:
            for query, rows in statements:
                if rows:
                    await unit.run(query, rows=rows)

        await graph.write(write, seconds=60)
    return time.monotonic() - begun


def _pieces(size: int) -> Iterator[Piece]:
    """Structures first, then services."""
    for start in range(0, size // 2, PIECE):
        yield Piece(batch=Batch(organisations=_structures(start, min(start + PIECE, size // 2))))
    for start in range(0, size, PIECE):
        yield Piece(batch=Batch(services=_services(start, min(start + PIECE, size))))


def _structures(start: int, end: int) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(
            id=f"bench:structure-{number}",
            name=f"Structure inventée {number}",
            kind="ASSOCIATION",
            source="bench",
            vouched_on=DAY,
            description="Une structure inventée, décrite en une phrase de longueur ordinaire. " * 3,
            siret=f"{number:014}",
            covers=(_commune(number),),
            place=_place(number),
            contact=Contact(phone=f"03{number:08}", email=f"structure{number}@example.org"),
        )
        for number in range(start, end)
    )


def _services(start: int, end: int) -> tuple[Service, ...]:
    return tuple(
        Service(
            id=f"bench:service-{number}",
            name=f"Service inventé {number}",
            organisation=f"bench:structure-{number // 2}",
            competences=tuple(COMPETENCES[(number + step * 7) % len(COMPETENCES)] for step in range(2)),
            covers=(_commune(number),),
            source="bench",
            vouched_on=DAY,
            description="Un service inventé, décrit en une phrase de longueur ordinaire. " * 6,
            conditions="Sur rendez-vous, avec une pièce d’identité.",
            publics=(Public.FAMILLES, Public.JEUNES),
            modes=(Mode.EN_PRESENTIEL,),
            place=_place(number),
            contact=Contact(phone=f"03{number:08}"),
            hours="Mo-Fr 09:00-12:00",
        )
        for number in range(start, end)
    )


def _commune(number: int) -> str:
    return COMMUNES[number % len(COMMUNES)]


def _place(number: int) -> Place:
    code = _commune(number)
    address = f"{number} rue des Essais"
    return Place(address=address, postcode="25000", city=code, territory=code, point=Point(47.24, 6.02))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        asyncio.run(_one(sys.argv[2], int(sys.argv[3])))
    else:
        main()
