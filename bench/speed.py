"""How soon relays are found in a directory of France's size: `python -m bench.speed [services]` (100,000 by default).

The web processes are those of a site, the client is counted, the graph is stopped, no question comes twice. Every figure also
stands as a ratio to what the index alone takes for the same questions, and to the smallest question to the graph.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

import psutil
from tantivy import Index as Store

from bench.asking import COMPLETE, PAGE_WITH_COUNTS, Asked, Question, Questions, ask_all, got, posted, repeated
from bench.france import SERVICES, France, made, make
from bench.serving import Serving, graph_stopped
from graph.model.directory import Batch, Organisation
from graph.store.engine import Engine
from graph.store.loading import Loader
from graph.store.migrate import migrate
from graph.store.unit import Graph
from search.backend import POINTER, Wanted
from search.embedded import EmbeddedIndex
from search.terms import query
from search.understand import Reader

FOLDER: Final = Path("var/bench")
WARM_UP: Final = 200
ALONE: Final = 1_000
TOGETHER: Final = 3_000
COUNTED: Final = 200
CLIENTS: Final = 8
WEB: Final = 2
SHOWN: Final = 200
BASELINE: Final = 300
LOOKED_UP: Final = 20


def main() -> None:
    """Make the directory if need be, then measure."""
    services = int(sys.argv[1]) if len(sys.argv) > 1 else SERVICES
    folder = prepared(services)
    print(f"{services:,} services in {folder}; {machine()}\n", flush=True)
    asyncio.run(_measure(folder))


def prepared(services: int) -> Path:
    """The data folder that holds so many, made when it is not there."""
    folder = FOLDER / str(services)
    if not made(folder, services):
        asyncio.run(make(folder, services))
    return folder


def machine() -> str:
    """What the figures were taken on."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.python_implementation()} {platform.python_version()}"


def percentile(times: Sequence[float], part: int) -> float:
    """Of these, in their own unit."""
    return statistics.quantiles(times, n=100, method="inclusive")[part - 1]


class Table:
    """Prints figures in milliseconds, with their ratio to two of them: what the index alone takes, and one word to the graph."""

    def __init__(self, index: Sequence[float], graph: Sequence[float]) -> None:
        self._baselines = statistics.median(index), statistics.median(graph)
        print(f"{'milliseconds':40} {'p50':>7} {'p95':>7} {'× index':>8} {'× graph':>8}")

    def row(self, name: str, times: Sequence[float], note: str = "") -> None:
        """One line: p50 and p95, the ratios of p50."""
        middle = statistics.median(times)
        ratios = " ".join(f"{middle / baseline:8.1f}" for baseline in self._baselines)
        print(f"{name:40} {middle:7.2f} {percentile(times, 95):7.2f} {ratios}   {note}", flush=True)


async def _measure(folder: Path) -> None:
    communes = France(0, 0).communes
    with tempfile.TemporaryDirectory() as aside:
        engine = Engine(Path(aside))
        engine.start()
        try:
            smallest, looked_up = await of_graph(engine)
            with Serving(folder, engine.address(), WEB) as site:
                graph_stopped(engine)
                questions = Questions(communes)
                await _of_site(site, folder, iter(questions), questions.beginnings(), smallest, looked_up)
        finally:
            engine.stop()


