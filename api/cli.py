"""The command line: demo serve worker import reindex migrate doctor."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console

from api import strangers
from api.folder import said_of_disk
from api.journal import keep_journal
from api.premises import Premises, premises, server
from api.progress import bar_of
from api.settings import Settings
from api.supervisor import Supervisor
from api.worker import work
from graph.model.errors import Refusal, Unavailable
from graph.store.migrate import mark, marked
from graph.store.migrate import migrate as run_migrations
from graph.store.outbox import REBUILD_INDEX
from graph.store.unit import Graph
from importers.registry import SOURCES
from importers.run import run_import
from search.embedded import EmbeddedIndex, is_built
from search.indexer import Indexer, differences

app = typer.Typer(
    help="Maillage : qui s’occupe de ce problème, pour cette personne, ici, maintenant ?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

LOADED: Final = "demonstration-loaded"
REBUILD_SECONDS: Final = 120
# As Rust writes an error of the system, for people or for itself.
DISK_FAULT: Final = re.compile(r"os error (\d+)|Os \{ code: (\d+)")

Data = Annotated[Path | None, typer.Option("--data", help="Dossier des données.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port du site.")]


@app.command()
def demo(port: Port = None, data: Data = None) -> None:
    """Démarre tout avec les données livrées : moteur, index, site. Une seule commande suffit."""
    _supervise(_settings(port=port, data=data, demo=True), load=True)


@app.command()
def serve(
    port: Port = None,
    data: Data = None,
    web: Annotated[int | None, typer.Option("--web", min=1, max=32, help="Nombre de processus web.")] = None,
) -> None:
    """Sert le site sur les données présentes, sans rien y ajouter."""
    _supervise(_settings(port=port, data=data, web=web), load=False)


@app.command()
def worker(data: Data = None) -> None:
    """Exécute ce que la boîte d’envoi demande, avec un serveur de graphe. « serve » a déjà le sien."""
    with _in_words():
        settings = _settings(data=data)
        address = server(settings)
        if address is None:
            raise typer.BadParameter(
                "MAILLAGE_GRAPH_URI est vide : avec le moteur embarqué, « serve » lance son worker."
            )
        asyncio.run(work(settings, address))


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Nom de la source, ou « tout ».")],
    file: Annotated[Path | None, typer.Option("--file", help="Fichier à lire au lieu de celui qui est livré.")] = None,
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dit ce qui changerait, sans rien écrire.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Accepte qu’une grande part des fiches disparaisse.")] = False,
) -> None:
    """Charge une source, et dit ce qui est nouveau, changé, disparu, refusé."""
    names = list(SOURCES) if source == "tout" else [source]
    with _in_words():
        unknown = [name for name in names if name not in SOURCES]
        if unknown:
            raise typer.BadParameter(f"Source inconnue : {unknown[0]}. Sources : {', '.join(SOURCES)}, tout.")
        refused = asyncio.run(_import(_settings(data=data), names, file, dry_run=dry_run, force=force))
    raise typer.Exit(2 if refused else 0)


@app.command()
def reindex(data: Data = None) -> None:
    """Reconstruit l’index à côté, puis bascule : les réponses ne s’interrompent pas."""
    with _in_words():
        asyncio.run(_reindex(_settings(data=data)))


@app.command()
def migrate(data: Data = None) -> None:
    """Met le schéma du graphe à jour. Ne revient jamais en arrière."""
    with _in_words():
        asyncio.run(_migrate(_settings(data=data)))


@app.command()
def doctor(data: Data = None) -> None:
    """Compare le graphe et l’index, et dit chaque différence."""
    with _in_words():
        found = asyncio.run(_doctor(_settings(data=data)))
    raise typer.Exit(1 if found else 0)


def main() -> None:
    """Entry point."""
    strangers.refuse()
    app()


def _settings(**given: Any) -> Settings:
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as fault:
        lines = [
            f"MAILLAGE_{'_'.join(map(str, e['loc'])).upper()} = {e['input']!r} : {e['msg']}" for e in fault.errors()
        ]
        errors.print("Réglage refusé.", *lines, sep="\n", style="red", markup=False)
        raise typer.Exit(2) from fault


@contextmanager
def _in_words() -> Iterator[None]:
    """Expected refusals and disk faults as one sentence and a code, never as a trace."""
    keep_journal()
    try:
        yield
    except Refusal as refusal:
        errors.print(refusal.message, style="red", markup=False)
        raise typer.Exit(1) from refusal
    except (OSError, ValueError) as fault:
        sentence = _said(fault)
        if sentence is None:
            raise
        errors.print(sentence, style="red", markup=False)
        raise typer.Exit(1) from fault


def _said(fault: OSError | ValueError) -> str | None:
    """What the system refused; None for a fault of ours. The search engine tells its disk faults as ValueError."""
    if isinstance(fault, OSError):
        if fault.filename:
            return said_of_disk(fault, Path(str(fault.filename)))
        number = fault.errno
    elif told := DISK_FAULT.search(str(fault)):
        number = int(told[1] or told[2])
    else:
        return None
    if number == errno.ENOSPC:
        return "Le disque est plein. Libérez de la place, puis relancez."
    why = os.strerror(number) if number else type(fault).__name__
    return f"Le système a refusé une opération ({why}). Relancez ; si cela revient, signalez-le."


def _supervise(settings: Settings, *, load: bool) -> None:
    async def prepare(graph: Graph) -> None:
        # Without its mark a first load has not ended; what is there already is only compared.
        if load and await marked(graph, LOADED) is None:
            await _load_everything(graph)
            await mark(graph, LOADED)
            await _rebuild(Indexer(graph, settings.index_folder))
        await _index_if_missing(graph, settings)

    def ready(address: str) -> None:
        console.print(f"\nMaillage est prêt : [bold]{address}[/bold]   (Ctrl-C pour arrêter)")

    with _in_words():
        Supervisor(settings, prepare, ready).run()


async def _load_everything(graph: Graph) -> None:
    console.print("Premier démarrage : chargement des données livrées.")
    for name in SOURCES:
        with bar_of(console, SOURCES[name].title) as bar:
            report = await run_import(graph, name, progress=bar)
        console.print(f"  {report.in_short()}.", markup=False)


async def _index_if_missing(graph: Graph, settings: Settings) -> None:
    if not is_built(settings.index_folder):
        await _rebuild(Indexer(graph, settings.index_folder))


async def _rebuild(indexer: Indexer) -> None:
    try:
        with bar_of(console, "Index de recherche") as bar:
            total = await indexer.rebuild(bar.reach)
    finally:
        await indexer.close()
    console.print(f"  {total} fiches dans l’index.")


async def _import(settings: Settings, names: list[str], file: Path | None, *, dry_run: bool, force: bool) -> int:
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


async def _reindex(settings: Settings) -> None:
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


async def _migrate(settings: Settings) -> None:
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


async def _doctor(settings: Settings) -> int:
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


if __name__ == "__main__":
    main()
