"""How many files and handoffs go from one unit to another, as far as it may be told.

These figures are of the whole network, so none is told about fewer than FEWEST persons, and the others are told to the nearest
ten: whoever writes a plan chooses what is counted, and by the difference of two plans could count a single person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from graph.model.figures.disclosure import protect
from graph.model.figures.lattice import FEWEST, WHOLE, Node, part
from graph.model.reorganisation.effects import Reading
from graph.model.reorganisation.facts import DirectoryFacts, FileFacts

NEAREST: Final = 10
BEFORE: Final = "before"
AFTER: Final = "after"


@dataclass(frozen=True, slots=True)
class Around:
    """A figure to the nearest ten; None where it is hidden. Nobody at all is told as zero."""

    count: int | None

    @property
    def hidden(self) -> bool:
        """Whether it may not be told."""
        return self.count is None


HIDDEN: Final = Around(None)


def around(count: int | None) -> Around:
    """To the nearest ten, and never less than that; zero stays zero, what is hidden stays hidden."""
    return Around(count and max(NEAREST, NEAREST * ((count + NEAREST // 2) // NEAREST)))


def of_persons(count: int) -> Around:
    """A figure that stands by itself: hidden below FEWEST, to the nearest ten from there on."""
    return HIDDEN if 0 < count < FEWEST else around(count)


@dataclass(frozen=True, slots=True)
class Flows:
    """From which unit to which, those that stay included: the counts, which are not for telling, and the pairs of which the count
    may be told. Where nothing goes is no secret: the plan itself says it. So a sum is told only with all its parts, and no line
    has a single hidden part, for who knows the sum from elsewhere.
    """

    counts: Counter[tuple[str, str]]
    told: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, counts: Counter[tuple[str, str]], persons: Counter[tuple[str, str]] | None = None) -> Flows:
        """`persons` are how many distinct files each count is about, where that is not the count itself."""
        counts = +counts
        published = protect(_cells(counts), _cells(+persons) if persons is not None else None)
        told = {pair for pair in counts if published.count((part(BEFORE, pair[0]),), (part(AFTER, pair[1]),))}
        while more := _alone(counts, told):
            told -= more
        return cls(counts, frozenset(told))

    def before(self, unit: str) -> Around:
        """What a unit has before."""
        return self._sum(pair for pair in self.counts if pair[0] == unit)

    def after(self, unit: str) -> Around:
        """What it has afterwards."""
        return self._sum(pair for pair in self.counts if pair[1] == unit)

    def cell(self, source: str, to: str) -> Around:
        """What goes from one to the other."""
        return self._sum(pair for pair in self.counts if pair == (source, to))

    @property
    def going(self) -> Around:
        """How many go elsewhere."""
        return self._sum(pair for pair in self.counts if pair[0] != pair[1])

    def _sum(self, pairs: Iterable[tuple[str, str]]) -> Around:
        some = list(pairs)
        return around(sum(self.counts[pair] for pair in some)) if self.told.issuperset(some) else HIDDEN


def _alone(counts: Counter[tuple[str, str]], told: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The smallest told neighbour of each hidden pair that is the only hidden one of its line."""
    lines: defaultdict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for pair in counts:
        lines[0, pair[0]].append(pair)
        lines[1, pair[1]].append(pair)
    return {
        min((pair for pair in line if pair in told), key=lambda pair: (counts[pair], pair))
        for line in lines.values()
        if len(line) > 1 and sum(pair not in told for pair in line) == 1
    }


def flows(reading: Reading, known: DirectoryFacts, files: Iterable[FileFacts]) -> tuple[Flows, Flows]:
    """Open files by who leads them, and the ends of open handoffs by whose they are, among the bodies of a plan. `files` are those
    that it may move; the others, which `known` counts, stay.
    """
    led: Counter[tuple[str, str]] = Counter()
    ends: Counter[tuple[str, str]] = Counter()
    persons: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    staying, open_ends = Counter(known.files), Counter(known.handoffs)
    for file in files:
        if file.organisation in known.bodies:
            led[file.organisation, reading.destination(file).organisation] += 1
            staying[file.organisation] -= 1
        for one in file.handoffs:
            sender, target, _, _ = reading.handoff(file, one)
            for was, will in ((one.sender, sender.organisation), (one.target, target.organisation)):
                if was in known.bodies:
                    ends[was, will] += 1
                    persons[was, will].add(file.id)
                    open_ends[was] -= 1
    distinct = Counter({pair: len(some) for pair, some in persons.items()})
    for body, count in (+staying).items():
        led[body, body] += count
    for body, count in (+open_ends).items():
        ends[body, body] += count
        distinct[body, body] += count
    return Flows.of(led), Flows.of(ends, distinct)


def _cells(counts: Counter[tuple[str, str]]) -> Counter[tuple[Node, Node]]:
    cells: Counter[tuple[Node, Node]] = Counter()
    for (source, to), count in counts.items():
        for row in (WHOLE, (part(BEFORE, source),)):
            for column in (WHOLE, (part(AFTER, to),)):
                cells[row, column] += count
    return cells
