"""Writing to a Meilisearch server: nothing is sent before it is whole, and nothing counts before its task has succeeded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import structlog
from meilisearch_python_sdk.models.task import TaskInfo

from graph.model.errors import Unavailable
from graph.model.relay import Listing
from graph.model.territory import Territory
from search import document
from search.name_words import NameWords
from search.server_calls import SCAN_SECONDS, Refused, Server
from search.server_documents import (
    LISTING,
    PLACES,
    fingerprint,
    listing_document,
    one_of,
    places_documents,
    quoted,
    state_document,
    words_document,
)
from search.server_words import settings

# Documents of one request, about 3 kB each.
DOCUMENTS_AT_ONCE: Final = 1000
DISCARD_SECONDS: Final = 5.0

log = structlog.get_logger()


class ServerWriter:
    """The writing side, over the index in use or over one aside. Writers of several machines take turns (graph/store/turn.py).

    What is written is gathered here and sent by `commit`. New and changed listings come into sight at one moment, with the
    state; those that go leave a moment later, so that no listing is ever missing between its old form and its new one.
    """

    def __init__(
        self,
        server: Server,
        uid: str,
        built: str,
        territories: Iterable[Territory] = (),
        words: NameWords | None = None,
    ) -> None:
        self._server = server
        self._uid = uid
        self._in_use = uid
        self._built = built
        self._territories = {territory.id: territory for territory in territories}
        self._words = set(words or ())
        self._fresh = False
        self._owners: set[str] = set()
        self._documents: dict[str, dict[str, Any]] = {}
        self._changes: dict[str, Any] = {}
        self._parts: list[dict[str, Any]] = []
        self._new_words: set[str] = set()
        self._sent: list[TaskInfo] = []

    @classmethod
    async def aside(cls, server: Server, uid: str) -> ServerWriter:
        """A writer over a new index beside `uid`; those that interrupted rebuilds left are removed."""
        await server.check_version()
        left = [await server.drop_index(name) for name in await server.index_names() if name.startswith(_beside(uid))]
        await server.done(*left)
        built = uuid4().hex[:12]
        writer = cls(server, _beside(uid) + built, built)
        writer._in_use = uid
        writer._fresh = True
        # Before there are documents: settings that come after them index everything again.
        await server.done(await server.settle_index(writer._uid, settings()))
        return writer

    @property
    def name(self) -> str:
        """The name of the rebuild."""
        return self._built

    async def holds_listings(self) -> bool:
        """Whether a listing was committed."""
        return bool(await self._server.fetch(self._uid, f"kind = {LISTING}", ("id",), most=1))

    async def worn(self) -> bool:
        """Never: the server keeps its own order."""
        return False

    async def replace(self, organisations: Iterable[str], listings: Sequence[Listing]) -> None:
        """Forget all listings of these organisations, then take these."""
        owners = {fingerprint(id_) for id_ in organisations}
        self._owners |= owners
        self._documents = {id_: kept for id_, kept in self._documents.items() if kept["owner"] not in owners}
        for listing in listings:
            kept = listing_document(document.document(listing, self._territories))
            self._documents[kept["id"]] = kept
            self._new_words |= set(kept["words"]) - self._words
        if self._fresh and len(self._documents) >= DOCUMENTS_AT_ONCE:
            # Nobody reads it yet.
            await self._send(list(self._documents.values()))
            self._documents = {}

    async def keep_places(self, territories: Sequence[Territory]) -> None:
        """Take these territories in place of those held."""
        self._territories = {territory.id: territory for territory in territories}
        stamp, self._parts = places_documents(territories)
        self._changes |= {"places": stamp, "parts": len(self._parts)}

    async def commit(self) -> None:
        """Send what was gathered, and wait until all of it is done. Raises Unavailable; Refused for what was written."""
        gone = await self._gone()
        words = []
        if self._new_words:
            stamp = uuid4().hex[:12]
            words = [words_document(stamp, self._new_words)]
            self._changes["words_stamp"] = stamp
        if self._fresh:
            self._changes["built"] = self._built
        # Parts of a map are large: they come before, and count once the state names them.
        for part in self._parts:
            await self._send([part])
        listings = [*words, *self._documents.values()]
        if len(listings) >= DOCUMENTS_AT_ONCE:
            # More than comes into sight at once: names can be asked for from the first on.
            await self._send([*words, self._state(**self._changes)])
        if listings or self._changes or not gone:
            await self._send([*listings, self._state(**self._changes)])
        if gone:
            self._sent.append(await self._server.remove(self._uid, gone))
            await self._send([self._state()])
        if self._parts and not self._fresh:
            old = f"kind = {PLACES} AND stamp != {quoted(self._changes['places'])}"
            self._sent.append(await self._server.remove_where(self._uid, old))
        await self._server.done(*self._sent)
        self._words |= self._new_words
        self._forget()

    async def switch(self) -> None:
        """Let this index take the name of the one in use, in one step of the server; the one before is removed."""
        if self._in_use not in await self._server.index_names():
            await self._server.done(await self._server.settle_index(self._in_use, settings()))
        await self._server.done(await self._server.swap(self._uid, self._in_use))
        before, self._uid, self._fresh = self._uid, self._in_use, False
        try:
            await self._server.done(await self._server.drop_index(before))
        except (Unavailable, Refused) as fault:
            # The switch is made; the next rebuild removes what was left.
            log.warning("old_index_left", fault=type(fault).__name__)

    async def close(self) -> None:
        """Forget what was gathered."""
        self._forget()

    def _forget(self) -> None:
        self._owners, self._documents, self._changes = set(), {}, {}
        self._parts, self._new_words, self._sent = [], set(), []

    async def discard(self) -> None:
        """Close, and remove the index aside. When that takes long, or fails, the next rebuild removes it."""
        await self.close()
        if self._fresh:
            with suppress(Unavailable, Refused, TimeoutError):
                # A worker that was told to stop has a few seconds.
                async with asyncio.timeout(DISCARD_SECONDS):
                    await self._server.done(await self._server.drop_index(self._uid))

    async def _gone(self) -> list[str]:
        """Listings held of the organisations replaced that are not among the new ones."""
        if not self._owners:
            return []
        await self._server.done(*self._sent)
        asked = f"kind = {LISTING} AND {one_of('owner', sorted(self._owners))}"
        rows = await self._server.fetch(self._uid, asked, ("id",), SCAN_SECONDS)
        return sorted({row["id"] for row in rows} - self._documents.keys())

    def _state(self, **changes: Any) -> dict[str, Any]:
        return state_document(written=uuid4().hex[:12], **changes)

    async def _send(self, documents: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(documents), DOCUMENTS_AT_ONCE):
            self._sent.append(await self._server.put(self._uid, documents[start : start + DOCUMENTS_AT_ONCE]))


def _beside(uid: str) -> str:
    return f"{uid}-aside-"
