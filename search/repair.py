"""Making graph and index equal again, through the outbox: whoever writes the index carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graph.store.outbox import INDEX_KINDS, INDEX_LISTINGS, MAIL_KINDS, REBUILD_INDEX
from graph.store.unit import Graph, Unit
from search.backend import Engine, NotBuilt, Trouble
from search.indexer import CHUNK, Difference, differences

# Beyond so many organisations a rebuild is shorter, and cannot forget any.
MOST_MENDED: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `doctor` finds. `found` is None where there is no index to compare; `waiting` counts effects not yet due or done,
    `parked` those given up on; mails are counted apart.
    """

    found: Mapping[str, Difference] | None
    troubles: Sequence[Trouble]
    waiting: int
    parked: int
    mails_waiting: int = 0
    mails_parked: int = 0

    @property
    def faults(self) -> int:
        """How many things are to be repaired."""
        differences_ = 1 if self.found is None else len(self.found)
        return differences_ + len(self.troubles) + self.parked + self.mails_parked


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What was asked for: a rebuild, or `organisations` to be written again; `retried` effects, `forgotten` tasks."""

    rebuild: bool
    organisations: int
    retried: int
    forgotten: int


async def examine(graph: Graph, engine: Engine) -> Health:
    """Compare graph and index, and ask the engine what it did not carry out. Raises Unavailable."""
    async with graph.reading() as unit:
        index, mails = await unit.outbox.backlog(INDEX_KINDS), await unit.outbox.backlog(MAIL_KINDS)
    troubles = await engine.troubles()
    try:
        found = await differences(graph, engine.index())
    except NotBuilt:
        found = None
    return Health(
        found=found,
        troubles=troubles,
        waiting=index.waiting,
        parked=index.parked,
        mails_waiting=mails.waiting,
        mails_parked=mails.parked,
    )


async def mend(graph: Graph, engine: Engine, health: Health) -> Mended:
    """Ask for what makes graph and index equal again. The engine's troubles are forgotten first: what they should have
    written is either among the differences, or was written since.
    """
    await engine.settle(health.troubles)
    found = health.found
    organisations = sorted({difference.organisation for difference in (found or {}).values()})
    # An empty id is a territory's, of which listings repeat what it says.
    rebuild = found is None or "" in organisations or len(organisations) > MOST_MENDED

    async def ask(unit: Unit) -> None:
        await unit.outbox.retry()
        if rebuild:
            await unit.outbox.add(REBUILD_INDEX, ())
            return
        for start in range(0, len(organisations), CHUNK):
            await unit.outbox.add(INDEX_LISTINGS, organisations[start : start + CHUNK])

    await graph.write(ask)
    return Mended(
        rebuild=rebuild,
        organisations=0 if rebuild else len(organisations),
        retried=health.parked + health.mails_parked,
        forgotten=len(health.troubles),
    )
