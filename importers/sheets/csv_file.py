"""A table as the one CSV that this site gives out: it opens in a French spreadsheet, and nothing in it is run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Final

from graph.model.figures.sums import AtLeast
from importers.sheets.cells import inert

CSV_TYPE: Final = "text/csv; charset=utf-8"
Value = str | int | float | date | None


def csv_of(rows: Iterable[Iterable[Value]]) -> bytes:
    """These lines in UTF-8 with its mark, cells parted by semicolons. A text is made inert, a float has a comma and two digits,
    a day is written as one reads it, a sum that lacks a part is told as that, None is an empty cell.
    """
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return inert(value)
        case AtLeast():
            return f"au moins {int(value)}"
        case float():
            return f"{value:.2f}".replace(".", ",")
        case date():
            return f"{value:%d/%m/%Y}"
        case _:
            return str(value)
