"""The command line: demo serve worker import reindex migrate doctor forget backup restore move account token settings."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api import moving, restoring, strangers, traces
from api.checkup import check
from api.folder import Folder
from api.forgetting import forget as forget_files
from api.journal import hold_texts_back
from api.keeping import back_up, named
from api.owning import search_server
from api.premises import server
from api.restoring import read
from api.settings import Settings
from api.supervisor import Supervisor
from api.telling import (
    console,
    in_words,
    settings_from,
    stage,
    steps,
    tell_backup,
    tell_moved,
    tell_restored,
    tell_settings,
)
from api.upkeep import bring_up_to_date, import_sources, prepare, rebuild_index
from importers.registry import SHIPPED, SOURCES

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
    # Mail and sign-in, which few commands need, were a sixth of the start of each.
    from api.worker import work

    with in_words():
        settings = settings_from(data=data)
        hold_texts_back()
        traces.start(settings, "work")
        address = server(settings)
        if address is None:
            raise typer.BadParameter(
                "MAILLAGE_GRAPH_URI est vide : avec le moteur embarqué, « serve » lance son worker."
            )
        # The index of that folder is written: by nobody else meanwhile. That of a server has no folder here.
        with nullcontext() if search_server(settings) else Folder(settings.data):
            asyncio.run(work(settings, address))


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Nom de la source, ou « tout ».")],
    file: Annotated[
        Path | None, typer.Option("--file", help="Fichier ou dossier à lire au lieu de ce qui est livré.")
    ] = None,
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dit ce qui changerait, sans rien écrire.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Accepte qu’une grande part des fiches disparaisse.")] = False,
) -> None:
    """Charge une source, et dit ce qui est nouveau, changé, disparu, refusé."""
    names = list(SHIPPED) if source == "tout" else [source]
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
def doctor(
    data: Data = None,
    repair: Annotated[bool, typer.Option("--repair", help="Répare ce qui diffère, et dit ce qui a été fait.")] = False,
) -> None:
    """Compare le graphe et l’index, et dit chaque différence."""
    with in_words():
        left = asyncio.run(check(settings_from(data=data), repair=repair))
    raise typer.Exit(1 if left else 0)


@app.command()
def forget(
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compte ce qui serait effacé, sans rien écrire.")] = False,
) -> None:
    """Efface les dossiers de personnes deux ans après le dernier contact, et annonce ceux du mois qui vient."""
    with in_words():
        asyncio.run(forget_files(settings_from(data=data), dry_run=dry_run))


@app.command()
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(help="Fichier à créer, ou dossier où le créer. Par défaut, un nom daté, ici."),
    ] = None,
    data: Data = None,
) -> None:
    """Sauvegarde tout le graphe dans un seul fichier, que le site soit en marche ou non."""
    with in_words():
        place = named(file, datetime.now(UTC))
        tell_backup(back_up(settings_from(data=data), place, stage), place)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Fichier d’une sauvegarde.")],
    data: Data = None,
    replace: Annotated[bool, typer.Option("--replace", help="Remplace les données présentes, gardées à côté.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Vérifie le fichier et dit ce qu’il contient.")] = False,
) -> None:
    """Vérifie une sauvegarde et la remet en place, tout entière ou pas du tout."""
    with in_words():
        if dry_run:
            tell_backup(read(file, stage), file)
            return
        settings = settings_from(data=data)
        tell_restored(restoring.restore(settings, file, stage, replace=replace), settings.data)


@app.command()
def move(data: Data = None) -> None:
    """Porte le graphe embarqué, site arrêté, vers le serveur vide que nomme MAILLAGE_GRAPH_URI."""
    with in_words():
        settings = settings_from(data=data)
        tell_moved(moving.move(settings, steps), settings)


@app.command()
def account(
    email: Annotated[str, typer.Argument(help="Adresse électronique de la personne.")],
    name: Annotated[str, typer.Option("--name", help="Prénom et nom.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="Organisme où elle travaille.")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="Son rôle ; se répète.")] = None,
    close: Annotated[bool, typer.Option("--close", help="Ferme le compte et ses sessions.")] = False,
    data: Data = None,
) -> None:
    """Ouvre ou change un compte : les premiers administrateurs, modérateurs, et quiconque avant sa première connexion."""
    from api.enrolling import enrol

    with in_words():
        asyncio.run(enrol(settings_from(data=data), email, name, organisation, role or (), close=close))


@app.command()
def token(
    email: Annotated[str, typer.Option("--for", help="Adresse du compte pour lequel la machine agit.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Durée du jeton.")] = 90,
    organisation: Annotated[str, typer.Option("--organisation", help="Organisme pour lequel il agit.")] = "",
    revoke: Annotated[str, typer.Option("--revoke", help="Jeton à reprendre, ou le début de son repère.")] = "",
    data: Data = None,
) -> None:
    """Fait un jeton pour qu’une machine interroge GraphQL au nom d’un compte, ou le reprend."""
    from api.enrolling import issue_token, revoke_token

    with in_words():
        if bool(email) == bool(revoke):
            raise typer.BadParameter("Donnez --for, pour faire un jeton, ou --revoke, pour le reprendre.")
        settings = settings_from(data=data)
        asyncio.run(revoke_token(settings, revoke) if revoke else issue_token(settings, email, days, organisation))


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
        hold_texts_back()
        Supervisor(settings, partial(prepare, settings=settings, load=load), ready).run()


if __name__ == "__main__":
    main()
