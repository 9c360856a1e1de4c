"""Who hands to whom, and what comes of it: bands between bodies, and from bodies to what became of the needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from api.actions.figures.told import Scope, Told, seen
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.flows import Ending
from graph.model.figures.lattice import WHOLE, Measure, Node, part


class End(StrEnum):
    """What a band begins or ends at. HIDDEN are those together of which nothing is told one by one."""

    SENDER = "sender"
    TARGET = "target"
    TERRITORY = "territory"
    THEME = "theme"
    OUTCOME = "outcome"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Band:
    """So many from one end to another; each end is (what it is, its id, "" for HIDDEN). `count` is None where it is hidden."""

    source: tuple[End, str]
    target: tuple[End, str]
    count: int | None

    @property
    def hidden(self) -> bool:
        """Whether one of its ends, or its number, is hidden."""
        return self.count is None or End.HIDDEN in {self.source[0], self.target[0]}


@dataclass(frozen=True, slots=True)
class Flows:
    """Handoffs sent and answered in a period. Those answered may have been sent before it. `bands` hold no zeros."""

    sent: int | None
    answered: int | None
    outcomes: tuple[tuple[Ending, int | None], ...]
    bands: tuple[Band, ...]

    def outcome(self, ending: Ending) -> int | None:
        """How many of those that were answered ended so; those that none did are not named in `outcomes`."""
        return dict(self.outcomes).get(ending, 0)


async def flows(rooms: Rooms, viewer: Viewer, scope: Scope) -> Flows:
    """The network's, as published; those of one's own service, to the last one. Raises NotSignedIn, NotAllowed."""
    sent, answered = await seen(rooms, viewer, scope, Measure.SENT, Measure.ANSWERED)
    # Her own facts are of the category already.
    return _flows(sent, answered, scope.row, scope.split, "" if scope.exact else scope.category)


def _flows(sent: Told, answered: Told, row: Node, split: str, category: str) -> Flows:
    column = (part("category", category),) if category else WHOLE
    outcomes = () if category else tuple((one, answered.count(row, (part("outcome", one),))) for one in Ending)
    themed = _themed(sent, row, split, column)
    general = chain(senders(sent, row, split), _outcomes(answered, row, split))
    return Flows(
        sent.count(row, column),
        answered.count(row, column),
        tuple((ending, count) for ending, count in outcomes if count != 0),
        tuple(band for band in (themed if category else general) if band.count != 0),
    )


def _kind(split: str) -> End:
    return End.TARGET if split == "organisation" else End.TERRITORY


def _below(told_: Told, row: Node, split: str, column: Node) -> tuple[list[tuple[str, Node]], int | None]:
    """The parts of a row of which something is told, and what the others hold."""
    if not split:
        return [("", row)], 0
    spread = told_.parts(row, column, split)
    return [(value, (*row, part(split, value))) for value in spread.told], spread.hidden


def senders(sent: Told, row: Node, split: str) -> Iterable[Band]:
    """From who sends to who receives; bodies that receive are told under a département alone."""
    if split != "organisation":
        return
    bodies, rest = _below(sent, row, split, WHOLE)
    for body, at in bodies:
        spread = sent.parts(at, WHOLE, "sender")
        for sender, count in spread.told.items():
            yield Band((End.SENDER, sender), (End.TARGET, body), count)
        if spread.hidden != 0:
            yield Band((End.HIDDEN, "sender"), (End.TARGET, body), spread.hidden)
    if rest != 0:
        yield Band((End.HIDDEN, "sender"), (End.HIDDEN, "target"), rest)


def _outcomes(answered: Told, row: Node, split: str) -> Iterable[Band]:
    """From who answered to what came of it."""
    parts, rest = _below(answered, row, split, WHOLE)
    for name, at in parts:
        spread = answered.parts(at, WHOLE, "outcome")
        source = (_kind(split), name)
        for outcome, count in spread.told.items():
            yield Band(source, (End.OUTCOME, outcome), count)
        if spread.hidden != 0:
            yield Band(source, (End.HIDDEN, "outcome"), spread.hidden)
    if rest != 0:
        yield Band((End.HIDDEN, "target"), (End.HIDDEN, "outcome"), rest)


def _themed(sent: Told, row: Node, split: str, column: Node) -> Iterable[Band]:
    """From the needs of one theme to who receives them: what came of them is not told by theme and body at once."""
    parts, rest = _below(sent, row, split, column)
    for name, at in parts:
        spread = sent.parts(at, column, "competence")
        target = (_kind(split), name)
        for competence, count in spread.told.items():
            yield Band((End.THEME, competence), target, count)
        if spread.hidden != 0:
            yield Band((End.HIDDEN, "theme"), target, spread.hidden)
    if rest != 0:
        yield Band((End.HIDDEN, "theme"), (End.HIDDEN, "target"), rest)
