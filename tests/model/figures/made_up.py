"""Made-up tables of many shapes: dense and thin, even and skewed, one big commune, chains of one part, splits that go together."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

from graph.model.figures.counting import tallied
from graph.model.figures.lattice import WHOLE, Cells, Line, Node, Part, Published, paths, split_of
from tests.model.figures.attack import by_parent, nodes_of

Fact = dict[str, Any]


def _by(key: str) -> Part:
    return Part(key, lambda fact: fact[key])


def _of(key: str, *within: Part) -> Part:
    return Part(key, lambda fact: fact[key], within)


ROWS = (_of("region", _of("departement", _of("epci", _by("commune")), _by("organisation"))),)
COLUMNS = (_of("category", _by("competence")), _by("month"), _by("sender"))


@dataclass(frozen=True, slots=True)
class Shape:
    """How many facts and parts; `skew` 1 is even, 4 puts nearly all in the first part; `together` makes the splits tell the same
    but for that share of the facts (1: they have nothing to do with each other); `often` is how often a person comes back.
    """

    facts: int
    departements: int = 1
    epcis: int = 2
    communes: int = 3
    bodies: int = 3
    categories: int = 2
    competences: int = 3
    senders: int = 3
    skew: float = 2.0
    together: float = 1.0
    often: int = 1

    def drawn(self, chance: random.Random) -> list[Fact]:
        """So many facts."""

        def one(of: int, kind: int) -> int:
            if chance.random() > self.together:
                return kind % of
            return min(int(of * chance.random() ** self.skew), of - 1)

        found = []
        for number in range(self.facts):
            kind = min(int(4 * chance.random() ** self.skew), 3)
            departement, epci, category = (
                one(self.departements, kind),
                one(self.epcis, kind),
                one(self.categories, kind),
            )
            found.append(
                {
                    "region": f"r{departement // 2}",
                    "departement": f"d{departement}",
                    "epci": f"e{departement}.{epci}",
                    "commune": f"c{departement}.{epci}.{one(self.communes, kind)}",
                    "organisation": f"o{departement}.{one(self.bodies, kind)}",
                    "category": f"k{category}",
                    "competence": f"q{category}.{one(self.competences, kind)}",
                    "month": f"m{one(3, kind)}",
                    "sender": f"s{one(self.senders, kind)}",
                    "person": number // self.often,
                }
            )
        return found


def shape(chance: random.Random, most: int = 800) -> Shape:
    """Any shape."""
    return Shape(
        facts=chance.choice([count for count in (12, 25, 50, 100, 200, 400, 800, 2000) if count <= most]),
        departements=chance.choice([1, 1, 2]),
        epcis=chance.choice([1, 2, 3]),
        communes=chance.choice([1, 2, 4, 6]),
        bodies=chance.choice([1, 2, 4]),
        categories=chance.choice([1, 2, 3]),
        competences=chance.choice([1, 2, 4]),
        senders=chance.choice([1, 3, 5]),
        skew=chance.choice([1, 1, 2, 4]),
        together=chance.choice([1, 1, 0.3, 0.05, 0]),
        often=chance.choice([1, 1, 2, 3]),
    )


def table(facts: Iterable[Fact], rows: tuple[Part, ...] = ROWS) -> tuple[Cells, Cells]:
    return tallied(facts, lambda fact: str(fact["person"]), rows, COLUMNS)


def small_ones_hidden(cells: Cells, least: int) -> Published:
    """What is told by whoever thinks that it is enough to hide the small numbers."""
    rows, columns = nodes_of(cells)
    whole: set[Line] = {(row, split, WHOLE, "") for row, split in by_parent(rows)}
    whole |= {(WHOLE, "", column, split) for column, split in by_parent(columns)}
    whole |= {(*row, *column) for row in by_parent(rows) for column in by_parent(columns)}
    told = {cell: count for cell, count in cells.items() if count >= least}
    return Published(told, frozenset(cells.keys() - told.keys()), frozenset(whole))


def sorts(rows: Sequence[Node], columns: Sequence[Node]) -> list[tuple[tuple[Node, ...], tuple[Node, ...]]]:
    """Every sort of person that there can be: the nodes that she stands in, across and down."""
    return [
        ((WHOLE, *across), (WHOLE, *down))
        for across in _choices(ROWS, rows, WHOLE)
        for down in _choices(COLUMNS, columns, WHOLE)
    ]


def _choices(parts: tuple[Part, ...], nodes: Sequence[Node], above: Node) -> list[tuple[Node, ...]]:
    choices = [
        [
            (node, *below)
            for node in nodes
            if node and node[:-1] == above and split_of(node) == one.split
            for below in _choices(one.within, nodes, node)
        ]
        for one in parts
    ]
    return [tuple(chain.from_iterable(chosen)) for chosen in product(*choices)]


def counted_plainly(facts: Iterable[Fact], rows: tuple[Part, ...] = ROWS) -> tuple[dict, dict]:
    """The same as `table`, fact by fact."""
    counts: dict[tuple[Node, Node], int] = {}
    persons: dict[tuple[Node, Node], set[int]] = {}
    for fact in facts:
        for row in (WHOLE, *paths(fact, rows)):
            for column in (WHOLE, *paths(fact, COLUMNS)):
                counts[row, column] = counts.get((row, column), 0) + 1
                persons.setdefault((row, column), set()).add(fact["person"])
    return counts, {cell: len(found) for cell, found in persons.items()}
