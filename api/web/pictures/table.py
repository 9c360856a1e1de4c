"""The table beside a picture: the same numbers, the same cells hidden. On a page, and as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    address: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A number, a text, or None where it is hidden. The first column names the row. `links` are the addresses of rows that lead
    to the files themselves, "" for none; `at` those of cells, by (row, column).
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    links: tuple[str, ...] = ()
    grouped: bool = False
    at: Mapping[tuple[int, int], str] = field(default_factory=dict)

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
    def lines(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows as a page shows them, their cells with the addresses that they lead to."""
        at = {**{(down, 0): link for down, link in enumerate(self.links)}, **self.at}
        return tuple(
            tuple(cell(value, at.get((down, across), "")) for across, value in enumerate(row))
            for down, row in enumerate(self.rows)
        )

    def csv(self) -> bytes:
        """For a spreadsheet; what is hidden is told to be so."""
        return csv_of([self.header, *([HIDDEN_WORDS if one is None else one for one in row] for row in self.rows)])


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and the table that says the same. `name` is that of its files."""

    name: str
    canvas: Canvas
    table: Table


def cell(value: Value, address: str = "") -> Cell:
    """A value in words; zero is zero, and leads nowhere."""
    if value is None:
        return Cell(HIDDEN_SHORT, hidden=True, number=True)
    if isinstance(value, str):
        return Cell(value, address=address)
    return Cell(number_words(value), number=True, address=address if value else "")


def number_words(value: int) -> str:
    """A number, or the least that it can be."""
    return f"au moins {grouped(value)}" if isinstance(value, AtLeast) else grouped(value)
