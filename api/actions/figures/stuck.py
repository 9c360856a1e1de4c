"""Where people get stuck: the bodies of a network, what each is marked by, and what they hand to one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from api.actions.figures.flows import senders
from api.actions.figures.reading import network
from api.actions.figures.told import BODIES, Scope, counted_exactly, own, told
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.cuts import cuts
from graph.model.figures.dead_ends import Blockage, dead_ends
from graph.model.figures.facts import HandoffFact
from graph.model.figures.lattice import WHOLE, Measure
from graph.model.figures.network import bottlenecks, edges


class Sign(StrEnum):
    """What a body is marked by: needs wait there, the network hangs by it, or they stop there and why."""

    BOTTLENECK = "bottleneck"
    BRIDGE = "bridge"
    SATURATION = Blockage.SATURATION.value
    SILENCE = Blockage.SILENCE.value
    MISMATCH = Blockage.MISMATCH.value


CHOOSE: Final = "Choisissez un département : les organismes ne sont dits que département par département."
STOPS: Final = frozenset({Sign.SATURATION, Sign.SILENCE, Sign.MISMATCH})


@dataclass(frozen=True, slots=True)
class Body:
    """A body by its id, how many handoffs it `received` (None: hidden), and its signs."""

    id: str
    received: int | None
    signs: tuple[Sign, ...] = ()

    @property
    def stops(self) -> tuple[Sign, ...]:
        """Why needs stop there; nothing where they do not."""
        return tuple(sign for sign in self.signs if sign in STOPS)


@dataclass(frozen=True, slots=True)
class Tie:
    """So many handoffs from one body to another."""

    source: str
    target: str
    count: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Every body of which something is told, those that received most first; the ties between them."""

    bodies: tuple[Body, ...]
    ties: tuple[Tie, ...]

    def signed(self, *signs: Sign) -> tuple[Body, ...]:
        """Those that bear one of these."""
        return tuple(body for body in self.bodies if set(signs) & set(body.signs))


async def stuck(rooms: Rooms, viewer: Viewer, scope: Scope) -> Stuck | None:
    """None where bodies are not told: above a département. Signs of the network are of the year that ends with the period, and of
    bodies that the scope tells alone. Raises NotSignedIn, NotAllowed.
    """
    if scope.split != BODIES:
        return None
    if scope.exact:
        handoffs = (facts := await own(rooms, viewer, scope.period)).handoffs
        sent = counted_exactly(facts, Measure.SENT, scope.period)
        received, signs = sent.parts(scope.row, WHOLE, BODIES), _signs(handoffs)
    else:
        [sent] = await told(rooms, viewer, scope, Measure.SENT)
        received = sent.parts(scope.row, WHOLE, BODIES)
        signs = await _published(rooms, viewer, scope, set(received.told))
    ties = tuple(
        Tie(band.source[1], band.target[1], band.count)
        for band in senders(sent, scope.row, scope.split)
        if band.count and not band.hidden
    )
    ids = {*received.told, *signs, *(id_ for tie in ties for id_ in (tie.source, tie.target))}
    bodies = [Body(id_, received.get(id_), tuple(signs.get(id_, ()))) for id_ in ids]
    return Stuck(tuple(sorted(bodies, key=lambda one: (-(one.received or 0), one.id))), ties)


def _signs(handoffs: Iterable[HandoffFact]) -> Mapping[str, list[Sign]]:
    some = list(handoffs)
    found: defaultdict[str, list[Sign]] = defaultdict(list)
    for one in bottlenecks(some):
        if one.is_one:
            found[one.id].append(Sign.BOTTLENECK)
    for id_ in cuts(edges(some)).points:
        found[id_].append(Sign.BRIDGE)
    for end in dead_ends(some).values():
        if end.causes:
            found[end.target] += [Sign(cause.value) for cause in end.causes]
    return found


async def _published(rooms: Rooms, viewer: Viewer, scope: Scope, there: set[str]) -> Mapping[str, list[Sign]]:
    whole = await network(rooms, viewer, scope.period.last)
    found: dict[str, list[Sign]] = {}
    for body in whole.bodies if whole else ():
        signs = [Sign.BOTTLENECK] * body.bottleneck + [Sign.BRIDGE] * body.cut
        signs += [Sign(cause.value) for cause in body.dead_end]
        if signs and body.id in there:
            found[body.id] = signs
    return found