async def _of_site(
    site: Serving,
    folder: Path,
    questions: Iterator[Question],
    beginnings: Iterator[str],
    smallest: list[float],
    looked_up: list[float],
) -> None:
    # Made before the lines are opened: one that says nothing for five seconds is hung up.
    first, mix, others, more = (list(islice(questions, number)) for number in (WARM_UP, ALONE, COUNTED, TOGETHER))
    index = of_index(folder, mix)
    lines = await site.lines(WEB)
    await ask_all(lines, first)
    table = Table(index.all, smallest)
    table.row("the index alone, 200 hits without facts", index.all)
    table.row("the graph: RETURN 1", smallest)
    table.row(f"the graph: {LOOKED_UP} organisations by id", looked_up)
    table.row("HTTP alone: GET /health", await repeated(lines[0], [got("/health")] * BASELINE))
    alone = await ask_all(lines[:1], mix)
    for family, times in alone.times.items():
        table.row(f"one client, {family}", times)
    table.row("one client, the mix", alone.all, f"{alone.empty} of {len(mix)} found nothing; aim 6 and 10")
    counted = await ask_all(lines[:1], others, PAGE_WITH_COUNTS)
    table.row("one client, the mix with its filters", counted.all)
    typed = [posted(COMPLETE, {"t": text}) for text in islice(beginnings, BASELINE)]
    table.row("one client, completion of a problem", await repeated(lines[0], typed), "aim 50")
    for line in lines:
        line.close()
    await _together(site, table, more)


async def _together(site: Serving, table: Table, questions: Sequence[Question]) -> None:
    """Many clients at once, on all web processes."""
    lines = await site.lines(CLIENTS)
    shares = " + ".join(map(str, site.shares()))
    site_before, ours_before = site.worked(), time.process_time()
    asked = await ask_all(lines, questions)
    in_site, ours = site.worked() - site_before, time.process_time() - ours_before
    rate, each = len(questions) / asked.seconds, 1000 / len(questions)
    table.row(f"{CLIENTS} clients, {WEB} web processes, the mix", asked.all, "aim 40 at p95")
    print(f"{CLIENTS} clients ({shares}): {rate:.0f} requests/s, aim 350, 700 with projections")
    print(f"processor for a request: {in_site * each:.2f} ms in the web processes, {ours * each:.2f} ms in the client")
    print(f"memory of a web process: {max(site.memory()):.0f} MB")


async def of_graph(engine: Engine) -> tuple[list[float], list[float]]:
    """Milliseconds that a question to the graph takes: the smallest one, and twenty organisations by id."""
    graph = await Graph.open(engine.address())
    try:
        await migrate(graph)
        ids, day = [f"bench:{number}" for number in range(LOOKED_UP)], date(2026, 1, 1)
        bodies = tuple(Organisation(id=id_, name=id_, kind="CAF", source="bench", vouched_on=day) for id_ in ids)
        loader = Loader(graph, "bench")
        await loader.load(await loader.plan_batch(Batch(organisations=bodies)), lambda done: None)
        smallest, twenty = [], []
        for _ in range(BASELINE):
            begun = time.perf_counter()
            async with graph.reading() as unit:
                await unit.run("RETURN 1 AS one")
            smallest.append((time.perf_counter() - begun) * 1000)
            begun = time.perf_counter()
            async with graph.reading() as unit:
                assert len(await unit.directory.organisations(ids)) == LOOKED_UP
            twenty.append((time.perf_counter() - begun) * 1000)
        return smallest, twenty
    finally:
        await graph.close()


def of_index(folder: Path, questions: Sequence[Question]) -> Asked:
    """What the index alone takes for the same questions: the first two hundred hits, no facts, no order, no words read."""
    places, reader = EmbeddedIndex(folder / "index").places, Reader()
    generation = folder / "index" / (folder / "index" / POINTER).read_text().strip()
    searcher = Store.open(str(generation)).searcher()
    asked = Asked()
    for question in questions:
        told = question.variables
        zone = places.get(told["territory"]) if "territory" in told else None
        meant = tuple(match.competence for match in reader.read(told.get("text", ""), places).matches)
        wanted = Wanted(zones=zone.zones if zone else (), competences=tuple(told.get("competences", meant)))
        begun = time.perf_counter()
        searcher.search(query(wanted), SHOWN, count=False)
        asked.times.setdefault(question.family, []).append((time.perf_counter() - begun) * 1000)
    return asked


if __name__ == "__main__":
    main()
