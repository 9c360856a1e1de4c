"""What the command line says: its two consoles, and faults as one sentence and a code, never as a trace."""

from __future__ import annotations

import errno
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console

from api.archive import Manifest, Progress
from api.auth.issuers import read_issuers
from api.folder import said_of_disk
from api.journal import keep_journal
from api.progress import bar_of
from api.restoring import Restored
from api.settings import Settings
from api.settings_read import SettingsRefused
from api.settings_told import each_told, refusals, unknown_settings
from graph.model.errors import Refusal
from graph.store.moving import Size

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

# As Rust writes an error of the system, for people or for itself.
DISK_FAULT: Final = re.compile(r"os error (\d+)|Os \{ code: (\d+)")

# What a backup holds, in the order in which it is said; the rest of the graph serves these.
KINDS: Final = {
    "Organisation": "organismes",
    "Service": "services",
    "Post": "postes",
    "Professional": "professionnels",
    "Agreement": "conventions",
    "Territory": "territoires",
}
KILOBYTE: Final = 1000


def settings_from(**given: Any) -> Settings:
    """The settings of the environment, with what the command was given. Ends the command on a bad value, in words; a variable
    that is no setting is told, and does not stop it.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
        read_issuers(settings.issuers)
    except (ValidationError, SettingsRefused) as fault:
        lines = refusals(fault) if isinstance(fault, ValidationError) else [str(fault)]
        errors.print(
            "Réglage refusé : rien n’a été démarré.", *lines, sep="\n", style="red", markup=False, soft_wrap=True
        )
        raise typer.Exit(2) from fault
    for sentence in unknown_settings():
        errors.print(sentence, style="yellow", markup=False, soft_wrap=True)
    keep_journal("command", settings.log, settings.log_level)
    return settings


def tell_settings(settings: Settings) -> None:
    """Every setting: its name, its value, where that came from, what it means. Secrets are hidden."""
    for told in each_told(settings):
        console.print(f"{told.name} = {told.value}", style="bold", markup=False, soft_wrap=True)
        console.print(f"    {told.meaning} [{told.origin}]", markup=False, soft_wrap=True)


@contextmanager
def in_words() -> Iterator[None]:
    """Expected refusals and disk faults as one sentence and a code, never as a trace."""
    keep_journal("command")
    try:
        yield
    except Refusal as refusal:
        errors.print(refusal.message, style="red", markup=False)
        raise typer.Exit(1) from refusal
    except (OSError, ValueError) as fault:
        sentence = said(fault)
        if sentence is None:
            raise
        errors.print(sentence, style="red", markup=False)
        raise typer.Exit(1) from fault


def said(fault: OSError | ValueError) -> str | None:
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


@contextmanager
def stage(title: str) -> Iterator[Progress]:
    """A bar in kilobytes for one stage of a long work; its end may be unknown (0)."""
    with bar_of(console, f"{title} (ko)") as bar:
        yield lambda done, total: bar.reach(done // KILOBYTE, max(total // KILOBYTE, done // KILOBYTE))


@contextmanager
def steps(title: str) -> Iterator[Progress]:
    """A bar that counts things."""
    with bar_of(console, title) as bar:
        yield bar.reach


def tell_backup(manifest: Manifest, file: Path) -> None:
    """What a backup holds."""
    held = [f"{manifest.counts.get(kind, 0)} {name}" for kind, name in KINDS.items()]
    console.print(f"Sauvegarde {file} ({_size(file.stat().st_size)}), vérifiée.", markup=False)
    console.print(f"  Prise le {manifest.taken:%d/%m/%Y à %H:%M:%S} (UTC) par Maillage {manifest.maillage}.")
    console.print(f"  Étapes du graphe : {', '.join(manifest.migrations) or 'aucune'}.", markup=False)
    console.print(f"  Contient {', '.join(held)} ; effets en attente : {manifest.waiting}.")


def tell_restored(restored: Restored, data: Path) -> None:
    """What was put in place, what becomes of what stood there, and what comes next."""
    held = [f"{restored.manifest.counts.get(kind, 0)} {name}" for kind, name in KINDS.items()]
    console.print(f"Restauré dans {data} : {', '.join(held)}.", markup=False)
    if kept := restored.kept:
        console.print(f"Ce qui s’y trouvait est gardé dans {kept}. Pour y revenir, site arrêté :", markup=False)
        into, back = shlex.quote(str(data)), shlex.quote(str(kept))
        console.print(f"  rm -rf {into}/engine {into}/index && mv {back}/* {into}/", markup=False, soft_wrap=True)
    console.print("Le prochain démarrage met le graphe à jour s’il le faut, et reconstruit l’index de recherche.")


def tell_moved(moved: Size, settings: Settings) -> None:
    """What is on the server now, and what comes next."""
    console.print(
        f"Porté vers {settings.graph_uri} : {sum(moved.nodes.values())} nœuds, {sum(moved.edges.values())} liens, "
        "recomptés à l’arrivée.",
        markup=False,
    )
    console.print(
        f"Le graphe embarqué reste dans {settings.data}, inutilisé : gardez-le le temps de vérifier. Démarrez « maillage "
        "serve » avec les mêmes réglages MAILLAGE_GRAPH_… pour servir le graphe du serveur.",
        markup=False,
    )


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} Mo".replace(".", ",")
