"""Reads the tables that are written by hand in this folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Document:
    """One TOML file: its name and its tables, or the `fault` that kept it from being read (with its line)."""

    name: str
    tables: dict[str, object] = field(default_factory=dict)
    fault: str = ""


def read(folder: Path = HERE) -> list[Document]:
    """Every `*.toml` of the folder, by name. A file that cannot be parsed comes back with its fault.

    Raises OSError when the folder or a file cannot be read.
    """
    return [_document(path) for path in sorted(folder.glob("*.toml"))]


def _document(path: Path) -> Document:
    try:
        return Document(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Document(path.name, fault=str(error))
