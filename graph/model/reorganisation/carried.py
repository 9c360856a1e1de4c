"""How many files and handoffs go from one unit to another, as far as it may be told.

These figures are of the whole network, so none is told about fewer than FEWEST persons, and the others are told to the nearest
ten: whoever writes a plan chooses what is counted, and by the difference of two plans could count a single person. What a move
selects by commune, person or competence is not told at all, zero no more than anything else.
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
from graph.model.reorganisation.plan import (
    FilesRule,
    MoveFiles,
    MovePost,
    MoveProfessional,
    MoveService,
    Plan,
    endings,
)

NEAREST: Final = 10
HUNDRED: Final = 100
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """How far a plan has come: files moved, and those that the bodies it ends still hold. `percent` of them have moved, None of so
    few that a hundredth would be less than a file. `selected`: it chooses what goes, so that how much has gone is not told.
    """

    moved: Around
    left: Around
    percent: int | None = None
    selected: bool = False


def advance(plan: Plan, moved: int, left: int) -> Advance:
    """As far as it may be told: nothing of what a body that goes on lets go by a selection."""
    ended = endings(plan)
    if any(source not in ended for source in _selected(plan)[1]):
        return Advance(moved=HIDDEN, left=of_persons(left), selected=True)
    told = not of_persons(moved).hidden and not of_persons(left).hidden and moved + left >= HUNDRED
    percent = HUNDRED * moved // (moved + left) if told else None
    return Advance(moved=of_persons(moved), left=of_persons(left), percent=percent)


@dataclass(frozen=True, slots=True)
class Flows:
    """From which unit to which, those that stay included: the counts, which are not for telling, and the pairs of which the count
    may be told. A sum is told only with all its parts, and no line has a single hidden part, for who knows the sum from elsewhere.

    `named` are the pairs of which the plan speaks; `selected` the units of which it selects what goes. Of these nothing is told,
    nor of any sum that they may be part of, whether anything goes or not.
    """

    counts: Counter[tuple[str, str]]
    told: frozenset[tuple[str, str]]
    named: frozenset[tuple[str, str]] = frozenset()
    selected: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        counts: Counter[tuple[str, str]],
        persons: Counter[tuple[str, str]] | None = None,
        named: Iterable[tuple[str, str]] = (),
        selected: Iterable[str] = (),
    ) -> Flows:
        """`persons` are how many distinct files each count is about, where that is not the count itself."""
        secret = frozenset(selected)
        counts = _whole(counts, secret)
        published = protect(_cells(counts), _cells(_whole(persons, secret)) if persons is not None else None)
        told = {pair for pair in counts if published.count((part(BEFORE, pair[0]),), (part(AFTER, pair[1]),))}
        while more := _alone(counts, told):
            told -= more
        return cls(counts, frozenset(told), frozenset(named), secret)

    def before(self, unit: str) -> Around:
        """What a unit has before."""
        return HIDDEN if unit in self.selected else self._sum(pair for pair in self.counts if pair[0] == unit)

    def after(self, unit: str) -> Around:
        """What it has afterwards."""
        if unit in self.selected or any(source in self.selected and to == unit for source, to in self.named):
            return HIDDEN
        return self._sum(pair for pair in self.counts if pair[1] == unit)

    def cell(self, source: str, to: str) -> Around:
        """What goes from one to the other."""
        return HIDDEN if source in self.selected else self._sum(pair for pair in self.counts if pair == (source, to))

    @property
    def going(self) -> Around:
        """How many go elsewhere."""
        return HIDDEN if self.selected else self._sum(pair for pair in self.counts if pair[0] != pair[1])

    def _sum(self, pairs: Iterable[tuple[str, str]]) -> Around:
        some = list(pairs)
        return around(sum(self.counts[pair] for pair in some)) if self.told.issuperset(some) else HIDDEN


def _whole(counts: Counter[tuple[str, str]], selected: frozenset[str]) -> Counter[tuple[str, str]]:
    return Counter({pair: count for pair, count in counts.items() if count > 0 and pair[0] not in selected})


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


def _spoken_of(plan: Plan) -> frozenset[tuple[str, str]]:
    """From which body to which its moves let files or handoffs go."""
    pairs = {(one.id, heir.id) for one in endings(plan).values() for heir in one.heirs}
    for move in plan.moves:
        match move:
            case MoveFiles() | MoveProfessional() | MoveService() | MovePost():
                pairs.add((move.source, move.to))
            case _:
                pass
    return frozenset((source, to) for source, to in pairs if source and source != to)


def _selected(plan: Plan) -> tuple[frozenset[str], frozenset[str]]:
    """The bodies of whose files, and of whose handoffs, the plan lets only those go that it selects."""
    files = {
        one.id for one in endings(plan).values() if any(heir.territories or heir.competences for heir in one.heirs)
    }
    handoffs: set[str] = set()
    for move in plan.moves:
        match move:
            case MoveFiles() if move.rule is not FilesRule.ALL:
                files.add(move.source)
            case MoveProfessional():
                files.add(move.source)
            case MoveService() | MovePost():
                handoffs.add(move.source)
            case _:
                pass
    return frozenset(files), frozenset(files | handoffs)


def flows(plan: Plan, known: DirectoryFacts, files: Iterable[FileFacts]) -> tuple[Flows, Flows]:
    """Open files by who leads them, and the ends of open handoffs by whose they are, among the bodies of a plan. `files` are those
    that it may move; the others, which `known` counts, stay.
    """
    reading, named = Reading(plan), _spoken_of(plan)
    of_files, of_handoffs = _selected(plan)
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
    return Flows.of(led, None, named, of_files), Flows.of(ends, distinct, named, of_handoffs)


def _cells(counts: Counter[tuple[str, str]]) -> Counter[tuple[Node, Node]]:
    cells: Counter[tuple[Node, Node]] = Counter()
    for (source, to), count in counts.items():
        for row in (WHOLE, (part(BEFORE, source),)):
            for column in (WHOLE, (part(AFTER, to),)):
                cells[row, column] += count
    return cells
