"""From a figure to what it counted: the handoffs, ways, needs and files of one's own house behind a number, and whose files they
lie in. It counts by the tables that are published, so that a list holds what its figure counted and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from graph.model.casework.handoff import Kind
from graph.model.figures.chains import ways
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact
from graph.model.figures.flows import category_of, ending_of
from graph.model.figures.lattice import Measure, Part
from graph.model.figures.periods import Span
from graph.model.figures.tables import TABLES, Unmet

ARROW: Final = ">"
RECEIVED: Final = "received"
SENT: Final = "sent"
# Since when nothing was found for a need is not told by its facts.
UNKNOWN: Final = datetime.fromtimestamp(0, UTC)


class Counted(StrEnum):
    """What is counted of one's own files, each by itself."""

    SENT = "sent"
    ANSWERED = "answered"
    CONTACTED = "contacted"
    WAYS = "ways"
    NEEDS_OPEN = "needs_open"
    UNMET = "unmet"
    FILES_OPEN = "files_open"
    TRANSITIONAL = "transitional"
    FILES_CLOSED = "files_closed"


class Split(StrEnum):
    """By what it can be narrowed. DIRECTION tells what the house received from what it sent; WAY is the bodies of a way, one
    after the other; DELAY the number of a bucket of days; LEAD the account that leads, "" the desk.
    """

    TARGET = "target"
    SENDER = "sender"
    DIRECTION = "direction"
    OUTCOME = "outcome"
    CATEGORY = "category"
    COMPETENCE = "competence"
    COMMUNE = "commune"
    DELAY = "delay"
    WAY = "way"
    LEAD = "lead"


