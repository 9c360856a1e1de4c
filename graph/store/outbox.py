"""Effects to come: one row per effect, written in the transaction of its cause, holding ids only.

The consumer rereads the graph, so the order of rows does not matter. Each consumer claims the kinds that it carries out. A row
is claimed lock-first with a lease; one that was claimed by a worker that died is due again when the lease ends, or when that
worker starts anew. One that failed too often is parked: kept, counted, not claimed any more. What is carried out leaves the
label `Outbox` for `Delivered`, where it is kept a week: to look at the queue costs what waits, not what was.
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
MOST_FAILURES: Final = 5
SWEPT_AT_ONCE: Final = 2000

ADD: Final[LiteralString] = """
UNWIND $rows AS row
CREATE (o:Outbox {id: row.id, kind: row.kind, subjects: row.subjects, written: timestamp(), due: timestamp(), attempts: 0})
"""

# Planned for a moment to come: until then it is neither waiting nor late, and a rebuild of the index does not settle it.
PLAN: Final[LiteralString] = """
UNWIND $rows AS row
CREATE (o:Outbox {id: row.id, kind: row.kind, subjects: row.subjects, written: $on, due: $on, attempts: 0})
"""

# Lock first (the SET), then read: a plain WHERE is no protection on either engine. No ORDER BY, and no index on `due`: with
# 5,000 rows waiting, a claim of 500 took 35 ms this way, 90 ms sorted, 490 ms sorted with the index (measured on ArcadeDB,
# where many rows under one value make an index slow to change).
CLAIM: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.due <= timestamp() AND o.parked IS NULL AND o.kind IN $kinds
WITH o LIMIT $most
SET o.locked = $by
WITH o WHERE o.due <= timestamp() AND o.parked IS NULL
SET o.due = timestamp() + $lease
RETURN o.id AS id, o.kind AS kind, o.subjects AS subjects
"""

DONE: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Outbox {id: id})
CREATE (:Delivered {id: o.id, kind: o.kind, subjects: o.subjects, written: o.written, on: timestamp()})
DELETE o
"""

RELEASE: Final[LiteralString] = "MATCH (o:Outbox) WHERE o.locked = $by AND o.due > timestamp() SET o.due = timestamp()"

# Failures are counted, not claims: a worker that is killed five times says nothing against the row it held.
FAILED: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Outbox {id: id})
SET o.attempts = o.attempts + 1
WITH o WHERE o.attempts >= $most
SET o.parked = true
RETURN o.id AS id ORDER BY id
"""

# Each failure waits longer than the one before, to the last of the pauses, which is that of all that follow.
POSTPONED: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Outbox {id: id})
WITH o, $pauses[CASE WHEN o.attempts < size($pauses) THEN o.attempts ELSE size($pauses) - 1 END] AS pause
SET o.attempts = o.attempts + 1, o.due = timestamp() + pause
WITH o WHERE o.attempts >= $most
SET o.parked = true
RETURN o.id AS id ORDER BY id
"""

PARK: Final[LiteralString] = "UNWIND $ids AS id MATCH (o:Outbox {id: id}) SET o.parked = true"

SWEEP: Final[LiteralString] = """
MATCH (d:Delivered) WHERE d.on < timestamp() - $kept
WITH d LIMIT $most
DELETE d
RETURN count(*) AS swept
"""

RETRY: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.parked = true
SET o.attempts = 0, o.due = timestamp()
REMOVE o.parked
"""

WAITING: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.kind IN $kinds AND o.written <= timestamp()
RETURN o.id AS id ORDER BY id
"""

PENDING: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.parked IS NULL AND o.written <= timestamp() AND ($kinds IS NULL OR o.kind IN $kinds)
RETURN count(o) AS pending
"""
PARKED: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.parked = true AND ($kinds IS NULL OR o.kind IN $kinds)
RETURN count(o) AS parked
"""
BACKLOG: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.kind IN $kinds AND o.written <= timestamp()
RETURN count(CASE WHEN o.parked IS NULL THEN 1 END) AS waiting, count(o.parked) AS parked,
       max(CASE WHEN o.parked IS NULL THEN timestamp() - o.written END) AS age
"""

