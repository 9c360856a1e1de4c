"""Tables that bound each other: what is answered was sent before, what is kept for want of a relay stands open.

A hidden cell of one is no more than what is told of the other. Where hardly any lie between the two, both are hidden: whoever could
be somewhere else, for all that is told, could be there in both (decision 0065).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.model.figures.lattice import FEWEST, WHOLE, Cell, Cells, Measure, Node, Published, split_of

BODY: Final = "organisation"
Counted = tuple[Cells, Cells]
# What may be told of a table when these cells are hidden as if they were of one person.
Marked = Callable[[Collection[Cell]], Published]
# With so many between them neither bounds the other tighter than FEWEST, whichever way one looks.
ENOUGH_BETWEEN: Final = 2 * FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is in `less` is in `more` too, or was: row by row, where `more` has it in its `column`, and cell by cell of these
    `splits` of columns. `between` is what is in `more` and not in `less` when the quarter ends; `bodies`
    whether `less` is told of bodies too.
    """

    more: Measure
    less: Measure
    between: Cells
    column: Node = WHOLE
    splits: frozenset[str] = frozenset()
    bodies: bool = False

    def pairs(self, counted: Mapping[Measure, Counted]) -> list[tuple[Cell, Cell]]:
        """The cells of `less` that bound those of `more` or are bounded by them, hardly any lying between, each with that one."""
        less, more = counted[self.less][0], counted[self.more][0]
        found = {(row, column) for row, column in (*less, *more) if self._split(column)}
        found |= {(row, WHOLE) for row, column in less if not column}
        found |= {(row, WHOLE) for row, column in more if column == self.column and (self.bodies or not _is_body(row))}
        return [
            ((row, column), (row, column or self.column))
            for row, column in sorted(found)
            if self.between.get((row, column), 0) < ENOUGH_BETWEEN
        ]

    def _split(self, column: Node) -> bool:
        return bool(column) and split_of(column[:1]) in self.splits


def _is_body(row: Node) -> bool:
    return bool(row) and split_of(row) == BODY


def together(
    counted: Mapping[Measure, Counted],
    links: Sequence[Link],
    before: Mapping[Measure, Published],
    protected: Mapping[Measure, Marked],
) -> dict[Measure, Published]:
    """What may be told of tables that are linked. `before` is what was told of them a quarter ago; of one that is not there, there
    was nobody.
    """
    told = {measure: protected[measure](()) for measure in counted}
    hidden: dict[Measure, set[Cell]] = {measure: set() for measure in counted}
    linked = [(link, pairs, _parted(link, pairs, before)) for link in links for pairs in [link.pairs(counted)]]
    while changed := {
        measure
        for link, pairs, parted in linked
        for measure, cell in _to_hide(link, pairs, told, parted)
        if cell not in hidden[measure] and not hidden[measure].add(cell)
    }:
        for measure in changed:
            cells, found = counted[measure][0], protected[measure](hidden[measure])
            told[measure] = replace(found, masked=found.masked | {one for one in hidden[measure] if not cells.get(one)})
    return told


def _parted(link: Link, pairs: Iterable[tuple[Cell, Cell]], before: Mapping[Measure, Published]) -> frozenset[Cell]:
    """Where one was hidden a quarter ago and the other was not, since many were between them: now hardly any are."""
    less, more = before.get(link.less), before.get(link.more)
    if less is None or more is None:
        return frozenset()
    return frozenset(one for one, other in pairs if (less.count(*one) is None) != (more.count(*other) is None))


def _to_hide(
    link: Link, pairs: Iterable[tuple[Cell, Cell]], told: Mapping[Measure, Published], parted: frozenset[Cell]
) -> Iterable[tuple[Measure, Cell]]:
    """What is told of one and is to be hidden, be it nobody."""
    for one, other in pairs:
        less, more = told[link.less].count(*one), told[link.more].count(*other)
        if more is not None and (less is None or one in parted):
            yield link.more, other
        if less is not None and (more is None or one in parted):
            yield link.less, one
