"""Effects to come: one row per effect, written in the transaction of its cause, holding ids only.

The consumer rereads the graph, so the order of rows does not matter. A row is claimed lock-first with a lease; one that was
claimed by a worker that died is due again when the lease ends, or when that worker starts anew. One that failed too often
is parked: kept, counted, not claimed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, LiteralString
from uuid import uuid4

if TYPE_CHECKING:
    from graph.store.unit import Unit

LEASE_SECONDS: Final = 60
KEEP_DAYS: Final = 7

ADD: Final[LiteralString] = """
UNWIND $rows AS row
CREATE (o:Outbox {id: row.id, kind: row.kind, subjects: row.subjects, written: $now, due: $now, attempts: 0, done: false})
"""

# Lock first (the SET), then read: a plain WHERE is no protection on either engine.
CLAIM: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.due <= $now AND o.done = false AND o.parked IS NULL
WITH o ORDER BY o.written, o.id LIMIT $most
SET o.locked = $by
WITH o WHERE o.due <= $now AND o.done = false AND o.parked IS NULL
SET o.due = $lease, o.attempts = o.attempts + 1
RETURN o.id AS id, o.kind AS kind, o.subjects AS subjects, o.attempts AS attempts
"""

DONE: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Outbox {id: id}) SET o.done = true, o.deliveredOn = $now
"""

RELEASE: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.locked = $by AND o.done = false AND o.due > $now SET o.due = $now
"""

PARK: Final[LiteralString] = "UNWIND $ids AS id MATCH (o:Outbox {id: id}) SET o.parked = true"

SWEEP: Final[LiteralString] = "MATCH (o:Outbox) WHERE o.done = true AND o.deliveredOn < $before DELETE o"

WAITING: Final[LiteralString] = "MATCH (o:Outbox) WHERE o.done = false AND o.kind IN $kinds RETURN o.id AS id"

PENDING: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.done = false AND o.parked IS NULL RETURN count(o) AS pending
"""

PARKED: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.done = false AND o.parked = true RETURN count(o) AS parked
"""

BACKLOG: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.done = false
RETURN count(CASE WHEN o.parked IS NULL THEN 1 END) AS waiting, count(o.parked) AS parked,
       min(CASE WHEN o.parked IS NULL THEN o.written END) AS oldest
"""

INDEX_LISTINGS: Final = "index_listings"
INDEX_TERRITORIES: Final = "index_territories"
REBUILD_INDEX: Final = "rebuild_index"


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do outside the graph about these subjects (ids). `attempts` counts the claims, this one included."""

    id: str
    kind: str
    subjects: tuple[str, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds: effects that wait, those given up on, and the age in seconds of the oldest that waits."""

    waiting: int
    parked: int
    oldest_seconds: float


class Outbox:
    """The outbox within one unit. Times are epoch milliseconds."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, kind: str, subjects: Sequence[str]) -> None:
        """One effect about `subjects`, to be done once this unit has committed."""
        await self._unit.run(ADD, rows=[{"id": uuid4().hex, "kind": kind, "subjects": list(subjects)}], now=_now())

    async def claim(self, by: str, most: int = 20) -> list[Effect]:
        """Due effects, leased to `by` for a minute."""
        now = _now()
        rows = await self._unit.run(CLAIM, now=now, lease=now + LEASE_SECONDS * 1000, by=by, most=most)
        return [Effect(row["id"], row["kind"], tuple(row["subjects"]), row["attempts"]) for row in rows]

    async def release(self, by: str) -> None:
        """What `by` had claimed is due now: it starts anew, and nobody else bears its name."""
        await self._unit.run(RELEASE, by=by, now=_now())

    async def park(self, effects: Sequence[Effect]) -> None:
        """Keep these aside: they failed too often. Settling them takes them out."""
        await self._unit.run(PARK, ids=[effect.id for effect in effects])

    async def done(self, effects: Sequence[Effect]) -> None:
        """These have been carried out."""
        await self.settle([effect.id for effect in effects])

    async def waiting(self, kinds: Sequence[str]) -> list[str]:
        """Ids of the effects of these kinds that are committed and not done: leased and parked ones too."""
        return [row["id"] for row in await self._unit.run(WAITING, kinds=list(kinds))]

    async def settle(self, ids: Sequence[str]) -> None:
        """These were carried out, all at once and by other means."""
        await self._unit.run(DONE, ids=list(ids), now=_now())

    async def sweep(self) -> None:
        """Forget what was carried out more than a week ago."""
        await self._unit.run(SWEEP, before=_now() - KEEP_DAYS * 86_400_000)

    async def pending(self) -> int:
        """How many effects wait, without those parked."""
        return (await self._unit.run(PENDING))[0]["pending"]

    async def parked(self) -> int:
        """How many effects were given up on; a rebuild of the index settles them."""
        return (await self._unit.run(PARKED))[0]["parked"]

    async def backlog(self) -> Backlog:
        """How far behind the worker is."""
        row = (await self._unit.run(BACKLOG))[0]
        age = max(0, _now() - row["oldest"]) / 1000 if row["oldest"] is not None else 0.0
        return Backlog(row["waiting"], row["parked"], age)


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
