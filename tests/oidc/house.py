"""A site in this process, on a real port and over the real graph, that trusts the issuers of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from playwright.async_api import Browser, Page
from starlette.types import ASGIApp

from api.app import create_app
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Account, Membership
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.web.rooms import READER

HTML = {"accept": "text/html"}
# Of the organisation t:a.
SIRET = "12345678901234"


class _Server(uvicorn.Server):
    """Signals stay those of the test run."""

    def capture_signals(self) -> Any:
        return nullcontext()


@asynccontextmanager
async def served(app: ASGIApp, port: int) -> AsyncIterator[str]:
    """The application on this port of loopback; its address."""
    server = _Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False)
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@dataclass
class House:
    """A running site."""

    address: str
    graph: Graph
    settings: Settings
    app: Any

    def client(self) -> httpx2.AsyncClient:
        """A browser without pictures: it holds cookies and follows nothing by itself."""
        return httpx2.AsyncClient(base_url=self.address, headers=HTML, timeout=30)

    async def count(self, label: str) -> int:
        """How many nodes bear this label."""
        async with self.graph.reading() as unit:
            rows = await unit.run("MATCH (n) WHERE $label IN labels(n) RETURN count(n) AS n", label=label)
        return rows[0]["n"]


def issuers_file(folder: Path, tables: Mapping[str, Mapping[str, Any]]) -> Path:
    """The file that an operator would write."""

    def value(given: Any) -> str:
        if isinstance(given, bool):
            return str(given).lower()
        return str(list(given)).replace("'", '"') if isinstance(given, list) else f'"{given}"'

    lines = [
        line
        for name, table in tables.items()
        for line in (f"[{name}]", *(f"{field} = {value(given)}" for field, given in table.items()))
    ]
    path = folder / "issuers.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


@asynccontextmanager
async def house_over(graph: Graph, settings: Settings) -> AsyncIterator[House]:
    """The site, until the end of the block. Its index is the one of `settings`, which may be missing."""
    app = create_app(settings)
    index = EmbeddedIndex(settings.index_folder)
    app.state.rooms = Rooms(settings=settings, graph=graph, index=index, reader=READER)
    async with served(app, settings.port) as address:
        yield House(address, graph, settings, app)


async def two_bodies(graph: Graph) -> None:
    """The map of the tests, t:a with its SIRET, and t:b without."""
    loader = Loader(graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(graph, "essai")
    bodies = make.batch(
        make.organisation("t:a", name="CCAS d’essai", siret=SIRET), make.organisation("t:b", name="Autre maison")
    )
    await loader.load(await loader.plan_batch(bodies), lambda done: None)


@asynccontextmanager
async def page_of(browser: Browser, house: House) -> AsyncIterator[Page]:
    """A narrow browser that holds nothing yet."""
    context = await browser.new_context(base_url=house.address, locale="fr-FR", viewport={"width": 380, "height": 800})
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def prepared(house: House, sub: str, *organisations: str, **values: Any) -> None:
    """An account that an administrator made ready."""
    account = Account(id=f"a-{sub}", email=f"{sub}@essai.example", name="Nom préparé", **values)

    async def write(unit: Any) -> None:
        await unit.accounts.put(account)
        for organisation in organisations:
            roles = frozenset({Role.ORGANISATION_ADMINISTRATOR})
            await unit.accounts.put_membership(Membership(account=account.id, organisation=organisation, roles=roles))

    await house.graph.write(write)
