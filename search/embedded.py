"""The embedded index: tantivy in a folder, one writer across processes, readers that follow it.

`<folder>/current` names the generation in use; a rebuild fills another folder and moves the name, so there is no gap.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from errno import EIO
from hashlib import blake2b
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from tantivy import Index as Store
from tantivy import IndexWriter as StoreWriter
from tantivy import Query

from graph.model.candidates import Candidates
from graph.model.errors import Unavailable
from graph.model.relay import Listing
from graph.model.territory import Territory
from search import document
from search.backend import POINTER, AnotherWrites, Held, NotBuilt, Trouble, Wanted
from search.document import INDEX_FORMAT
from search.hits import all_hits, count, fitting
from search.places import Gazetteer
from search.remembered import Remembered
from search.terms import SCHEMA, acting_query, entry

PREFIX: Final = f"g{INDEX_FORMAT}-"
WRITER_BYTES: Final = 64_000_000
PLACES: Final = "territories.msgpack"
META: Final = "meta.json"
# Between two looks at whether another process has committed.
LOOK_EVERY_SECONDS: Final = 0.1
_territories = msgspec.msgpack.Decoder(list[Territory]).decode


@dataclass(frozen=True, slots=True)
class _Opened:
    name: str
    folder: Path
    store: Store
    places: Gazetteer
    places_print: bytes
    places_file: tuple[int, int]
    meta: bytes


class EmbeddedIndex:
    """The reading side. Opening it does not need an index yet: it answers once there is one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: _Opened | None = None
        self._looked = 0.0
        self._read = Remembered()

    @property
    def generation(self) -> str:
        """The folder in use and what its last commit wrote."""
        opened = self._follow()
        return f"{opened.name}.{blake2b(opened.meta, digest_size=8).hexdigest()}"

    @property
    def places(self) -> Gazetteer:
        """The territories of the generation in use."""
        return self._follow().places

    async def follow(self) -> None:
        """Look at what is in use now."""
        self._looked = 0.0
        self._follow()

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Nothing to do meanwhile: each question looks at the folder."""
        yield

    async def read_ahead(self) -> None:
        """The facts of all listings, where there is room for them."""
        with suppress(Unavailable, OSError, ValueError):
            self._read.read_ahead(self._follow().store.searcher())

    async def answers(self) -> bool:
        """Whether there is an index that opens."""
        with suppress(Unavailable):
            return bool(self._follow())
        return False

    async def candidates(self, wanted: Wanted) -> Candidates:
        """The listings that fit, or those that fit best."""
        searcher = self._follow().store.searcher()
        return self._read.candidates(searcher, fitting(searcher, wanted), wanted)

    async def listings(self, candidates: Candidates, rows: Sequence[int]) -> list[Listing]:
        """The listings of these rows, in their order, as they were when they were found."""
        return [self._read.listing(candidates, row) for row in rows]

    async def known(self, keys: Sequence[str]) -> list[Listing]:
        """Those of these listings that are held."""
        searcher = self._follow().store.searcher()
        hits = all_hits(searcher, Query.term_set_query(SCHEMA, "id", list(keys)))
        listings = [document.decode(bytes(searcher.doc(address)["facts"][0])) for _, address in hits]
        return sorted(listings, key=lambda listing: listing.key)

    async def acting(self, territories: Sequence[str]) -> dict[str, int]:
        """How many listings act in each of these territories or in a part of it."""
        searcher = self._follow().store.searcher()
        return {id_: count(searcher, acting_query(id_)) for id_ in territories}

    async def held(self) -> dict[str, Held]:
        """Each listing held, by key."""
        searcher = self._follow().store.searcher()
        hits = all_hits(searcher, Query.all_query())
        facts = [bytes(searcher.doc(address)["facts"][0]) for _, address in hits]
        listings = [document.decode(content) for content in facts]
        return {
            listing.key: Held(document.digest(content), listing.organisation.id)
            for listing, content in zip(listings, facts, strict=True)
        }

    def _follow(self) -> _Opened:
        """The generation in use, looked at again a few times a second: another process writes it."""
        now = time.monotonic()
        if self._opened and now - self._looked < LOOK_EVERY_SECONDS:
            return self._opened
        self._looked = now
        try:
            self._opened = self._open(self._opened)
        except (OSError, ValueError, msgspec.MsgspecError) as fault:
            if self._opened is None:
                raise NotBuilt from fault
        return self._opened  # pyright: ignore[reportReturnType]

    def _open(self, before: _Opened | None) -> _Opened:
        name = _name_in_use(self._folder)
        folder = self._folder / name
        # Content, and not a moment: two commits may bear the same one, where the machine's clock ticks late.
        meta = (folder / META).read_bytes()
        status = (folder / PLACES).stat()
        places_file = status.st_mtime_ns, status.st_ino
        same = before is not None and before.name == name
        if before and same and before.meta == meta and before.places_file == places_file:
            return before
        store = before.store if before and same else Store.open(str(folder))
        store.reload()
        if before and same and before.places_file == places_file:
            return _Opened(name, folder, store, before.places, before.places_print, places_file, meta)
        # A Gazetteer of France takes a second to build: most generations hold the same territories as the one before.
        content = (folder / PLACES).read_bytes()
        places_print = blake2b(content).digest()
        kept = before.places if before and before.places_print == places_print else None
        return _Opened(name, folder, store, kept or Gazetteer(_territories(content)), places_print, places_file, meta)


class EmbeddedWriter:
    """The writing side, over one generation folder. tantivy itself refuses a second writer."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._root = folder
        self._folder = folder / name
        self._folder.mkdir(parents=True, exist_ok=True)
        if not (self._folder / PLACES).exists():
            _write_aside(self._folder / PLACES, msgspec.msgpack.encode([]))
        self._territories = {t.id: t for t in _territories((self._folder / PLACES).read_bytes())}
        self._store = Store(SCHEMA, path=str(self._folder), reuse=True)
        self._writer: StoreWriter = _locked(self._store)

    @classmethod
    def current(cls, folder: Path) -> EmbeddedWriter | None:
        """A writer over the generation in use; None when there is none, or when another version wrote it.

        Raises Unavailable while another worker holds it.
        """
        if not is_built(folder):
            return None
        try:
            return cls(folder, _name_in_use(folder))
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    @classmethod
    def aside(cls, folder: Path) -> EmbeddedWriter:
        """A writer over a new, empty generation that nobody reads yet."""
        return cls(folder, f"{PREFIX}{uuid4().hex[:12]}")

    async def holds_listings(self) -> bool:
        """Whether a listing was committed."""
        self._store.reload()
        return self._store.searcher().num_docs > 0

    async def replace(self, organisations: Iterable[str], listings: Sequence[Listing]) -> None:
        """Forget all listings of these organisations, then take these."""
        for id_ in organisations:
            self._writer.delete_documents_by_term("organisation", id_)
        for listing in listings:
            self._writer.add_document(entry(document.document(listing, self._territories)))

    async def keep_places(self, territories: Sequence[Territory]) -> None:
        """Take these territories in place of those held."""
        self._territories = {t.id: t for t in territories}
        _write_aside(self._folder / PLACES, msgspec.msgpack.encode(list(territories)))

    async def commit(self) -> None:
        """Show what was written. Raises OSError: what fails here is the disk, not the listings."""
        try:
            self._writer.commit()
        except ValueError as fault:
            raise OSError(EIO, "the index could not be written", str(self._folder)) from fault

    async def switch(self) -> None:
        """Make this the generation in use, and remove the others."""
        _write_aside(self._root / POINTER, self.name.encode())
        for other in self._root.glob("g*-*"):
            if other.name != self.name:
                shutil.rmtree(other, ignore_errors=True)

    async def close(self) -> None:
        """Wait for merges and give the lock back; what was not committed is lost."""
        # A writer whose thread died has nothing to wait for; its lock goes all the same.
        with suppress(ValueError):
            self._writer.wait_merging_threads()

    async def discard(self) -> None:
        """Close, and remove this generation: it will not be used."""
        await self.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class EmbeddedEngine:
    """The index of a folder of this machine, for one writer."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def index(self) -> EmbeddedIndex:
        """A reading side."""
        return EmbeddedIndex(self._folder)

    async def current(self) -> EmbeddedWriter | None:
        """A writer over the generation in use, if there is one."""
        return EmbeddedWriter.current(self._folder)

    async def aside(self) -> EmbeddedWriter:
        """A writer over a new generation."""
        return EmbeddedWriter.aside(self._folder)

    async def in_use(self) -> str:
        """The folder in use."""
        return _name_in_use(self._folder) if is_built(self._folder) else ""

    async def troubles(self) -> list[Trouble]:
        """None: what fails here fails at once."""
        return []

    async def settle(self, troubles: Sequence[Trouble]) -> None:
        """Nothing to forget."""

    async def close(self) -> None:
        """Nothing is held open."""


def is_built(folder: Path) -> bool:
    """Whether a generation of this format is in use, without opening it."""
    try:
        generation = folder / _name_in_use(folder)
    except (OSError, ValueError):
        return False
    return (generation / META).exists() and (generation / PLACES).exists()


def _name_in_use(folder: Path) -> str:
    """Raises OSError when there is none, ValueError when it is of another format."""
    name = (folder / POINTER).read_text().strip()
    if not name.startswith(PREFIX):
        raise ValueError(name)
    return name


def _locked(store: Store) -> StoreWriter:
    try:
        return store.writer(heap_size=WRITER_BYTES, num_threads=1)
    except ValueError as fault:
        if "LockBusy" not in str(fault):
            raise Unavailable(
                "L’index ne s’ouvre pas en écriture. Vérifiez l’espace et les droits du dossier."
            ) from fault
        raise AnotherWrites from fault


def _write_aside(path: Path, content: bytes) -> None:
    """Whole or not at all: written beside, flushed, then moved into place."""
    aside = path.with_suffix(".new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
