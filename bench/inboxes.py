"""A receiver's inbox of 1,000 in a graph of some size: its page, GraphQL's page, the number in every head; beside bare queries.

Used by `python -m bench.handoffs`. The whole application, without its socket: session, rights, query, files opened, page written.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import httpx2
import structlog

from api.app import create_app
from api.auth.demonstration import demonstrated, put_demonstrated
from api.rooms import Rooms
from api.settings import Settings
from bench.lives import lay
from graph.model.casework.handoff import Kind
from graph.model.directory import Batch, Organisation
from graph.store.casework.teams import LATE
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit

OWED, EACH, ROUNDS, WARM, FIRST = 1_000, 10, 30, 5, 50
WHO: Final = "travailleuse.sociale@example.org"
SITE: Final = "http://bench.example"
PATH: Final = "/mes-actions"
ASKED: Final = (
    "query ($first: Int!) { inbox(first: $first) { edges { node { id what about due urgent mine desk } }"
    " pageInfo { hasNextPage endCursor } } }"
)
# Later than anything that is owed.
EVER: Final = 2**53


async def laid(graph: Graph) -> str:
    """The body that owes so many answers."""
    await put_demonstrated(graph)
    body = demonstrated()[WHO].memberships[0].organisation
    known = Organisation(id=body, name="Un service", kind="CMS", source="bench", vouched_on=datetime.now(UTC).date())
    loader = Loader(graph, "bench-inbox")
    await loader.load(await loader.plan_batch(Batch(organisations=(known,))), lambda done: None)
    await lay(graph, OWED, (body,), EACH, Kind.REFER)
    return body


async def measure(graph: Graph, folder: Path, body: str) -> None:
    """Each in turn, so that whatever else the machine does falls on all; medians, and how often the bare query goes into each."""

    async def one(unit: Unit) -> None:
        await unit.run("RETURN 1 AS one")

    async def bare(unit: Unit) -> None:
        # As many rows by their date and nothing else: no place in an order, no name, no file.
        assert len(await unit.run(LATE, organisations=[body], now=EVER, most=FIRST + 1)) == FIRST + 1

    async with _signed_in(graph, folder) as client:
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "RETURN 1": lambda: _read(graph, one),
            "bare query": lambda: _read(graph, bare),
            "GraphQL inbox": lambda: _graphql(client),
            "inbox page": lambda: _get(client, PATH),
            "number in the head": lambda: _get(client, f"{PATH}/nombre"),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(WARM + ROUNDS):
            for name, way in ways.items():
                begun = time.perf_counter()
                await way()
                if number >= WARM:
                    taken[name].append((time.perf_counter() - begun) * 1000)
    median = {name: statistics.median(some) for name, some in taken.items()}
    for name, ms in median.items():
        print(f"  {name:26} {ms:7.1f} ms   × {ms / median['bare query']:.1f} of the bare query", flush=True)


async def _read(graph: Graph, act: Callable[[Unit], Awaitable[None]]) -> None:
    async with graph.reading() as unit:
        await act(unit)


async def _graphql(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": ASKED, "variables": {"first": FIRST}})
    assert answer.text.count('"node"') == FIRST, answer.text


async def _get(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text


@asynccontextmanager
async def _signed_in(graph: Graph, folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    # What is measured is not given up.
    settings = Settings(data=folder, demo=True, pages_per_minute=0, graphql_requests_per_minute=0, graphql_seconds=30)
    app = create_app(settings)
    # A line for each request would hide the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # Inboxes touch the graph alone.
    app.state.rooms = Rooms(settings=settings, graph=graph, index=cast("Any", None), reader=cast("Any", None))
    transport = httpx2.ASGITransport(app=app)
    headers = {"accept": "text/html", "origin": SITE}
    async with httpx2.AsyncClient(transport=transport, base_url=SITE, headers=headers, timeout=120) as client:
        await client.post("/connexion/demonstration", data={"compte": WHO})
        yield client
