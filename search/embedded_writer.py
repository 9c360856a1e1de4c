"""Writing the embedded index: one writer across processes, over one generation."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from errno import EIO
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from tantivy import Index as Store
from tantivy import IndexWriter as StoreWriter

from graph.model.errors import Unavailable
from graph.model.relay import Listing
from graph.model.territory import Territory
from search import document
from search.arranging import Arranged
from search.backend import POINTER, AnotherWrites
from search.generations import META, PLACES, PREFIX, is_built, name_in_use, territories_of, write_aside
from search.terms import SCHEMA, entry

WRITER_BYTES: Final = 64_000_000
# So many documents written between two moments for whatever else the process does.
BREATH: Final = 100
# Operations for each document held. One that is replaced takes about one and a half: a third of them were, then.
WORN: Final = 1.5
# Of few documents every order is as good.
LEAST: Final = 5_000
# So many times what an index takes: another one, and three times as much that waits while it is built.
ROOM: Final = 5


class _Meta(msgspec.Struct):
    """What the engine keeps of an index, as far as it is read here."""

    opstamp: int


class EmbeddedWriter:
    """The writing side, over one generation folder. tantivy itself refuses a second writer."""

    _arranged: Arranged | None

    def __init__(self, folder: Path, name: str, *, arranges: bool = False) -> None:
        self.name = name
        self._root = folder
        self._folder = folder / name
        self._folder.mkdir(parents=True, exist_ok=True)
        if not (self._folder / PLACES).exists():
            write_aside(self._folder / PLACES, msgspec.msgpack.encode([]))
        self._territories = {t.id: t for t in territories_of((self._folder / PLACES).read_bytes())}
        self._store = Store(SCHEMA, path=str(self._folder), reuse=True)
        self._writer: StoreWriter = _locked(self._store)
        self._arranges, self._arranged = arranges, None

    @classmethod
    def current(cls, folder: Path) -> EmbeddedWriter | None:
        """A writer over the generation in use; None when there is none, or when another version wrote it.

        Raises Unavailable while another worker holds it.
        """
        if not is_built(folder):
            return None
        try:
            return cls(folder, name_in_use(folder))
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    @classmethod
    def aside(cls, folder: Path) -> EmbeddedWriter:
        """A writer over a new, empty generation that nobody reads yet. What it takes before its first commit, it arranges."""
        return cls(folder, f"{PREFIX}{uuid4().hex[:12]}", arranges=True)

    async def holds_listings(self) -> bool:
        """Whether a listing was committed."""
        self._store.reload()
        return self._store.searcher().num_docs > 0

    async def worn(self) -> bool:
        """Whether a third of it or more came since it was arranged, and there is room to do it again. The engine counts what is
        added and what is deleted.
        """
        written = msgspec.json.decode((self._folder / META).read_bytes(), type=_Meta).opstamp
        self._store.reload()
        return written > WORN * max(self._store.searcher().num_docs, LEAST) and self._has_room()

    def _has_room(self) -> bool:
        """For another generation beside this one, and for what waits to be arranged."""
        ours = sum(path.stat().st_size for path in self._folder.iterdir() if path.is_file())
        return shutil.disk_usage(self._root).free > ROOM * ours

    async def replace(self, organisations: Iterable[str], listings: Sequence[Listing]) -> None:
        """Forget all listings of these organisations, then take these."""
        for id_ in organisations:
            await self._arrange()
            self._writer.delete_documents_by_term("organisation", id_)
        if self._arranges and self._arranged is None:
            self._arranged = Arranged(self._folder, self._territories.values())
        for listing in listings:
            kept = document.document(listing, self._territories)
            if self._arranged:
                self._arranged.add(kept)
            else:
                self._writer.add_document(entry(kept))

    async def keep_places(self, territories: Sequence[Territory]) -> None:
        """Take these territories in place of those held."""
        self._territories = {t.id: t for t in territories}
        write_aside(self._folder / PLACES, msgspec.msgpack.encode(list(territories)))

    async def commit(self) -> None:
        """Show what was written. Raises OSError: what fails here is the disk, not the listings."""
        await self._arrange()
        with self._by_the_disk():
            self._writer.commit()

    async def _arrange(self) -> None:
        """Write what was held to be arranged; what comes from now on is written as it comes."""
        self._arranges = False
        if self._arranged is None:
            return
        # Cut short, it stays, and is closed: what was written by half is not committed as if it were all.
        with closing(self._arranged) as arranged:
            for number, kept in enumerate(arranged):
                made = entry(kept)
                with self._by_the_disk():
                    self._writer.add_document(made)
                if number % BREATH == 0:
                    await asyncio.sleep(0)
        self._arranged = None

    @contextmanager
    def _by_the_disk(self) -> Iterator[None]:
        """What the engine cannot do here is the disk's fault. Raises OSError."""
        try:
            yield
        except ValueError as fault:
            raise OSError(EIO, "the index could not be written", str(self._folder)) from fault

    async def switch(self) -> None:
        """Make this the generation in use, and remove the others."""
        write_aside(self._root / POINTER, self.name.encode())
        for other in self._root.glob("g*-*"):
            if other.name != self.name:
                shutil.rmtree(other, ignore_errors=True)

    async def close(self) -> None:
        """Wait for merges and give the lock back; what was not committed is lost."""
        if self._arranged:
            # On a disk that is full it cannot even write what it still holds.
            with suppress(OSError):
                self._arranged.close()
        # A writer whose thread died has nothing to wait for; its lock goes all the same.
        with suppress(ValueError):
            self._writer.wait_merging_threads()

    async def discard(self) -> None:
        """Close, and remove this generation: it will not be used."""
        try:
            await self.close()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def _locked(store: Store) -> StoreWriter:
    try:
        return store.writer(heap_size=WRITER_BYTES, num_threads=1)
    except ValueError as fault:
        if "LockBusy" not in str(fault):
            raise Unavailable(
                "L’index ne s’ouvre pas en écriture. Vérifiez l’espace et les droits du dossier."
            ) from fault
        raise AnotherWrites from fault
