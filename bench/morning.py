"""What the morning's look at the network costs over a directory of France's size: `python -m bench.morning [services …]`.

The invented France of `bench.france` in a graph of its own (made once, some minutes), with somebody of the network in each of its
départements; then mornings: the first, a quiet one, an ordinary one on which some listings are gone, one on which a source has
lost a tenth of what it said, one on which a kind of body is gone everywhere. Of each the time, the memory, how many alerts
stand, how many lines a coordinator is shown of them.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import psutil

from api.actions.figures.noticing import look
from api.actions.figures.relays_by_commune import relays_by_commune
from api.rooms import Rooms
from api.settings import Settings
from bench.france import SEED, France, bodies_for
from bench.speed import machine, prepared
from graph.model.account import Membership
from graph.model.directory import Batch, Organisation, Service
from graph.model.figures.alerts import in_order
from graph.model.relay import Listing
from graph.store.engine import Engine
from graph.store.loading import Loader
from graph.store.migrate import migrate
from graph.store.unit import Graph
from importers.registry import Harvest, Piece, Source
from importers.run import run_source
from search.embedded import EmbeddedIndex
from search.understand import Reader

SIZES: Final = (100_000,)
ORIGIN: Final = "bench"
# Bodies of a piece, with their services.
PIECE: Final = 200
FIRST: Final = datetime(2026, 6, 2, 5, tzinfo=UTC)
# Of a hundred thousand services, on an ordinary night.
ORDINARY: Final = 300
# Of the departmental bodies, the kind that is gone on the last morning.
GONE_KIND: Final = "CAF"
MANY_RELAYS: Final = "logement-hebergement--mise-a-labri-urgence"


def main() -> None:
    """Each size in turn."""
    print(machine(), flush=True)
    for services in [int(size) for size in sys.argv[1:]] or SIZES:
        asyncio.run(_measure(prepared(services).resolve(), services))


async def _measure(folder: Path, services: int) -> None:
    engine = Engine(folder / "graph", heap="1g")
    made = (folder / "graph" / "made").exists()
    graph = await Graph.open(engine.start())
    try:
        await migrate(graph)
        begun = time.monotonic()
        if not made:
            await _make(graph, services)
            (folder / "graph" / "made").touch()
        print(f"{services:,} services ({time.monotonic() - begun:.0f} s to make or find)", flush=True)
        await _mornings(graph, EmbeddedIndex(folder / "index"), engine, services)
        await _coverage(Rooms(Settings(data=folder), graph, EmbeddedIndex(folder / "index"), Reader()))
    finally:
        await graph.close()
        engine.stop()


async def _make(graph: Graph, services: int) -> None:
    france = France(services, bodies_for(services))
    loader = Loader(graph, "map")
    await loader.load(await loader.plan_territories(france.territories), lambda done: None)
    source = Source(
        name=ORIGIN,
        title="Bench",
        licence="",
        gather=lambda path: Harvest(),
        stream=lambda path: _pieces(france.listings()),
    )
    report = await run_source(graph, source, path=Path("feed"))
    assert not report.refused.count, report
    departements = [
        Membership(account=f"bench:a{number}", organisation=f"bench:o{number}")
        for number, body in enumerate(_bodies(services))
        if body.kind == "DEPARTEMENT"
    ]

    async def write(unit) -> None:
        for one in departements:
            await unit.accounts.put_membership(one)

    await graph.write(write, seconds=60)


def _pieces(listings: Iterator[list[Listing]]) -> Iterator[Piece]:
    while some := [one for body in islice(listings, PIECE) for one in body]:
        bodies = {one.organisation.id: one.organisation for one in some}
        offered = tuple(one.service for one in some if one.service)
        yield Piece(batch=Batch(organisations=tuple(bodies.values()), services=offered))


def _bodies(services: int) -> Iterator[Organisation]:
    return (some[0].organisation for some in France(services, bodies_for(services)).listings())


async def _mornings(graph: Graph, index: EmbeddedIndex, engine: Engine, services: int) -> None:
    loader, chance = Loader(graph, ORIGIN), random.Random(SEED)
    offered = list(range(services))
    chance.shuffle(offered)
    ordinary, rest = ORDINARY * services // 100_000, services // 10
    kind = [one.id for one in _bodies(services) if one.kind == GONE_KIND]
    nights: list[tuple[str, type, list[str]]] = [
        ("the first", Service, []),
        ("a quiet one", Service, []),
        (f"{ordinary:,} services gone", Service, [f"bench:s{one}" for one in offered[:ordinary]]),
        (f"{rest:,} services gone", Service, [f"bench:s{one}" for one in offered[ordinary : ordinary + rest]]),
        (f"no {GONE_KIND} any more", Organisation, kind),
    ]
    print(f"{'morning':24} {'wall':>7} {'CPU':>7} {'process':>8} {'engine':>8} {'alerts':>7} {'inhabitants':>12}")
    for day, (name, sort, ids) in enumerate(nights):
        for start in range(0, len(ids), 500):
            await loader.take_away(sort, ids[start : start + 500])
        begun, spent = time.monotonic(), time.process_time()
        await look(graph, index, FIRST + timedelta(days=day))
        wall, cpu = time.monotonic() - begun, time.process_time() - spent
        async with graph.reading() as unit:
            standing = in_order(await unit.alerts.standing())
        process = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        java = psutil.Process(engine.process.pid).memory_info().rss / 2**20 if engine.process else 0
        people = [one.alert.figure for one in standing]
        print(
            f"{name:24} {wall:6.1f}s {cpu:6.1f}s {process:6.0f}MB {java:6.0f}MB {len(standing):7} {sum(people):12,}",
            flush=True,
        )
        if standing:
            where = Counter(one.alert.territory for one in standing)
            about = Counter(one.alert.competence for one in standing)
            print(
                f"    départements {len(where)}, at most {max(where.values())} in one; competences {len(about)}, at "
                f"most {max(about.values())} of one; figures {sorted(people)[:: max(1, len(people) // 10)]}"
            )


async def _coverage(rooms: Rooms) -> None:
    """The page's own question, where it is largest."""
    for name in ("region:11", "region:84", "departement:59"):
        place = rooms.places.get(name)
        if place is None:
            continue
        begun, spent = time.monotonic(), time.process_time()
        found = await relays_by_commune(rooms, MANY_RELAYS, place, None, FIRST)
        print(
            f"coverage of {place.name}: {time.monotonic() - begun:.2f} s wall, {time.process_time() - spent:.2f} s CPU, "
            f"{len(found.communes):,} communes"
        )


if __name__ == "__main__":
    main()
