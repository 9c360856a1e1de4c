"""What the command line does once and then ends: load, rebuild, migrate, compare. It says how it goes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from api.premises import Premises, premises, server
from api.progress import bar_of
from api.settings import Settings
from api.telling import console
from graph.model.errors import Unavailable
from graph.store.migrate import mark, marked
from graph.store.migrate import migrate as run_migrations
from graph.store.outbox import REBUILD_INDEX
from graph.store.unit import Graph
from importers.registry import SHIPPED, SOURCES
from importers.run import run_import
from search.embedded import EmbeddedIndex, is_built
from search.indexer import Indexer, differences

LOADED: Final = "demonstration-loaded"
REBUILD_SECONDS: Final = 120


async def prepare(graph: Graph, settings: Settings, *, load: bool) -> None:
    """Before the site opens: the shipped data when `load`, and an index when there is none."""
    # Without its mark a first load has not ended; what is there already is only compared.
    if load and await marked(graph, LOADED) is None:
        await _load_everything(graph)
        await mark(graph, LOADED)
        await _rebuild(Indexer(graph, settings.index_folder))
    if not is_built(settings.index_folder):
        await _rebuild(Indexer(graph, settings.index_folder))


async def _load_everything(graph: Graph) -> None:
    console.print("Premier démarrage : chargement des données livrées.")
    for name in SHIPPED:
        with bar_of(console, SOURCES[name].title) as bar:
            report = await run_import(graph, name, progress=bar)
        console.print(f"  {report.in_short()}.", markup=False)


async def _rebuild(indexer: Indexer) -> None:
    try:
        with bar_of(console, "Index de recherche") as bar:
            total = await indexer.rebuild(bar.reach)
    finally:
        await indexer.close()
    console.print(f"  {total} fiches dans l’index.")


async def import_sources(settings: Settings, names: list[str], file: Path | None, *, dry_run: bool, force: bool) -> int:
    """Load these sources, and say what each brings. The number of refused lines."""
    refused = 0
    async with premises(settings) as house:
        for name in names:
            with bar_of(console, SOURCES[name].title) as bar:
                report = await run_import(house.graph, name, path=file, dry_run=dry_run, force=force, progress=bar)
            for line in report.in_words():
                console.print(f"  {line}", markup=False)
            refused += len(report.refused)
        if house.owner and not dry_run:
            await _drain(house, settings)
    return refused


async def _drain(house: Premises, settings: Settings) -> None:
    """Without a worker on this folder, the command is the index's writer."""
    indexer = Indexer(house.graph, settings.index_folder)
    try:
        while await indexer.drain():
            continue
    finally:
        await indexer.close()


async def rebuild_index(settings: Settings) -> None:
    """Rebuild the index aside and switch, here or by the worker that owns it. Raises Unavailable when it does not come."""
    async with premises(settings) as house:
        if house.owner:
            await _rebuild(Indexer(house.graph, settings.index_folder))
            return
        before = _folder_in_use(settings)
        await house.graph.write(lambda unit: unit.outbox.add(REBUILD_INDEX, ()))
        console.print("Reconstruction demandée au worker…")
        end = time.monotonic() + REBUILD_SECONDS
        while (now := _folder_in_use(settings)) == before:
            if time.monotonic() > end:
                raise Unavailable(
                    f"Après {REBUILD_SECONDS} secondes, le worker n’a pas encore mis le nouvel index en service. La demande "
                    "reste enregistrée ; le journal du site dit ce qui le retient."
                )
            await asyncio.sleep(0.3)
        console.print(f"Nouvel index en service ({now}).")


def _folder_in_use(settings: Settings) -> str:
    """Each rebuild has its folder; commits go on in the same one. Empty while there is none."""
    index = EmbeddedIndex(settings.index_folder)
    return index.generation.split(".")[0] if index.answers() else ""


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


async def examine(settings: Settings) -> int:
    """Compare graph and index, say each difference. The number of those found."""
    async with premises(settings) as house:
        async with house.graph.reading() as unit:
            waiting, parked = await unit.outbox.pending(), await unit.outbox.parked()
        found = await differences(house.graph, EmbeddedIndex(settings.index_folder))
    console.print(f"Effets en attente : {waiting}. Différences entre graphe et index : {len(found)}.")
    for key, what in sorted(found.items()):
        console.print(f"  {key} : {what}", markup=False)
    if parked:
        console.print(f"Effets mis de côté après plusieurs échecs : {parked} (le journal dit lesquels).")
    if found or parked:
        console.print("« maillage reindex » reconstruit l’index à partir du graphe.")
    return len(found) + parked
