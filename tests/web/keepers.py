"""The pages of those who keep listings, in this process, over a real graph: for a viewer made by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.rooms import Rooms
from api.settings import Settings
from api.web.routes import install
from graph.model.access import Viewer
from graph.store.unit import Graph
from search.places import Gazetteer
from tests import make
from tests.outside import free_port
from tests.reading import shared


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())
    generation = "t"


class Known:
    """The application with its viewer already known, as the session's layer makes it."""

    def __init__(self, app: ASGIApp, viewer: Viewer) -> None:
        self._app, self._viewer = app, viewer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["viewer"] = self._viewer
        await self._app(scope, receive, send)


def pages_of(graph: Graph, viewer: Viewer) -> ASGIApp:
    """The pages over this graph, for this viewer."""
    settings = Settings()
    # The pages alone: the layers around them say who is here, and that is given.
    app = FastAPI()
    app.state.settings = settings
    install(app)
    index: Any = Places()
    app.state.rooms = Rooms(settings=settings, graph=graph, index=index, reader=shared())
    return Known(app, viewer)


@asynccontextmanager
async def keeper(graph: Graph, viewer: Viewer) -> AsyncIterator[httpx2.AsyncClient]:
    """A client for whom this viewer is signed in."""
    transport = httpx2.ASGITransport(app=pages_of(graph, viewer))
    headers = {"accept": "text/html", "origin": "http://m.example"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://m.example", headers=headers, timeout=60
    ) as client:
        yield client


@asynccontextmanager
async def served(graph: Graph, viewer: Viewer) -> AsyncIterator[str]:
    """The address of these pages on loopback, for a browser."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(pages_of(graph, viewer), port=port, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving
