"""What the command line does once and then ends: load, rebuild, migrate. It says how it goes."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from api.auth.demonstration import put_demonstrated
from api.owning import as_owner
from api.premises import Premises, premises, searching, server
from api.progress import bar_of
from api.settings import Settings
from api.switching import RESTORED
from api.telling import console
from api.together import all_to_end
from graph.model.errors import Unavailable
from graph.store.migrate import mark, marked
from graph.store.migrate import migrate as run_migrations
from graph.store.outbox import REBUILD_INDEX
from graph.store.unit import Graph
from importers.invented.doubs import doubs
from importers.invented.loading import lives, load, staff
from importers.invented.told import told
from importers.registry import SHIPPED, SOURCES
from importers.run import run_import
from search.backend import AnotherWrites
from search.backend import Engine as Search
from search.indexer import Indexer

LOADED: Final = "demonstration-loaded"
LIVED: Final = "demonstration-lived"
# Each takes some 15 ms to be lived: what a first start can bear.
LIVES: Final = 400
REBUILD_SECONDS: Final = 120


async def prepare(graph: Graph, settings: Settings, *, load: bool) -> None:
    """Before the site opens: the shipped data when `load`, and an index when there is none."""
    await _ask_after_restore(graph, settings)
    if settings.demo:
        await put_demonstrated(graph)
    # Neither reads what the other writes: together they keep two cores busy, and the engine.
    await all_to_end(_directory(graph, settings, load=load), _people(graph, lived=settings.demo and load))


async def _directory(graph: Graph, settings: Settings, *, load: bool) -> None:
    """The shipped data when `load`, and an index."""
    async with searching(settings) as search:
        # Without its mark a first load has not ended; what is there already is only compared.
        if load and await marked(graph, LOADED) is None:
            await _load_everything(graph)
            await mark(graph, LOADED)
            await _rebuild(graph, search)
        if not await search.in_use():
            await _rebuild(graph, search)


async def _people(graph: Graph, *, lived: bool) -> None:
    """Invented people, where they are `lived` and not there yet."""
    if lived and await marked(graph, LIVED) is None:
        await _load_lives(graph, datetime.now(UTC))
        await mark(graph, LIVED)


async def _load_lives(graph: Graph, now: datetime) -> None:
    """Invented people for the accounts of the demonstration, dated by today. What a start that was cut has written stays."""
    now = now.replace(microsecond=0)
    network = doubs(now)
    await staff(graph, network, now)
    logs = chain(told(network, now), lives(network, "demonstration", LIVES, now))
    # Without a bar of its own: the directory's moves meanwhile.
    loaded = await load(graph, logs)
    console.print(f"  {loaded.files} dossiers inventés, {loaded.handoffs} demandes.")


async def _ask_after_restore(graph: Graph, settings: Settings) -> None:
    """An index that is not in the data folder still holds what the graph was before it was restored."""
    note = settings.data / RESTORED
    if note.exists():
        await graph.write(lambda unit: unit.outbox.add(REBUILD_INDEX, ()))
        note.unlink()


async def _load_everything(graph: Graph) -> None:
    console.print("Premier démarrage : chargement des données livrées.")
    for name in SHIPPED:
        with bar_of(console, SOURCES[name].title) as bar:
            report = await run_import(graph, name, progress=bar)
        console.print(f"  {report.in_short()}.", markup=False)


async def _rebuild(graph: Graph, search: Search) -> None:
    """Here, or by the worker of another machine when it is that one's turn to write the index."""
    indexer = Indexer(graph, search)
    try:
        with bar_of(console, "Index de recherche") as bar:
            total = await indexer.rebuild(bar.reach)
    except AnotherWrites:
        if not search.shared:
            raise
        await _ask_to_rebuild(graph, search)
        return
    finally:
        await indexer.close()
    console.print(f"  {total} fiches dans l’index.")


async def _ask_to_rebuild(graph: Graph, search: Search) -> None:
    """Raises Unavailable when the new index does not come."""
    before = await search.in_use()
    await graph.write(lambda unit: unit.outbox.add(REBUILD_INDEX, ()))
    console.print("Reconstruction demandée au worker…")
    end = time.monotonic() + REBUILD_SECONDS
    while (now := await search.in_use()) == before:
        if time.monotonic() > end:
            raise Unavailable(
                f"Après {REBUILD_SECONDS} secondes, le worker n’a pas encore mis le nouvel index en service. La demande "
                "reste enregistrée ; le journal du site dit ce qui le retient."
            )
        await asyncio.sleep(0.3)
    console.print(f"Nouvel index en service ({now}).")


async def import_sources(settings: Settings, names: list[str], file: Path | None, *, dry_run: bool, force: bool) -> int:
    """Load these sources, and say what each brings. The number of refused lines."""
    refused = 0
    async with premises(settings) as house:
        for name in names:
            with bar_of(console, SOURCES[name].title) as bar:
                report = await run_import(house.graph, name, path=file, dry_run=dry_run, force=force, progress=bar)
            for line in report.in_words():
                console.print(f"  {line}", markup=False)
            refused += report.refused.count
        if house.owner and not dry_run:
            await drain(house, settings)
    return refused


async def drain(house: Premises, settings: Settings) -> None:
    """Without a worker on this folder, the command is the index's writer. Raises AnotherIndex, in words, when another is fed."""

    async def carry_out() -> None:
        indexer = Indexer(house.graph, house.search)
        try:
            while await indexer.drain():
                continue
        finally:
            await indexer.close()

    await as_owner(house.graph, settings, carry_out)


async def rebuild_index(settings: Settings) -> None:
    """Rebuild the index aside and switch, here or by the worker that owns it. Raises Unavailable when it does not come."""
    async with premises(settings) as house:
        if house.owner or house.search.shared:
            await as_owner(house.graph, settings, lambda: _rebuild(house.graph, house.search))
        else:
            await _ask_to_rebuild(house.graph, house.search)


async def bring_up_to_date(settings: Settings) -> None:
    """Run the migrations that have not run."""
    address = server(settings)
    if address:
        graph = await Graph.open(address)
        try:
            fresh = await run_migrations(graph)
        finally:
            await graph.close()
        console.print(f"Étapes faites : {', '.join(fresh) or 'aucune, le graphe est à jour'}.")
        return
    async with premises(settings):
        console.print("Le graphe est à jour.")
