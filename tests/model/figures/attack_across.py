"""The attack on several measures and quarters at once: who is answered was sent, who is met was answered, what stands open is what
stood open before and what was opened, less what has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from graph.model.figures.histograms import FROM
from graph.model.figures.lattice import FEWEST, WHOLE, Cells, Measure, Node, Published, part, split_of
from graph.model.figures.periods import Quarter
from graph.model.figures.tables import TABLES
from tests.model.figures.attack import by_parent, hidden_of, nodes_of, surely_somebody

BODY: Final = "organisation"
ENOUGH: Final = FEWEST - 1e-6
Key = tuple[Quarter, str, Node, Node]
Terms = list[tuple[Key, int]]
# What the numbers of a measure are told of, whatever else its columns are.
THEMES: Final = ("category", "competence")


@dataclass(frozen=True, slots=True)
class Known:
    """A hidden number that is known too well, with what it is and the least and the most that it can be."""

    key: Key
    true: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure in a quarter: what is told of it, and what is so."""

    published: Published
    cells: Cells


class Attack:
    """All that is told of some measures in some quarters, as sums and bounds of the numbers that are hidden."""

    def __init__(self, tables: Mapping[tuple[Quarter, Measure], Measured], columns: Sequence[str]) -> None:
        self.tables = tables
        self.quarters = sorted({quarter for quarter, _ in tables})
        self.measures = sorted({measure for _, measure in tables})
        every = [nodes_of(one.cells) for one in tables.values()]
        self.rows = sorted({row for rows, _ in every for row in rows})
        self.columns = sorted(
            {column for _, found in every for column in found if not column or split_of(column[:1]) in columns}
        )
        self.unknown: dict[Key, int] = {}
        self.least: list[float] = []
        self.true: dict[Key, int] = {}
        self.judged: set[Key] = set()
        self.equal: list[tuple[dict[int, int], int]] = []
        self.at_most: list[tuple[dict[int, int], int]] = []
        for (quarter, measure), one in tables.items():
            self._table(quarter, measure, one)

    def key(self, quarter: Quarter, measure: Measure, row: Node, column: Node) -> Key:
        return quarter, measure.value, row, column

    def add(self, key: Key, true: int, *, least: int = 0, judged: bool = True) -> Key:
        """One more number that nobody tells."""
        self.unknown[key] = len(self.unknown)
        self.least.append(least)
        self.true[key] = true
        if judged:
            self.judged.add(key)
        return key

    def sums_to_zero(self, terms: Terms) -> None:
        if (found := self._line(terms)) is not None:
            self.equal.append(found)

    def at_most_zero(self, terms: Terms) -> None:
        if (found := self._line(terms)) is not None:
            self.at_most.append(found)

    def rows_of(self, measure: Measure) -> list[Node]:
        """Those of its table, somebody or nobody being there: whoever is in one table could be in the others."""
        places, bodies = TABLES[measure].places, TABLES[measure].body is not None
        return [row for row in self.rows if not row or (places and (bodies or split_of(row) != BODY))]

    def columns_of(self, measure: Measure) -> list[Node]:
        theirs = {part_.split for part_ in TABLES[measure].columns(self.quarters[0])}
        return [column for column in self.columns if not column or split_of(column[:1]) in theirs]

    def _table(self, quarter: Quarter, measure: Measure, one: Measured) -> None:
        rows, columns = self.rows_of(measure), self.columns_of(measure)
        hidden, somebody = hidden_of(one.published, rows, columns), surely_somebody(one.published, one.cells)
        for row, column in hidden:
            key = self.key(quarter, measure, row, column)
            # Zero may be told of anything. Files that stand open are hidden for those that are kept as well, though where nothing
            # has ended at all, they are what was opened: of FEWEST or more, they may be told.
            true = one.cells.get((row, column), 0)
            known = measure is Measure.FILES_OPEN and true >= FEWEST
            self.add(key, true, least=(row, column) in somebody, judged=true > 0 and not known)
        for (row, _), parts in by_parent(rows).items():
            for column in columns:
                self.parts(quarter, measure, (row, column), [(part_, column) for part_ in parts])
        for (column, _), parts in by_parent(columns).items():
            for row in rows:
                self.parts(quarter, measure, (row, column), [(row, part_) for part_ in parts])

    def parts(
        self, quarter: Quarter, measure: Measure, whole: tuple[Node, Node], parts: Iterable[tuple[Node, Node]]
    ) -> None:
        terms = [(self.key(quarter, measure, *cell), 1) for cell in parts]
        self.sums_to_zero([*terms, (self.key(quarter, measure, *whole), -1)])

    def told(self, key: Key) -> int:
        quarter, measure, row, column = key
        count = self.tables[quarter, Measure(measure)].published.count(row, column)
        assert count is not None, key
        return count

    def _line(self, terms: Terms) -> tuple[dict[int, int], int] | None:
        """The unknown ones, and what the others leave."""
        found: defaultdict[int, int] = defaultdict(int)
        left = 0
        for key, weight in terms:
            if key in self.unknown:
                found[self.unknown[key]] += weight
            else:
                left -= weight * self.told(key)
        return (dict(found), left) if found else None

    def found(self) -> list[Known]:
        """What is known too well."""
        if not self.unknown:
            return []
        ranges = _Ranges(self)
        ranges.widen()
        return ranges.too_narrow()


