"""What a file holds before anyone knows what it means: tables of cells, each with the line on which it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graph.model.errors import InvalidInput

MOST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 10_000
# A table of ours has thirty; someone may have added notes beside.
MOST_COLUMNS: Final = 60
# All that is wrong is told, up to what anyone reads.
MOST_FAULTS: Final = 1_000


class Unreadable(InvalidInput):
    """A file that cannot be read as a table; nothing of it is taken. The message says what to do."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"{fault} Rien n’a été modifié.", field="file")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands; `line` counts from 1, the header included. `column` may be empty."""

    sheet: str
    line: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something; `cells` are plain text, as many as the header has."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: the name of its sheet ("" in a CSV), its header with its line, its lines, and cells that are no values."""

    sheet: str
    header_line: int
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...] = ()


class Filling:
    """A grid being read, line after line, within bounds."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._header: tuple[str, ...] = ()
        self._header_line = 0
        self._lines: list[Line] = []
        self._faults: list[Fault] = []

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, () until they were read."""
        return self._header

    def add(self, number: int, cells: Sequence[str]) -> None:
        """The next line. Raises Unreadable past the bounds."""
        if not any(cells):
            return
        if not self._header:
            kept = tuple(cells)
            while kept and not kept[-1]:
                kept = kept[:-1]
            if len(kept) > MOST_COLUMNS:
                raise Unreadable(f"Ce fichier a plus de {MOST_COLUMNS} colonnes : ce n’est pas le modèle attendu.")
            self._header, self._header_line = kept, number
            return
        if len(self._lines) == MOST_ROWS:
            raise Unreadable("Ce fichier a plus de 10 000 lignes. Envoyez-le en plusieurs fois.")
        width = len(self._header)
        if any(cells[width:]):
            beyond = next(cell for cell in cells[width:] if cell)
            self.fault(
                number, "", beyond, "Cette valeur est au-delà de la dernière colonne nommée : elle n’a pas de sens."
            )
        self._lines.append(Line(number, (*cells[:width], *[""] * (width - len(cells)))))

    def fault(self, line: int, column: str, value: str, message: str) -> None:
        """Something is wrong there."""
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(self._sheet, line, column, value[:80], message))

    def done(self) -> Grid:
        """All that was read."""
        return Grid(self._sheet, self._header_line, self._header, tuple(self._lines), tuple(self._faults))
