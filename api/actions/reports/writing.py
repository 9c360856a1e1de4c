"""A report as a workbook or as a CSV. No cell is ever run as a formula; numbers and dates stay numbers and dates."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from api.actions.reports.table import Cell, Mark, Report, Table, said
from graph.model.figures.sums import AtLeast
from importers.sheets.cells import inert
from importers.sheets.csv_file import Value, csv_of

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADING: Final = PatternFill("solid", start_color="FFE3EEF0")
WIDE: Final = 46
NARROW: Final = 18
# What a sheet's name may not hold, nor be longer than.
FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_NAME: Final = 31
DEFINITIONS: Final = "Définitions"


def as_csv(report: Report) -> bytes:
    """Every table under its title, then the definitions."""
    return csv_of(_lines(report))


def _lines(report: Report) -> Iterator[Iterable[Value]]:
    for table in report.tables:
        yield [table.title]
        yield [column.head for column in table.columns]
        yield from ([said(cell) if isinstance(cell, Mark) else cell for cell in line] for line in table.lines)
        yield []
    yield [DEFINITIONS]
    yield from (list(line) for line in _definitions(report))


def as_workbook(report: Report) -> bytes:
    """A sheet for each table, then the definitions."""
    book = Workbook(write_only=True)
    names = {DEFINITIONS}
    for table in report.tables:
        sheet = book.create_sheet(_name(table, names))
        for number, column in enumerate(table.columns, 1):
            wide = WIDE if column.align == "words" else NARROW
            sheet.column_dimensions[get_column_letter(number)].width = wide
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, column.head, heading=True) for column in table.columns])
        for line in table.lines:
            sheet.append([_cell(sheet, cell) for cell in line])
    sheet = book.create_sheet(DEFINITIONS)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = WIDE, 2 * WIDE
    for line in _definitions(report):
        sheet.append([_cell(sheet, one) for one in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_name(report: Report, ending: str) -> str:
    """Its name on a disk: letters, digits and dashes alone."""
    period = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in report.period.lower())
    return f"{report.name}-{'-'.join(part for part in period.split('-') if part)}.{ending}"


def _definitions(report: Report) -> Iterator[tuple[str, str]]:
    yield report.title, f"{report.scope}, {report.period}"
    for table in report.tables:
        yield table.title, table.definition
    for note in report.notes:
        yield "", note


def _name(table: Table, taken: set[str]) -> str:
    name = table.title.translate(FORBIDDEN)[:LONGEST_NAME].strip(" '")
    while name in taken:
        name = f"{name[: LONGEST_NAME - 2]} {len(taken)}"
    taken.add(name)
    return name


def _cell(sheet: Any, value: Cell, *, heading: bool = False) -> Any:
    typed = value if isinstance(value, int | float | date) and not isinstance(value, AtLeast) else None
    cell: Any = WriteOnlyCell(sheet)
    cell.value = typed
    if typed is None:
        # A text that begins like a formula is none, and is told to be none.
        cell.value = inert(said(value), as_text=True)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="right" if _numeric(value) else None)
    elif isinstance(typed, float):
        cell.value, cell.number_format = round(typed, 2), "0.0"
    elif isinstance(typed, date):
        cell.number_format = "dd/mm/yyyy"
    if heading:
        cell.font, cell.fill = Font(bold=True), HEADING
    return cell


def _numeric(value: Cell) -> bool:
    return isinstance(value, Mark) or not isinstance(value, str)
