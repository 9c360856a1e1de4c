"""An .xlsx workbook: looked at as an archive before anything opens it, then read cell by cell, without formulas or links."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import Any, Final, NoReturn
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA
from openpyxl.workbook.workbook import Workbook

from importers.sheets.cells import MOST_CHARACTERS, plain
from importers.sheets.grid import MOST_COLUMNS, Filling, Grid, Unreadable

# A workbook of 10,000 full lines unpacks to some 30 MB; XML packs about twelve to one, a bomb a thousand to one.
MOST_UNPACKED: Final = 60_000_000
MOST_RATIO: Final = 150
RATIO_FROM: Final = 1_000_000
MOST_MEMBERS: Final = 200
MOST_SHEETS: Final = 10
# The last line that a workbook can have; a file that names a further one was not made by a spreadsheet.
LAST_LINE: Final = 1_048_576
CHUNK: Final = 65_536
# What a workbook may hold besides documents: pictures, and what printers are told.
_OTHER: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".bin")
_BOMB: Final = "Ce classeur, une fois décompressé, est démesuré. Copiez ses lignes dans le modèle vide, et renvoyez-le."
_DAMAGED: Final = (
    "Ce classeur est abîmé ou n’est pas un vrai .xlsx. Ouvrez-le, enregistrez-le à nouveau, et renvoyez-le."
)


def read_workbook(content: bytes) -> tuple[Grid, ...]:
    """Each sheet of a workbook that has something in it. Raises Unreadable, before anything is unpacked whole."""
    _look_at(content)
    try:
        # The library warns of parts that it leaves aside (validation, drawings): so do we.
        with warnings.catch_warnings(action="ignore"), closing(_opened(content)) as book:
            return tuple(grid for grid in _grids(book) if grid.header)
    except Unreadable:
        raise
    # The library says a damaged file in as many ways as there are of damaging one.
    except Exception as fault:
        raise Unreadable(_DAMAGED) from fault


def _opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content), read_only=True, keep_links=False)


def _look_at(content: bytes) -> None:
    """Refuse an archive that is too much, or that holds what no table needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise Unreadable(_BOMB)
            if len({member.filename for member in members}) < len(members):
                raise Unreadable(_DAMAGED)
            for member in members:
                _look_at_member(archive, member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Unreadable(_DAMAGED) from None


def _look_at_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.lower()
    if name.endswith((".bin", ".exe", ".dll", ".js", ".vbs")) and "printersettings" not in name:
        raise Unreadable("Ce classeur contient une macro ou un objet. Enregistrez-le en .xlsx simple, et renvoyez-le.")
    if member.file_size > RATIO_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise Unreadable(_BOMB)
    if not member.is_dir():
        _without_entities(archive, member, may_be_other=name.endswith(_OTHER))


def _without_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, may_be_other: bool) -> None:
    """Refuse a document that declares anything, whatever its encoding: that is the door of every attack by entities.

    Every member is read so, whatever its name: a workbook's relationships may call any of them a sheet. One that
    `may_be_other` than a document is left when it is none: what cannot be parsed here cannot be parsed as a sheet either.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_declaration
    unpacked = 0
    try:
        with archive.open(member) as packed:
            while chunk := packed.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > MOST_UNPACKED:
                    raise Unreadable(_BOMB)
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):
        if not may_be_other:
            raise Unreadable(_DAMAGED) from None


def _refuse_declaration(*_: object) -> NoReturn:
    raise Unreadable("Ce classeur contient une déclaration qui n’a pas sa place dans un tableau. Rien n’en a été lu.")


def _grids(book: Workbook) -> Iterator[Grid]:
    if len(book.worksheets) > MOST_SHEETS:
        raise Unreadable(f"Ce classeur a plus de {MOST_SHEETS} feuilles : gardez celles du modèle.")
    for sheet in book.worksheets:
        yield _grid(sheet)


def _grid(sheet: Any) -> Grid:
    filling = Filling(sheet.title)
    # What the file says of its size is not believed: its lines are counted as they come.
    sheet.reset_dimensions()
    blank: object = None
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        # The same value stands for each line that is not there: a million of them cost nothing.
        if number > LAST_LINE:
            raise Unreadable(_DAMAGED)
        if row is blank:
            continue
        if any(cell.value is not None for cell in row):
            filling.add(number, [_said(filling, number, column, cell) for column, cell in enumerate(row)])
        else:
            blank = row
    return filling.done()


def _said(filling: Filling, line: int, column: int, cell: Any) -> str:
    """The cell as text; "" for one that says nothing by itself, which is told."""
    text = _as_text(cell.value)
    kind = cell.data_type
    # A sheet that is not ours (notes, a pivot) may compute what it likes: only named columns count.
    name = filling.header[column] if column < len(filling.header) else ""
    if kind == TYPE_FORMULA:
        filling.fault(line, name, text, "Cette cellule est une formule. Remplacez-la par sa valeur.")
        return ""
    if kind == TYPE_ERROR:
        filling.fault(line, name, text, "Cette cellule affiche une erreur. Écrivez la valeur voulue.")
        return ""
    if len(text) > MOST_CHARACTERS:
        filling.fault(line, name, text, "Ce texte est trop long pour une cellule.")
        return ""
    return plain(text)


def _as_text(value: object) -> str:
    """What a person reads in the cell."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)
