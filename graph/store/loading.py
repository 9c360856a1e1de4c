"""Loading what a source says: compare with what it said before, then write only what moved.

A record's digest is written last, with its edges: a load that was cut short finds it missing and does that record again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString, TypeVar

from graph.model.directory import Agreement, Batch, Organisation, Post, Professional, Service, Succession
from graph.model.territory import Territory, TerritoryLevel, level_of
from graph.store import edges, records
from graph.store.outbox import INDEX_LISTINGS, INDEX_TERRITORIES
from graph.store.records import Record
from graph.store.territories import territory_properties
from graph.store.unit import Graph, Unit

CHUNK: Final = 500
LOAD_SECONDS: Final = 60.0
X = TypeVar("X")

BROWSED_THROUGH: Final = {
    TerritoryLevel.ARRONDISSEMENT: (TerritoryLevel.COMMUNE,),
    TerritoryLevel.COMMUNE: (TerritoryLevel.EPCI, TerritoryLevel.DEPARTEMENT),
    TerritoryLevel.SECTOR: (TerritoryLevel.COMMUNE,),
    TerritoryLevel.EPCI: (TerritoryLevel.DEPARTEMENT,),
    TerritoryLevel.DEPARTEMENT: (TerritoryLevel.REGION,),
    TerritoryLevel.REGION: (TerritoryLevel.COUNTRY,),
}

# Only those that are mentioned: all ids of France took 2.3 s.
TERRITORY_IDS: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id}) RETURN t.id AS id"
ORGANISATION_IDS: Final[LiteralString] = "MATCH (o:Organisation) RETURN o.id AS id"
TERRITORY_DIGESTS: Final[LiteralString] = "MATCH (t:Territory) RETURN t.id AS id, t.digest AS digest"

MERGE_TERRITORIES: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (t:Territory {id: row.id})
SET t = row.node
"""

FORGET_WITHIN: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id})-[r:WITHIN]->() DELETE r"
JOIN_WITHIN: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (t:Territory {id: row.id}), (zone:Territory {id: row.to})
CREATE (t)-[:WITHIN]->(zone)
"""
SEAL_TERRITORIES: Final[LiteralString] = (
    "UNWIND $rows AS row MATCH (t:Territory {id: row.id}) SET t.digest = row.digest"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a load would do. `new`, `changed`, `gone` are ids; `moving` the records to write, `digests` of all of them."""

    source: str
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    gone: tuple[str, ...] = ()
    territories: tuple[Territory, ...] = ()
    moving: tuple[Record, ...] = ()
    successions: tuple[Succession, ...] = ()
    leaving: tuple[tuple[type, str], ...] = field(default=())

    @property
    def steps(self) -> int:
        """How many times `advance` will count a record."""
        return len(self.territories) * 2 + len(self.moving) * 2


def parents(territory: Territory) -> list[str]:
    """The zones right above: what people browse through. `zones` alone decides what contains what."""
    levels = BROWSED_THROUGH.get(territory.level, ())
    return [zone for zone in territory.zones[1:] if level_of(zone) in levels]


