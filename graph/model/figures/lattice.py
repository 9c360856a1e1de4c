"""The lattice on which figures are published: what is counted (columns) of whom and where (rows), each a tree of parts.

A node is its path from the root: `()` is everything, `("category=logement-hebergement",)` a part of it,
`("category=logement-hebergement", "competence=…")` a part of that. The word before the sign names the *split*: the parts of one
split of a node hold together all that the node holds, each once. A node may be split in several ways (by category, by month):
what is in two splits at once is never published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NotRequired, TypedDict

Node = tuple[str, ...]
WHOLE: Final[Node] = ()
SIGN: Final = "="
# Fewer persons than this are never shown outside of the house that accompanies them; nobody at all may be.
FEWEST: Final = 11
# The parts of a split that are hidden, taken together, are a part of their own in what is told.
HIDDEN_PARTS: Final = "*"
BETWEEN: Final = "\t"
# The parts of one split of a row, crossed with the parts of one split of a column; "" where it is not split.
Line = tuple[Node, str, Node, str]


class Measure(StrEnum):
    """What is counted, each by itself: a table of its own, on its own lattice."""

    SENT = "sent"
    ANSWERED = "answered"
    CONTACTED = "contacted"
    NEEDS_OPENED = "needs_opened"
    NEEDS_ENDED = "needs_ended"
    NEEDS_OPEN = "needs_open"
    UNMET = "unmet"
    FILES_OPENED = "files_opened"
    FILES_CLOSED = "files_closed"
    FILES_OPEN = "files_open"
    TRANSITIONAL = "transitional"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Part:
    """One way to split a node, and how its parts are split further. `of` gives the part that a fact lies in; "" lies in none of
    them and counts as the part "" ("non précisé").
    """

    split: str
    of: Callable[[Any], str]
    within: tuple[Part, ...] = ()


def part(split: str, value: str) -> str:
    """One step of a path: "category=logement-hebergement"."""
    return f"{split}{SIGN}{value}"


def split_of(node: Node) -> str:
    """By which split a node came of its parent."""
    return node[-1].partition(SIGN)[0]


def value_of(node: Node) -> str:
    """What its last step says, without the split."""
    return node[-1].partition(SIGN)[2]


def paths(fact: object, parts: Iterable[Part], above: Node = WHOLE) -> Iterable[Node]:
    """Every node that a fact lies in, but the whole."""
    for one in parts:
        node = (*above, part(one.split, one.of(fact)))
        yield node
        yield from paths(fact, one.within, node)


Cell = tuple[Node, Node]
Cells = Mapping[Cell, int]


def counted(facts: Iterable[object], rows: tuple[Part, ...], columns: tuple[Part, ...]) -> Counter[tuple[Node, Node]]:
    """How many facts lie in each cell (row, column); a cell without any is not told."""
    found: Counter[tuple[Node, Node]] = Counter()
    for fact in facts:
        across = [WHOLE, *paths(fact, columns)]
        for row in (WHOLE, *paths(fact, rows)):
            for column in across:
                found[row, column] += 1
    return found


class RowData(TypedDict):
    """What is told of one row, as it is kept."""

    told: dict[str, int]
    masked: list[str]
    whole: list[list[str]]
    closed: NotRequired[list[list[str]]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a cell by one split. `told` holds no zeros; `hidden` is what the parts that are not told hold together: 0
    where all is told, None where the cell is hidden itself.
    """

    told: Mapping[Node, int]
    hidden: int | None

    @property
    def whole(self) -> bool:
        """Whether every part is told, so that one that is not named holds nobody."""
        return self.hidden == 0