def chain(attack: Attack, more: Measure, less: Measure, splits: Sequence[str], of: Mapping[str, Sequence[str]]) -> None:
    """Whatever is in `less` was in `more` before: in every row, theme, kind and month, from the first quarter on. `of` gives the
    parts of a split of `more` that `less` can have come from.
    """
    rows = [row for row in attack.rows_of(less) if row in set(attack.rows_of(more))]
    columns = [
        column
        for column in attack.columns
        if column and split_of(column[:1]) in splits and column in set(attack.columns_of(less))
    ]
    have = set(attack.columns_of(more))
    for row in rows:
        for column in [WHOLE, *columns]:
            if column in have:
                _since_the_first(attack, more, less, row, [column], column)
        for split, values in of.items():
            from_ = [(part(split, value),) for value in values if (part(split, value),) in have]
            _since_the_first(attack, more, less, row, from_, WHOLE)
        before: Terms = []
        for quarter in attack.quarters:
            for month in quarter.months:
                column = (part("month", month),)
                if (quarter, less) in attack.tables and column in attack.columns_of(less):
                    before.append((attack.key(quarter, less, row, column), 1))
                if column in have:
                    before.append((attack.key(quarter, more, row, column), -1))
                attack.at_most_zero(before)


def _since_the_first(
    attack: Attack, more: Measure, less: Measure, row: Node, from_: Sequence[Node], column: Node
) -> None:
    terms: Terms = []
    for quarter in attack.quarters:
        terms.append((attack.key(quarter, less, row, column), 1))
        terms += [(attack.key(quarter, more, row, one), -1) for one in from_]
        attack.at_most_zero(terms)


def stock(attack: Attack, came: Measure, open_: Measure, went: Measure) -> None:
    """What has ended in each place and theme, which is not told but follows: it is judged where it is of a few. Nothing stood
    open before the first quarter.
    """
    columns = [column for column in attack.columns_of(open_) if not column or split_of(column[:1]) == "category"]
    rows = attack.rows_of(open_)
    before: Quarter | None = None
    for quarter in attack.quarters:
        for row in rows:
            for column in columns:
                true = sum(
                    sign * attack.tables[at, measure].cells.get((row, column), 0)
                    for at, measure, sign in ((before, open_, 1), (quarter, came, 1), (quarter, open_, -1))
                    if at is not None
                )
                key = attack.add((quarter, f"{went} there", row, column), true, judged=0 < true < FEWEST)
                terms: Terms = [
                    (key, 1),
                    (attack.key(quarter, open_, row, column), 1),
                    (attack.key(quarter, came, row, column), -1),
                ]
                if before is not None:
                    terms.append((attack.key(before, open_, row, column), -1))
                attack.sums_to_zero(terms)
        whole = (quarter, f"{went} there", WHOLE, WHOLE)
        attack.sums_to_zero([(whole, 1), (attack.key(quarter, went, WHOLE, WHOLE), -1)])
        before = quarter


