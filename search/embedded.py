"""The embedded index: tantivy in a folder, one writer across processes, readers that follow it.

`<folder>/current` names the generation in use; a rebuild fills another folder and moves the name, so there is no gap.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
from tantivy import Index as Store
from tantivy import Query

from graph.model.candidates import Candidates
from graph.model.errors import Unavailable
from graph.model.relay import Listing
from search import document
from search.backend import Held, NotBuilt, Trouble, Wanted
from search.embedded_writer import EmbeddedWriter
from search.generations import META, PLACES, is_built, name_in_use, territories_of
from search.hits import all_hits, count, fitting
from search.places import Gazetteer
from search.remembered import Remembered
from search.terms import SCHEMA, acting_query

# Between two looks at whether another process has committed.
LOOK_EVERY_SECONDS: Final = 0.1


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
        name = name_in_use(self._folder)
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
        return _Opened(name, folder, store, kept or Gazetteer(territories_of(content)), places_print, places_file, meta)


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
        return name_in_use(self._folder) if is_built(self._folder) else ""

    async def troubles(self) -> list[Trouble]:
        """None: what fails here fails at once."""
        return []

    async def settle(self, troubles: Sequence[Trouble]) -> None:
        """Nothing to forget."""

    async def close(self) -> None:
        """Nothing is held open."""
