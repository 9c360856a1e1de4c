"""The site put together: rooms opened at start, doors around them, refusals said once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from api.gateway import Gateway
from api.graphql.door import PATH as GRAPHQL
from api.graphql.door import router as graphql_door
from api.graphql.schema import schema
from api.premises import search_of, server
from api.rooms import Rooms
from api.settings import VERSION, Settings
from api.web.headers import ForOtherSites, SecurityHeaders
from api.web.routes import install as install_pages
from graph.model.errors import Unavailable
from graph.store.unit import Graph
from search.understand import Reader


def create_app(settings: Settings) -> FastAPI:
    """The application over the graph server and the search engine that `settings` names."""

    # Made ready before the graph is: the first visitor should not wait for lexicon, territories and schema to be read.
    reader, search = Reader(), search_of(settings)
    index = search.index()
    schema()
    # An index on a server is read once the loop runs.
    with suppress(Unavailable):
        reader.read("impayés de loyer à Besançon", index.places)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        address = server(settings)
        if address is None:
            raise Unavailable("Aucune adresse de graphe : démarrez par « maillage demo » ou « maillage serve ».")
        graph = await Graph.open(address)
        app.state.rooms = Rooms(settings=settings, graph=graph, index=index, reader=reader)
        try:
            async with index.followed():
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
    )
    app.state.settings = settings
    app.include_router(graphql_door)
    install_pages(app)
    app.add_api_route("/health", health, methods=["GET", "HEAD"], include_in_schema=False)
    return app


class _Site(FastAPI):
    """The page of an unexpected fault is made by the outermost layer of the framework: what holds for all goes around it."""

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's layers, inside ours."""
        inner = Gateway(super().build_middleware_stack(), self.state.settings)
        origins: tuple[str, ...] = self.state.settings.allowed_origins
        return SecurityHeaders(ForOtherSites(inner, origins, GRAPHQL) if origins else inner)


async def health(request: Request) -> JSONResponse:
    """200 only when graph and index answer; 503 says which one does not."""
    rooms: Rooms = request.app.state.rooms
    state = {"graph": await rooms.graph.answers(), "index": await rooms.index.answers()}
    well = all(state.values())
    return JSONResponse(
        {"status": "ok" if well else "unavailable", **state, "version": VERSION},
        status_code=200 if well else 503,
        headers={"Cache-Control": "no-store"},
    )
