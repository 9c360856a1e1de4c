"""Where the embedded index lies: `<folder>/current` names the generation in use, a folder beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from graph.model.territory import Territory
from search.backend import POINTER
from search.document import INDEX_FORMAT

PREFIX: Final = f"g{INDEX_FORMAT}-"
PLACES: Final = "territories.msgpack"
META: Final = "meta.json"

territories_of = msgspec.msgpack.Decoder(list[Territory]).decode


def is_built(folder: Path) -> bool:
    """Whether a generation of this format is in use, without opening it."""
    try:
        generation = folder / name_in_use(folder)
    except (OSError, ValueError):
        return False
    return (generation / META).exists() and (generation / PLACES).exists()


def name_in_use(folder: Path) -> str:
    """Raises OSError when there is none, ValueError when it is of another format."""
    name = (folder / POINTER).read_text().strip()
    if not name.startswith(PREFIX):
        raise ValueError(name)
    return name


def write_aside(path: Path, content: bytes) -> None:
    """Whole or not at all: written beside, flushed, then moved into place."""
    aside = path.with_suffix(".new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
