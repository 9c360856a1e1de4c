"""The embedded index: tantivy in a folder, one writer across processes, readers that follow it.

`<folder>/current` names the generation in use; a rebuild fills another folder and moves the name, so there is no gap.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from errno import EIO
from hashlib import blake2b
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from tantivy import DocAddress, Occur, Query, Schema, SchemaBuilder, Searcher
from tantivy import Document as Entry
from tantivy import Index as Store
from tantivy import IndexWriter as StoreWriter

from graph.model.errors import Unavailable
from graph.model.relay import Listing
from graph.model.territory import Territory
from search import document
from search.backend import MOST_CANDIDATES, Wanted
from search.places import Gazetteer

# To be raised with whatever changes what a generation holds: the schema, the terms, the facts, the territories.
INDEX_FORMAT: Final = 2
PREFIX: Final = f"g{INDEX_FORMAT}-"
WRITER_BYTES: Final = 64_000_000
POINTER: Final = "current"
PLACES: Final = "territories.msgpack"
META: Final = "meta.json"
# Between two looks at whether another process has committed.
LOOK_EVERY_SECONDS: Final = 0.1
# Decoded listings kept in memory, about 3 kB each.
LISTINGS_KEPT: Final = 20_000
LETTERS_FOR_ONE_TYPO: Final = 4
LETTERS_FOR_TWO_TYPOS: Final = 8
_territories = msgspec.msgpack.Decoder(list[Territory]).decode


def schema() -> Schema:
    """What is found by term, what is only kept. `stamp` is the listing's digest as a number, read without its document."""
    builder = SchemaBuilder()
    for name in ("organisation", "competence", "covers", "inside"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("names", tokenizer_name="default", index_option="basic")
    builder.add_unsigned_field("stamp", stored=False, indexed=False, fast=True)
    builder.add_bytes_field("facts", stored=True, indexed=False)
    return builder.build()


@dataclass(frozen=True, slots=True)
class _Opened:
    name: str
    folder: Path
    store: Store
    places: Gazetteer
    places_print: bytes
    places_at: int
    seen_at: int


class EmbeddedIndex:
    """The reading side. Opening it does not need an index yet: it answers once there is one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: _Opened | None = None
        self._looked = 0.0
        self._listings: OrderedDict[object, Listing] = OrderedDict()

    @property
    def generation(self) -> str:
        """The folder in use and the moment of its last commit."""
        opened = self._follow()
        return f"{opened.name}.{opened.seen_at:x}"

    @property
    def places(self) -> Gazetteer:
        """The territories of the generation in use."""
        return self._follow().places

    def answers(self) -> bool:
        """Whether there is an index that opens."""
        with suppress(Unavailable):
            return bool(self._follow())
        return False

    async def candidates(self, wanted: Wanted) -> list[Listing]:
        """Every listing that fits, in order of key."""
        opened = self._follow()
        searcher = opened.store.searcher()
        query = _query(wanted)
        hits = searcher.search(query, MOST_CANDIDATES, count=False).hits
        if len(hits) == MOST_CANDIDATES:
            hits = searcher.search(query, max(searcher.num_docs, 1), count=False).hits
        addresses = [address for _, address in hits]
        stamps = searcher.fast_field_values("stamp", addresses) if addresses else []
        listings = [self._listing(searcher, stamp, address) for stamp, address in zip(stamps, addresses, strict=True)]
        listings.sort(key=lambda listing: listing.key)
        return listings

    async def digests(self) -> dict[str, str]:
        """The digest of each listing held, by key."""
        searcher = self._follow().store.searcher()
        hits = searcher.search(Query.all_query(), max(searcher.num_docs, 1), count=False).hits
        entries = [searcher.doc(address) for _, address in hits]
        return {entry["key"][0]: document.digest(bytes(entry["facts"][0])) for entry in entries}

    def _listing(self, searcher: Searcher, stamp: object, address: DocAddress) -> Listing:
        """Decoded once: facts never change under the same digest."""
        held = self._listings.get(stamp)
        if held is None:
            held = document.decode(bytes(searcher.doc(address)["facts"][0]))
            self._listings[stamp] = held
            if len(self._listings) > LISTINGS_KEPT:
                self._listings.popitem(last=False)
        return held

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
                raise Unavailable(
                    "L’index de recherche n’est pas encore construit. Réessayez dans un instant."
                ) from fault
        return self._opened  # pyright: ignore[reportReturnType]

    def _open(self, before: _Opened | None) -> _Opened:
        name = _name_in_use(self._folder)
        folder = self._folder / name
        seen_at = (folder / META).stat().st_mtime_ns
        places_at = (folder / PLACES).stat().st_mtime_ns
        same = before is not None and before.name == name
        if before and same and before.seen_at == seen_at and before.places_at == places_at:
            return before
        store = before.store if before and same else Store.open(str(folder))
        store.reload()
        if before and same and before.places_at == places_at:
            return _Opened(name, folder, store, before.places, before.places_print, places_at, seen_at)
        # A Gazetteer of France takes a second to build: most generations hold the same territories as the one before.
        content = (folder / PLACES).read_bytes()
        places_print = blake2b(content).digest()
        kept = before.places if before and before.places_print == places_print else None
        return _Opened(name, folder, store, kept or Gazetteer(_territories(content)), places_print, places_at, seen_at)


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
        self._store = Store(schema(), path=str(self._folder), reuse=True)
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

    @property
    def holds_listings(self) -> bool:
        """Whether a listing was committed."""
        self._store.reload()
        return self._store.searcher().num_docs > 0

    async def replace(self, organisations: Iterable[str], listings: Sequence[Listing]) -> None:
        """Forget all listings of these organisations, then take these."""
        for id_ in organisations:
            self._writer.delete_documents_by_term("organisation", id_)
        for listing in listings:
            self._writer.add_document(_entry(document.document(listing, self._territories)))

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
        raise Unavailable(
            "L’index est déjà tenu par un autre worker : un seul écrit à la fois. Arrêtez l’autre, ou laissez-le finir."
        ) from fault


def _query(wanted: Wanted) -> Query:
    clauses: list[tuple[Occur, Query]] = []
    described: list[Query] = []
    form = _SCHEMA
    if wanted.zones:
        clauses.append((Occur.Must, Query.term_set_query(form, "covers", list(wanted.zones))))
    if wanted.inside:
        clauses.append((Occur.Must, Query.term_query(form, "inside", wanted.inside, "basic")))
    if wanted.competences:
        described.append(Query.term_set_query(form, "competence", list(wanted.competences)))
    described += [Query.boolean_query([(Occur.Must, _word(word)) for word in words]) for words in wanted.names]
    if not described:
        return Query.empty_query()
    clauses.append((Occur.Must, Query.boolean_query([(Occur.Should, query) for query in described])))
    return Query.const_score_query(Query.boolean_query(clauses), 1.0)


def _word(word: str) -> Query:
    """A word of a name: exact, as the beginning of a longer one, or with the typos that names.py forgives."""
    ways = [Query.term_query(_SCHEMA, "names", word, "basic")]
    if len(word) >= LETTERS_FOR_ONE_TYPO:
        distance = 2 if len(word) >= LETTERS_FOR_TWO_TYPOS else 1
        ways.append(Query.fuzzy_term_query(_SCHEMA, "names", word, distance=distance, prefix=False))
        ways.append(Query.regex_query(_SCHEMA, "names", f"{word}.*"))
    return Query.boolean_query([(Occur.Should, way) for way in ways])


def _entry(kept: document.Document) -> Entry:
    entry = Entry()
    entry.add_text("key", kept.key)
    entry.add_text("organisation", kept.organisation)
    terms = {"competence": kept.competences, "covers": kept.covers, "inside": kept.inside, "names": kept.names}
    for name, values in terms.items():
        for value in values:
            entry.add_text(name, value)
    entry.add_unsigned("stamp", int(kept.digest[:16], 16))
    entry.add_bytes("facts", kept.facts)
    return entry


def _write_aside(path: Path, content: bytes) -> None:
    """Whole or not at all: written beside, flushed, then moved into place."""
    aside = path.with_suffix(".new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


_SCHEMA: Final = schema()
