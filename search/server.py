"""The index on a Meilisearch server, which any machine may read and write.

A question is one request for the keys and digests that fit, with the state of the index as it stood at that moment; facts
are fetched for the digests that this process has not met. Names are looked up here among the words that the index holds
(name_words.py), so the server is asked by exact terms only and finds what the embedded index finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np
import structlog

from graph.model.candidates import Candidates, candidates_of
from graph.model.errors import Unavailable
from graph.model.facts import lateness
from graph.model.relay import Listing
from search.backend import Held, NotBuilt, Trouble, Wanted
from search.document import Decoded
from search.fit import fits_of
from search.name_words import NameWords
from search.places import Gazetteer
from search.server_calls import SCAN_SECONDS, Server
from search.server_documents import (
    CANDIDATE_FIELDS,
    FACTS_FIELDS,
    LISTING,
    STATE,
    State,
    fingerprint,
    one_of,
    state_of,
    wanted_filter,
)
from search.server_reading import Changing, read_places, read_state, read_words, unpacked
from search.server_writer import ServerWriter

# How often a process that nobody asks anything looks at the index.
LOOK_EVERY_SECONDS: Final = 1.0
# Facts fetched in one request, about 3 kB each.
FACTS_AT_ONCE: Final = 400
# The index may change between two requests of one question; more often than this, it is not answering properly.
MOST_TRIES: Final = 5
SILENT: Final = "La recherche ne répond pas en ce moment. Réessayez dans un instant ; les fiches restent consultables."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The state last seen, and what was read of the index: `places_print` and `words_stamp` name the versions held."""

    state: State
    places: Gazetteer
    places_print: str
    words: NameWords
    words_stamp: str


