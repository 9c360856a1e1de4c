"""From what a file holds to a table of ours: which of the two it is, which column is which, what each line says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.model.words import fold
from importers.sheets.columns import ID, Column, Sheet, columns
from importers.sheets.delimited import read_delimited
from importers.sheets.grid import Fault, Grid, Unreadable
from importers.sheets.values import did_you_mean
from importers.sheets.workbook import read_workbook

README: Final = "Lisez-moi"
# The one column that a table must have to be known for what it is.
TELLING: Final = {Sheet.SERVICES: "Nom", Sheet.POSTS: "Intitulé"}
PACKED: Final = b"PK\x03\x04"
# The format of .xls, and of an .xlsx behind a password.
COMPOUND: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by the name of their column, empty ones left out."""

    sheet: Sheet
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """All that someone filled in, and what of it cannot be a table at all."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...] = ()


def read_file(content: bytes) -> Filled:
    """A CSV or an .xlsx, known by what it begins with and not by its name. Raises Unreadable."""
    if not content.strip():
        raise Unreadable("Ce fichier est vide.")
    if content.startswith(COMPOUND):
        raise Unreadable(
            "Ce classeur est à l’ancien format (.xls) ou protégé par un mot de passe. Enregistrez-le en .xlsx, sans mot de passe."
        )
    grids = read_workbook(content) if content.startswith(PACKED) else (read_delimited(content),)
    return _filled([grid for grid in grids if fold(grid.sheet) != fold(README)])


def _filled(grids: Sequence[Grid]) -> Filled:
    rows: list[Row] = []
    faults: list[Fault] = []
    ignored: list[str] = []
    known = [(grid, sheet) for grid in grids if (sheet := _sheet(grid))]
    if not known:
        raise Unreadable(_no_table(grids))
    for grid, sheet in known:
        if [other for _, other in known].count(sheet) > 1:
            raise Unreadable(f"Deux feuilles de ce classeur sont des tableaux « {sheet} ». Gardez-en une.")
        places, wrong = _places(grid, sheet)
        faults += [replace(fault, sheet=sheet) for fault in (*wrong, *grid.faults)]
        for line in grid.lines:
            cells = {column.name: line.cells[place] for place, column in places.items() if line.cells[place]}
            rows.append(Row(sheet, line.number, cells))
    ignored += [grid.sheet for grid in grids if not _sheet(grid)]
    if not rows and not faults:
        raise Unreadable("Ce fichier a un en-tête et aucune ligne. Remplissez au moins une ligne sous l’en-tête.")
    return Filled(tuple(rows), tuple(faults), tuple(ignored))


def _sheet(grid: Grid) -> Sheet | None:
    """Which table this is: by the telling column, else by the name of its sheet."""
    header = {fold(name) for name in grid.header}
    for sheet, telling in TELLING.items():
        if fold(telling) in header:
            return sheet
    if grid.sheet:
        return next((sheet for sheet in Sheet if fold(sheet) == fold(grid.sheet)), None)
    # A table that changes a few columns of listings named by their ids needs no name.
    return Sheet.SERVICES if fold(ID) in header else None


def _no_table(grids: Sequence[Grid]) -> str:
    if not any(grid.header for grid in grids):
        return "Ce fichier ne contient aucune ligne."
    first = next(grid.header for grid in grids if grid.header)
    named = ", ".join(f"« {name[:40]} »" for name in first[:6])
    near = next((hint for name in first for hint in [did_you_mean(name, TELLING.values())] if hint), "")
    return (
        f"L’en-tête n’a ni la colonne « Nom » (services) ni la colonne « Intitulé » (interlocuteurs) : {named}.{near} "
        "Partez du modèle ou d’un fichier téléchargé d’ici."
    )


def _places(grid: Grid, sheet: Sheet) -> tuple[dict[int, Column], list[Fault]]:
    """Which column stands where, and what is wrong with the header."""
    by_name = {fold(column.name): column for column in columns(sheet)}
    places: dict[int, Column] = {}
    faults = []
    for place, name in enumerate(grid.header):
        column = by_name.get(fold(name))
        if column is None:
            missing = [column.name for column in columns(sheet) if fold(column.name) not in map(fold, grid.header)]
            said = "Cette colonne n’existe pas." if name else "Cette colonne n’a pas de nom."
            if not name and not any(line.cells[place] for line in grid.lines):
                continue
            faults.append(Fault(grid.sheet, grid.header_line, name, "", said + did_you_mean(name, missing)))
        elif column in places.values():
            faults.append(Fault(grid.sheet, grid.header_line, name, "", "Cette colonne est là deux fois."))
        else:
            places[place] = column
    return places, faults
