"""Reads a delimited file, whole or not at all: a broken file is told from a row that cannot be taken."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph.model.errors import InvalidInput
from importers.report import Refused

# No file of ours comes near; a file that does is not the one that was meant, or a compression bomb.
MOST_BYTES: Final = 200_000_000
MOST_FIELD_CHARACTERS: Final = 1_000_000
BYTE_ORDER_MARK: Final = "\ufeff"


class BrokenSource(InvalidInput):
    """A file that cannot be read from end to end; nothing of it is taken. The message names the file and the line.

    `fault` is the message without what it says of the import: a source that is written as it is read may have begun.
    """

    def __init__(self, path: Path, fault: str, line: int | None = None) -> None:
        where = f"{path}, ligne {line}" if line else f"{path}"
        self.fault = f"{where} : {fault}"
        super().__init__(f"{self.fault} Rien n’a été importé.", field="path")


class RowError(Exception):
    """A row that cannot be taken as it stands; the others can."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `line` counts from 1 as editors do, the header included."""

    line: int
    fields: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The value of a column. Raises KeyError for a column that was not asked of `read_table`."""
        return self.fields[column]

    def error(self, column: str, message: str) -> RowError:
        """What to raise about a value of this row; `message` is a sentence in French."""
        return RowError(Refused(self.line, column, self.fields.get(column, ""), message))


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that have the right shape, and those refused for having another."""

    rows: tuple[Row, ...]
    refused: tuple[Refused, ...] = ()


def read_table(path: Path, columns: Sequence[str], delimiter: str = ",") -> Table:
    """A UTF-8 file, plain or `.gz`, whose header holds at least `columns`. Values come stripped.

    Raises BrokenSource when the file is missing, binary, badly encoded, has another header, no row, or ends in the
    middle of one. A row of another length elsewhere is refused alone.
    """
    lines = _lines(path, _text(path), delimiter)
    header_line, header = next(lines, (1, []))
    missing = [column for column in columns if column not in header]
    if missing:
        raise BrokenSource(path, f"l’en-tête n’a pas la colonne « {missing[0]} ».", header_line)
    rows: list[Row] = []
    refused: list[Refused] = []
    last: int | None = None
    for line, values in lines:
        if not any(values):
            continue
        last = None
        if len(values) == len(header):
            rows.append(Row(line, dict(zip(header, map(str.strip, values), strict=True))))
        else:
            message = f"Cette ligne a {len(values)} colonnes au lieu de {len(header)}."
            refused.append(Refused(line, "", delimiter.join(values)[:80], message))
            last = line if len(values) < len(header) else None
    if last:
        raise BrokenSource(path, "le fichier s’arrête au milieu d’une ligne.", last)
    if not rows:
        raise BrokenSource(path, "le fichier n’a aucune ligne à importer.")
    return Table(tuple(rows), tuple(refused))


def _text(path: Path) -> str:
    try:
        content = _content(path)
    except FileNotFoundError:
        raise BrokenSource(path, "ce fichier n’existe pas.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise BrokenSource(path, "l’archive est abîmée ou incomplète.") from None
    except OSError as error:
        raise BrokenSource(path, f"ce fichier ne peut pas être lu ({error.strerror}).") from None
    if len(content) > MOST_BYTES:
        raise BrokenSource(path, f"ce fichier dépasse {MOST_BYTES // 1_000_000} Mo.")
    if b"\0" in content:
        raise BrokenSource(path, "ce n’est pas un fichier de texte.", _line_of(content, content.index(b"\0")))
    try:
        return content.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise BrokenSource(path, "ce fichier n’est pas en UTF-8.", _line_of(content, error.start)) from None


def _content(path: Path) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    with gzip.open(path) as unpacked:
        return unpacked.read(MOST_BYTES + 1)


def _lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    csv.field_size_limit(MOST_FIELD_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for values in reader:
            yield begins, values
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BrokenSource(path, f"la suite ne peut pas être lue ({error}).", begins) from None


def _line_of(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1