INDEX_LISTINGS: Final = "index_listings"
INDEX_TERRITORIES: Final = "index_territories"
REBUILD_INDEX: Final = "rebuild_index"
MAIL: Final = "mail"
CASEWORK: Final = "casework"
INDEX_KINDS: Final = (INDEX_LISTINGS, INDEX_TERRITORIES, REBUILD_INDEX)
MAIL_KINDS: Final = (MAIL,)
CASEWORK_KINDS: Final = (CASEWORK,)


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do outside the graph about these subjects (ids)."""

    id: str
    kind: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds: effects that wait, those given up on, and the age in seconds of the oldest that waits."""

    waiting: int
    parked: int
    oldest_seconds: float


class Outbox:
    """The outbox within one unit. Times are epoch milliseconds of the engine's clock: machines do not agree on theirs."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, kind: str, subjects: Sequence[str], on: datetime | None = None) -> None:
        """One effect about `subjects`, to be done once this unit has committed, or at a moment to come (aware)."""
        rows = [{"id": uuid4().hex, "kind": kind, "subjects": list(subjects)}]
        if on and on > datetime.now(UTC):
            await self._unit.run(PLAN, rows=rows, on=round(on.timestamp() * 1000))
        else:
            await self._unit.run(ADD, rows=rows)

    async def claim(self, by: str, most: int = 20, kinds: Sequence[str] = INDEX_KINDS) -> list[Effect]:
        """Due effects of these kinds, up to `most`, leased to `by` for a minute."""
        rows = await self._unit.run(CLAIM, kinds=list(kinds), lease=LEASE_SECONDS * 1000, by=by, most=most)
        return [Effect(row["id"], row["kind"], tuple(row["subjects"])) for row in rows]

    async def release(self, by: str) -> None:
        """What `by` had claimed is due now: it starts anew, and nobody else bears its name."""
        await self._unit.run(RELEASE, by=by)

    async def failed(self, effects: Sequence[Effect]) -> list[str]:
        """These could not be carried out: due again when their lease ends, or parked at the fifth time. Ids of those parked;
        settling them takes them out.
        """
        rows = await self._unit.run(FAILED, ids=[effect.id for effect in effects], most=MOST_FAILURES)
        return [row["id"] for row in rows]

    async def postpone(self, effects: Sequence[Effect], pauses: Sequence[int], most: int) -> list[str]:
        """These could not be carried out now: due again after the pause (seconds) of how often each has failed, or parked at
        the time `most`. Ids of those parked.
        """
        ids, milliseconds = [effect.id for effect in effects], [pause * 1000 for pause in pauses]
        rows = await self._unit.run(POSTPONED, ids=ids, pauses=milliseconds, most=most)
        return [row["id"] for row in rows]

    async def park(self, effects: Sequence[Effect]) -> None:
        """These will not be carried out however often they are tried."""
        await self._unit.run(PARK, ids=[effect.id for effect in effects])

    async def retry(self) -> None:
        """What was parked is due again, as if it had never failed."""
        await self._unit.run(RETRY)

    async def done(self, effects: Sequence[Effect]) -> None:
        """These have been carried out."""
        await self.settle([effect.id for effect in effects])

    async def waiting(self, kinds: Sequence[str]) -> list[str]:
        """Ids of the effects of these kinds that were not carried out: leased and parked ones too."""
        return [row["id"] for row in await self._unit.run(WAITING, kinds=list(kinds))]

    async def settle(self, ids: Sequence[str]) -> None:
        """These were carried out, all at once and by other means."""
        await self._unit.run(DONE, ids=list(ids))

    async def sweep(self) -> int:
        """Forget some of what was carried out more than a week ago; how many. A unit stays small: 0 says that all is swept."""
        rows = await self._unit.run(SWEEP, kept=KEEP_DAYS * 86_400_000, most=SWEPT_AT_ONCE)
        return rows[0]["swept"]

    async def pending(self, kinds: Sequence[str] | None = None) -> int:
        """How many effects wait, of these kinds or of all, without those parked."""
        return (await self._unit.run(PENDING, kinds=list(kinds) if kinds else None))[0]["pending"]

    async def parked(self, kinds: Sequence[str] | None = None) -> int:
        """How many effects were given up on, of these kinds or of all; a rebuild of the index settles those about it."""
        return (await self._unit.run(PARKED, kinds=list(kinds) if kinds else None))[0]["parked"]

    async def backlog(self, kinds: Sequence[str] = INDEX_KINDS) -> Backlog:
        """How far behind the worker is with these."""
        row = (await self._unit.run(BACKLOG, kinds=list(kinds)))[0]
        return Backlog(row["waiting"], row["parked"], (row["age"] or 0) / 1000)
