"""The attack on published tables: what somebody who reads all of a table, and reckons well, can know of what is hidden in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from graph.model.figures.lattice import FEWEST, WHOLE, Cells, Node, Published, line_of, split_of

Cell = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Found:
    """A hidden cell that is known too well: the least and the most that it can hold."""

    cell: Cell
    least: float
    most: float


def nodes_of(cells: Iterable[Cell]) -> tuple[list[Node], list[Node]]:
    """The rows and the columns of a table, the wholes among them."""
    named = list(cells)
    return sorted({row for row, _ in named} | {WHOLE}), sorted({column for _, column in named} | {WHOLE})


def by_parent(nodes: Iterable[Node]) -> dict[tuple[Node, str], list[Node]]:
    found: dict[tuple[Node, str], list[Node]] = {}
    for node in nodes:
        if node:
            found.setdefault((node[:-1], split_of(node)), []).append(node)
    return found


def hidden_of(published: Published, rows: Sequence[Node], columns: Sequence[Node]) -> dict[Cell, int]:
    """The hidden cells, numbered."""
    cells = ((row, column) for row in rows for column in columns)
    return {cell: number for number, cell in enumerate(one for one in cells if published.count(*one) is None)}


def surely_somebody(published: Published, cells: Cells) -> frozenset[Cell]:
    """The hidden cells of which it is known that they hold somebody: zeros are told beside them."""
    zeros = {line_of(*cell) for cell in published.masked if not cells.get(cell)}
    return frozenset(cell for cell in published.masked if line_of(*cell) not in zeros)


def attacked(published: Published, cells: Cells) -> tuple[list[Found], int]:
    """Every cell of the lattice is a number from 0 on, and every part of a split adds up to what was split. Gives what is known
    too well, and how many cells are hidden.
    """
    rows, columns = nodes_of(cells)
    hidden, somebody = hidden_of(published, rows, columns), surely_somebody(published, cells)
    sums: list[tuple[Cell, list[Cell]]] = []
    for (row, _), parts in by_parent(rows).items():
        sums += [((row, column), [(part, column) for part in parts]) for column in columns]
    for (column, _), parts in by_parent(columns).items():
        sums += [((row, column), [(row, part) for part in parts]) for row in rows]
    entries: list[tuple[int, int, int]] = []
    known: list[int] = []
    for whole, parts in sums:
        if all(cell not in hidden for cell in (whole, *parts)):
            assert (published.count(*whole) or 0) == sum(published.count(*part) or 0 for part in parts)
            continue
        entries += [(len(known), hidden[part], 1) for part in parts if part in hidden]
        told = -sum(published.count(*part) or 0 for part in parts)
        if whole in hidden:
            entries.append((len(known), hidden[whole], -1))
        else:
            told += published.count(*whole) or 0
        known.append(told)
    if not hidden:
        return [], 0
    at, of, by = zip(*entries, strict=True)
    matrix = csr_array(coo_array((by, (at, of)), shape=(len(known), len(hidden))))
    least = np.array([1 if cell in somebody else 0 for cell in hidden], dtype=float)
    ranges = _Ranges(matrix, np.array(known, dtype=float), least, np.eye(0), list(hidden))
    return ranges.too_narrow(), len(hidden)


def attacked_jointly(
    published: Published, cells: Cells, kinds: Sequence[tuple[Sequence[Node], ...]]
) -> tuple[list[Found], int]:
    """The same by whoever minds that each person stands in one part of every split at once. `kinds` are the sorts of persons that
    there can be: the nodes that one stands in, across and down.
    """
    rows, columns = nodes_of(cells)
    hidden, somebody = hidden_of(published, rows, columns), surely_somebody(published, cells)
    named = [(row, column) for row in rows for column in columns]
    number = {cell: n for n, cell in enumerate(named)}
    at, of = [], []
    for kind, (across, down) in enumerate(kinds):
        for row in across:
            for column in down:
                at.append(number[row, column])
                of.append(kind)
    holds = csr_array(coo_array((np.ones(len(at)), (at, of)), shape=(len(named), len(kinds))))
    told = [n for n, cell in enumerate(named) if cell not in hidden]
    masked = [n for n, cell in enumerate(named) if cell in somebody]
    unknown = [number[cell] for cell in hidden]
    if not hidden:
        return [], 0
    ranges = _Ranges(
        csr_array(holds[told]),
        np.array([published.count(*named[n]) or 0 for n in told], dtype=float),
        np.zeros(len(kinds)),
        csr_array(holds[unknown]),
        list(hidden),
        csr_array(holds[masked]) if masked else None,
    )
    return ranges.too_narrow(), len(hidden)


class _Ranges:
    """How far each hidden cell can go, by linear programs. One solution tells of every cell, so that few are needed."""

    def __init__(self, equal, to, least, shown, cells: list[Cell], at_least_one=None) -> None:
        self.equal, self.to, self.least, self.cells = equal, to, least, cells
        self.shown = shown if shown.shape[0] else None
        self.at_least_one = at_least_one
        self.low, self.high = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)

    def solve(self, wanted: np.ndarray) -> float:
        """Goes as far as it can towards `wanted`, a weight for each cell."""
        direction = -(wanted if self.shown is None else self.shown.T @ wanted)
        more = self.at_least_one
        solved = linprog(
            direction,
            A_ub=None if more is None else -more,
            b_ub=None if more is None else -np.ones(more.shape[0]),
            A_eq=self.equal,
            b_eq=self.to,
            bounds=np.column_stack([self.least, np.full(len(self.least), np.inf)]),
            method="highs",
        )
        if solved.status == 3:  # it can be as much as one likes
            return np.inf
        assert solved.status == 0, solved.message
        there = solved.x if self.shown is None else self.shown @ solved.x
        self.low, self.high = np.minimum(self.low, there), np.maximum(self.high, there)
        return -solved.fun

    def too_narrow(self) -> list[Found]:
        chance = np.random.default_rng(0)
        for _ in range(6):
            wanted = chance.normal(size=len(self.cells))
            self.solve(wanted)
            self.solve(-wanted)
        found = []
        for number, cell in enumerate(self.cells):
            wanted = np.zeros(len(self.cells))
            wanted[number] = 1
            if self.high[number] - self.low[number] < FEWEST - 1e-6:
                most = self.solve(wanted)
                if most < np.inf and most - self.low[number] < FEWEST - 1e-6:
                    least = -self.solve(-wanted)
                    if most - least < FEWEST - 1e-6:
                        found.append(Found(cell, least, most))
        return found
