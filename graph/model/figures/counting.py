"""Counting on the lattice, many facts at once: how many lie in each cell, and how many distinct persons they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.model.figures.lattice import WHOLE, Cells, Node, Part, part

Numbers = NDArray[np.int64]
AT_ONCE: Final = 65536


def tallied(
    facts: Iterable[object], person: Callable[[Any], str], rows: tuple[Part, ...], columns: tuple[Part, ...]
) -> tuple[Cells, Cells]:
    """What `counted` gives, and the distinct persons in each cell; the same mapping twice where no person is there twice."""
    across, down, persons = _Nodes(rows), _Nodes(columns), _Numbered()
    blocks = [_block(some, person, across, down, persons) for some in _some(facts)]
    if not blocks:
        return {}, {}
    of_rows, of_columns, of_persons = (np.concatenate(numbers) for numbers in zip(*blocks, strict=True))
    # One pair of levels at a time: a node stands at one level, so that no cell is met twice.
    counts: dict[tuple[Node, Node], int] = {}
    distinct: dict[tuple[Node, Node], int] = {}
    for row in of_rows.T:
        for column in of_columns.T:
            cells = row * len(down.nodes) + column
            found, numbers = np.unique(cells, return_counts=True)
            names = [
                (across.nodes[cell // len(down.nodes)], down.nodes[cell % len(down.nodes)]) for cell in found.tolist()
            ]
            counts.update(zip(names, numbers.tolist(), strict=True))
            once = np.unique(cells * len(persons) + of_persons) // len(persons)
            distinct.update(zip(names, np.unique(once, return_counts=True)[1].tolist(), strict=True))
    return counts, counts if counts == distinct else distinct


class _Numbered(dict[str, int]):
    """Each text by the number that it got when it was first met."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Nodes:
    """The nodes of a tree of parts, numbered as they are met. A fact lies in one node at each level of each split."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self._known: dict[tuple[int, str, str], int] = {}
        self.nodes: list[Node] = [WHOLE]

    def of(self, fact: object) -> list[int]:
        """Every node that a fact lies in, the whole first."""
        found = [0]
        self._within(fact, self._parts, 0, found)
        return found

    def _within(self, fact: object, parts: tuple[Part, ...], above: int, found: list[int]) -> None:
        for one in parts:
            key = above, one.split, one.of(fact)
            node = self._known.get(key)
            if node is None:
                self._known[key] = node = len(self.nodes)
                self.nodes.append((*self.nodes[above], part(one.split, key[2])))
            found.append(node)
            if one.within:
                self._within(fact, one.within, node, found)


def _some(facts: Iterable[object]) -> Iterator[list[object]]:
    some: list[object] = []
    for fact in facts:
        some.append(fact)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _block(
    facts: list[object], person: Callable[[Any], str], across: _Nodes, down: _Nodes, persons: _Numbered
) -> tuple[Numbers, Numbers, Numbers]:
    return (
        np.array([across.of(fact) for fact in facts], dtype=np.int64),
        np.array([down.of(fact) for fact in facts], dtype=np.int64),
        np.array([persons[person(fact)] for fact in facts], dtype=np.int64),
    )