# Of the state that stands when the stretch ends; the others are of what came about in it.
STANDING: Final = frozenset({Counted.NEEDS_OPEN, Counted.UNMET, Counted.FILES_OPEN, Counted.TRANSITIONAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is asked for: what is counted, in which stretch, and by which values it is narrowed."""

    counted: Counted
    span: Span
    by: Mapping[Split, str] = field(default_factory=lambda: MappingProxyType({}))

    def without(self, split: Split) -> Chosen:
        """The same, not narrowed by this."""
        left = {one: value for one, value in self.by.items() if one is not split}
        return Chosen(counted=self.counted, span=self.span, by=MappingProxyType(left))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way of one need through the bodies that it was handed to."""

    file: str
    need: str
    handoffs: tuple[HandoffFact, ...]

    @property
    def targets(self) -> str:
        """The bodies, one after the other, as one text."""
        return ARROW.join(one.target for one in self.handoffs)


Counting = HandoffFact | Way | NeedFact | FileFact | Unmet


@dataclass(frozen=True, slots=True)
class Found:
    """One file, with what was counted of it; `at` is the latest moment of that, by which files are in order."""

    file: str
    counted: tuple[Counting, ...]
    at: datetime

    @property
    def handoffs(self) -> tuple[HandoffFact, ...]:
        """Those counted of it, of ways the last of each."""
        found = [one.handoffs[-1] if isinstance(one, Way) else one for one in self.counted]
        return tuple(one for one in found if isinstance(one, HandoffFact))


def selected(facts: Facts, chosen: Chosen, house: Collection[str]) -> tuple[Found, ...]:
    """The files that this counts, the latest first; `house` are the bodies whose facts these are."""
    of_file: dict[str, list[Counting]] = defaultdict(list)
    for one in counting(facts, chosen, house):
        of_file[file_of(one)].append(one)
    found = [Found(file, tuple(some), max(_moment(one) for one in some)) for file, some in of_file.items()]
    return tuple(sorted(found, key=lambda one: (-one.at.timestamp(), one.file)))


def counting(facts: Facts, chosen: Chosen, house: Collection[str]) -> Iterator[Counting]:
    """All that is counted, one by one."""
    splits = _splits(chosen, house)
    wanted = [(splits[split], value) for split, value in chosen.by.items() if split in splits]
    if len(wanted) < len(chosen.by):
        return
    for one in _counted(facts, chosen):
        if all(of(one) == value for of, value in wanted):
            yield one


def choices(facts: Facts, chosen: Chosen, split: Split, house: Collection[str]) -> Mapping[str, int]:
    """Each value of a split with how many files it would leave, all else that was chosen kept."""
    of = _splits(chosen, house).get(split)
    if of is None:
        return {}
    files: dict[str, set[str]] = defaultdict(set)
    for one in counting(facts, chosen.without(split), house):
        files[of(one)].add(file_of(one))
    return {value: len(some) for value, some in files.items()}


def splits_of(counted: Counted) -> frozenset[Split]:
    """By what this can be narrowed."""
    return frozenset(_splits(Chosen(counted=counted, span=Span(UNKNOWN, UNKNOWN)), ()))


def unknown_to(house: Collection[str], one: Counting) -> bool:
    """Whether the house may count it, and not know of whom it is: a person who is sent to it comes by herself, or does not."""
    last = one.handoffs[-1] if isinstance(one, Way) else one
    return isinstance(last, HandoffFact) and last.kind is Kind.ORIENT and _direction(last, house) == RECEIVED


def file_of(one: Counting) -> str:
    """The file in which it lies."""
    match one:
        case FileFact():
            return one.id
        case Unmet():
            return one.person
        case _:
            return one.file


def _counted(facts: Facts, chosen: Chosen) -> Iterable[Counting]:
    match chosen.counted:
        case Counted.WAYS:
            return _ways(facts, chosen)
        case Counted.UNMET:
            # What was told at a front door and left there lies in no file.
            return TABLES[Measure.UNMET].of(Facts(needs=facts.needs), chosen.span)
        case _:
            return TABLES[Measure(chosen.counted.value)].of(facts, chosen.span)


def _ways(facts: Facts, chosen: Chosen) -> Iterator[Way]:
    """Of what was on its way in the stretch."""
    begin, end, category = chosen.span.begin, chosen.span.end, chosen.by.get(Split.CATEGORY, "")
    some = [
        one
        for one in facts.handoffs
        if (not category or category_of(one.competence) == category)
        and one.drafted < end
        and (one.ended is None or one.ended >= begin)
    ]
    for need, way in ways(some).items():
        yield Way(file=way[-1].file, need=need, handoffs=tuple(way))


def _splits(chosen: Chosen, house: Collection[str]) -> Mapping[Split, Callable[[Any], str]]:
    if chosen.counted is Counted.WAYS:
        return {
            Split.WAY: lambda one: one.targets,
            Split.OUTCOME: lambda one: ending_of(one.handoffs[-1]) or "",
            # Handoffs of other categories were left out before the ways were followed.
            Split.CATEGORY: lambda one: category_of(one.handoffs[-1].competence),
        }
    table = TABLES[Measure(chosen.counted.value)]
    known = set(Split)
    found: dict[Split, Callable[[Any], str]] = {
        Split(one.split): one.of for one in _flat(table.columns(chosen.span)) if one.split in known
    }
    found[Split.COMMUNE] = lambda one: one.commune
    if chosen.counted in {Counted.SENT, Counted.ANSWERED, Counted.CONTACTED}:
        found |= {
            Split.TARGET: lambda one: one.target,
            Split.SENDER: lambda one: one.sender,
            Split.DIRECTION: lambda one: _direction(one, house),
        }
        # Of what was sent, what became of it since; of answers, which they were.
        found.setdefault(Split.OUTCOME, lambda one: ending_of(one) or "")
    elif chosen.counted in {Counted.FILES_OPEN, Counted.TRANSITIONAL, Counted.FILES_CLOSED}:
        found[Split.LEAD] = lambda one: one.account
    return found


def _flat(parts: Iterable[Part]) -> Iterator[Part]:
    for one in parts:
        yield one
        yield from _flat(one.within)


def _direction(one: HandoffFact, house: Collection[str]) -> str:
    """What goes from one unit of the house to another stays within it, and is neither."""
    if (one.sender in house) == (one.target in house):
        return ""
    return RECEIVED if one.target in house else SENT


def _moment(one: Counting) -> datetime:
    match one:
        case HandoffFact():
            return one.sent or one.drafted
        case Way():
            return max(some.sent or some.drafted for some in one.handoffs)
        case Unmet():
            return UNKNOWN
        case _:
            return one.opened
