"""Restores: a backup is checked from end to end, unpacked aside in the data folder, and put in place whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from api import archive
from api.archive import Backup, Manifest
from api.figure_files import FOLDER as FIGURES
from api.folder import FORMAT, LEAST_FREE_BYTES, Folder
from api.keeping import Stage, engine_version, refuse_server
from api.settings import VERSION, Settings
from api.switching import ASIDE, NOTE, NOTE_ASIDE, RESTORED, holds_data, switch, sync
from graph.model.errors import InvalidInput, Unavailable
from graph.store import copy
from graph.store.migrate import MIGRATIONS

# What a folder may hold that is not known as ours by its format: a start or a restore that was cut leaves some of it, a
# disk of its own the last.
BARE: Final = frozenset({"lock", ASIDE, NOTE, NOTE_ASIDE, FIGURES, "lost+found"})


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the folder that keeps what stood there before, if anything did."""

    manifest: Manifest
    kept: Path | None


def read(file: Path, stage: Stage) -> Manifest:
    """What a backup holds, once its checksums hold and this version can restore it. Touches nothing.

    Raises InvalidInput, in words.
    """
    with _verified(file, stage) as backup:
        return backup.manifest


def restore(settings: Settings, file: Path, stage: Stage, *, replace: bool) -> Restored:
    """Put a backup in an empty data folder, or in place of what there is when `replace`: that is then kept beside.

    Raises InvalidInput or Unavailable, in words; then the folder is as it was.
    """
    refuse_server(settings)
    data = settings.data.resolve()
    with _verified(file, stage) as backup:
        _refuse_target(data, replace=replace)
        _check_room(data, backup.manifest)
        made = not data.exists()
        with Folder(data):
            # Someone else may have had the folder since we looked.
            _refuse_target(data, replace=replace)
            try:
                _unpack_aside(backup, data, stage)
            except BaseException:
                shutil.rmtree(data if made else data / ASIDE, ignore_errors=True)
                raise
            full, kept = holds_data(data), f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
            switch(data, kept)
    return Restored(backup.manifest, data / kept if full else None)


@contextmanager
def _verified(file: Path, stage: Stage) -> Iterator[Backup]:
    with ExitStack() as stack:
        with stage("Vérification de la sauvegarde") as progress:
            try:
                backup = stack.enter_context(archive.opened(file, progress))
            except OSError as fault:
                why = fault.strerror or type(fault).__name__
                raise InvalidInput(f"Le fichier {file} ne peut pas être lu ({why}).", "file") from fault
        _refuse_newer(backup)
        yield backup


def _refuse_newer(backup: Backup) -> None:
    """Raises InvalidInput: an older version must not touch what it does not know."""
    manifest = backup.manifest
    unknown = sorted(set(manifest.migrations) - {name for name, _ in MIGRATIONS})
    for newer, what in (
        (_numbers(manifest.maillage) > _numbers(VERSION), f"Maillage {manifest.maillage}, ici {VERSION}"),
        (bool(unknown), f"étape {unknown[-1] if unknown else ''}, inconnue ici"),
        (manifest.format > FORMAT, f"format de dossier {manifest.format}, ici {FORMAT}"),
        (_numbers(manifest.engine) > _numbers(engine_version()), f"ArcadeDB {manifest.engine}, ici {engine_version()}"),
    ):
        if newer:
            raise InvalidInput(
                f"La sauvegarde {backup.path} vient d’une version plus récente ({what}). Installez cette version-là pour "
                "la restaurer : rien n’a été modifié."
            )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _refuse_target(data: Path, *, replace: bool) -> None:
    """Raises InvalidInput when this folder holds data, or is none of ours."""
    if not data.is_dir():
        return
    foreign = sorted({path.name for path in data.iterdir()} - BARE)
    if foreign and not (data / "format.json").exists():
        raise InvalidInput(
            f"Le dossier {data} n’est pas un dossier de Maillage (il contient « {foreign[0]} ») : choisissez un dossier vide "
            "avec --data. Rien n’a été modifié.",
            "data",
        )
    if holds_data(data) and not replace:
        raise InvalidInput(
            f"Le dossier {data} contient déjà des données : choisissez un dossier vide avec --data, ou ajoutez --replace, "
            "qui garde à côté ce qui s’y trouve. Rien n’a été modifié.",
            "data",
        )


def _check_room(data: Path, manifest: Manifest) -> None:
    needed = manifest.graph.unpacked + LEAST_FREE_BYTES
    there = next(folder for folder in (data, *data.parents) if folder.is_dir())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise Unavailable(
            f"Il faut {needed // 1_000_000} Mo libres dans {there} pour restaurer, il en reste {free // 1_000_000}. "
            "Libérez de la place, puis relancez : rien n’a été modifié."
        )


def _unpack_aside(backup: Backup, data: Path, stage: Stage) -> None:
    """A whole data folder, but for the index, within the one it will replace; what a killed restore left is removed."""
    aside = data / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    with stage("Restauration du graphe") as progress:
        backup.unpack(copy.files_of(aside / "engine"), progress)
    (aside / "format.json").write_text(json.dumps({"format": backup.manifest.format}))
    (aside / RESTORED).touch()
    for folder in (aside / "engine" / "databases", aside / "engine", aside, data):
        sync(folder)
