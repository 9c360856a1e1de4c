"""A site over an index made by the test, in this process: no graph, for a question does not ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx2

from api.app import create_app
from api.rooms import Rooms
from api.settings import Settings
from graph.model.relay import Listing
from graph.model.territory import Territory
from graph.store.unit import Graph
from search.embedded import EmbeddedEngine, EmbeddedIndex
from tests import make, reading

READER = reading.shared()


async def index_of(folder: Path, listings: Iterable[Listing], more: Iterable[Territory] = ()) -> None:
    """Build a generation with these listings, and switch to it; `more` territories beside those of every test, or instead."""
    writer = await EmbeddedEngine(folder).aside()
    await writer.keep_places(list({one.id: one for one in (*make.territories(), *more)}.values()))
    await writer.replace((), tuple(listings))
    await writer.commit()
    await writer.switch()
    await writer.close()


@asynccontextmanager
async def site_over(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the pages over the index in this data folder, which may be missing."""
    app = create_app(settings)
    index = EmbeddedIndex(settings.index_folder)
    app.state.rooms = Rooms(settings=settings, graph=cast(Graph, None), index=index, reader=READER)
    transport = httpx2.ASGITransport(app=app)
    headers = {"accept": "text/html"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://m.example", headers=headers, timeout=60
    ) as client:
        yield client


async def asked_twice(client: httpx2.AsyncClient, path: str) -> tuple[httpx2.Response, httpx2.Response]:
    """A page, and its answer to who holds it already. Once more where five minutes came to their end between the two."""
    for _ in range(3):
        first = await client.get(path, headers={"accept": "text/html"})
        held = {"accept": "text/html", "if-none-match": f'W/"other", {first.headers["etag"]}'}
        again = await client.get(path, headers=held)
        if again.status_code == 304:
            return first, again
    raise AssertionError(f"{path} is made again each time")