def within(attack: Attack, more: Measure, less: Measure, from_: Node = WHOLE, ages: bool = False) -> None:
    """Of the same moment: `less` is a part of `more` in every place; `ages`, of whatever age on."""
    both = [row for row in attack.rows_of(less) if row in set(attack.rows_of(more))]
    for quarter in attack.quarters:
        for row in both:
            attack.at_most_zero(
                [(attack.key(quarter, less, row, from_), 1), (attack.key(quarter, more, row, WHOLE), -1)]
            )
            terms: Terms = []
            for number in reversed(range(len(FROM) if ages else 0)):
                column = (part("delay", str(number)),)
                for measure, sign in ((less, 1), (more, -1)):
                    if column in attack.columns_of(measure):
                        terms.append((attack.key(quarter, measure, row, column), sign))
                if terms:
                    attack.at_most_zero(list(terms))


def of_files(attack: Attack, unmet: Measure, open_: Measure, doors: Measure) -> None:
    """Needs without a relay are those of files, which stand open, and those told at a door: where nobody came to a door, all are
    of files.
    """
    theirs = set(attack.columns_of(open_))
    columns = [column for column in attack.columns_of(unmet) if column in theirs]
    rows = set(attack.rows_of(unmet)) & set(attack.rows_of(open_))
    for quarter in attack.quarters:
        for row in rows:
            if attack.tables[quarter, doors].published.count(row) == 0:
                for column in columns:
                    attack.at_most_zero(
                        [(attack.key(quarter, unmet, row, column), 1), (attack.key(quarter, open_, row, column), -1)]
                    )


class _Ranges:
    """How far each number can go."""

    def __init__(self, attack: Attack) -> None:
        self.attack = attack
        self.keys = list(attack.unknown)
        self.equal = _matrix(attack.equal, len(self.keys))
        self.at_most = _matrix(attack.at_most, len(self.keys))
        self.low, self.high = np.full(len(self.keys), np.inf), np.full(len(self.keys), -np.inf)
        self.judged = np.array([key in attack.judged for key in self.keys])
        self.chance = np.random.default_rng(0)

    def solve(self, wanted: np.ndarray) -> float:
        equal, at_most = self.equal, self.at_most
        solved = linprog(
            -wanted,
            A_eq=equal[0],
            b_eq=equal[1],
            A_ub=at_most[0] if at_most[1].size else None,
            b_ub=at_most[1] if at_most[1].size else None,
            bounds=np.column_stack([self.attack.least, np.full(len(self.keys), np.inf)]),
            method="highs",
        )
        if solved.status == 3:  # it can be as much as one likes
            return np.inf
        assert solved.status == 0, solved.message
        self.low, self.high = np.minimum(self.low, solved.x), np.maximum(self.high, solved.x)
        return -solved.fun

    def narrow(self) -> np.ndarray:
        return self.judged & (self.high - self.low < ENOUGH)

    def widen(self) -> None:
        """Many at once, as long as that helps."""
        left, idle = np.inf, 0
        while idle < 3:
            narrow = self.narrow()
            if not narrow.any():
                return
            wanted = np.where(narrow, self.chance.choice([-1.0, 0.0, 1.0], size=len(self.keys)), 0)
            self.solve(wanted)
            self.solve(-wanted)
            now = self.narrow().sum()
            idle = 0 if now < left else idle + 1
            left = min(left, now)

    def too_narrow(self) -> list[Known]:
        found = []
        for number, key in enumerate(self.keys):
            if not self.narrow()[number]:
                continue
            wanted = np.zeros(len(self.keys))
            wanted[number] = 1
            most = self.solve(wanted)
            if most < np.inf and most - self.low[number] < ENOUGH:
                least = -self.solve(-wanted)
                if most - least < ENOUGH:
                    found.append(Known(key, self.attack.true[key], round(least, 3), round(most, 3)))
        return found


def _matrix(lines: Sequence[tuple[dict[int, int], int]], width: int) -> tuple[csr_array, np.ndarray]:
    at = [number for number, (terms, _) in enumerate(lines) for _ in terms]
    of = [term for terms, _ in lines for term in terms]
    by = [weight for terms, _ in lines for weight in terms.values()]
    return (
        csr_array(coo_array((by, (at, of)), shape=(len(lines), width))),
        np.array([left for _, left in lines], dtype=float),
    )
