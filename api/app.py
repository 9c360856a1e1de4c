"""The site put together: rooms opened at start, doors around them, refusals said once."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp

from api import health, traces
from api.auth.providers import open_providers
from api.auth.same_site import SameSite
from api.auth.signed_in import ReadsWhoIsHere
from api.gateway import Gateway
from api.graphql.door import PATH as GRAPHQL
from api.graphql.door import router as graphql_door
from api.graphql.schema import schema
from api.journal import steps_of
from api.premises import search_of, server
from api.reading import reader
from api.request_line import RequestLine
from api.rooms import Rooms
from api.settings import VERSION, Settings
from api.web.headers import ForOtherSites, SecurityHeaders, security_headers
from api.web.routes import install as install_pages
from graph.model.errors import Refusal, Unavailable
from graph.store.casework.keyring import Keyring
from graph.store.unit import Graph

# Between two collections of garbage: values made and not yet gone, then younger collections for one of what is older.
ALLOCATED: Final = 100_000
OLDER: Final = (20, 50)

log = structlog.get_logger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The application over the graph server and the search engine that `settings` names."""

    # Made ready before the graph is: the first visitor should not wait for lexicon, territories and schema to be read.
    words, search = reader(), search_of(settings)
    index = search.index()
    schema()
    # An index on a server is read once the loop runs.
    with suppress(Unavailable):
        words.read("impayés de loyer à Besançon", index.places)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with _said_in_journal():
            address = server(settings)
            if address is None:
                raise Unavailable("Aucune adresse de graphe : démarrez par « maillage demo » ou « maillage serve ».")
            graph = await Graph.open(address, Keyring(settings.keyring_folder))
        rooms = app.state.rooms = Rooms(settings=settings, graph=graph, index=index, reader=words)
        try:
            await index.read_ahead()
            async with index.followed(), rooms.tally.written(graph):
                collect_rarely()
                yield
        finally:
            await search.close()
            await graph.close()

    app = _Site(
        title="Maillage",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # The address that a redirection names would be made of the Host header.
        redirect_slashes=False,
        telemetry=traces.of_requests(settings),
    )
    app.state.settings = settings
    app.state.providers = open_providers(settings)
    app.include_router(graphql_door)
    install_pages(app)
    app.include_router(health.router)
    return app


def collect_rarely() -> None:
    """What was read to start is kept to the end: no collection of garbage need walk it. A question makes thousands of small
    values that go with it: collections are for what it leaves behind, and can wait for many questions.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATED, *OLDER)


@contextmanager
def _said_in_journal() -> Iterator[None]:
    """Why the site does not start. The server would print the trace with its texts, of which the journal keeps nothing."""
    try:
        yield
    except Exception as fault:
        said = fault.message if isinstance(fault, Refusal) else None
        log.error("site_not_started", said=said, fault=type(fault).__name__, at=steps_of(fault))
        raise


class _Site(FastAPI):
    """The page of an unexpected fault is made by the outermost layer of the framework: what holds for all goes around it."""

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's layers, inside ours."""
        settings: Settings = self.state.settings
        known = ReadsWhoIsHere(super().build_middleware_stack(), settings)
        inner = Gateway(SameSite(known, settings, frozenset({GRAPHQL})), settings)
        origins = settings.allowed_origins
        open_ = ForOtherSites(inner, origins, GRAPHQL) if origins else inner
        return RequestLine(SecurityHeaders(open_, security_headers(settings.tiles)), settings.request_id_header)
