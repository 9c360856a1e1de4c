"""What takes seconds to make of the shipped lists, made once and kept beside the byte code, for every later start.

The name of a kept file holds a digest of all that it depends on (lists, code, the stemmer), so it cannot be out of date. Where
nothing can be written, it is made at each start; a file that was cut or changed is made again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import cache_from_source
from pathlib import Path
from sys import byteorder
from typing import Final, TypeVar

import msgspec

HERE: Final = Path(__file__).parent
FOLDER: Final = Path(cache_from_source(__file__)).parent
SOURCES: Final = (HERE.parent / "graph" / "model", HERE)
SOURCE_KINDS: Final = frozenset({".py", ".csv", ".gz"})
STEMMERS: Final = ("snowballstemmer", "pystemmer")
SEAL: Final = 32
SUFFIX: Final = ".made"

T = TypeVar("T")


def kept(name: str, kind: type[T], make: Callable[[], T]) -> T:
    """What `make` gives, from the file of an earlier start where there is one. `kind` is what msgspec reads it as."""
    file = FOLDER / f"{name}-{_digest()}{SUFFIX}"
    with suppress(OSError, msgspec.DecodeError):
        content = file.read_bytes()
        if sha256(content[SEAL:]).digest() == content[:SEAL]:
            return msgspec.msgpack.decode(memoryview(content)[SEAL:], type=kind)
    fresh = make()
    _keep(file, msgspec.msgpack.encode(fresh), name)
    return fresh


def _keep(file: Path, body: bytes, name: str) -> None:
    """Write it whole or not at all; what was made of older sources goes, and what a kill left half written."""
    aside = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        try:
            aside.write_bytes(sha256(body).digest() + body)
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
        for older in file.parent.glob(f"{name}-*"):
            if older != file:
                older.unlink(missing_ok=True)


@cache
def _digest() -> str:
    """A short name for exactly these lists, this code and these packages."""
    found = sha256(byteorder.encode())
    for folder in SOURCES:
        for path in sorted(path for path in folder.iterdir() if path.suffix in SOURCE_KINDS):
            content = path.read_bytes()
            found.update(f"{path.name} {len(content)}\n".encode())
            found.update(content)
    for package in STEMMERS:
        with suppress(PackageNotFoundError):
            found.update(f"{package} {version(package)}\n".encode())
    return found.hexdigest()[:16]
