"""What a client nests deeper is loaded from the graph: one unit for each batch, however many parents ask.

Loaders named `…_of` take ids of organisations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Final, TypeVar

from strawberry.dataloader import DataLoader

from api.rooms import Rooms
from graph.model.account import Account
from graph.model.casework.acts import Entry
from graph.model.directory import Agreement, Organisation, Post, Service, Succession
from graph.model.listing import Claim
from graph.model.territory import Territory
from graph.store.unit import Unit

RecordT = TypeVar("RecordT")

# Ids in one statement.
BATCH: Final = 500


class Loaders:
    """One set a request: nothing that one person reads is kept for another."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._running: set[asyncio.Task[object]] = set()
        self._at_hand: dict[str, Organisation] = {}

    def stop(self) -> None:
        """Give up what is being read: batches are tasks of their own, which do not end with the request that waits."""
        for task in self._running:
            task.cancel()

    @contextmanager
    def _batch(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            yield
        finally:
            self._running.discard(task)

    def known(self, organisations: Iterable[Organisation]) -> None:
        """These are at hand: they need not be loaded when a client asks for them again deeper, which few do."""
        self._at_hand |= {organisation.id: organisation for organisation in organisations}

    @cached_property
    def organisations(self) -> DataLoader[str, Organisation | None]:
        """Organisations by id; None for those that do not exist."""
        return DataLoader(load_fn=self._organisations, max_batch_size=BATCH)

    async def _organisations(self, ids: list[str]) -> list[Organisation | None]:
        found = {id_: self._at_hand[id_] for id_ in ids if id_ in self._at_hand}
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            with self._batch():
                async with self._rooms.graph.reading() as unit:
                    found |= await unit.directory.organisations(missing)
        return [found.get(id_) for id_ in ids]

    @cached_property
    def services(self) -> DataLoader[str, Service | None]:
        """Services by id; None for those that do not exist."""
        return self._loader(lambda unit, ids: unit.directory.services(ids), None)

    @cached_property
    def services_of(self) -> DataLoader[str, tuple[Service, ...]]:
        """The services that an organisation offers."""
        return self._loader(lambda unit, ids: unit.directory.services_of(ids), ())

    @cached_property
    def posts_of(self) -> DataLoader[str, tuple[Post, ...]]:
        """The posts inside an organisation."""
        return self._loader(lambda unit, ids: unit.directory.posts_of(ids), ())

    @cached_property
    def units_of(self) -> DataLoader[str, tuple[Organisation, ...]]:
        """The organisations that are directly part of one."""
        return self._loader(lambda unit, ids: unit.directory.units_of(ids), ())

    @cached_property
    def agreements_of(self) -> DataLoader[str, tuple[Agreement, ...]]:
        """The agreements that an organisation grants or is given."""
        return self._loader(lambda unit, ids: unit.directory.agreements_of(ids), ())

    @cached_property
    def successions_of(self) -> DataLoader[str, tuple[Succession, ...]]:
        """What an organisation took over from, and what it was carried to."""
        return self._loader(lambda unit, ids: unit.directory.successions_of(ids), ())

    @cached_property
    def claims(self) -> DataLoader[Organisation | Service, tuple[Claim, ...]]:
        """What each source says of these listings."""

        async def load(listings: list[Organisation | Service]) -> list[tuple[Claim, ...]]:
            with self._batch():
                async with self._rooms.graph.reading() as unit:
                    found = await unit.claims.of(listings)
            return [found[listing] for listing in listings]

        return DataLoader(load_fn=load, max_batch_size=BATCH)

    @cached_property
    def accounts(self) -> DataLoader[str, Account | None]:
        """Accounts by id; None for those that do not exist. Whose name may be told is the field's to say."""
        return self._loader(lambda unit, ids: unit.accounts.of(ids), None)

    @cached_property
    def logs(self) -> DataLoader[str, tuple[Entry, ...]]:
        """The whole logs of files, the first entry first. Who may read what of them is the field's to say."""
        return self._loader(lambda unit, ids: unit.files.logs(ids), ())

    @cached_property
    def territories(self) -> DataLoader[str, Territory | None]:
        """Territories by id, from the index's own map; the graph is only asked for what is not on it yet."""
        return DataLoader(load_fn=self._territories, max_batch_size=BATCH)

    async def _territories(self, ids: list[str]) -> list[Territory | None]:
        known = {territory_id: self._rooms.places.get(territory_id) for territory_id in ids}
        missing = [territory_id for territory_id, territory in known.items() if territory is None]
        if missing:
            with self._batch():
                async with self._rooms.graph.reading() as unit:
                    known |= await unit.territories.by_ids(missing)
        return [known[territory_id] for territory_id in ids]

    def _loader(
        self, read: Callable[[Unit, Sequence[str]], Awaitable[Mapping[str, RecordT]]], nothing: RecordT
    ) -> DataLoader[str, RecordT]:
        async def load(ids: list[str]) -> list[RecordT]:
            with self._batch():
                async with self._rooms.graph.reading() as unit:
                    found = await read(unit, ids)
            return [found.get(key, nothing) for key in ids]

        return DataLoader(load_fn=load, max_batch_size=BATCH)
