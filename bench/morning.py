"""The morning's look at the network over a directory of France's size.

    python -m bench.morning told 100000     # in memory: how many alerts stand, in how many lines they are told
    python -m bench.morning graph 100000    # from a graph of its own, made once in some minutes: time and memory too

The invented France of `bench.france`, with somebody of the network in each of its départements; then mornings: the first, a quiet
one, an ordinary one on which some listings are gone, one on which a source has lost a tenth of what it said, one on which a kind of
body is gone everywhere. In memory it is made harder: nobody acts in the whole country, so that what is lost is missed.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
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
from graph.model.figures.alert_bundles import bundled
from graph.model.figures.alerts import Standing, in_order
from graph.model.figures.noticing import departement_of, zones_lost
from graph.model.figures.uncovered import Uncovered, looked_at, uncovered
from graph.model.relay import Listing
from graph.model.territory import COUNTRY, Territory
from graph.model.ties import KINDS_OF_MANY_TRADES
from graph.model.vocabulary import competences, rules_for
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
GONE_KIND: Final = "ADIL"
MANY_RELAYS: Final = "logement-hebergement--mise-a-labri-urgence"


def main(part: str = "told", *sizes: str) -> None:
    """Each size in turn."""
    print(machine(), flush=True)
    for services in [int(size) for size in sizes] or SIZES:
        if part == "told":
            told(services)
        else:
            asyncio.run(_measure(prepared(services).resolve(), services))


# ------------------------------------------------------------------ in memory


def told(services: int) -> None:
    """What is told of each morning."""
    france = France(services, bodies_for(services))
    bodies, offered = _listed(france)
    gone = offered[:]
    random.Random(SEED).shuffle(gone)
    ordinary, rest = ORDINARY * services // 100_000, services // 10
    places, communes = {one.id: one for one in france.territories}, _by_departement(france)
    held: dict[str, Uncovered] = {}
    print(f"{'morning':24} {'CPU':>7} {'alerts':>7} {'lines':>7}")
    for day, (name, less, kind) in enumerate(
        (
            ("the first", 0, ""),
            ("a quiet one", 0, ""),
            (f"{ordinary:,} services gone", ordinary, ""),
            (f"{rest:,} services gone", rest, ""),
            (f"no {GONE_KIND} any more", 0, GONE_KIND),
        )
    ):
        del gone[:less]
        bodies = [one for one in bodies if one.kind != kind]
        begun = time.process_time()
        held = _looked(held, _covered(bodies, gone), communes, FIRST.date() + timedelta(days=day))
        alerts = zones_lost(held.values(), places)
        cpu = time.process_time() - begun
        lines = bundled(Standing(alert=one, seen=FIRST) for one in alerts)
        print(f"{name:24} {cpu:6.1f}s {len(alerts):7} {len(lines):7}", flush=True)


def _listed(france: France) -> tuple[list[Organisation], list[Service]]:
    bodies, offered = list[Organisation](), list[Service]()
    for some in france.listings():
        bodies.append(some[0].organisation)
        offered += [one.service for one in some if one.service and COUNTRY not in one.service.covers]
    return bodies, offered


def _by_departement(france: France) -> dict[str, list[Territory]]:
    found: defaultdict[str, list[Territory]] = defaultdict(list)
    for commune in france.communes:
        found[departement_of(commune)].append(commune)
    return found


def _covered(bodies: list[Organisation], offered: list[Service]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for body in bodies:
        if body.kind not in KINDS_OF_MANY_TRADES:
            for rule in rules_for(body.kind):
                found[rule.competence] |= set(body.covers)
    for service in offered:
        for one in service.competences:
            found[one] |= set(service.covers)
    return found


def _looked(
    held: dict[str, Uncovered], covered: dict[str, set[str]], communes: dict[str, list[Territory]], today: date
) -> dict[str, Uncovered]:
    now = [
        Uncovered(departement=there, competence=one, communes=uncovered(some, covered.get(one, set())))
        for there, some in communes.items()
        for one in competences()
    ]
    return {one.id: looked_at(held.get(one.id), one, today) for one in now}


# ------------------------------------------------------------------ from a graph


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
    print(f"{'morning':24} {'wall':>7} {'CPU':>7} {'process':>8} {'engine':>8} {'alerts':>7} {'lines':>7}")
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
        lines = len(bundled(standing))
        print(
            f"{name:24} {wall:6.1f}s {cpu:6.1f}s {process:6.0f}MB {java:6.0f}MB {len(standing):7} {lines:7}",
            flush=True,
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
    main(*sys.argv[1:])
