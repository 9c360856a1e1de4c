"""The keys of files, one each, outside the graph and its backups: whoever has the graph alone reads nobody's story.

A folder of small files, so that several machines can share it as a mounted folder, and a key can be destroyed for good.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from graph.model.errors import Unavailable

KEY_BYTES: Final = 32
# What may be the name of a file: ids are made by us, and a path is never made of anything else.
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Keyring:
    """The keys under one folder. Each act is done on the disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, id_: str) -> bytes:
        """A new key under this id; the one that is there when there is one. Raises Unavailable when it cannot be written."""
        path, key = self._path(id_), secrets.token_bytes(KEY_BYTES)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(descriptor, key)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            try:
                # Of two who make it at once, the first stands: a link is there whole, or not at all.
                os.link(aside, path)
            except FileExistsError:
                return self._read(path) or key
            finally:
                aside.unlink()
            _settle(path.parent)
        except OSError as fault:
            raise Unavailable("Le trousseau des clés n’est pas accessible : rien n’a été enregistré.") from fault
        return key

    def make_many(self, ids: Iterable[str]) -> dict[str, bytes]:
        """As `make` for each: on the disk when it returns, whole or not there. All are written first, then all made sure of, which
        asks fewer turns of the disk. Raises Unavailable: some may be there then, and stand.
        """
        keys = {self._path(id_): secrets.token_bytes(KEY_BYTES) for id_ in ids}
        asides = {path: path.with_name(f".{path.name}.{secrets.token_hex(4)}") for path in keys}
        try:
            for path, key in keys.items():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(asides[path], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                try:
                    os.write(descriptor, key)
                finally:
                    os.close(descriptor)
            for aside in asides.values():
                _settle(aside)
            for path, aside in asides.items():
                with suppress(FileExistsError):
                    os.link(aside, path)
            for folder in {path.parent for path in keys}:
                _settle(folder)
            found = {path.name: self._read(path) for path in keys}
        except OSError as fault:
            raise Unavailable("Le trousseau des clés n’est pas accessible : rien n’a été enregistré.") from fault
        finally:
            for aside in asides.values():
                with suppress(OSError):
                    aside.unlink()
        return {id_: key for id_, key in found.items() if key is not None}

    def of(self, id_: str) -> bytes | None:
        """The key of this id; None when there is none, or no longer. Raises Unavailable when the folder cannot be read."""
        return self._read(self._path(id_))

    def destroy(self, id_: str) -> None:
        """No key any longer: overwritten, then removed. Nothing happens when there is none. Raises Unavailable."""
        path = self._path(id_)
        try:
            descriptor = os.open(path, os.O_WRONLY)
            try:
                os.write(descriptor, secrets.token_bytes(KEY_BYTES))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            path.unlink()
            _settle(path.parent)
        except FileNotFoundError:
            return
        except OSError as fault:
            raise Unavailable("Le trousseau des clés n’est pas accessible : la clé n’est pas détruite.") from fault

    def _read(self, path: Path) -> bytes | None:
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise Unavailable("Le trousseau des clés n’est pas accessible.") from fault
        if len(key) != KEY_BYTES:
            raise Unavailable("Une clé du trousseau est abîmée : rendez-la depuis sa sauvegarde.")
        return key

    def _path(self, id_: str) -> Path:
        if not ID.fullmatch(id_):
            raise ValueError(f"not the id of a key: {id_!r}")
        return self._folder / id_[-2:] / id_


def _settle(path: Path) -> None:
    """A folder's own list of names, or a file's content, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
