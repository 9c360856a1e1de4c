"""The table beside a picture: the same numbers, the same cells hidden. On a page, and as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.web.pictures.svg import Canvas, grouped
from graph.model.figures.lattice import FEWEST
from graph.model.figures.sums import AtLeast
from importers.sheets.csv_file import csv_of

HIDDEN_SHORT: Final = "masqué"
HIDDEN_WORDS: Final = f"moins de {FEWEST} ou masqué"

Value = int | str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a page shows it."""

    words: str
    hidden: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A number, a text, or None where it is hidden. The first column names the row. `links` are the addresses of rows that lead
    to the files themselves, "" for none.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    links: tuple[str, ...] = ()
    grouped: bool = False

    @property
    def hides(self) -> bool:
        """Whether a cell is hidden, or told together with others only (`grouped`)."""
        return self.grouped or any(value is None for row in self.rows for value in row)

    @property
    def heads(self) -> tuple[tuple[str, bool], ...]:
        """The names of the columns, and which of them hold numbers."""
        return tuple(
            (name, any(not isinstance(row[place], str) for row in self.rows)) for place, name in enumerate(self.header)
        )

    @property
    def lines(self) -> tuple[tuple[tuple[Cell, ...], str], ...]:
        """The rows as a page shows them, each with its address."""
        links = self.links or ("",) * len(self.rows)
        return tuple((tuple(cell(value) for value in row), link) for row, link in zip(self.rows, links, strict=True))

    def csv(self) -> bytes:
        """For a spreadsheet; what is hidden is told to be so."""
        return csv_of([self.header, *([HIDDEN_WORDS if one is None else one for one in row] for row in self.rows)])


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and the table that says the same. `name` is that of its files."""

    name: str
    canvas: Canvas
    table: Table


def cell(value: Value) -> Cell:
    """A value in words; zero is zero."""
    if value is None:
        return Cell(HIDDEN_SHORT, hidden=True, number=True)
    return Cell(value) if isinstance(value, str) else Cell(number_words(value), number=True)


def number_words(value: int) -> str:
    """A number, or the least that it can be."""
    return f"au moins {grouped(value)}" if isinstance(value, AtLeast) else grouped(value)
