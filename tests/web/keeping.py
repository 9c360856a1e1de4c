"""Forms of those who keep listings, filled in as a browser would: what the page shows, with some fields typed over."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import httpx2

from api.app import create_app
from api.auth.demonstration import put_demonstrated
from api.rooms import Rooms
from api.settings import Settings
from graph.model.directory import Capacity
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.signed import DOOR, whole
from tests.web.rooms import READER, index_of

URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
RENT = "logement-hebergement--reduire-les-impayes-de-loyer"


HOST = "http://m.example"
Desk = Callable[[str], AbstractAsyncContextManager[httpx2.AsyncClient]]


async def open_desk(graph: Graph, folder: Path) -> Desk:
    """The site over a graph of a few listings, in this process: `async with desk("editrice.ccas") as client`."""
    loader = Loader(graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    bodies = [
        make.organisation(id_, name=name, covers=("25056",), place=make.place())
        for id_, name in (
            ("demo:ccas-besancon", "CCAS d’essai"),
            ("demo:bailleur-loue", "Bailleur d’essai"),
            ("demo:cms-planoise", "Centre d’essai"),
        )
    ]
    service = make.service(
        "demo:ccas-besancon--domiciliation",
        name="Domiciliation",
        organisation="demo:ccas-besancon",
        capacity=Capacity(vouched_on=make.TODAY, places_free=2),
    )
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*bodies, service)), lambda done: None)
    await put_demonstrated(graph)
    # Whatever else the machine does.
    settings = Settings(data=folder, demo=True, graphql_seconds=30)
    await index_of(settings.index_folder, [])
    app = create_app(settings)
    index = EmbeddedIndex(settings.index_folder)
    app.state.rooms = Rooms(settings=settings, graph=graph, index=index, reader=READER)

    @asynccontextmanager
    async def signed(email: str) -> AsyncIterator[httpx2.AsyncClient]:
        headers = {"accept": "text/html", "origin": HOST}
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOST, headers=headers, timeout=60) as client:
            if email:
                assert (await client.post(DOOR, data={"compte": whole(email)})).status_code == 303
            yield client

    return signed


class _Forms(HTMLParser):
    """Each form by its address: what it would send, without its buttons."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "form":
            self.forms.append((values.get("action", ""), {}))
        if not self.forms or (not name and tag != "option"):
            return
        fields = self.forms[-1][1]
        if tag == "input" and (values.get("type") not in {"checkbox", "radio"} or "checked" in values):
            fields.setdefault(name, []).append(values.get("value", ""))
        elif tag == "textarea":
            self._text = name
            fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
            fields.setdefault(name, []).append("")
        elif tag == "option" and "selected" in values and self._select:
            fields[self._select] = [values.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._text is not None and self.forms:
            fields = self.forms[-1][1]
            fields[self._text][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            fields = self.forms[-1][1]
            fields[self._text][-1] = fields[self._text][-1].removeprefix("\n")
            self._text = None
        if tag == "select":
            self._select = None


def form_in(html: str, action: str) -> dict[str, list[str]]:
    """What the form of a page would send to this address."""
    parser = _Forms()
    parser.feed(html)
    return next(fields for address, fields in parser.forms if address == action)


async def send(client: httpx2.AsyncClient, page: str, action: str = "", **typed: str | list[str]) -> httpx2.Response:
    """Open a page, type over some fields of its form, send it."""
    answer = await client.get(page)
    assert answer.status_code == 200, answer.text
    return await post(client, action or page, form_in(answer.text, action or page), **typed)


async def post(
    client: httpx2.AsyncClient, action: str, fields: dict[str, list[str]], **typed: str | list[str]
) -> httpx2.Response:
    """Send these fields, some typed over."""
    over = {name: [value] if isinstance(value, str) else value for name, value in typed.items()}
    return await client.post(action, content=urlencode({**fields, **over}, doseq=True), headers=URLENCODED)


async def made_service(client: httpx2.AsyncClient, name: str = "") -> str:
    """The address of a new draft's page, made through the form."""
    answer = await send(
        client,
        "/mes-fiches/nouveau-service",
        name=name or f"Service d’essai {uuid4().hex[:8]}",
        competences=[RENT],
        etape="",
    )
    assert answer.status_code == 303, answer.text
    return re.sub(r"[?#].*", "", answer.headers["location"])


@asynccontextmanager
async def a_service(client: httpx2.AsyncClient, name: str = "") -> AsyncIterator[str]:
    """A draft for one test; archived after it."""
    path = await made_service(client, name)
    try:
        yield path
    finally:
        answer = await send(client, f"{path}/archiver")
        assert answer.status_code == 303, answer.text


async def act(client: httpx2.AsyncClient, path: str, act_: str, index: int = 0) -> httpx2.Response:
    """Press a button of a listing's page: "confirmer", "publier", "annuler" …; the one in this place among its like."""
    answer = await client.get(path)
    parser = _Forms()
    parser.feed(answer.text)
    fields = [fields for address, fields in parser.forms if address == f"{path}/{act_}"][index]
    return await post(client, f"{path}/{act_}", fields)
