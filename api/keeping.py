"""Backups: one file with the whole graph of one moment, taken while the site works, and opened once before it is called good.

The file holds no secret. The engine's password stays out, for a restored folder makes its own; keys that will protect what
is written about persons are kept apart by design, so that whoever finds a backup cannot read it; the index is rebuilt.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from api import archive
from api.archive import Manifest, Part, Progress
from api.folder import LEAST_FREE_BYTES, format_of
from api.premises import engine_running, server
from api.settings import VERSION, Settings
from api.switching import sync
from graph.model.errors import InvalidInput, Unavailable
from graph.store import copy
from graph.store.engine import Address, Engine
from graph.store.unit import Graph

LOCK: Final = "backup.lock"
ASIDE: Final = "backup.partial"
# The copy is only opened and counted.
COPY_HEAP: Final = "256m"
LOOK_SECONDS: Final = 0.2


# Opens a bar with this title for as long as a stage lasts, and gives what moves it, in bytes.
Stage = Callable[[str], AbstractContextManager[Progress]]


def back_up(settings: Settings, file: Path, stage: Stage) -> Manifest:
    """Write a backup of the data folder into a new file, and return what it holds.

    Raises Unavailable or InvalidInput, in words; then there is no file, whole or half, under that name.
    """
    refuse_server(settings)
    data = settings.data.resolve()
    if not copy.files_of(data / "engine").is_dir():
        raise InvalidInput(f"Le dossier {data} ne contient pas de graphe : il n’y a rien à sauvegarder.", "data")
    _refuse_existing(file)
    with _alone(data), engine_running(settings):
        _check_room(data, file)
        try:
            # Whatever was committed before this moment is in the copy.
            taken = datetime.now(UTC).replace(microsecond=0)
            with stage("Copie du graphe") as progress:
                graph = _copied(data / "engine", progress)
            with stage("Relecture de la copie") as progress:
                part = archive.describe(graph)
                archive.unpack_copy(graph, copy.files_of(data / ASIDE / "engine"), progress)
            # No bar here: it has a thread, and an engine must not be started beside one.
            manifest = _manifest(_counted(data / ASIDE), part, taken, format_of(data))
            with stage("Écriture de la sauvegarde") as progress:
                write_aside_then_name(file, graph, manifest, progress)
        finally:
            shutil.rmtree(data / ASIDE, ignore_errors=True)
            copy.place_of(data / "engine").unlink(missing_ok=True)
    return manifest


def named(file: Path | None, at: datetime) -> Path:
    """Where a backup goes: the file given, or a name with the moment, in the folder given or here."""
    folder = file or Path()
    return (folder / f"maillage-{at:%Y%m%d-%H%M%S}.tar" if folder.is_dir() else folder).absolute()


def engine_version() -> str:
    """That of the engine's package, without what its packaging adds."""
    return ".".join(version("arcadedb-embedded").split(".")[:3])


def refuse_server(settings: Settings) -> None:
    """Raises Unavailable when the graph lives on a server: its own tools copy it."""
    if server(settings):
        raise Unavailable(
            f"Le graphe vit sur un serveur ({settings.graph_uri}) : ce sont ses propres outils qui le sauvegardent et le "
            "restaurent, « neo4j-admin database dump » et « load », ou « backup » et « restore » en marche (édition "
            "Enterprise). Les commandes sont dans docs/backup.md ; rien n’a été fait."
        )


def _refuse_existing(file: Path) -> None:
    if os.path.lexists(file):
        raise InvalidInput(f"Le fichier {file} existe déjà : choisissez un autre nom, il n’est pas écrasé.", "file")
    if not file.parent.is_dir():
        raise InvalidInput(f"Le dossier {file.parent} n’existe pas : créez-le, puis relancez.", "file")


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One backup at a time in a data folder; what a killed one left is removed. Raises Unavailable."""
    lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(
                f"Une autre sauvegarde du dossier {data} est en cours. Attendez qu’elle finisse, puis relancez."
            ) from None
        Engine(data / ASIDE).stop_orphan()
        shutil.rmtree(data / ASIDE, ignore_errors=True)
        yield
    finally:
        os.close(lock)


def _check_room(data: Path, file: Path) -> None:
    """The copy and its unpacked files beside the data, then the backup: each at most as large as the graph."""
    size = copy.size_of(data / "engine")
    same = data.stat().st_dev == file.parent.stat().st_dev
    for folder, needed in ((data, (3 if same else 2) * size + LEAST_FREE_BYTES), (file.parent, size)):
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise Unavailable(
                f"Il faut {needed // 1_000_000} Mo libres dans {folder} pour sauvegarder, il en reste "
                f"{free // 1_000_000}. Libérez de la place, puis relancez : rien n’a été écrit."
            )


def _copied(engine: Path, progress: Progress) -> Path:
    """The engine's copy, watched as it grows."""
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(copy.take, engine)
        while not wait([work], LOOK_SECONDS).done:
            with suppress(OSError):
                progress(copy.place_of(engine).stat().st_size, 0)
        return work.result()


def _counted(folder: Path) -> copy.Contents:
    """Open the copy with an engine of its own: it is known to be readable, and what it holds is counted, not guessed."""
    engine = Engine(folder, heap=COPY_HEAP)
    try:
        return asyncio.run(_contents(engine.start()))
    finally:
        engine.stop()


async def _contents(address: Address) -> copy.Contents:
    graph = await Graph.open(address)
    try:
        return await copy.contents(graph)
    finally:
        await graph.close()


def write_aside_then_name(file: Path, graph: Path, manifest: Manifest, progress: Progress) -> None:
    """Write a backup aside, read it once more, and only then give it its name, which nothing may bear yet. Raises InvalidInput."""
    aside = file.with_name(f".{file.name}.part")
    aside.unlink(missing_ok=True)
    try:
        archive.write(aside, graph, manifest, progress)
        with archive.opened(aside, progress):
            pass
        try:
            os.link(aside, file)
        except FileExistsError:
            _refuse_existing(file)
            raise
        except OSError:
            # A disk without hard links.
            _refuse_existing(file)
            aside.replace(file)
        sync(file.parent)
    finally:
        aside.unlink(missing_ok=True)


def _manifest(found: copy.Contents, part: Part, taken: datetime, format_: int) -> Manifest:
    return Manifest(
        maillage=VERSION,
        engine=engine_version(),
        format=format_,
        taken=taken,
        migrations=found.migrations,
        counts=dict(found.counts),
        waiting=found.waiting,
        graph=part,
    )
