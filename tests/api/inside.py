"""The site in this process over the store's own engine: real doors, real sessions, the records of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from api.actions.sessions import SignedBy, open_session
from api.app import create_app
from api.auth.cookie import cookie_name
from api.auth.signed_in import now_ms
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import SITE_ROLES, Role
from graph.model.account import Account, Membership
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make
from tests.reading import shared
from tests.web.rooms import index_of


class Inside:
    """A site, and clients of it signed in as anyone."""

    def __init__(self, rooms: Rooms, app: Any) -> None:
        self.rooms, self._app = rooms, app

    def client(self, token: str = "") -> httpx2.AsyncClient:
        """Someone with this session; a visitor without."""
        headers = {"accept": "text/html"}
        if token:
            headers["cookie"] = f"{cookie_name(self.rooms.settings)}={token}"
        transport = httpx2.ASGITransport(app=self._app)
        return httpx2.AsyncClient(transport=transport, base_url="http://m.example", headers=headers, timeout=60)

    async def account(self, role: Role, organisation: str = "") -> Account:
        """An account with this role, there where it is one of an organisation."""
        name = f"{role.value}.{organisation.partition(':')[2] or 'site'}"
        account = Account(id=f"t:{name}", email=f"{name}@example.org", name=name, roles=frozenset({role}) & SITE_ROLES)

        async def write(unit: Unit) -> None:
            await unit.accounts.put(account)
            if organisation:
                await unit.accounts.put_membership(
                    Membership(account=account.id, organisation=organisation, roles=frozenset({role}))
                )

        await self.rooms.graph.write(write)
        return account

    async def signed_in(self, role: Role, organisation: str = "") -> httpx2.AsyncClient:
        """A client signed in with this role; a visitor's for VISITOR."""
        if role is Role.VISITOR:
            return self.client()
        account = await self.account(role, organisation)
        return self.client(await open_session(self.rooms, account, SignedBy(issuer="essai"), "", now_ms()))


@asynccontextmanager
async def inside(graph: Graph, folder: Path, *records: Any) -> AsyncIterator[Inside]:
    """The site over this graph, with the map of the tests and these records."""
    for source, some in (("carte", None), ("dila", records)):
        loader = Loader(graph, source)
        plan = (
            await loader.plan_territories(make.territories())
            if some is None
            else await loader.plan_batch(make.batch(*some))
        )
        await loader.load(plan, lambda done: None)
    await index_of(folder / "index", [])
    settings = Settings(
        data=folder,
        pages_per_minute=0,
        graphql_requests_per_minute=0,
        graphql_cost_per_minute=0,
        suggestions_per_hour=0,
        # A cold engine on a busy machine takes its time.
        graphql_seconds=20,
    )
    app = create_app(settings)
    rooms = Rooms(settings=settings, graph=graph, index=EmbeddedIndex(settings.index_folder), reader=shared())
    app.state.rooms = rooms
    yield Inside(rooms, app)
