"""The one index writer: fed by the outbox, or building a whole generation aside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final, NamedTuple

import structlog

from graph.model.errors import Unavailable
from graph.model.relay import Listing
from graph.model.territory import Territory
from graph.store.outbox import INDEX_KINDS, INDEX_LISTINGS, INDEX_TERRITORIES, REBUILD_INDEX, Effect
from graph.store.turn import Turn
from graph.store.unit import Graph, Unit
from graph.store.watched import span
from search import document
from search.backend import AnotherWrites, Engine, Index, Writer

CHUNK: Final = 300
# Many rows in one commit: with one by one, a commit of the index would be most of the work.
MOST_EFFECTS: Final = 300
PROJECTION_SECONDS: Final = 30.0
WORKER: Final = "indexer"
TURN: Final = "index-writer"


log = structlog.get_logger()


class What(StrEnum):
    """How graph and index differ, as `doctor` says it."""

    MISSING = "absente de l’index"
    SURPLUS = "dans l’index, plus dans le graphe"
    STALE = "différente"
    TERRITORY = "territoire absent de l’index, ou différent"
    TERRITORIES = "plus nombreux dans l’index que dans le graphe"


class Difference(NamedTuple):
    """How it differs, and the organisation whose listings are to be written again; empty for a territory."""

    what: What
    organisation: str = ""


def ignore(done: int, total: int) -> None:
    """No one watches."""


class Indexer:
    """Keeps an index equal to the graph. One writes at a time: an index of this machine has its own lock, which is taken when
    first needed, and refused with Unavailable while another holds it; for a shared one, indexers take turns.
    """

    def __init__(self, graph: Graph, engine: Engine) -> None:
        self._graph = graph
        self._engine = engine
        self._turn = Turn(graph, TURN) if engine.shared else None
        self._writer: Writer | None = None
        self._took_over = False

    async def rebuild(self, progress: Callable[[int, int], None] = ignore) -> int:
        """Build a generation aside from the whole graph, then switch to it; returns how many listings it holds.

        `progress(done, total)` counts organisations. Answers go on from the generation before until the switch; when it fails
        or is cancelled they go on from there, and nothing is left behind.
        """
        if not await self._hold():
            raise AnotherWrites
        async with self._graph.reading() as unit:
            covered = await unit.outbox.waiting(INDEX_KINDS)
        async with self._kept():
            writer = await self._engine.aside()
            try:
                total = await self._fill(writer, progress)
                if not await self._ours():
                    raise AnotherWrites
                await writer.switch()
            except BaseException:
                await writer.discard()
                raise
        await self._let_go()
        self._writer = writer
        ours = await self._ours()

        async def settle(unit: Unit) -> None:
            # What was waiting when the graph was read is in the new generation.
            await unit.outbox.settle(covered)
            if not ours:
                # Another had the turn before we switched: what it wrote meanwhile went with the generation before.
                await unit.outbox.add(REBUILD_INDEX, ())

        await self._graph.write(settle)
        return total

    async def drain(self) -> int:
        """Carry out the due index effects; returns how many were due, none while it is another's turn. Those that fail are due
        again after their lease, and parked when they failed too often.
        """
        if not await self._hold():
            return 0
        if not self._took_over:
            # One writes at a time: whoever claimed under this name before is gone.
            await self._graph.write(lambda unit: unit.outbox.release(WORKER))
            self._took_over = True
        effects = await self._graph.write(lambda unit: unit.outbox.claim(WORKER, MOST_EFFECTS, INDEX_KINDS))
        if not effects:
            return 0
        kinds = ",".join(sorted({effect.kind for effect in effects}))
        with span("effects", **{"maillage.kinds": kinds, "maillage.effects": len(effects)}):
            await self._settle(effects)
        return len(effects)

    async def _settle(self, effects: list[Effect]) -> None:
        """Carry these out, and say so in the graph. When that fails, what we hold is let go of, to be claimed anew."""
        try:
            async with self._kept():
                carried = await (self._build(effects) if self._writer is None else self._carry_out(effects))
            if not await self._ours():
                # Another may have written the same listings before we did, from a newer graph: they are written once more.
                await self._graph.write(lambda unit: _add_again(unit, carried))
            await self._graph.write(lambda unit: unit.outbox.done(carried))
        except Exception:
            # Or else they wait for the end of their lease.
            self._took_over = False
            raise

    async def worn(self) -> bool:
        """Whether the index that we write would answer faster if it were built anew. Raises OSError."""
        return self._writer is not None and await self._writer.worn()

    async def close(self) -> None:
        """Give the index's lock or turn back; what was not committed is lost."""
        await self._let_go()
        if self._turn:
            await self._turn.give_back()

    async def _let_go(self) -> None:
        if self._writer:
            writer, self._writer = self._writer, None
            await writer.close()

    async def _hold(self) -> bool:
        """Take the lock or the turn, and the generation in use when there is one. False while it is another's turn."""
        if self._turn and not self._turn.held:
            # Another may have written meanwhile: what our writer remembers of the index is not to be trusted.
            await self._let_go()
            self._took_over = False
        if self._turn and not await self._turn.take():
            await self._let_go()
            return False
        if self._writer is None:
            try:
                self._writer = await self._engine.current()
            except Unavailable:
                # Another machine may reach the engine where this one does not.
                await self.close()
                raise
        return True

    async def _ours(self) -> bool:
        return self._turn is None or await self._turn.still_ours()

    @asynccontextmanager
    async def _kept(self) -> AsyncIterator[None]:
        if self._turn is None:
            yield
            return
        async with self._turn.kept():
            yield

    async def _fill(self, writer: Writer, progress: Callable[[int, int], None]) -> int:
        await writer.keep_places(await self._all_territories())
        ids = await self._all_organisations()
        total = 0
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            listings = await self._listings(chunk)
            await writer.replace((), listings)
            total += len(listings)
            progress(min(start + CHUNK, len(ids)), len(ids))
        await writer.commit()
        return total

    async def _build(self, effects: list[Effect]) -> list[Effect]:
        """The first generation, which serves them all. Returns those carried out. Raises when the graph or the engine is at
        fault.
        """
        try:
            await self.rebuild()
        except Exception as fault:
            if not await self._by_their_own_fault(fault):
                raise
            await self._blame(effects, fault)
            return []
        return effects

    async def _carry_out(self, effects: list[Effect]) -> list[Effect]:
        """All at once, or else one by one, so that one that cannot be carried out does not hold the others back. Returns those
        that were. Raises when the graph or the engine is at fault.
        """
        try:
            await self._apply(effects)
        except BaseException as fault:
            await self._let_go()
            if not await self._by_their_own_fault(fault):
                raise
            if not await self._hold() or self._writer is None:
                raise
            parts = _apart(effects)
            if len(parts) == 1:
                await self._blame(effects, fault)
                return []
            return [effect for part in parts for effect in await self._carry_out(part)]
        return effects

    async def _by_their_own_fault(self, fault: BaseException) -> bool:
        """Whether it is not that of the graph or of the engine, nor an end that was asked for."""
        return (
            isinstance(fault, Exception)
            and not isinstance(fault, OSError | Unavailable)
            and await self._graph.answers()
        )

    async def _blame(self, effects: Sequence[Effect], fault: BaseException) -> None:
        for effect in effects:
            log.warning("effect_failed", effect=effect.id, kind=effect.kind, fault=type(fault).__name__)
        for parked in await self._graph.write(lambda unit: unit.outbox.failed(effects)):
            log.warning("effect_parked", effect=parked, fault=type(fault).__name__)

    async def _apply(self, effects: Sequence[Effect]) -> None:
        assert self._writer is not None
        kinds = {effect.kind for effect in effects}
        # Listings repeat what their territories say: once there are some, only a rebuild renews all of them.
        if REBUILD_INDEX in kinds or (INDEX_TERRITORIES in kinds and await self._writer.holds_listings()):
            await self.rebuild()
            return
        if INDEX_TERRITORIES in kinds:
            await self._writer.keep_places(await self._all_territories())
        subjects = {id_ for effect in effects if effect.kind == INDEX_LISTINGS for id_ in effect.subjects}
        if subjects:
            async with self._graph.reading(PROJECTION_SECONDS) as unit:
                touched = sorted(await unit.relays.dependants(subjects))
            for start in range(0, len(touched), CHUNK):
                chunk = touched[start : start + CHUNK]
                await self._writer.replace(chunk, await self._listings(chunk))
        await self._writer.commit()

    async def _listings(self, organisation_ids: Sequence[str]) -> list[Listing]:
        async with self._graph.reading(PROJECTION_SECONDS) as unit:
            return await unit.relays.listings_of(organisation_ids)

    async def _all_territories(self) -> list[Territory]:
        async with self._graph.reading(PROJECTION_SECONDS) as unit:
            return await unit.territories.all()

    async def _all_organisations(self) -> list[str]:
        async with self._graph.reading(PROJECTION_SECONDS) as unit:
            return await _all_organisations(unit)


