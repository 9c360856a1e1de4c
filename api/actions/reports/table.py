"""What a report is made of: tables of typed cells, each with its definition, the same on a page, in a workbook, in a CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from graph.model.figures.sums import AtLeast

HIDDEN_WORDS: Final = "masqué"


class Mark(StrEnum):
    """A cell that is no value."""

    # Less than eleven persons, or what would tell of them.
    HIDDEN = "hidden"
    # Not told by what was noted: no median, no price.
    UNKNOWN = "unknown"


# An int may be an AtLeast: a sum of which a part is hidden.
Cell = str | int | float | date | Mark


class Align(StrEnum):
    """How a column is read."""

    WORDS = "words"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `unit` is said once, in its head."""

    name: str
    align: Align = Align.NUMBER
    unit: str = ""

    @property
    def head(self) -> str:
        """Its name with its unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines of cells under columns; the first cell of a line names it. `definition` says what is counted, in words; `leads` who
    leads the files that a line counts, line by line, for pages that lead to them.
    """

    slug: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[tuple[Cell, ...], ...]
    definition: str
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of a period. `scope` says whose it is; `exact` whether it is one's own, to the last one, or published figures."""

    name: str
    title: str
    scope: str
    period: str
    sentence: str
    tables: tuple[Table, ...]
    exact: bool
    notes: tuple[str, ...] = ()


def words(name: str) -> Column:
    """A column of words."""
    return Column(name, Align.WORDS)


def numbers(*names: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(name) for name in names)


def counted(count: int | None) -> Cell:
    """A number as it is told, or that it is hidden."""
    return Mark.HIDDEN if count is None else count


def said(cell: Cell) -> str:
    """A cell in words."""
    match cell:
        case Mark.HIDDEN:
            return HIDDEN_WORDS
        case Mark.UNKNOWN:
            return "non connu"
        case AtLeast():
            return f"au moins {int(cell)}"
        case float():
            return f"{cell:.1f}".replace(".", ",")
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            return str(cell)
