"""A delimited file, row by row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from importers.report import Refused
from importers.streams.content import lines
from importers.streams.record import MOST_COLUMNS, MOST_FIELD_CHARACTERS, MOST_RECORD_CHARACTERS, Read, Record, shown
from importers.tables import BrokenSource

DELIMITERS: Final = (",", ";", "\t")
UNCLOSED: Final = "un guillemet ouvert ici, ou plus bas, n’est jamais refermé"


def read_delimited(path: Path, wanted: Sequence[str]) -> Read:
    """Each row under its header, which must hold `wanted`; `;` or a tab may stand for the comma when the header says so.

    A row of another length is refused alone. Raises BrokenSource when the header is not the one that was meant, and when
    the file cannot be read on: bad quotes, an end in the middle of a row, a record beyond all bounds.
    """
    delimiter, header = _header(path, wanted)
    rows = _rows(path, delimiter)
    next(rows)
    cut: int | None = None
    for line, values in rows:
        cut = None
        if len(values) == len(header):
            yield Record(f"{path.name}, ligne {line}", dict(zip(header, values, strict=True)))
        elif any(values):
            message = f"Cette ligne a {len(values)} colonnes au lieu de {len(header)}."
            yield Refused(f"{path.name}, ligne {line}", "", shown(delimiter.join(values[:MOST_COLUMNS])), message)
            cut = line if len(values) < len(header) else None
    if cut:
        raise BrokenSource(path, "le fichier s’arrête au milieu d’une ligne : il est coupé.", cut)


def header_of(path: Path) -> frozenset[str]:
    """The names of the columns, whatever the delimiter. Raises BrokenSource."""
    return frozenset(max(_split(path).values(), key=len))


def _header(path: Path, wanted: Sequence[str]) -> tuple[str, list[str]]:
    """The delimiter under which the header holds most of what is wanted, and that header."""
    headers = _split(path)
    delimiter = max(headers, key=lambda sign: len(set(wanted) & set(headers[sign])))
    header = headers[delimiter]
    if len(header) > MOST_COLUMNS:
        raise BrokenSource(path, f"l’en-tête a {len(header)} colonnes, il en faut {MOST_COLUMNS} au plus.", 1)
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise BrokenSource(path, f"l’en-tête a deux fois la colonne « {shown(twice[0])} ».", 1)
    missing = [name for name in wanted if name not in header]
    if missing:
        raise BrokenSource(path, f"l’en-tête n’a pas la colonne « {missing[0]} ».", 1)
    return delimiter, header


def _split(path: Path) -> dict[str, list[str]]:
    first = next(lines(path), "").strip("\r\n")
    if len(first) > MOST_FIELD_CHARACTERS:
        raise BrokenSource(path, f"l’en-tête dépasse {MOST_FIELD_CHARACTERS // 1_000_000} million de signes.", 1)
    found = {}
    for delimiter in DELIMITERS:
        values = next(_parsed(path, iter([first]), delimiter), (1, []))[1]
        found[delimiter] = [value.strip() for value in values]
    return found


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    return _parsed(path, lines(path), delimiter)


class _Metered:
    """Lines on their way to the parser, which counts what one record has taken of them."""

    def __init__(self, path: Path, source: Iterator[str]) -> None:
        self._path, self._source = path, source
        self.begins, self.taken = 1, 0

    def __iter__(self) -> Iterator[str]:
        for line in self._source:
            self.taken += len(line)
            if self.taken > MOST_RECORD_CHARACTERS:
                most = MOST_RECORD_CHARACTERS // 1_000_000
                raise BrokenSource(
                    self._path, f"cette fiche dépasse {most} millions de signes : {UNCLOSED}.", self.begins
                )
            yield line


def _parsed(path: Path, source: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    csv.field_size_limit(MOST_FIELD_CHARACTERS)
    metered = _Metered(path, source)
    reader = csv.reader(metered, delimiter=delimiter, strict=True)
    try:
        for values in reader:
            yield metered.begins, values
            metered.begins, metered.taken = reader.line_num + 1, 0
    except csv.Error as error:
        raise BrokenSource(path, _in_words(str(error)), metered.begins) from None


def _in_words(error: str) -> str:
    if "field limit" in error:
        return f"un champ dépasse {MOST_FIELD_CHARACTERS // 1_000_000} million de signes : {UNCLOSED}."
    if "unexpected end" in error:
        return f"{UNCLOSED}, ou le fichier est coupé."
    if "expected after" in error:
        return "un guillemet se trouve au milieu d’un champ : dans un champ entre guillemets, il s’écrit deux fois."
    return f"la suite ne peut pas être lue ({error})."