class ServerIndex:
    """The reading side. It knows what it last saw of the index: `followed` keeps that fresh."""

    def __init__(self, server: Server, uid: str) -> None:
        self._server = server
        self._uid = uid
        self._seen: _Seen | None = None
        self._reading = asyncio.Lock()
        self._decoded = Decoded()

    @property
    def generation(self) -> str:
        """The rebuild and the last write, as last seen: with a question, those that its answer was read from."""
        state = self._known().state
        return f"{state.built}.{state.written}"

    @property
    def places(self) -> Gazetteer:
        """The territories last seen."""
        return self._known().places

    async def follow(self) -> None:
        """Look at the state, and read the territories and words that are new since the last look."""
        async with self._reading:
            for _ in range(MOST_TRIES):
                state = await read_state(self._server, self._uid)
                if state is None:
                    raise NotBuilt
                # Another generation may have come between the state and what it names.
                with suppress(Changing):
                    await self._read(state)
                    return
            raise Changing

    async def read_ahead(self) -> None:
        """Nothing: listings come whole with each answer."""

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Look once a second meanwhile. A server that does not answer yet keeps nobody from starting."""
        with suppress(Unavailable):
            await self.follow()
        following = asyncio.create_task(self._keep_following())
        try:
            yield
        finally:
            following.cancel()
            await asyncio.wait((following,))

    async def answers(self) -> bool:
        """Whether there is an index that can be asked now."""
        with suppress(Unavailable):
            await self.follow()
            return True
        return False

    async def candidates(self, wanted: Wanted) -> Candidates:
        """The listings that fit, or those that fit best; whole."""
        listings = await self._asked(lambda known: wanted_filter(wanted, known.words), by_name=bool(wanted.names))
        found = candidates_of(listings, wanted.ways, wanted.near)
        if len(found) <= wanted.most:
            return found
        fits = fits_of(found, listings, wanted)
        best_first = np.lexsort((lateness(found.facts), fits))[::-1]
        return replace(found.of(best_first[: wanted.most]), cut=True)

    async def listings(self, candidates: Candidates, rows: Sequence[int]) -> list[Listing]:
        """They came whole."""
        return [candidates.whole[row] for row in rows]

    async def known(self, keys: Sequence[str]) -> list[Listing]:
        """Those of these listings that are held."""
        condition = one_of("id", [fingerprint(key) for key in keys]) if keys else ""
        found = await self._asked(lambda _: condition, by_name=False)
        return sorted(found, key=lambda listing: listing.key)

    async def _asked(self, condition: Callable[[_Seen], str], *, by_name: bool) -> list[Listing]:
        """The listings of one moment that meet this. What is wrong with the server is for the journal, and not for who asks."""
        try:
            if self._seen is None:
                await self.follow()
            for _ in range(MOST_TRIES):
                known = self._known()
                found = await self._found(condition(known), known, by_name)
                if found is not None:
                    return found
        except (NotBuilt, Changing):
            raise
        except Unavailable as fault:
            log.warning("search_unavailable", fault=fault.message)
            raise Unavailable(SILENT) from fault
        raise Changing

    async def acting(self, territories: Sequence[str]) -> dict[str, int]:
        """How many listings act in each of these territories or in a part of it."""
        acting = dict.fromkeys(territories, 0)
        if acting:
            for row in await self._server.fetch(self._uid, one_of("inside", territories), ("inside",), SCAN_SECONDS):
                for id_ in acting.keys() & set(row["inside"]):
                    acting[id_] += 1
        return acting

    async def held(self) -> dict[str, Held]:
        """Each listing held, by key."""
        fields = ("key", "digest", "organisation")
        rows = await self._server.fetch(self._uid, f"kind = {LISTING}", fields, SCAN_SECONDS)
        return {row["key"]: Held(row["digest"], row["organisation"]) for row in rows}

    async def _found(self, asked: str, known: _Seen, by_name: bool) -> list[Listing] | None:
        """None when the index changed meanwhile in a way that matters to this question."""
        # A name may stand in words that are not known yet: the state tells.
        condition = f"({asked}) OR id = {STATE}" if asked else f"id = {STATE}"
        rows = await self._server.fetch(self._uid, condition, CANDIDATE_FIELDS)
        state = next((state_of(row) for row in rows if row["id"] == STATE), None)
        if state is None:
            raise NotBuilt
        if by_name and state.words != known.words_stamp:
            await self.follow()
            return None
        stamps = {row["id"]: row["digest"] for row in rows if row["id"] != STATE}
        listings = await self._listings(stamps)
        if listings is not None:
            self._seen = replace(self._seen or known, state=state)
        return listings

    async def _listings(self, stamps: dict[str, str]) -> list[Listing] | None:
        """The listings with these digests, by document id; None when one of them is no longer there."""
        met = {stamp: self._decoded.get(stamp) for stamp in stamps.values()}
        missing = iter([id_ for id_, stamp in stamps.items() if met[stamp] is None])
        while ids := list(islice(missing, FACTS_AT_ONCE)):
            for row in await self._server.fetch(self._uid, one_of("id", ids), FACTS_FIELDS):
                met[row["digest"]] = self._decoded.keep(row["digest"], row["facts"].encode())
        listings = [listing for stamp in stamps.values() if (listing := met[stamp])]
        return listings if len(listings) == len(stamps) else None

    async def _read(self, state: State) -> None:
        """See this state, with its territories and words. Raises Changing when they have been replaced."""
        seen = self._seen
        if seen and seen.places_print == state.places:
            places = seen.places
        else:
            places = await self._read_places(state)
        words = seen.words if seen and seen.words_stamp == state.words else await read_words(self._server, self._uid)
        self._seen = _Seen(state, places, state.places, words, state.words)

    async def _read_places(self, state: State) -> Gazetteer:
        rows = await read_places(self._server, self._uid, state)
        # A Gazetteer of France takes a second to build: the loop goes on meanwhile.
        return await asyncio.to_thread(lambda: Gazetteer(unpacked(rows)))

    async def _keep_following(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.follow()
            except Unavailable:
                # Said where somebody asks.
                continue
            except Exception as fault:
                log.error("index_not_followed", fault=type(fault).__name__)

    def _known(self) -> _Seen:
        if self._seen is None:
            raise NotBuilt
        return self._seen


class ServerEngine:
    """The index `uid` of a server. Rebuilds are made in indexes whose names begin with it, and swapped with it."""

    shared = True

    def __init__(self, url: str, key: str, uid: str) -> None:
        self._server = Server(url, key)
        self._uid = uid

    def index(self) -> ServerIndex:
        """A reading side."""
        return ServerIndex(self._server, self._uid)

    async def current(self) -> ServerWriter | None:
        """A writer over the index in use, if there is one."""
        state = await read_state(self._server, self._uid)
        if state is None:
            return None
        try:
            territories = unpacked(await read_places(self._server, self._uid, state))
        except NotBuilt:
            return None
        words = await read_words(self._server, self._uid)
        return ServerWriter(self._server, self._uid, state.built, territories, words)

    async def aside(self) -> ServerWriter:
        """A writer over a new index. Those that interrupted rebuilds left are removed."""
        return await ServerWriter.aside(self._server, self._uid)

    async def in_use(self) -> str:
        """The name of the rebuild in use."""
        state = await read_state(self._server, self._uid)
        return state.built if state else ""

    async def troubles(self) -> list[Trouble]:
        """Tasks on this index that failed, or have not moved for minutes."""
        return await self._server.troubles(self._uid)

    async def settle(self, troubles: Sequence[Trouble]) -> None:
        """Cancel them where they wait, and let the server forget them."""
        await self._server.forget(trouble.id for trouble in troubles)

    async def close(self) -> None:
        """Let go of connections."""
        await self._server.close()