async def differences(graph: Graph, index: Index) -> dict[str, Difference]:
    """What `doctor` finds: each listing, and each territory, that graph and index do not hold alike."""
    async with graph.reading(PROJECTION_SECONDS * 4) as unit:
        ids = await _all_organisations(unit)
        listings = [x for s in range(0, len(ids), CHUNK) for x in await unit.relays.listings_of(ids[s : s + CHUNK])]
        territories = await unit.territories.all()
    await index.follow()
    truth = {listing.key: (document.digest(document.encode(listing)), listing.organisation.id) for listing in listings}
    held, places = await index.held(), index.places
    found = {key: Difference(What.MISSING, truth[key][1]) for key in truth.keys() - held.keys()}
    found |= {key: Difference(What.SURPLUS, held[key].organisation) for key in held.keys() - truth.keys()}
    found |= {
        key: Difference(What.STALE, truth[key][1]) for key in truth.keys() & held.keys() if truth[key] != held[key]
    }
    found |= {f"territory:{t.id}": Difference(What.TERRITORY) for t in territories if places.get(t.id) != t}
    if len(places) > len(territories):
        found["territories"] = Difference(What.TERRITORIES)
    return found


def _apart(effects: Sequence[Effect]) -> list[list[Effect]]:
    """Each alone, but those that may ask for a rebuild together: one rebuild serves them all."""
    whole = [effect for effect in effects if effect.kind != INDEX_LISTINGS]
    return [part for part in (whole, *([effect] for effect in effects if effect.kind == INDEX_LISTINGS)) if part]


async def _all_organisations(unit: Unit) -> list[str]:
    found: list[str] = []
    while page := await unit.relays.organisation_ids(found[-1] if found else "", 1000):
        found.extend(page)
    return found


async def _add_again(unit: Unit, effects: Sequence[Effect]) -> None:
    for effect in effects:
        await unit.outbox.add(effect.kind, effect.subjects)
