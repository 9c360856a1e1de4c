"""The one index writer: fed by the outbox, or building a whole generation aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from graph.model.relay import Listing
from graph.model.territory import Territory
from graph.store.outbox import INDEX_LISTINGS, INDEX_TERRITORIES, REBUILD_INDEX, Effect
from graph.store.unit import Graph, Unit
from graph.store.watched import span
from search import document
from search.backend import Index
from search.embedded import EmbeddedWriter

CHUNK: Final = 300
MOST_ATTEMPTS: Final = 5
PROJECTION_SECONDS: Final = 30.0
WORKER: Final = "indexer"
INDEX_KINDS: Final = (INDEX_LISTINGS, INDEX_TERRITORIES, REBUILD_INDEX)


log = structlog.get_logger()


def ignore(done: int, total: int) -> None:
    """No one watches."""


class Indexer:
    """Keeps the index of a folder equal to the graph. There must be one per index: it takes the index's lock when it first
    needs it, and raises Unavailable while another holds it.
    """

    def __init__(self, graph: Graph, folder: Path) -> None:
        self._graph = graph
        self._folder = folder
        self._writer: EmbeddedWriter | None = None
        self._took_over = False

    async def rebuild(self, progress: Callable[[int, int], None] = ignore) -> int:
        """Build a generation aside from the whole graph, then switch to it; returns how many listings it holds.

        `progress(done, total)` counts organisations. Answers go on from the generation before until the switch; when it fails
        or is cancelled they go on from there, and nothing is left behind.
        """
        self._hold()
        async with self._graph.reading() as unit:
            covered = await unit.outbox.waiting(INDEX_KINDS)
        writer = EmbeddedWriter.aside(self._folder)
        try:
            total = await self._fill(writer, progress)
            await writer.switch()
        except BaseException:
            await writer.discard()
            raise
        await self.close()
        self._writer = writer
        # What was waiting when the graph was read is in the new generation.
        await self._graph.write(lambda unit: unit.outbox.settle(covered))
        return total

    async def drain(self) -> int:
        """Carry out the due index effects; returns how many were due. Those that fail are due again after their lease, and
        parked when they failed too often.
        """
        self._hold()
        if not self._took_over:
            # There is one worker: whoever claimed under this name before is gone.
            await self._graph.write(lambda unit: unit.outbox.release(WORKER))
            self._took_over = True
        effects = await self._graph.write(lambda unit: unit.outbox.claim(WORKER))
        if not effects:
            return 0
        kinds = ",".join(sorted({effect.kind for effect in effects}))
        with span("effects", **{"maillage.kinds": kinds, "maillage.effects": len(effects)}):
            if self._writer is None:
                await self.rebuild()
                carried = effects
            else:
                carried = await self._carry_out(effects)
            await self._graph.write(lambda unit: unit.outbox.done(carried))
        return len(effects)

    async def close(self) -> None:
        """Give the index's lock back; what was not committed is lost."""
        if self._writer:
            writer, self._writer = self._writer, None
            await writer.close()

    def _hold(self) -> None:
        """Take the lock of the generation in use, when there is one."""
        if self._writer is None:
            self._writer = EmbeddedWriter.current(self._folder)

    async def _fill(self, writer: EmbeddedWriter, progress: Callable[[int, int], None]) -> int:
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

    async def _carry_out(self, effects: list[Effect]) -> list[Effect]:
        """All at once, or else one by one, so that one that cannot be carried out does not hold the others back. Returns those
        that were. Raises when the graph or the disk is at fault.
        """
        try:
            await self._apply(effects)
        except BaseException as fault:
            await self.close()
            if isinstance(fault, OSError) or not isinstance(fault, Exception) or not await self._graph.answers():
                raise
            self._hold()
            if self._writer is None:
                raise
            parts = _apart(effects)
            if len(parts) == 1:
                await self._blame(effects, fault)
                return []
            return [effect for part in parts for effect in await self._carry_out(part)]
        return effects

    async def _blame(self, effects: Sequence[Effect], fault: Exception) -> None:
        for effect in effects:
            log.warning("effect_failed", effect=effect.id, kind=effect.kind, fault=type(fault).__name__)
        worn = [effect for effect in effects if effect.attempts >= MOST_ATTEMPTS]
        for effect in worn:
            log.warning("effect_parked", effect=effect.id, kind=effect.kind, fault=type(fault).__name__)
        if worn:
            await self._graph.write(lambda unit: unit.outbox.park(worn))

    async def _apply(self, effects: Sequence[Effect]) -> None:
        assert self._writer is not None
        kinds = {effect.kind for effect in effects}
        # Listings repeat what their territories say: once there are some, only a rebuild renews all of them.
        if REBUILD_INDEX in kinds or (INDEX_TERRITORIES in kinds and self._writer.holds_listings):
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


async def differences(graph: Graph, index: Index) -> dict[str, str]:
    """What `doctor` finds: for each listing that graph and index do not hold alike, which of the two says what."""
    async with graph.reading(PROJECTION_SECONDS * 4) as unit:
        ids = await _all_organisations(unit)
        listings = [x for s in range(0, len(ids), CHUNK) for x in await unit.relays.listings_of(ids[s : s + CHUNK])]
    truth = {listing.key: document.digest(document.encode(listing)) for listing in listings}
    held = await index.digests()
    missing = dict.fromkeys(truth.keys() - held.keys(), "absente de l’index")
    surplus = dict.fromkeys(held.keys() - truth.keys(), "dans l’index, plus dans le graphe")
    stale = {key: "différente" for key in truth.keys() & held.keys() if truth[key] != held[key]}
    return missing | surplus | stale


def _apart(effects: Sequence[Effect]) -> list[list[Effect]]:
    """Each alone, but those that may ask for a rebuild together: one rebuild serves them all."""
    whole = [effect for effect in effects if effect.kind != INDEX_LISTINGS]
    return [part for part in (whole, *([effect] for effect in effects if effect.kind == INDEX_LISTINGS)) if part]


async def _all_organisations(unit: Unit) -> list[str]:
    found: list[str] = []
    while page := await unit.relays.organisation_ids(found[-1] if found else "", 1000):
        found.extend(page)
    return found
