"""Loading what a source says: compare with what it said before, then write only what moved.

A record's digest is written in the transaction of its node and edges: a load that was cut short finds it missing, and does
that record again. What several sources speak of goes through `graph/store/claims.py`; a post that a partner keeps is hers alone,
and no source moves it (`graph/store/posts.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Final, LiteralString, TypeVar

from graph.model.directory import Batch, ListingState, Organisation, Post, Professional, Service, Succession
from graph.model.likeness import Body
from graph.model.territory import Territory
from graph.store import edges, map_loading, records
from graph.store.outbox import INDEX_TERRITORIES
from graph.store.posts import kept_by_partners
from graph.store.records import Record
from graph.store.seen import Seen
from graph.store.unit import Graph, Unit
from graph.store.writing import Writing, leave

CHUNK: Final = 500
# Ids of one reading of what the graph has from a source.
SPAN: Final = 2000
LOAD_SECONDS: Final = 60.0
# Greater than any id.
END: Final = "\uffff"
X = TypeVar("X")

BODY_IDS: Final[LiteralString] = "UNWIND $ids AS id MATCH (o:Organisation {id: id}) RETURN o.id AS id"
ANY_TERRITORY: Final[LiteralString] = "MATCH (t:Territory) RETURN t.id AS id LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a load would do. `new`, `changed`, `gone` are ids; `moving` the records to write.

    Of those, `held` are in the graph already, `shared` are spoken of by another source too, and `told_as` has the ids under
    which this source tells bodies that are kept under another.
    """

    source: str
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    gone: tuple[str, ...] = ()
    territories: tuple[Territory, ...] = ()
    moving: tuple[Record, ...] = ()
    successions: tuple[Succession, ...] = ()
    leaving: tuple[tuple[type, str], ...] = field(default=())
    held: frozenset[tuple[type, str]] = frozenset()
    shared: frozenset[tuple[type, str]] = frozenset()
    told_as: Mapping[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """How many times `advance` will count a record."""
        return len(self.territories) + len(self.moving)


class Loader:
    """Loads one source into one graph. Safe to interrupt and to run again."""

    def __init__(self, graph: Graph, source: str) -> None:
        self._graph = graph
        self._source = source

    async def known_territories(self, mentioned: Iterable[str]) -> frozenset[str]:
        """Those of the ids mentioned that are in the graph, to check references against."""
        return await self._ids(map_loading.IDS, mentioned)

    async def has_map(self) -> bool:
        """Whether the graph has any territory at all."""
        async with self._graph.reading(LOAD_SECONDS) as unit:
            return bool(await unit.run(ANY_TERRITORY))

    async def recognise(self, named: Iterable[str]) -> tuple[dict[str, str], frozenset[str]]:
        """Of these organisations: those kept under another id, with that id; and the ids that are in the graph."""
        ids = sorted(set(named))
        if not ids:
            return {}, frozenset()
        async with self._graph.reading(LOAD_SECONDS) as unit:
            subjects = await unit.bodies.kept_under(ids)
            return subjects, frozenset(row["id"] for row in await unit.run(BODY_IDS, ids=ids))

    async def alike(self, sirets: Sequence[str], likenesses: Sequence[str]) -> list[Body]:
        """Published bodies with one of these numbers or likenesses."""
        async with self._graph.reading(LOAD_SECONDS) as unit:
            return await unit.bodies.alike(sirets, likenesses)

    async def plan_territories(self, territories: Sequence[Territory]) -> Plan:
        """Compare the map with the one in the graph. A territory is never removed: listings may stand on it."""
        async with self._graph.reading(LOAD_SECONDS) as unit:
            known = {row["id"]: row["digest"] for row in await unit.run(map_loading.DIGESTS)}
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
        """Compare all that this source says with what it said before."""
        with Seen() as seen:
            plan = await self.compare(batch)
            for kind, told in _by_kind(batch):
                seen.tell(kind, (record.id for record in told))
            await self.miss(seen)
            leaving = tuple((kind, id_) for kind in edges.KINDS for ids in seen.missing(kind, CHUNK) for id_ in ids)
        return replace(plan, gone=tuple(sorted(id_ for _, id_ in leaving)), leaving=leaving)

    async def compare(self, batch: Batch, told_as: Mapping[str, str] | None = None) -> Plan:
        """Compare a part of what this source says with what it said before: only the seals of its ids are read.

        `told_as` has the ids under which this source tells bodies that are kept under another.
        """
        carried = _successions_by_predecessor(batch.successions)
        known: dict[tuple[type, str], str | None] = {}
        held: set[tuple[type, str]] = set()
        shared: set[tuple[type, str]] = set()
        kept: set[tuple[type, str]] = set()
        told = _by_kind(batch)
        async with self._graph.reading(LOAD_SECONDS) as unit:
            for kind, some in told:
                for chunk in _chunks(some):
                    standing = await self._standing(unit, kind, [record.id for record in chunk])
                    known |= {(kind, id_): digest for id_, digest in standing.known.items()}
                    held |= {(kind, id_) for id_ in standing.held}
                    shared |= {(kind, id_) for id_ in standing.shared}
                    kept |= {(kind, id_) for id_ in standing.kept}
        new, changed, moving = [], [], []
        for kind, some in told:
            for record in some:
                key = kind, record.id
                if key in kept:
                    continue
                if key not in known:
                    new.append(record.id)
                elif known[key] != sealed(record, carried):
                    changed.append(record.id)
                else:
                    continue
                moving.append(record)
        bodies = {record.id for record in moving if isinstance(record, Organisation)}
        return Plan(
            source=self._source,
            new=tuple(new),
            changed=tuple(changed),
            unchanged=sum(len(some) for _, some in told) - len(moving),
            moving=tuple(moving),
            successions=tuple(s for s in batch.successions if s.predecessor in bodies),
            held=frozenset(held),
            shared=frozenset(shared),
            told_as=told_as or {},
        )

    async def miss(self, seen: Seen, silent: Collection[type] = ()) -> None:
        """Find what the graph has from this source and `seen` was not told, but for `silent` kinds; it keeps those ids."""
        for kind in (kind for kind in edges.KINDS if kind not in silent):
            async with self._graph.reading(LOAD_SECONDS) as unit:
                for above, upto in seen.steps(kind, SPAN):
                    async for ids in self._span(unit, kind, above, upto or END):
                        seen.miss(kind, set(ids) - seen.told(kind, ids))

    async def load(self, plan: Plan, advance: Callable[[int], None]) -> None:
        """Write the plan in chunks, each in one transaction with its effect on the index; `advance(n)` after each."""
        await self._load_map(plan, advance)
        carried = _successions_by_predecessor(plan.successions)
        for kind in edges.KINDS:
            for chunk in _in_order([r for r in plan.moving if type(r) is kind], carried):
                await self._write(lambda unit, chunk=chunk: self._put(unit, plan, chunk, carried))
                advance(len(chunk))
        for kind in edges.KINDS:
            await self.take_away(kind, [id_ for held, id_ in plan.leaving if held is kind])

    async def take_away(self, kind: type, ids: Sequence[str]) -> None:
        """Take back what the source no longer says: listings that nobody else tells are archived, the rest is removed."""
        for chunk in _chunks(ids):
            await self._write(lambda unit, chunk=chunk: leave(unit, kind, self._source, chunk))

    async def _put(
        self, unit: Unit, plan: Plan, chunk: Sequence[Record], carried: Mapping[str, Sequence[Succession]]
    ) -> None:
        kind = type(chunk[0])
        if kind in (Post, Professional):
            # Someone may have taken it in hand since the comparison.
            kept = kept_by_partners(await unit.run(edges.HELD[kind], ids=[r.id for r in chunk]))
            chunk = [r for r in chunk if r.id not in kept]
            if not chunk:
                return
        writing = Writing(unit, kind, self._source, {id_ for held, id_ in plan.held if held is kind})
        alone = [r for r in chunk if (kind, r.id) not in plan.shared]
        writing.add(alone, {r.id: {"origin": self._source, "digest": sealed(r, carried)} for r in alone})
        listings = [r for r in chunk if isinstance(r, Organisation | Service) and (kind, r.id) in plan.shared]
        heard = await unit.claims.say(self._source, {r.id: (r, sealed(r, carried)) for r in listings})
        writing.add([h.record for h in heard.values()], {id_: h.properties for id_, h in heard.items()})
        await writing.run([s for r in chunk for s in carried.get(r.id, ())] if kind is Organisation else [])
        if kind is Organisation:
            await unit.bodies.keep_under(
                self._source, {r.id: plan.told_as[r.id] for r in chunk if r.id in plan.told_as}
            )

    async def _load_map(self, plan: Plan, advance: Callable[[int], None]) -> None:
        changed = frozenset(plan.changed)
        for chunk in _chunks(map_loading.in_order(plan.territories)):
            await self._write(lambda unit, chunk=chunk: map_loading.lay(unit, chunk, changed))
            advance(len(chunk))
        if plan.territories:
            await self._write(lambda unit: unit.outbox.add(INDEX_TERRITORIES, ()))

    async def _standing(self, unit: Unit, kind: type, ids: Sequence[str]) -> _Standing:
        """How the graph holds these ids, seen from this source."""
        rows = {row["id"]: row for row in await unit.run(edges.HELD[kind], ids=list(ids))}
        shared = {id_ for id_, row in rows.items() if row.get("voices")}
        own = {id_ for id_, row in rows.items() if row["origin"] == self._source} - shared
        over = {id_ for id_, row in rows.items() if row.get("state") == ListingState.ARCHIVED}
        if kind in (Organisation, Service):
            shared |= rows.keys() - own - over
        known = {id_: rows[id_]["digest"] for id_ in own - over}
        if shared:
            known |= await unit.claims.digests(kind, self._source, shared)
        kept = kept_by_partners(rows.values()) if kind in (Post, Professional) else set[str]()
        return _Standing(known, rows.keys(), shared, kept)

    async def _span(self, unit: Unit, kind: type, above: str, upto: str) -> AsyncIterator[list[str]]:
        """Ids, in a span of ids, of what this source told: first what only it tells, then what others tell too."""
        for read in (self._alone, self._among_others) if kind in (Organisation, Service) else (self._alone,):
            start, more = above, True
            while more:
                ids = await read(unit, kind, start, upto)
                more = len(ids) == SPAN
                if ids:
                    yield ids
                    start = ids[-1]

    async def _alone(self, unit: Unit, kind: type, above: str, upto: str) -> list[str]:
        rows = await unit.run(edges.SPANS[kind], above=above, upto=upto, source=self._source, most=SPAN)
        return [row["id"] for row in rows]

    async def _among_others(self, unit: Unit, kind: type, above: str, upto: str) -> list[str]:
        return await unit.claims.span(kind, self._source, above, upto, SPAN)

    async def _write(self, action: Callable[[Unit], Awaitable[object]]) -> None:
        await self._graph.write(action, seconds=LOAD_SECONDS)

    async def _ids(self, query: LiteralString, ids: Iterable[str]) -> frozenset[str]:
        wanted = sorted(set(ids))
        if not wanted:
            return frozenset()
        async with self._graph.reading(LOAD_SECONDS) as unit:
            return frozenset(row["id"] for row in await unit.run(query, ids=wanted))


@dataclass(frozen=True, slots=True)
class _Standing:
    known: Mapping[str, str | None]
    held: Collection[str]
    shared: Collection[str]
    kept: Collection[str]


def sealed(record: Record, carried: Mapping[str, Sequence[Succession]]) -> str:
    """The digest of a record together with where it was carried."""
    after = carried.get(record.id, []) if isinstance(record, Organisation) else []
    return records.digest([record, after])


def _by_kind(batch: Batch) -> list[tuple[type, Sequence[Record]]]:
    return [
        (kind, told)
        for kind, told in zip(
            edges.KINDS,
            (batch.organisations, batch.professionals, batch.services, batch.posts, batch.agreements),
            strict=True,
        )
        if told
    ]


def _in_order(some: Sequence[Record], carried: Mapping[str, Sequence[Succession]]) -> list[Sequence[Record]]:
    """Chunks such that a body comes after, or with, those that its edges lead to."""
    by_id = {record.id: record for record in some if isinstance(record, Organisation)}
    if not by_id:
        return _chunks(some)
    ends = {
        id_: [end for end in (body.part_of, *(s.successor for s in carried.get(id_, ()))) if end in by_id]
        for id_, body in by_id.items()
    }
    try:
        return _chunks([by_id[id_] for id_ in TopologicalSorter(ends).static_order()])
    except CycleError:
        # Bodies in a circle need each other: all in one transaction.
        return [some]


def _successions_by_predecessor(successions: Sequence[Succession]) -> dict[str, list[Succession]]:
    groups: dict[str, list[Succession]] = {}
    for succession in sorted(successions, key=lambda s: (s.predecessor, s.successor)):
        groups.setdefault(succession.predecessor, []).append(succession)
    return groups


def _chunks(things: Sequence[X]) -> list[Sequence[X]]:
    return [things[start : start + CHUNK] for start in range(0, len(things), CHUNK)]
