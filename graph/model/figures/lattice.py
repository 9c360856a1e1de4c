"""The lattice on which figures are published: what is counted (columns) of whom and where (rows), each a tree of parts.

A node is its path from the root: `()` is everything, `("category=logement-hebergement",)` a part of it,
`("category=logement-hebergement", "competence=…")` a part of that. The word before the sign names the *split*: the parts of one
split of a node hold together all that the node holds, each once. A node may be split in several ways (by category, by month):
what is in two splits at once is never published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Node = tuple[str, ...]
WHOLE: Final[Node] = ()
SIGN: Final = "="
# Fewer persons than this are never shown outside of the house that accompanies them; nobody at all may be.
FEWEST: Final = 11


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
    of: Callable[[object], str]
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


Cells = Mapping[tuple[Node, Node], int]


def counted(facts: Iterable[object], rows: tuple[Part, ...], columns: tuple[Part, ...]) -> Counter[tuple[Node, Node]]:
    """How many facts lie in each cell (row, column); a cell without any is not told."""
    found: Counter[tuple[Node, Node]] = Counter()
    for fact in facts:
        across = [WHOLE, *paths(fact, columns)]
        for row in (WHOLE, *paths(fact, rows)):
            for column in across:
                found[row, column] += 1
    return found


@dataclass(frozen=True, slots=True)
class Published:
    """The cells that may be told: a number of FEWEST or more, or zero. What is not told here is hidden, whatever it is."""

    cells: Cells = field(default_factory=dict)

    def count(self, row: Node = WHOLE, column: Node = WHOLE) -> int | None:
        """How many, or None where it is hidden."""
        return self.cells.get((row, column))
