"""What is written is read back as it was: nothing runs, numbers are numbers, what is hidden stays hidden."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from api.actions.reports.asking import asked_of
from api.actions.reports.table import Column, Mark, Report, Table, counted, numbers, said, words
from api.actions.reports.writing import as_csv, as_workbook, file_name
from graph.model.errors import InvalidInput
from graph.model.figures.sums import AtLeast, added

ATTACKS = ("=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x","y")')
AT = datetime(2026, 4, 12, tzinfo=UTC)


def report(*lines: tuple[object, ...]) -> Report:
    table = Table(
        slug="t",
        title="Unité [par] unité : tout / le reste, et ce qui ne tient pas",
        columns=(words("=Unité"), *numbers("Dossiers"), Column("Durée", unit="jours")),
        lines=lines,  # type: ignore[arg-type]
        definition="=Définition",
    )
    return Report(
        name="essai",
        title="Essai",
        scope="CCAS",
        period="de janvier à mars 2026",
        sentence="",
        tables=(table, table),
        exact=True,
        notes=("+note",),
    )


def test_no_cell_is_run() -> None:
    made = report(*((attack, 1, 2.5) for attack in ATTACKS))
    rows = list(csv.reader(io.StringIO(as_csv(made).decode("utf-8-sig")), delimiter=";"))
    for row in rows:
        for cell in row:
            assert not cell or (cell[0] not in "=+@\t\r＝" and not (cell[0] == "-" and not cell[1:].isdigit())), cell
    book = load_workbook(io.BytesIO(as_workbook(made)))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} == {"s", "n"}
    assert {str(cell.value) for cell in found} >= {
        "=1+1",
        "+33",
        "-2",
        "@SUM(A1)",
        "=1",
        "=Unité",
        "=Définition",
        "+note",
    }


def test_cells_are_typed() -> None:
    made = report(("a", 12, 2.25), ("b", Mark.HIDDEN, Mark.UNKNOWN), ("c", AtLeast(34), 0), ("d", -3, date(2026, 3, 1)))
    book = load_workbook(io.BytesIO(as_workbook(made)))
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["a", 12, 2.25],
        ["b", "masqué", "non connu"],
        ["c", "au moins 34", 0],
        ["d", -3, datetime(2026, 3, 1)],  # noqa: DTZ001
    ]
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 3
    text = as_csv(made).decode("utf-8-sig").split("\r\n")
    assert text[2:6] == ["a;12;2,25", "b;masqué;non connu", "c;au moins 34;0", "d;-3;01/03/2026"]
    assert file_name(made, "csv") == "essai-de-janvier-mars-2026.csv"


def test_a_sum_says_what_it_misses() -> None:
    assert added([11, 0, 20]) == 31
    assert not isinstance(added([11, 0, 20]), AtLeast)
    assert counted(added([11, None])) == AtLeast(11)
    assert said(counted(added([11, None]))) == "au moins 11"
    assert counted(added([None, None])) is counted(added([0, None])) is Mark.HIDDEN
    assert added([]) == 0


def test_a_period_is_of_whole_months() -> None:
    asked = asked_of("", "", AT, back=3)
    assert (asked.first, asked.last, asked.words) == ("2026-01", "2026-03", "de janvier 2026 à mars 2026")
    assert asked.months == ("2026-01", "2026-02", "2026-03")
    assert asked_of("2025-01", "2025-12", AT).words == "année 2025"
    assert asked_of("2026-04", "", AT).last == "2026-04"
    assert str(asked_of("2025-11", "2026-01", AT).quarters.first) == "2025-T4"
    for first, last in (("2026-03", "2026-01"), ("2026-13", ""), ("x", ""), ("2019-01", "2026-01")):
        with pytest.raises(InvalidInput):
            asked_of(first, last, AT)
