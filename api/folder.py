"""The data folder: one owner at a time, one format, and room left on the disk."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from api.switching import finish
from graph.model.errors import Unavailable

FORMAT: Final = 1
# An engine that runs out of disk stops in the middle of its work: refuse to start before that.
LEAST_FREE_BYTES: Final = 300_000_000


@dataclass(frozen=True, slots=True)
class Running:
    """Where the owner of a folder can be reached: the process, the graph's Bolt address, the site's port.

    `embedded` when that graph is the folder's own, to which its secret opens.
    """

    pid: int
    uri: str = ""
    port: int = 0
    embedded: bool = False


class Folder:
    """A data folder, owned while this context lasts. Raises Unavailable in words: in use, newer, full, not writable."""

    def __init__(self, path: Path) -> None:
        # By whatever name it is called: processes over it are found again by this one.
        self.path = path.resolve()
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._take()
            finish(self.path)
            self._check_format()
        except OSError as fault:
            self.__exit__(None, None, None)
            raise Unavailable(said_of_disk(fault, self.path)) from fault
        except Unavailable:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._running_file.unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def tell(self, running: Running) -> None:
        """Let other commands on this machine find the engine."""
        _write_aside(self._running_file, json.dumps(asdict(running)))

    def carried_to(self) -> str:
        """The server to which the graph of this folder was carried; empty when it is still the one in use."""
        try:
            return self.carried_note.read_text().strip()
        except FileNotFoundError:
            return ""

    def note_carried(self, uri: str) -> None:
        """From now on the graph of this folder is an old copy of a server's."""
        _write_aside(self.carried_note, f"{uri}\n")

    @property
    def carried_note(self) -> Path:
        """Beside the graph, so that a graph put in its place by a restore comes without it."""
        return self.path / "engine" / "carried"

    def fresh(self, name: str) -> Path:
        """A folder of that name in it, emptied of what an earlier run left."""
        path = self.path / name
        if path.is_dir():
            for left in path.iterdir():
                left.unlink()
        path.mkdir(exist_ok=True)
        return path

    def running(self) -> Running | None:
        """The present owner, when another process holds this folder and has told where.

        A note left by one that was killed counts for nothing: the lock says who lives.
        """
        if self._free():
            return None
        try:
            return Running(**json.loads(self._running_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _free(self) -> bool:
        try:
            lock = os.open(self.path / "lock", os.O_RDONLY)
        except OSError:
            return True
        try:
            # Shared: two that look at once do not take each other for an owner.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(lock)
        return True

    @property
    def _running_file(self) -> Path:
        return self.path / "running.json"

    def _take(self) -> None:
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 32).decode(errors="replace").strip() or "inconnu"
            os.close(lock)
            raise Unavailable(
                f"Le dossier {self.path} est déjà utilisé par un autre processus (numéro {holder}). "
                "Arrêtez-le, ou choisissez un autre dossier avec DATA=…"
            ) from None
        self._lock = lock
        # The note of an owner that was killed must not pass for ours.
        self._running_file.unlink(missing_ok=True)
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())

    def _check_format(self) -> None:
        free = shutil.disk_usage(self.path).free
        if free < LEAST_FREE_BYTES:
            raise Unavailable(
                f"Le disque est presque plein : il reste {free // 1_000_000} Mo pour {self.path}, il en faut "
                f"{LEAST_FREE_BYTES // 1_000_000}. Libérez de la place, puis relancez : rien n’a été modifié."
            )
        mark = self.path / "format.json"
        if not mark.exists():
            _write_aside(mark, json.dumps({"format": FORMAT}))
            return
        found = format_of(self.path)
        if found > FORMAT:
            raise Unavailable(
                f"Le dossier {self.path} vient d’une version plus récente de Maillage (format {found}, ici {FORMAT}). "
                "Installez cette version-là, ou choisissez un autre dossier : rien n’a été modifié."
            )


def format_of(path: Path) -> int:
    """The format of a data folder. Raises Unavailable when it is none, in words."""
    mark = path / "format.json"
    try:
        return int(json.loads(mark.read_text())["format"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Unavailable(f"Le fichier {mark} est illisible : ce dossier n’est pas un dossier de Maillage.") from None


def said_of_disk(fault: OSError, path: Path) -> str:
    """A disk's refusal, in words."""
    if fault.errno == errno.ENOSPC:
        return f"Le disque est plein : {path} n’a pas pu être écrit. Libérez de la place, puis relancez."
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Le dossier {path} n’est pas accessible en écriture."
    return f"Le dossier {path} ne peut pas être utilisé : {fault.strerror or type(fault).__name__}."


def _write_aside(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner alone."""
    aside = path.with_suffix(".new")
    aside.write_text(text)
    aside.chmod(0o600)
    aside.replace(path)