@dataclass(frozen=True)
class Published:
    """The cells that may be told. `cells` holds the numbers, FEWEST or more, and the zeros that say of hidden parts together
    that they hold nobody; `masked` the cells that are hidden one by one; `whole` the lines in which a cell that is in neither
    holds nobody; `closed` the rows in a line, and the columns, of which no part is told, though they are. Whatever these do
    not settle is hidden: what was not loaded is never taken for a zero.
    """

    cells: Cells = field(default_factory=dict)
    masked: frozenset[Cell] = frozenset()
    whole: frozenset[Line] = frozenset()
    closed: frozenset[Line] = frozenset()

    def count(self, row: Node = WHOLE, column: Node = WHOLE) -> int | None:
        """How many, or None where it is hidden."""
        cell = row, column
        told = self.cells.get(cell)
        if told is not None or cell in self.masked:
            return told
        if cell not in self._settled:
            self._settled[cell] = 0 if self._nobody(row, column) else None
        return self._settled[cell]

    def parts(self, row: Node, column: Node, split: str) -> Parts:
        """The parts of a cell by a split of its row or of its column, in the order of their names."""
        whole = self.count(row, column)
        told = {node: count for node, count in self._split.get((row, column, split), ()) if count}
        return Parts(told, None if whole is None else whole - sum(told.values()))

    @cached_property
    def rows(self) -> tuple[Node, ...]:
        """The rows of which something is told, in order."""
        named = {row for row, _ in self.cells} | {row for row, _ in self.masked}
        named |= {line[0] for line in self.whole | self.closed}
        return tuple(sorted(named))

    def data_of_row(self, row: Node) -> RowData:
        """What is told of one row, as JSON can hold it: `published_of` reads it."""
        return self._data.get(row, RowData(told={}, masked=[], whole=[], closed=[]))

    @cached_property
    def _data(self) -> dict[Node, RowData]:
        found: dict[Node, RowData] = {row: RowData(told={}, masked=[], whole=[], closed=[]) for row in self.rows}
        for (row, column), count in sorted(self.cells.items()):
            found[row]["told"][written(column)] = count
        for row, column in sorted(self.masked):
            found[row]["masked"].append(written(column))
        for row, split, column, across in sorted(self.whole):
            found[row]["whole"].append([split, written(column), across])
        for row, split, column, across in sorted(self.closed):
            found[row].setdefault("closed", []).append([split, written(column), across])
        return found

    @cached_property
    def _split(self) -> dict[tuple[Node, Node, str], list[tuple[Node, int]]]:
        found: defaultdict[tuple[Node, Node, str], list[tuple[Node, int]]] = defaultdict(list)
        for (row, column), count in sorted(self.cells.items()):
            if row and value_of(row) != HIDDEN_PARTS:
                found[row[:-1], column, split_of(row)].append((row, count))
            if column and value_of(column) != HIDDEN_PARTS:
                found[row, column[:-1], split_of(column)].append((column, count))
        return dict(found)

    @cached_property
    def _settled(self) -> dict[Cell, int | None]:
        """What was found of cells of which nothing is said: each is asked for by all its parts."""
        return {}

    def _nobody(self, row: Node, column: Node) -> bool:
        """Whether a cell of which nothing is said holds nobody: so does a cell that it is part of, its line, or the hidden parts
        that it is among.
        """
        if not row and not column:
            return False
        of_row = self.count(row, column[:-1]) if column else None
        of_column = self.count(row[:-1], column) if row else None
        if of_row == 0 or of_column == 0:
            return True
        line = line_of(row, column)
        if row and column:
            row_closed = of_row is None or (row, "", *line[2:]) in self.closed
            column_closed = of_column is None or (*line[:2], column, "") in self.closed
            if row_closed or column_closed:
                together = hidden_parts(row) if row_closed else row, hidden_parts(column) if column_closed else column
                if together != (row, column):
                    return self.cells.get(together) == 0
        return line in self.whole


def hidden_parts(node: Node) -> Node:
    """The hidden ones among a node and its neighbours of the same split, together."""
    return (*node[:-1], part(split_of(node), HIDDEN_PARTS))


def settling(row: Node) -> list[Node]:
    """The rows that say what a row holds: itself, those above it, and beside each the hidden ones together."""
    above = [row[:length] for length in range(len(row) + 1)]
    return [*above, *(hidden_parts(one) for one in above if one)]


def line_of(row: Node, column: Node) -> Line:
    """The line, or the block, that a cell stands in."""
    return row[:-1], split_of(row) if row else "", column[:-1], split_of(column) if column else ""


def written(node: Node) -> str:
    """A node in one word."""
    return BETWEEN.join(node)


def read(text: str) -> Node:
    """A node from `written`."""
    return tuple(text.split(BETWEEN)) if text else WHOLE


def published_of(rows: Iterable[tuple[Node, RowData]]) -> Published:
    """What is told, from the rows that were loaded. A cell is settled by the rows of `settling`."""
    cells: dict[tuple[Node, Node], int] = {}
    masked: set[tuple[Node, Node]] = set()
    whole: set[Line] = set()
    closed: set[Line] = set()
    for row, data in rows:
        cells |= {(row, read(column)): count for column, count in data["told"].items()}
        masked |= {(row, read(column)) for column in data["masked"]}
        whole |= {(row, split, read(column), across) for split, column, across in data["whole"]}
        closed |= {(row, split, read(column), across) for split, column, across in data.get("closed", ())}
    return Published(cells, frozenset(masked), frozenset(whole), frozenset(closed))
