"""What is kept from sight: no figure about fewer than FEWEST persons is told, nor can one be worked out from those that are.

The table is walked from the whole downwards by *blocks*: the parts of a row by one split, crossed with the parts of a column by
one split, between margins that were settled before. Parts whose margin is hidden stand in a block together, as one line that is
known by difference. In a block, what is too small is hidden, then as much beside it as it takes: each hidden cell is a corner of
a rectangle of hidden cells along which at least FEWEST persons can be moved without changing anything that is told. Why that
is enough is in decision 0053.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from graph.model.figures.lattice import (
    FEWEST,
    WHOLE,
    Cell,
    Cells,
    Line,
    Node,
    Published,
    hidden_parts,
    split_of,
)
from graph.model.figures.rectangles import Marks, Numbers, hide

# The rows and columns of a block: those that are told, and those whose margin is hidden.
Lines = tuple[tuple[Node, ...], ...]


def protect(cells: Cells, persons: Cells | None = None) -> Published:
    """What may be told of a table. `cells` are the counts as `counted` gives them, `persons` how many distinct persons each holds
    where that is not the count itself. The same cells give the same answer, in whatever order they come.
    """
    return Table(cells, persons).protected()


class Table:
    """A table as `protect` takes it, that may be protected again with other cells marked. Each time only those blocks are settled
    anew by which something has changed.
    """

    def __init__(self, cells: Cells, persons: Cells | None = None) -> None:
        self.cells, self._persons = cells, cells if persons is None else persons
        self._marked: frozenset[Cell] = frozenset()
        # Of each block how it was found, and what is told of it.
        self._known: dict[Line, tuple[Lines, Published]] = {}
        self.parts_of_rows = _by_parent({row for row, _ in cells})
        self.parts_of_columns = _by_parent({column for _, column in cells})
        # Of each row and column, the parts of that column which are not empty there.
        self._across: dict[Node, dict[tuple[Node, str], list[Node]]] = {}
        parents = {column: (column[:-1], split_of(column)) for _, column in cells if column}
        for (row, column), count in cells.items():
            if column and count:
                self._across.setdefault(row, {}).setdefault(parents[column], []).append(column)

    def protected(self, marked: Collection[Cell] = ()) -> Published:
        """What may be told where these cells are hidden as if they were of one person. Marks on empty cells say nothing."""
        now = frozenset(cell for cell in marked if self.cells.get(cell))
        if self._persons is self.cells and bool(now) != bool(self._marked):
            # Whether each count is of as many persons holds for the whole table: with a mark it does not any more.
            self._known.clear()
        for cell in now ^ self._marked:
            self._forget(*cell)
        self._marked = now
        self.persons = {**self._persons, **dict.fromkeys(now, 1)} if now else self._persons
        return self._walked()

    def _forget(self, row: Node, column: Node) -> None:
        """The blocks that a cell stands in, and those of which it is a margin: one that follows from others is told though it is
        marked, and as of one person it makes what lies below it smaller.
        """
        for whole, split in _taken_part_in(row, self.parts_of_rows):
            for other, across in _taken_part_in(column, self.parts_of_columns):
                self._known.pop((whole, split, other, across), None)

    def across(self, row: Node, column: Node, split: str) -> Collection[Node]:
        """The parts of a column by a split which are not empty in a row, in no order."""
        return self._across.get(row, {}).get((column, split), ())

    def _walked(self) -> Published:
        """Walks it: lines first, then blocks, each after those that settle its margins."""
        self.told: dict[Cell, int] = {}
        self.none: dict[Cell, int] = {}
        self.masked: set[Cell] = set()
        self.whole: set[Line] = set()
        self.closed: set[Line] = set()
        if not self.cells.get((WHOLE, WHOLE)):
            return Published({(WHOLE, WHOLE): 0})
        if not self._small((WHOLE, WHOLE)):
            self.told[WHOLE, WHOLE] = self.cells[WHOLE, WHOLE]
            self._lines()
            self._blocks()
        return Published(self.told | self.none, frozenset(self.masked), frozenset(self.whole), frozenset(self.closed))

    def _small(self, cell: Cell) -> bool:
        return self.cells[cell] < FEWEST or self.persons[cell] < FEWEST

    def _lines(self) -> None:
        """The parts of the rows taken by themselves, and those of the columns: here a part is hidden by its neighbours alone."""
        for row in sorted(self.parts_of_rows, key=_depth):
            for split, parts in sorted(self.parts_of_rows[row].items()):
                self._line((row, WHOLE), (row, split, WHOLE, ""), [(part, WHOLE) for part in parts])
        for column in sorted(self.parts_of_columns, key=_depth):
            for split, parts in sorted(self.parts_of_columns[column].items()):
                self._line((WHOLE, column), (WHOLE, "", column, split), [(WHOLE, part) for part in parts])

    def _line(self, whole: Cell, line: Line, parts: Iterable[Cell]) -> None:
        if whole not in self.told:
            return
        present = sorted((cell for cell in parts if self.cells.get(cell)), key=lambda cell: (self.cells[cell], cell))
        if not present:
            return
        hidden = {cell for cell in present if self._small(cell)}
        if hidden:
            for cell in present:
                if self._hides(hidden, whole, present):
                    break
                hidden.add(cell)
            if not self._hides(hidden, whole, present):
                return
        self.masked |= hidden
        self.whole.add(line)
        self.told |= {cell: self.cells[cell] for cell in present if cell not in hidden}

    def _hides(self, hidden: set[Cell], whole: Cell, present: list[Cell]) -> bool:
        """Whether these parts hide each other: any may hold all but one person of each of the others, or one alone."""
        others = sum(self.persons[cell] for cell in present if cell not in hidden)
        persons = max(self.persons[whole] - others, *(self.persons[cell] for cell in hidden), 0)
        count = sum(self.cells[cell] for cell in hidden)
        return len(hidden) > 1 and count >= FEWEST + len(hidden) and persons >= FEWEST

    def _blocks(self) -> None:
        settled: defaultdict[int, list[Cell]] = defaultdict(list)
        for cell in self.told:
            settled[len(cell[0]) + len(cell[1])].append(cell)
        for depth in range(max(map(_depth, self.parts_of_rows)) + max(map(_depth, self.parts_of_columns)) + 1):
            for row, column in settled.pop(depth, ()):
                for split, rows in self.parts_of_rows.get(row, {}).items():
                    for across in self.parts_of_columns.get(column, {}):
                        found = self._settled(_Block(self, row, split, rows, column, across))
                        told = {cell: count for cell, count in found.cells.items() if count}
                        settled[depth + 2] += told
                        self.told |= told
                        self.none |= dict.fromkeys(found.cells.keys() - told.keys(), 0)
                        self.masked |= found.masked
                        self.whole |= found.whole
                        self.closed |= found.closed

    def _settled(self, block: _Block) -> Published:
        """What is told of a block: what was found before, where it is known by the same margins and nothing in it has changed."""
        lines, known = block.lines, self._known.get(block.line)
        if known is None or known[0] != lines:
            self._known[block.line] = known = lines, block.settle()
        return known[1]


class _Block:
    """One block. Its rows are the told ones, then the hidden ones together; its columns likewise."""

    def __init__(self, table: Table, row: Node, split: str, rows: Iterable[Node], column: Node, across: str) -> None:
        self.table, self.row, self.column = table, row, column
        self.line: Line = (row, split, column, across)
        self.rows: list[Node] = []
        self.hidden_rows: list[Node] = []
        for one in rows:
            if table.cells.get((one, column)):
                (self.rows if (one, column) in table.told else self.hidden_rows).append(one)
        columns = sorted(table.across(row, column, across))
        self.columns = [one for one in columns if (row, one) in table.told]
        self.hidden_columns = [one for one in columns if (row, one) not in table.told]

    @property
    def lines(self) -> Lines:
        """Its rows and columns, those whose margin is hidden by themselves."""
        return tuple(map(tuple, (self.rows, self.hidden_rows, self.columns, self.hidden_columns)))

    def settle(self) -> Published:
        """What may be told of the block. Rows and columns that no rectangle makes safe are closed: they stand together from then
        on, like those whose margin is hidden.
        """
        counts, persons = self._numbers()
        masked = np.zeros(counts.shape, dtype=np.bool_)
        while min(counts.shape) > 1:
            masked, unsafe = hide(counts, (counts > 0) & ((counts < FEWEST) | (persons < FEWEST)))
            if not unsafe:
                break
            self._close(counts, unsafe)
            counts, persons = self._numbers()
            masked = np.zeros(counts.shape, dtype=np.bool_)
        return self._told(counts, masked) if counts.size else Published()

    def _told(self, counts: Numbers, masked: Marks) -> Published:
        told, (whole, split, column, across) = self.table.told, self.line
        closed = {(row, "", column, across) for row in self.hidden_rows if (row, column) in told}
        closed |= {(whole, split, one, "") for one in self.hidden_columns if (whole, one) in told}
        cells: dict[Cell, int] = {}
        hidden: set[Cell] = set()
        rows = self.rows + [hidden_parts(one) for one in self.hidden_rows[:1]]
        columns = self.columns + [hidden_parts(one) for one in self.hidden_columns[:1]]
        for i, row in enumerate(rows):
            for j, one in enumerate(columns):
                together = i == len(self.rows) or j == len(self.columns)
                if masked[i, j]:
                    if not together:
                        hidden.add((row, one))
                elif bool(counts[i, j]) != together:
                    # Of hidden ones together it is told that they hold nobody, of others how many they are.
                    cells[row, one] = int(counts[i, j])
        return Published(cells, frozenset(hidden), frozenset({self.line}), frozenset(closed))

    def _close(self, counts: Numbers, unsafe: list[tuple[int, int]]) -> None:
        """Closes the row or the column of each of these cells, whichever holds less; never one alone."""
        of_rows, of_columns = counts.sum(axis=1), counts.sum(axis=0)
        rows, columns = set[int](), set[int]()
        for i, j in unsafe:
            if i < len(self.rows) and (j == len(self.columns) or of_rows[i] <= of_columns[j]):
                rows.add(i)
            elif j < len(self.columns):
                columns.add(j)
        if rows:
            # What is closed across may make the rest safe.
            columns.clear()
        elif not columns:
            (rows if self.rows else columns).add(int((of_rows if self.rows else of_columns)[:-1].argmin()))
        self.rows, self.hidden_rows = _closed(self.rows, self.hidden_rows, rows, of_rows)
        self.columns, self.hidden_columns = _closed(self.columns, self.hidden_columns, columns, of_columns)

    def _numbers(self) -> tuple[Numbers, Numbers]:
        """How many, and how many persons at least, in each cell of the block."""
        table, (_, _, _, across) = self.table, self.line
        row_at = {row: i for i, row in enumerate(self.rows)} | dict.fromkeys(self.hidden_rows, len(self.rows))
        column_at = {column: j for j, column in enumerate(self.columns)}
        column_at |= dict.fromkeys(self.hidden_columns, len(self.columns))
        shape = len(self.rows) + bool(self.hidden_rows), len(self.columns) + bool(self.hidden_columns)
        counts, persons = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, i in row_at.items():
            for column in table.across(row, self.column, across):
                j = column_at[column]
                counts[i, j] += table.cells[row, column]
                persons[i, j] = max(persons[i, j], table.persons[row, column])
        if table.persons is table.cells:
            return counts, counts
        if self.hidden_rows:
            whole = np.array([table.persons[self.row, column] for column in self.columns], dtype=np.int64)
            last, width = len(self.rows), len(self.columns)
            persons[last, :width] = np.maximum(persons[last, :width], whole - persons[:last, :width].sum(axis=0))
        if self.hidden_columns:
            whole = np.array([table.persons[row, self.column] for row in self.rows], dtype=np.int64)
            last, width = len(self.columns), len(self.rows)
            persons[:width, last] = np.maximum(persons[:width, last], whole - persons[:width, :last].sum(axis=1))
        if self.hidden_rows and self.hidden_columns:
            # At least those of all who are nowhere else.
            elsewhere = int(persons.sum() - persons[-1, -1])
            persons[-1, -1] = max(persons[-1, -1], table.persons[self.row, self.column] - elsewhere)
        return counts, persons


def _closed(open_: list[Node], closed: list[Node], also: set[int], sums: Numbers) -> tuple[list[Node], list[Node]]:
    """What stays open, and what is closed when these are too, with the least of the others where it would be one alone."""
    if len(also) == 1 and not closed:
        others = [number for number in range(len(open_)) if number not in also]
        also = also | {min(others, key=lambda number: (int(sums[number]), number))}
    return (
        [one for number, one in enumerate(open_) if number not in also],
        closed + [open_[number] for number in sorted(also)],
    )


def _taken_part_in(node: Node, parts: Mapping[Node, Mapping[str, list[Node]]]) -> list[tuple[Node, str]]:
    """The wholes and splits that a node is the whole of, or a part."""
    found = [(node, split) for split in parts.get(node, ())]
    return [*found, (node[:-1], split_of(node))] if node else found


def _by_parent(nodes: Iterable[Node]) -> dict[Node, dict[str, list[Node]]]:
    """The parts of each node, by split, in order."""
    found: dict[Node, dict[str, list[Node]]] = {WHOLE: {}}
    for node in sorted(nodes):
        if node:
            found.setdefault(node[:-1], {}).setdefault(split_of(node), []).append(node)
    return found


def _depth(node: Node) -> int:
    return len(node)
