"""Writing one chunk of records of one kind: nodes, edges, seal, and the effect on the index, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from graph.model.directory import Agreement, Organisation, Post, Professional, Service, Succession
from graph.model.life import start_of, turning_days
from graph.store import edges, records
from graph.store.outbox import INDEX_LISTINGS
from graph.store.records import Record

if TYPE_CHECKING:
    from graph.store.unit import Unit


class Writing:
    """One chunk on its way. `held` are the ids that the graph has already: only those have edges to draw anew."""

    def __init__(self, unit: Unit, kind: type, source: str, held: Collection[str]) -> None:
        self._unit = unit
        self._kind = kind
        self._source = source
        self._held = held
        self._records: list[Record] = []
        self._rows: list[dict[str, Any]] = []

    def add(self, some: Sequence[Record], beside: Mapping[str, Mapping[str, Any]]) -> None:
        """More records, with what their nodes hold beside them, by id."""
        self._records += some
        self._rows += [{"id": r.id, "node": {**records.properties(r), **beside[r.id]}} for r in some]

    async def run(self, successions: Sequence[Succession]) -> None:
        """Write them all, with what this source says of where they were carried; tell the index, for former owners too."""
        kind, run = self._kind, self._unit.run
        held = [record.id for record in self._records if record.id in self._held]
        former: set[str] = set()
        if held:
            queries = (edges.OWNERS[kind], *edges.CARRIED[kind])
            former = {row["id"] for query in queries for row in await run(query, ids=held)}
            await self._forget(held)
        await run(edges.MERGE[kind], rows=self._rows)
        for query, rows in edges.drawn(kind, self._records):
            if rows:
                await run(query, rows=rows)
        if successions:
            await run(edges.SUCCEEDED_BY, rows=edges.succeeded(successions, self._source))
        subjects = sorted(former.union(*(_subjects(record) for record in self._records)))
        if subjects:
            await self._unit.outbox.add(INDEX_LISTINGS, subjects)
        await self._plan()

    async def _plan(self) -> None:
        """What comes and goes by itself on a day is told to the index on that day."""
        days: dict[date, set[str]] = {}
        for record in self._records:
            if isinstance(record, Organisation | Service):
                for day in turning_days(record):
                    days.setdefault(day, set()).update(_subjects(record))
        for day, subjects in sorted(days.items()):
            await self._unit.outbox.add(INDEX_LISTINGS, sorted(subjects), on=start_of(day))

    async def _forget(self, held: list[str]) -> None:
        await self._unit.run(edges.FORGET[self._kind], ids=held)
        if self._kind in edges.PLACED:
            await self._unit.run(edges.LEAVE_TERRITORY, ids=held)
        if self._kind is Organisation:
            await self._unit.run(edges.UNSUCCEED, ids=held, source=self._source)
        if self._kind in edges.UNSUCCEED_BY_ITSELF:
            await self._unit.run(edges.UNSUCCEED_BY_ITSELF[self._kind], ids=held)


async def leave(unit: Unit, kind: type, source: str, ids: Sequence[str]) -> None:
    """Take back what `source` no longer says. A listing of which others speak holds what they say; the rest leaves."""
    heard = await unit.claims.fall_silent(kind, source, ids) if kind in (Organisation, Service) else {}
    left = {id_: found for id_, found in heard.items() if found}
    if kind is Organisation:
        await unit.bodies.no_longer_under(source, ids)
    if left:
        writing = Writing(unit, kind, source, left)
        writing.add([found.record for found in left.values()], {id_: found.properties for id_, found in left.items()})
        await writing.run(())
    over = [id_ for id_ in ids if id_ not in left]
    subjects = [row["id"] for row in await unit.run(edges.OWNERS[kind], ids=over)]
    await unit.run(edges.LEAVE[kind], ids=over)
    if subjects:
        await unit.outbox.add(INDEX_LISTINGS, sorted(set(subjects)))


def _subjects(record: Record) -> tuple[str, ...]:
    """The organisations whose listings say something else once this record has moved."""
    match record:
        case Organisation():
            return (record.id,)
        case Service() | Post():
            return (record.organisation,)
        case Agreement():
            return (record.given_to,)
        case Professional():
            return record.organisations
