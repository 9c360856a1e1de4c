"""Finds the structures and the services of a publication, in whatever shape it was given: folder or file, JSON or CSV."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Final

from importers.streams.content import text
from importers.streams.delimited import header_of, read_delimited
from importers.streams.objects import keys_of_object, read_array, read_lines
from importers.streams.record import Read, Record
from importers.tables import BrokenSource

SAMPLE: Final = Path(__file__).parent / "sample"
PACKED: Final = ".gz"
NEEDED: Final = {
    "structures": ("id", "source", "nom", "date_maj"),
    "services": ("id", "source", "structure_id", "nom", "date_maj"),
}
# As far as is looked for a first record: a file may begin with some that are none.
LOOKED_AT: Final = 50


class Kind(StrEnum):
    """What a file holds."""

    STRUCTURES = "structures"
    SERVICES = "services"


class Shape(StrEnum):
    """How a file writes its records."""

    JSON = "json"
    LINES = "lines"
    CSV = "csv"


SUFFIXES: Final = {
    ".json": Shape.JSON,
    ".jsonl": Shape.LINES,
    ".ndjson": Shape.LINES,
    ".csv": Shape.CSV,
    ".tsv": Shape.CSV,
}


@dataclass(frozen=True, slots=True)
class Part:
    """Where the records of one kind are; `key` names their array when one object holds both kinds."""

    path: Path
    shape: Shape
    kind: Kind
    key: str = ""

    def records(self) -> Read:
        """Each record, from the beginning of the file. Raises BrokenSource where it cannot be read on."""
        match self.shape:
            case Shape.JSON:
                return read_array(self.path, self.key)
            case Shape.LINES:
                return read_lines(self.path)
            case Shape.CSV:
                return read_delimited(self.path, NEEDED[self.kind])


@dataclass(frozen=True, slots=True)
class Publication:
    """Both parts of a publication; there may be no services."""

    structures: Part
    services: Part | None


def find(path: Path) -> Publication:
    """The parts of a folder (`structures….json`, `services….csv.gz` and so on) or of one file. Raises BrokenSource."""
    try:
        return _folder(path) if path.is_dir() else _file(path)
    except OSError as error:
        raise BrokenSource(path, f"ce chemin ne peut pas être lu ({error.strerror}).") from None


def _folder(path: Path) -> Publication:
    structures, services = (_named(path, kind) for kind in Kind)
    if structures is None:
        raise BrokenSource(
            path, "ce dossier n’a pas de fichier « structures » (.json, .jsonl, .ndjson ou .csv, ou suivi de .gz)."
        )
    return Publication(structures, services)


def _named(folder: Path, kind: Kind) -> Part | None:
    found = sorted(path for path in folder.iterdir() if path.name.startswith(kind) and _suffix(path) in SUFFIXES)
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise BrokenSource(folder, f"ce dossier a plusieurs fichiers « {kind} » ({names}) : gardez-en un.")
    return Part(found[0], _shape(found[0]), kind) if found else None


def _file(path: Path) -> Publication:
    """One file: an object with both arrays, or structures alone."""
    shape = _shape(path)
    if shape is Shape.JSON:
        keys = keys_of_object(path)
        if keys & set(Kind):
            structures, services = (Part(path, shape, kind, key=kind) for kind in Kind)
            return Publication(structures, services)
        if keys:
            raise BrokenSource(path, "cet objet JSON n’a ni « structures » ni « services ».")
    fields = _fields(path, shape)
    if "structure_id" in fields:
        raise BrokenSource(
            path,
            "ce fichier n’a que des services : donnez le dossier où il se trouve avec le fichier de leurs structures.",
        )
    return Publication(Part(path, shape, Kind.STRUCTURES), None)


def _fields(path: Path, shape: Shape) -> frozenset[str]:
    """The columns, or the fields of the first record that is one; none when there is none."""
    if shape is Shape.CSV:
        return header_of(path)
    records = read_array(path) if shape is Shape.JSON else read_lines(path)
    return next((frozenset(one.fields) for one in islice(records, LOOKED_AT) if isinstance(one, Record)), frozenset())


def _suffix(path: Path) -> str:
    return Path(path.name.removesuffix(PACKED)).suffix.lower()


def _shape(path: Path) -> Shape:
    """The shape that the name tells; else what the first sign tells."""
    named = SUFFIXES.get(_suffix(path))
    if named:
        return named
    beginning = chain.from_iterable(text(path))
    first = next((sign for sign in beginning if not sign.isspace()), "")
    return Shape.JSON if first in {"[", "{"} else Shape.CSV
