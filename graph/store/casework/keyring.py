"""The keys of files, one each, outside the graph and its backups: whoever has the graph alone reads nobody's story.

A folder of small files, so that several machines can share it as a mounted folder, and a key can be destroyed for good. Beside
them, `NAME.key`, the few keys of the house itself. Names that begin with a dot are of acts under way, or that were cut.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from graph.model.errors import Unavailable

KEY_BYTES: Final = 32
# What may be the name of a file: ids are made by us, and a path is never made of anything else.
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# Nobody takes so long to write a key.
CUT_AFTER_SECONDS: Final = 3600
NOTHING_DONE: Final = "Le trousseau des clés n’est pas accessible : rien n’a été enregistré."


class KeyUnavailable(Unavailable):
    """One key cannot be read; those of other files may be."""


class Keyring:
    """The keys under one folder. Each act is done on the disk when it returns, and is done whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the keys are."""
        return self._folder

    def make(self, id_: str) -> bytes:
        """A new key under this id; the one that is there when there is one. Raises Unavailable when it cannot be written."""
        return self._made(self._path(id_))

    def of(self, id_: str) -> bytes | None:
        """The key of this id; None when there is none, or no longer. Raises Unavailable when the folder cannot be read."""
        return self._read(self._path(id_))

    @property
    def away(self) -> bool:
        """Whether no key at all can be found there: another disk, a folder that was moved."""
        try:
            return not any(entry.is_dir() for entry in _entries(self._folder))
        except OSError:
            return True

    def house(self, name: str) -> bytes:
        """A key of the house, made when it is first asked for: `anchors` signs, `replies` blinds. Raises Unavailable."""
        return self.held(name) or self._made(self._folder / f"{name}.key")

    def held(self, name: str) -> bytes | None:
        """A key of the house; None where it was never asked for. Raises Unavailable."""
        return self._read(self._folder / f"{name}.key")

    def destroy(self, id_: str) -> None:
        """No key any longer: taken away, overwritten, removed. Nothing happens when there is none. Raises Unavailable."""
        path = self._path(id_)
        try:
            with suppress(FileNotFoundError):
                # From here on it is no key for anyone, even if we are cut before it is overwritten.
                path.rename(path.with_name(f".{id_}.{secrets.token_hex(4)}"))
                _settle(path.parent)
            for left in path.parent.glob(f".{id_}.*"):
                _wipe(left)
            if path.parent.is_dir():
                _settle(path.parent)
        except OSError as fault:
            raise KeyUnavailable("Le trousseau des clés n’est pas accessible : la clé n’est pas détruite.") from fault

    def ids(self) -> Iterator[str]:
        """Every id that has a key, shelf by shelf. Raises Unavailable."""
        try:
            for shelf in sorted(entry.path for entry in _entries(self._folder) if entry.is_dir()):
                yield from sorted(entry.name for entry in _entries(Path(shelf)) if ID.fullmatch(entry.name))
        except OSError as fault:
            raise Unavailable("Le trousseau des clés n’est pas accessible.") from fault

    def tidy(self) -> int:
        """Destroy what acts that were cut have left; how many. Raises Unavailable."""
        before, wiped = time.time() - CUT_AFTER_SECONDS, 0
        try:
            for folder in (self._folder, *(Path(entry.path) for entry in _entries(self._folder) if entry.is_dir())):
                for entry in _entries(folder):
                    with suppress(FileNotFoundError):
                        if not entry.name.startswith(".") or not entry.is_file():
                            continue
                        if (found := Path(entry.path).stat()).st_mtime < before:
                            # A second name of a key that stands, cut between the two: the key itself is not touched.
                            (os.unlink if found.st_nlink > 1 else _wipe)(Path(entry.path))
                            wiped += 1
        except OSError as fault:
            raise Unavailable("Le trousseau des clés n’est pas accessible.") from fault
        return wiped

    def _made(self, path: Path) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        try:
            _shelf(path.parent)
            aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            try:
                _written(aside, key)
                # Of two who make it at once, the first stands: a link is there whole, or not at all.
                with suppress(FileExistsError):
                    os.link(aside, path)
                # The other's may not be on the disk yet.
                _settle(path.parent)
            finally:
                aside.unlink(missing_ok=True)
        except OSError as fault:
            raise Unavailable(NOTHING_DONE) from fault
        stands = self._read(path)
        if stands is None:
            # Destroyed meanwhile: nothing is sealed with a key that nobody has.
            raise Unavailable(NOTHING_DONE)
        return stands

    def _read(self, path: Path) -> bytes | None:
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise KeyUnavailable("Le trousseau des clés n’est pas accessible.") from fault
        if len(key) != KEY_BYTES:
            raise KeyUnavailable("Une clé du trousseau est abîmée : rendez-la depuis sa sauvegarde.")
        return key

    def _path(self, id_: str) -> Path:
        if not ID.fullmatch(id_):
            raise ValueError(f"not the id of a key: {id_!r}")
        return self._folder / id_[-2:] / id_


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []


def _shelf(folder: Path) -> None:
    """The folder, its name on the disk too."""
    if not folder.is_dir():
        if not folder.parent.is_dir():
            _shelf(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _settle(folder.parent)


def _written(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if os.write(descriptor, key) != len(key):
            raise OSError("half a key was written")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wipe(path: Path) -> None:
    """Overwritten where it lies, then removed."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_WRONLY)
        try:
            os.write(descriptor, secrets.token_bytes(KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        path.unlink()


def _settle(folder: Path) -> None:
    """The folder's own list of names, on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
