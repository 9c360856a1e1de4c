"""Load on a grid, such as months by theme or days by week: a square as large as what is counted, and its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from api.web.pictures.svg import Canvas, Element, el, fitted, grouped, text, told
from api.web.pictures.table import HIDDEN_SHORT, Drawn, Table, number_words
from graph.model.figures.sums import AtLeast

LEFT: Final = 250.0
TOP: Final = 44.0
CELL: Final = 96.0
SMALL: Final = 50.0
ROW: Final = 46.0
LARGEST: Final = 36.0
MOST_ROOMY: Final = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What is counted, row by row; None where it is hidden. `absent` are cells that do not exist, (row, column): days of a week
    that lie outside. `to` are the addresses to which cells lead, `to_rows` those of rows.
    """

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    absent: frozenset[tuple[int, int]] = frozenset()
    to: Mapping[tuple[int, int], str] = field(default_factory=dict)
    to_rows: tuple[str, ...] = ()


def grid(name: str, title: str, says: str, load: Load) -> Drawn:
    """The picture and its table."""
    cell = CELL if len(load.columns) <= MOST_ROOMY else SMALL
    most = max((n or 0 for _, row in load.rows for n in row), default=0)
    shapes = [
        text(said, LEFT + (number + 0.5) * cell, TOP - 16, klass="pic__head", anchor="middle")
        for number, said in enumerate(load.columns)
    ]
    for down, (words, row) in enumerate(load.rows):
        middle = TOP + (down + 0.5) * ROW
        shapes.append(text(fitted(words, LEFT - 16), LEFT - 12, middle + 5, anchor="end"))
        shapes.append(
            el("path", d=f"M0 {TOP + down * ROW:.1f}H{LEFT + cell * len(load.columns):.1f}", class_="pic__rule")
        )
        for across, count in enumerate(row):
            if (down, across) not in load.absent:
                said = f"{words}, {load.columns[across]} : {HIDDEN_SHORT if count is None else number_words(count)}"
                shapes.append(
                    told(
                        _cell(LEFT + across * cell, middle, cell, count, most),
                        said,
                        load.to.get((down, across), "") if count else "",
                    )
                )
    wide, height = LEFT + cell * len(load.columns) + 10, TOP + len(load.rows) * ROW + 8
    rows = tuple(
        (words, *("" if (down, across) in load.absent else count for across, count in enumerate(row)))
        for down, (words, row) in enumerate(load.rows)
    )
    at = {(down, across + 1): to for (down, across), to in load.to.items()}
    table = Table(title, (load.corner, *load.columns), rows, load.to_rows, at=at)
    return Drawn(name, Canvas(f"pic-{name}", wide, height, title, says, tuple(shapes)), table)


def _cell(x: float, middle: float, cell: float, count: int | None, most: int) -> Element:
    """A square whose area is the number, at the left of it; in a narrow cell the number stands upon the square."""
    if count is None:
        box = el(
            "rect", x=x + 5, y=middle - 15, width=cell - 10, height=30.0, class_="pic__fill--masked pic__edge--masked"
        )
        # Between weeks there is no room for the word: the table says it.
        said = (
            [text(HIDDEN_SHORT, x + cell / 2, middle + 5, klass="pic__over", anchor="middle")] if cell == CELL else []
        )
        return el("g", box, *said)
    side = LARGEST * sqrt(count / most) if most else 0.0
    roomy = cell == CELL
    centre = x + (4 + LARGEST / 2 if roomy else cell / 2)
    square = el("rect", x=centre - side / 2, y=middle - side / 2, width=side, height=side, class_="pic__square")
    if roomy:
        said = f"≥ {grouped(count)}" if isinstance(count, AtLeast) else grouped(count)
        number = text(said, x + LARGEST + 10, middle + 5, klass="pic__number")
    else:
        number = text(str(count) if count else "", x + cell / 2, middle + 5, klass="pic__over", anchor="middle")
    return el("g", square, number)


def said_most(load: Load) -> tuple[str, str, int] | None:
    """Where it is most: row, column, how many; None where nothing is counted."""
    cells: Sequence[tuple[int, str, str]] = [
        (count, words, load.columns[across]) for words, row in load.rows for across, count in enumerate(row) if count
    ]
    if not cells:
        return None
    count, words, column = max(cells, key=lambda one: one[0])
    return words, column, count
