"""The command line: demo serve worker import reindex migrate doctor settings."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api import strangers, traces
from api.journal import hold_texts_back
from api.premises import server
from api.settings import Settings
from api.supervisor import Supervisor
from api.telling import console, in_words, settings_from, tell_settings
from api.upkeep import bring_up_to_date, examine, import_sources, prepare, rebuild_index
from api.worker import work
from importers.registry import SOURCES

app = typer.Typer(
    help="Maillage : qui s’occupe de ce problème, pour cette personne, ici, maintenant ?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path | None, typer.Option("--data", help="Dossier des données.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port du site.")]


@app.command()
def demo(port: Port = None, data: Data = None) -> None:
    """Démarre tout avec les données livrées : moteur, index, site. Une seule commande suffit."""
    _supervise(settings_from(port=port, data=data, demo=True), load=True)


@app.command()
def serve(
    port: Port = None,
    data: Data = None,
    web: Annotated[int | None, typer.Option("--web", min=1, max=32, help="Nombre de processus web.")] = None,
    worker: Annotated[bool | None, typer.Option("--worker/--no-worker", help="Avec ou sans son propre worker.")] = None,
) -> None:
    """Sert le site sur les données présentes, sans rien y ajouter."""
    _supervise(settings_from(port=port, data=data, web=web, worker=worker), load=False)


@app.command()
def worker(data: Data = None) -> None:
    """Exécute ce que la boîte d’envoi demande, avec un serveur de graphe. « serve » a déjà le sien."""
    with in_words():
        settings = settings_from(data=data)
        hold_texts_back()
        traces.start(settings, "work")
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
    with in_words():
        unknown = [name for name in names if name not in SOURCES]
        if unknown:
            raise typer.BadParameter(f"Source inconnue : {unknown[0]}. Sources : {', '.join(SOURCES)}, tout.")
        refused = asyncio.run(import_sources(settings_from(data=data), names, file, dry_run=dry_run, force=force))
    raise typer.Exit(2 if refused else 0)


@app.command()
def reindex(data: Data = None) -> None:
    """Reconstruit l’index à côté, puis bascule : les réponses ne s’interrompent pas."""
    with in_words():
        asyncio.run(rebuild_index(settings_from(data=data)))


@app.command()
def migrate(data: Data = None) -> None:
    """Met le schéma du graphe à jour. Ne revient jamais en arrière."""
    with in_words():
        asyncio.run(bring_up_to_date(settings_from(data=data)))


@app.command()
def doctor(data: Data = None) -> None:
    """Compare le graphe et l’index, et dit chaque différence."""
    with in_words():
        found = asyncio.run(examine(settings_from(data=data)))
    raise typer.Exit(1 if found else 0)


@app.command("settings")
def settings_() -> None:
    """Montre chaque réglage : sa valeur, d’où elle vient, ce qu’il fait. Les secrets restent cachés."""
    tell_settings(settings_from())


def main() -> None:
    """Entry point."""
    strangers.refuse()
    app()


def _supervise(settings: Settings, *, load: bool) -> None:
    def ready(address: str) -> None:
        console.print(f"\nMaillage est prêt : [bold]{address}[/bold]   (Ctrl-C pour arrêter)")

    with in_words():
        Supervisor(settings, partial(prepare, settings=settings, load=load), ready).run()


if __name__ == "__main__":
    main()
