"""How long people wait: days until a first contact and until an answer, as distributions, and who still waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from api.actions.figures.reading import network
from api.actions.figures.told import Scope, Told, seen
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.histograms import FROM, bucket, quantile
from graph.model.figures.lattice import WHOLE, Measure, Node
from graph.model.figures.networked import NetworkTold
from graph.model.figures.sums import AtLeast

HALF: Final = 0.5
NINE_TENTHS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Distribution:
    """So many in each bucket of days (`histograms.FROM`), None where that is hidden. `waiting`: those who still wait, by how long
    they have; empty where nothing is told of it.
    """

    done: tuple[int | None, ...]
    waiting: tuple[int | None, ...] = ()

    @property
    def whole(self) -> list[int] | None:
        """Every bucket, None where one is hidden or could hold more than is told."""
        known = [count for count in self.done if count is not None and not isinstance(count, AtLeast)]
        return known if len(known) == len(self.done) else None

    def within(self, share: float) -> int | None:
        """The bucket in which this share (0 to 1) is reached. Of a distribution with a hole in it, that is not known."""
        reached = quantile(self.whole, share) if self.whole else None
        return bucket(reached[0]) if reached else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """`open` needs at the end of the period. `estimated` is the whole network in one quarter, those who still wait counted."""

    contact: Distribution
    answer: Distribution
    open: int | None
    estimated: NetworkTold | None = None


async def delays(rooms: Rooms, viewer: Viewer, scope: Scope) -> Delays:
    """Of every category together: delays are another split of the same numbers. Raises NotSignedIn, NotAllowed."""
    whole = replace(scope, category="")
    measures = (Measure.CONTACTED, Measure.ANSWERED, Measure.NEEDS_OPEN)
    contacted, answered, needs = await seen(rooms, viewer, whole, *measures)
    # Medians of several quarters do not add up.
    single = not scope.exact and scope.period.first == scope.period.last
    still = _buckets(needs, scope.row)
    return Delays(
        # Since when needs wait is published of the whole network, and not always.
        contact=Distribution(_buckets(contacted, scope.row), () if all(one is None for one in still) else still),
        answer=Distribution(_buckets(answered, scope.row)),
        open=needs.count(scope.row),
        estimated=await network(rooms, viewer, scope.period.first) if single else None,
    )


def _buckets(measured: Told, row: Node) -> tuple[int | None, ...]:
    spread = measured.parts(row, WHOLE, "delay")
    return tuple(spread.get(str(number)) for number in range(len(FROM)))
