"""What is published of a quarter: each table protected by itself, and against the others that say something of the same persons.

What stands open at the end of a quarter is what stood open before, and what was opened, less what has ended. Of the three, one
follows from the others; why that tells nobody anything is in decision 0065.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from graph.model.figures.acceptance import answer_of, answer_time
from graph.model.figures.columns import by_theme
from graph.model.figures.counting import tallied
from graph.model.figures.disclosure import Table, protect
from graph.model.figures.facts import Facts, HandoffFact
from graph.model.figures.flows import Ending
from graph.model.figures.lattice import FEWEST, WHOLE, Cells, Measure, Node, Part, Published, part, split_of
from graph.model.figures.linked import Link, Marked, together
from graph.model.figures.periods import Quarter
from graph.model.figures.tables import TABLES, Zones, counted_of, handed_over, rows_of

# What stands open, what adds to it and what takes from it. What ends is told of the network as a whole, where it follows from the
# others anyway. For the same reason files that stand open are not told body by body.
FLOWS: Final[Mapping[Measure, tuple[Measure, Measure]]] = MappingProxyType(
    {
        Measure.NEEDS_OPEN: (Measure.NEEDS_OPENED, Measure.NEEDS_ENDED),
        Measure.FILES_OPEN: (Measure.FILES_OPENED, Measure.FILES_CLOSED),
    }
)
# Tables that bound each other are hidden together: what was sent is answered later, and met later still.
LINKED: Final = (
    (Measure.SENT, Measure.ANSWERED, Measure.CONTACTED),
    (Measure.FILES_OPEN, Measure.TRANSITIONAL),
)
# What was told of these a quarter ago counts.
REMEMBERED: Final = frozenset({*FLOWS, *(measure for some in LINKED for measure in some)})
# Of these a part is told in another table, or follows.
BOUNDS: Final = frozenset({Measure.SENT, Measure.ANSWERED, Measure.FILES_OPEN, *(came for came, _ in FLOWS.values())})
STOCK_OF: Final = MappingProxyType({went: stock for stock, (_, went) in FLOWS.items()})
NOTHING: Final = Published({(WHOLE, WHOLE): 0})


class Publication:
    """A quarter while it is published. `zones` gives all that contains a commune, nothing for one that is not known; `before` what
    was published of the REMEMBERED measures a quarter earlier: of one that is not there, there was nobody.
    """

    def __init__(
        self, facts: Facts, quarter: Quarter, zones: Zones, before: Mapping[Measure, Published] | None = None
    ) -> None:
        self._facts, self._quarter, self._zones = facts, quarter, zones
        self._before = before or {}
        self._made: dict[Measure, Published] = {}

    def of(self, measure: Measure) -> Published:
        """What may be told of a measure, to anybody who may read figures."""
        if measure not in self._made:
            self._made[measure] = self._of(measure)
        return self._made[measure]

    def _of(self, measure: Measure) -> Published:
        linked = next((some for some in LINKED if measure in some), ())
        if linked:
            counted = {one: self._counted(one) for one in linked}
            protected = {one: self._protected(one, *counted[one]) for one in linked}
            self._made |= together(counted, tuple(self._links(linked, counted)), self._before, protected)
            return self._made[measure]
        if measure in STOCK_OF and not self._follows(STOCK_OF[measure]):
            return Published()
        return self._protected(measure, *self._counted(measure))(())

    def _counted(self, measure: Measure) -> tuple[Cells, Cells]:
        cells, persons = counted_of(measure, self._facts, self._quarter, self._zones)
        if measure in FLOWS:
            persons = self._where_few_move(measure, cells, persons)
        if measure in BOUNDS:
            # Somebody is in the part that is hidden: to be anybody of FEWEST, the whole is to be one more.
            return cells, {cell: n - (n == FEWEST) for cell, n in persons.items()}
        return cells, persons

    def _follows(self, stock: Measure) -> bool:
        """Whether what has ended in the network follows from what stood open, was opened and stands open."""
        three = self._before.get(stock, NOTHING), self.of(FLOWS[stock][0]), self.of(stock)
        return all(one.count() is not None for one in three)

    def _protected(self, measure: Measure, cells: Cells, persons: Cells) -> Marked:
        if measure not in FLOWS:
            return Table(cells, persons).protected
        plain = Table(*({cell: n for cell, n in some.items() if not _is_age(cell[1])} for some in (cells, persons)))
        if not self._ages_may_be_told(measure):
            return plain.protected
        # Of the whole network alone: no row is crossed with them.
        ages = Table(
            *(
                {cell: n for cell, n in some.items() if cell[0] == WHOLE and (not cell[1] or _is_age(cell[1]))}
                for some in (cells, persons)
            )
        )
        return lambda marked: _both(plain.protected(marked), ages.protected(marked))

    def _ages_may_be_told(self, stock: Measure) -> bool:
        """Ages are cut about at the first day of a quarter: what was opened since, less what stands open of it, has ended since;
        and so has what stood open before, less what still does. Both are told only where they are of nobody, or of FEWEST or more.
        """
        young, old = set[str](), set[str]()
        for one in TABLES[FLOWS[stock][1]].of(self._facts, self._quarter):
            (young if one.opened >= self._quarter.begin else old).add(TABLES[stock].person(one))
        return all(not some or len(some) >= FEWEST for some in (young, old))

    def _where_few_move(self, stock: Measure, cells: Cells, persons: Cells) -> Cells:
        """What stands open is hidden, as if it were of one person, where it is hidden how many were opened, or where it would tell
        how many have ended, which is hidden as in a table of its own. What was hidden a quarter before stays so until enough
        have ended: what ends in both quarters would be told together.
        """
        opened, before = self.of(FLOWS[stock][0]), self._before.get(stock, NOTHING)
        ended, theirs = self._ended(stock)
        hidden_ends = protect(ended, theirs)
        found = dict(persons)
        for cell in cells:
            if cell[1] and _is_age(cell[1]):
                continue
            sticks = before.count(*cell) is None and ended.get(cell, 0) < FEWEST
            if sticks or opened.count(*cell) is None or hidden_ends.count(*cell) is None:
                found[cell] = 1
        return found

    def _links(self, linked: tuple[Measure, ...], counted: Mapping[Measure, tuple[Cells, Cells]]) -> Iterable[Link]:
        if Measure.TRANSITIONAL in linked:
            open_, kept = counted[Measure.FILES_OPEN][0], counted[Measure.TRANSITIONAL][0]
            between = {cell: open_[cell] - count for cell, count in kept.items() if cell in open_ and not cell[1]}
            yield Link(more=Measure.FILES_OPEN, less=Measure.TRANSITIONAL, between=between)
            return
        unanswered, unmet = self._on_the_way()
        themes = by_theme()
        yield Link(
            more=Measure.SENT,
            less=Measure.ANSWERED,
            between=self._tallied(unanswered, (themes,)),
            splits=frozenset({themes.split}),
            bodies=True,
        )
        yield Link(
            more=Measure.ANSWERED,
            less=Measure.CONTACTED,
            between=self._tallied(unmet, ()),
            column=(part("outcome", Ending.TAKEN.value),),
        )

    def _on_the_way(self) -> tuple[list[HandoffFact], list[HandoffFact]]:
        """What nobody had answered when the quarter ended; and those that were taken whom nobody had met. What was over before it
        began is not on the way.
        """
        begin, end = self._quarter.begin, self._quarter.end
        unanswered, unmet = list[HandoffFact](), list[HandoffFact]()
        for one in self._facts.handoffs:
            if not handed_over(one) or one.sent is None or one.sent >= end or (one.ended and one.ended < begin):
                continue
            answered = answer_time(one)
            if answered is None or answered >= end:
                unanswered.append(one)
            elif answer_of(one) is Ending.TAKEN and (one.contacted is None or one.contacted >= end):
                unmet.append(one)
        return unanswered, unmet

    def _tallied(self, some: Iterable[HandoffFact], columns: tuple[Part, ...]) -> Cells:
        table = TABLES[Measure.SENT]
        return tallied(some, table.person, rows_of(self._zones, table.body), columns)[0]

    def _ended(self, stock: Measure) -> tuple[Cells, Cells]:
        """What has ended, place by place and theme by theme, which nobody is told; and the persons."""
        table, went = TABLES[stock], TABLES[FLOWS[stock][1]]
        columns = tuple(one for one in table.columns(self._quarter) if one.split != "delay")
        return tallied(went.of(self._facts, self._quarter), table.person, rows_of(self._zones, None), columns)


def publish(
    measure: Measure,
    facts: Facts,
    quarter: Quarter,
    zones: Zones,
    before: Mapping[Measure, Published] | None = None,
) -> Published:
    """What may be told of one measure: a `Publication` of it."""
    return Publication(facts, quarter, zones, before).of(measure)


def _both(one: Published, other: Published) -> Published:
    """What is told of two parts of a table."""
    return Published(
        {**one.cells, **other.cells}, one.masked | other.masked, one.whole | other.whole, one.closed | other.closed
    )


def _is_age(column: Node) -> bool:
    return bool(column) and split_of(column) == "delay"