class Loader:
    """Loads one source into one graph. Safe to interrupt and to run again."""

    def __init__(self, graph: Graph, source: str) -> None:
        self._graph = graph
        self._source = source

    async def known_territories(self, mentioned: Iterable[str]) -> frozenset[str]:
        """Those of the ids mentioned that are in the graph, to check references against."""
        return await self._ids(TERRITORY_IDS, ids=sorted(set(mentioned)))

    async def known_organisations(self) -> frozenset[str]:
        """Ids in the graph, whatever their source."""
        return await self._ids(ORGANISATION_IDS)

    async def plan_territories(self, territories: Sequence[Territory]) -> Plan:
        """Compare the map with the one in the graph. A territory is never removed: listings may stand on it."""
        known = await self._digests(TERRITORY_DIGESTS)
        new = [t for t in territories if t.id not in known]
        changed = [t for t in territories if t.id in known and known[t.id] != records.digest(t)]
        return Plan(
            source=self._source,
            new=tuple(t.id for t in new),
            changed=tuple(t.id for t in changed),
            unchanged=len(territories) - len(new) - len(changed),
            gone=tuple(sorted(known.keys() - {t.id for t in territories})),
            territories=(*new, *changed),
        )

    async def plan_batch(self, batch: Batch) -> Plan:
        """Compare a batch with what this source said before."""
        told: list[Record] = [
            *batch.organisations,
            *batch.professionals,
            *batch.services,
            *batch.posts,
            *batch.agreements,
        ]
        known: dict[str, str | None] = {}
        kinds: dict[str, type] = {}
        for kind in edges.KINDS:
            digests = await self._digests(edges.DIGESTS[kind], source=self._source)
            known |= digests
            kinds |= dict.fromkeys(digests, kind)
        carried = _successions_by_predecessor(batch.successions)
        new = [r for r in told if r.id not in known]
        changed = [r for r in told if r.id in known and known[r.id] != sealed(r, carried)]
        gone = sorted(known.keys() - {r.id for r in told})
        moving = {r.id for r in (*new, *changed)}
        return Plan(
            source=self._source,
            new=tuple(r.id for r in new),
            changed=tuple(r.id for r in changed),
            unchanged=len(told) - len(moving),
            gone=tuple(gone),
            moving=tuple(r for r in told if r.id in moving),
            successions=tuple(s for s in batch.successions if s.predecessor in moving),
            leaving=tuple((kinds[id_], id_) for id_ in gone),
        )

    async def load(self, plan: Plan, advance: Callable[[int], None]) -> None:
        """Write the plan in chunks, nodes first, then edges; `advance(n)` after each. Index effects go with the edges."""
        for chunk in _chunks(plan.territories):
            await self._write(lambda unit, chunk=chunk: _merge_territories(unit, chunk))
            advance(len(chunk))
        for chunk in _chunks(plan.territories):
            await self._write(lambda unit, chunk=chunk: _join_territories(unit, chunk))
            advance(len(chunk))
        if plan.territories:
            await self._write(lambda unit: unit.outbox.add(INDEX_TERRITORIES, ()))
        for kind in edges.KINDS:
            for chunk in _chunks([r for r in plan.moving if type(r) is kind]):
                await self._write(lambda unit, kind=kind, chunk=chunk: self._merge(unit, kind, chunk))
                advance(len(chunk))
        carried = _successions_by_predecessor(plan.successions)
        for kind in edges.KINDS:
            for chunk in _chunks([r for r in plan.moving if type(r) is kind]):
                await self._write(lambda unit, kind=kind, chunk=chunk: _join(unit, kind, chunk, carried))
                advance(len(chunk))
        for kind in edges.KINDS:
            for ids in _chunks([id_ for held, id_ in plan.leaving if held is kind]):
                await self._write(lambda unit, kind=kind, ids=ids: _leave(unit, kind, ids))

    async def _merge(self, unit: Unit, kind: type, chunk: Sequence[Record]) -> None:
        rows = [{"id": r.id, "node": records.properties(r) | {"origin": self._source}} for r in chunk]
        await unit.run(edges.MERGE[kind], rows=rows)

    async def _write(self, action: Callable[[Unit], Any]) -> None:
        await self._graph.write(action, seconds=LOAD_SECONDS)

    async def _ids(self, query: LiteralString, **parameters: Any) -> frozenset[str]:
        async with self._graph.reading(LOAD_SECONDS) as unit:
            return frozenset(row["id"] for row in await unit.run(query, **parameters))

    async def _digests(self, query: LiteralString, **parameters: Any) -> dict[str, str | None]:
        async with self._graph.reading(LOAD_SECONDS) as unit:
            return {row["id"]: row["digest"] for row in await unit.run(query, **parameters)}


def sealed(record: Record, carried: dict[str, list[Succession]]) -> str:
    """The digest of a record together with where it was carried."""
    after = carried.get(record.id, []) if isinstance(record, Organisation) else []
    return records.digest([record, after])


async def _merge_territories(unit: Unit, chunk: Sequence[Territory]) -> None:
    await unit.run(MERGE_TERRITORIES, rows=[{"id": t.id, "node": territory_properties(t)} for t in chunk])


async def _join_territories(unit: Unit, chunk: Sequence[Territory]) -> None:
    await unit.run(FORGET_WITHIN, ids=[t.id for t in chunk])
    await unit.run(JOIN_WITHIN, rows=[{"id": t.id, "to": zone} for t in chunk for zone in parents(t)])
    await unit.run(SEAL_TERRITORIES, rows=[{"id": t.id, "digest": records.digest(t)} for t in chunk])


async def _join(unit: Unit, kind: type, chunk: Sequence[Record], carried: dict[str, list[Succession]]) -> None:
    """Draw the edges of these records anew, then seal them and tell the index, on behalf of former owners too."""
    ids = [r.id for r in chunk]
    former = {
        row["id"] for query in (edges.OWNERS[kind], *edges.CARRIED[kind]) for row in await unit.run(query, ids=ids)
    }
    await unit.run(edges.FORGET[kind], ids=ids)
    for query, rows in edges.drawn(kind, chunk, carried):
        if rows:
            await unit.run(query, rows=rows)
    await unit.run(edges.SEAL[kind], rows=[{"id": r.id, "digest": sealed(r, carried)} for r in chunk])
    subjects = sorted(former.union(*(_subjects(r) for r in chunk)))
    if subjects:
        await unit.outbox.add(INDEX_LISTINGS, subjects)


async def _leave(unit: Unit, kind: type, ids: Sequence[str]) -> None:
    """Take back what the source no longer says: listings are archived, the rest is removed; the index is told."""
    subjects = [row["id"] for row in await unit.run(edges.OWNERS[kind], ids=list(ids))]
    await unit.run(edges.LEAVE[kind], ids=list(ids))
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


def _successions_by_predecessor(successions: Sequence[Succession]) -> dict[str, list[Succession]]:
    groups: dict[str, list[Succession]] = {}
    for succession in sorted(successions, key=lambda s: (s.predecessor, s.successor)):
        groups.setdefault(succession.predecessor, []).append(succession)
    return groups


def _chunks(things: Sequence[X]) -> list[Sequence[X]]:
    return [things[start : start + CHUNK] for start in range(0, len(things), CHUNK)]
