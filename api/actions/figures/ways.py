"""By which ways needs go from body to body, and how many of them come back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from api.actions.figures.reading import network
from api.actions.figures.told import Scope, own
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.chains import Chain, bounces, chains
from graph.model.figures.flows import Ending
from graph.model.figures.sums import added

EVERY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ways:
    """The most followed first. Of `handed` needs, `bounced` so many; None where too few are concerned."""

    chains: tuple[Chain, ...]
    handed: int | None
    bounced: int | None


async def ways(rooms: Rooms, viewer: Viewer, scope: Scope) -> Ways:
    """Of one's own service; else of the network as a whole: ways are not told by territory, nor by category. Raises NotSignedIn,
    NotAllowed.
    """
    if scope.exact:
        facts = await own(rooms, viewer, scope.period, scope.category)
        back = bounces(facts.handoffs)
        return Ways(tuple(chains(facts.handoffs, EVERY)), back.handed, back.count)
    told = [await network(rooms, viewer, quarter) for quarter in scope.period.quarters]
    counts: defaultdict[tuple[tuple[str, ...], Ending], list[int | None]] = defaultdict(lambda: [None] * len(told))
    for place, one in enumerate(told):
        for chain in one.chains if one else ():
            counts[chain.targets, chain.ending][place] = chain.count
    sums = [(added(found), targets, ending) for (targets, ending), found in counts.items()]
    found = [Chain(targets=targets, ending=ending, count=count) for count, targets, ending in sums if count]
    return Ways(
        tuple(sorted(found, key=lambda one: (-one.count, one.targets, one.ending))),
        added(one.handed for one in told if one),
        added(one.bounced for one in told if one),
    )
