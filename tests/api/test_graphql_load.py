"""The GraphQL door under many requests: what one client may ask in a minute, and what runs at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from fastapi import FastAPI
from graphql import GraphQLError, get_introspection_query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.gateway import Gateway
from api.graphql.context import Context
from api.graphql.door import router
from api.graphql.execution import AT_ONCE, UNREADABLE, Asked, Limits, answer
from api.graphql.execution import _places as places
from api.graphql.explorer import FILES
from api.graphql.limits import longer_than
from api.graphql.loaders import Loaders
from api.graphql.told import MESSAGE_LENGTH, MOST_ERRORS, told
from api.rooms import Rooms
from api.settings import Settings
from api.web.assets import asset
from api.web.headers import SECURITY_HEADERS
from graph.model.errors import InvalidInput
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.indexer import Indexer
from search.places import Gazetteer
from search.understand import Reader, Understood
from tests import make, reading

ONE = {"query": '{ organisation(id: "t:caf") { name } }'}
FOUND = {"data": {"organisation": {"name": "Organisme d’essai"}}}
LIMITS = Limits(cost=6_000, seconds=10.0, size=262_144, introspection=True)
# Longer than any test waits; the engine's own limit ends it in its turn.
ENDLESS = "UNWIND range(1, 6000) AS a UNWIND range(1, 6000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS n"


@pytest.fixture(scope="module")
async def rooms(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """One organisation in the real graph and the real index; no test here changes it."""
    folder: Path = tmp_path_factory.mktemp("load")
    await graph.write(lambda unit: unit.run("MATCH (n) WHERE NOT n:Competence AND NOT n:Migration DETACH DELETE n"))
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await loader.load(await loader.plan_batch(make.batch(make.organisation())), lambda done: None)
    indexer = Indexer(graph, EmbeddedEngine(folder))
    await indexer.rebuild()
    await indexer.close()
    yield Rooms(settings=Settings(), graph=graph, index=EmbeddedIndex(folder), reader=reading.shared())


@asynccontextmanager
async def door(rooms: Rooms, **settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """The door of a site with these settings."""
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    app.state.rooms = replace(rooms, settings=Settings(**settings))
    transport = httpx2.ASGITransport(app=Gateway(app, app.state.rooms.settings))
    async with httpx2.AsyncClient(transport=transport, base_url="http://maillage.example") as client:
        yield client


def codes(response: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_so_many_operations_a_minute_and_no_more(rooms: Rooms, accept: str) -> None:
    async with door(rooms, graphql_requests_per_minute=3, graphql_cost_per_minute=0) as client:
        for left in (2, 1, 0):
            answered = await client.post("/graphql", json=ONE, headers={"accept": accept})
            assert (answered.status_code, answered.json()) == (200, FOUND)
            assert answered.headers["ratelimit"] == f'"requests";r={left};t=60'
            assert answered.headers["ratelimit-policy"] == '"requests";q=3;w=60'
        refused = await client.post("/graphql", content=b"not even read", headers={"accept": accept})
        assert (refused.status_code, codes(refused)) == (429, ["TOO_OFTEN"])
        assert refused.headers["retry-after"] == "60"
        assert refused.json()["errors"][0]["message"].startswith("Trop de demandes en peu de temps")
        # The explorer is a page: it has a budget of its own.
        assert (await client.get("/graphql")).status_code == 200


async def test_what_operations_cost_is_counted_too(rooms: Rooms) -> None:
    query = '{ organisations(first: 50, text: "essai") { edges { node { id name kind source } } } }'
    price = len(query) // 4 + 1 + 500 + 1 + 50 * 5
    async with door(rooms, graphql_cost=1_000, graphql_cost_per_minute=3 * price) as client:
        for left in (2 * price, price, 0):
            answered = await client.post("/graphql", json={"query": query})
            assert "errors" not in answered.json()
            assert answered.headers["ratelimit"].endswith(f'"points";r={left};t=60')
        refused = await client.post("/graphql", json={"query": query})
        assert (refused.status_code, codes(refused)) == (429, ["TOO_OFTEN"])
        assert refused.headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param({"query": "{ nothing }"}, "INVALID_INPUT", id="unreadable"),
        pytest.param({"query": "{ a: __schema { description } b: __schema { description } }"}, "TOO_MUCH", id="dear"),
        pytest.param({**ONE, "variables": {"many": [0] * 20_000}}, "TOO_MUCH", id="many variables"),
    ],
)
async def test_what_is_refused_is_paid_for_and_leaves_room_for_less(
    rooms: Rooms, bad: dict[str, Any], code: str
) -> None:
    async with door(rooms, graphql_cost=1_000, graphql_cost_per_minute=UNREADABLE + 100) as client:
        first = await client.post("/graphql", json=bad)
        assert (first.status_code, codes(first)) == (200, [code])
        again = await client.post("/graphql", json=bad)
        assert (again.status_code, codes(again)) == (429, ["TOO_OFTEN"])
        assert (await client.post("/graphql", json=ONE)).json() == FOUND


async def test_the_greatest_operation_allowed_is_always_possible(rooms: Rooms) -> None:
    async with door(rooms, graphql_cost_per_minute=1) as client:
        assert (await client.post("/graphql", json=ONE)).json() == FOUND


async def test_clients_behind_a_proxy_of_ours_are_counted_apart(rooms: Rooms) -> None:
    async with door(rooms, graphql_requests_per_minute=1, trusted_proxies="127.0.0.1") as client:
        for address, status in (("203.0.113.1", 200), ("203.0.113.1", 429), ("203.0.113.2", 200)):
            answered = await client.post("/graphql", json=ONE, headers={"x-forwarded-for": address})
            assert answered.status_code == status
    async with door(rooms, graphql_requests_per_minute=1) as client:
        for address, status in (("203.0.113.1", 200), ("203.0.113.2", 429)):
            answered = await client.post("/graphql", json=ONE, headers={"x-forwarded-for": address})
            assert answered.status_code == status


async def test_a_body_that_does_not_come_is_not_waited_for(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.graphql.door.BODY_SECONDS", 0.2)

    async def trickling() -> AsyncIterator[bytes]:
        for letter in b'{"query":':
            yield bytes([letter])
            await asyncio.sleep(0.1)

    async with door(rooms) as client:
        headers = {"content-type": "application/json"}
        late = await client.post("/graphql", content=trickling(), headers=headers)
        assert (late.status_code, codes(late)) == (408, ["INVALID_INPUT"])
        assert (await client.post("/graphql", json=ONE)).json() == FOUND


async def test_the_whole_site_counts_pages_and_operations_apart(rooms: Rooms, tmp_path: Path) -> None:
    friend = "https://partenaire.example"
    limits = {"pages_per_minute": 2, "graphql_requests_per_minute": 1, "allowed_origins": (friend,)}
    app = create_app(Settings(data=tmp_path, **limits))
    app.state.rooms = replace(rooms, settings=app.state.settings)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://maillage.example") as client:
        assert [(await client.get("/aide")).status_code for _ in range(3)] == [200, 200, 429]
        page = await client.get("/completer/lieux", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["retry-after"]) == (429, "60")
        assert "<title>Trop de demandes à la fois" in page.text
        assert {name: page.headers[name] for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
        asked = [await client.post("/graphql", json=ONE, headers={"origin": friend}) for _ in range(2)]
        assert [answer.status_code for answer in asked] == [200, 429]
        assert asked[0].json() == FOUND
        assert codes(asked[1]) == ["TOO_OFTEN"]
        assert asked[1].headers["access-control-allow-origin"] == friend
        assert "Retry-After" in asked[1].headers["access-control-expose-headers"]
        for path in ("/health", asset("css/base.css"), "/graphql/static/explorer.js"):
            assert (await client.get(path)).status_code == 200


HIDDEN = [
    get_introspection_query(),
    "{ __schema { types { name } } }",
    '{ __type(name: "Query") { name } }',
    "{ ...F } fragment F on Query { a: __schema { types { name } } }",
    "{ ... { ... on Query { __schema { types { name } } } } }",
    "query($i: Boolean = true) { __schema @include(if: $i) { types { name } } }",
]
ALMOST = [
    ("{ organisatoin(id: 1) { id } }", {}),
    ('{ relays(question: {txt: "rsa"}) { __typename } }', {}),
    ('{ relays(question: {text: "rsa", publics: [FAMILLE]}) { __typename } }', {}),
    ("query($p: [Public!]) { relays(question: {publics: $p}) { __typename } }", {"p": ["FAMILLE"]}),
    ("query($q: RelayQuestion!) { relays(question: $q) { __typename } }", {"q": {"texte": "rsa"}}),
    ("{ ...F } fragment F on Qeury { __typename }", {}),
    ("{ organisations(frst: 1) { pageInfo { hasNextPage } } }", {}),
]


@pytest.mark.parametrize("query", HIDDEN)
async def test_introspection_is_open_or_closed_on_every_road(rooms: Rooms, query: str) -> None:
    async with door(rooms, introspection=True) as client:
        assert "errors" not in (await client.post("/graphql", json={"query": query})).json()
    async with door(rooms, introspection=False) as client:
        closed = await client.post("/graphql", json={"query": query})
        assert set(codes(closed)) == {"INVALID_INPUT"}
        assert "data" not in closed.json()
        assert (await client.post("/graphql", json={"query": "{ __typename }"})).json() == {
            "data": {"__typename": "Query"}
        }


@pytest.mark.parametrize(("query", "variables"), ALMOST)
async def test_a_closed_schema_suggests_nothing(rooms: Rooms, query: str, variables: dict[str, Any]) -> None:
    asked = {"query": query, "variables": variables}
    async with door(rooms, introspection=True) as client:
        assert "Did you mean" in (await client.post("/graphql", json=asked)).text
    async with door(rooms, introspection=False) as client:
        closed = await client.post("/graphql", json=asked)
        assert set(codes(closed)) == {"INVALID_INPUT"}
        assert "Did you mean" not in closed.text


async def test_a_closed_explorer_leaves_no_file_behind(rooms: Rooms) -> None:
    async with door(rooms, explorer=False) as client:
        assert (await client.get("/graphql")).status_code == 405
        for name in FILES:
            assert (await client.get(f"/graphql/static/{name}")).status_code == 404
    async with door(rooms, explorer=True) as client:
        assert [(await client.get(f"/graphql/static/{name}")).status_code for name in FILES] == [200] * len(FILES)


async def test_what_was_given_up_is_not_read_on(rooms: Rooms) -> None:
    loaders, begun = Loaders(rooms), asyncio.Event()

    async def endless(unit: Unit, ids: Sequence[str]) -> dict[str, str]:
        begun.set()
        await unit.run(ENDLESS)
        return dict.fromkeys(ids, "too late")

    waiting = asyncio.ensure_future(loaders._loader(endless, "").load("a"))
    await asyncio.wait_for(begun.wait(), 60)
    (batch,) = loaders._running
    await asyncio.sleep(0.2)
    assert not batch.done()
    waiting.cancel()
    loaders.stop()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert loaders._running == set()
    assert await rooms.graph.answers()


async def test_so_many_operations_at_once_and_the_others_wait(rooms: Rooms) -> None:
    async def asked(seconds: float) -> dict[str, Any]:
        context = Context(rooms, "repère")
        return orjson.loads((await answer(context, Asked(query=ONE["query"]), replace(LIMITS, seconds=seconds))).body)

    for _ in range(AT_ONCE):
        await places.acquire()
    try:
        refused = await asked(0.05)
        waiting = asyncio.ensure_future(asked(20))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    finally:
        for _ in range(AT_ONCE):
            places.release()
    assert [error["extensions"] for error in refused["errors"]] == [{"code": "UNAVAILABLE"}]
    assert await waiting == FOUND
    assert await asyncio.gather(*(asked(20) for _ in range(3 * AT_ONCE))) == [FOUND] * 3 * AT_ONCE


class Noting(Reader):
    """Reads as the other does, and notes that it did."""

    def __init__(self, reader: Reader, notes: list[str]) -> None:
        vars(self).update(vars(reader))
        self.notes = notes

    def read(self, text: str, places: Gazetteer | None = None) -> Understood:
        self.notes.append("read")
        return super().read(text, places)


async def test_fields_that_think_leave_room_between_them(rooms: Rooms) -> None:
    notes: list[str] = []
    noting = replace(rooms, reader=Noting(rooms.reader, notes))
    fields = " ".join(f'a{n}: competences(text: "rsa") {{ because }}' for n in range(5))
    asked = asyncio.ensure_future(answer(Context(noting, "repère"), Asked(query=f"{{ {fields} }}"), LIMITS))
    while not asked.done():
        notes.append("other")
        await asyncio.sleep(0)
    assert notes.count("read") == 5
    assert ("read", "read") not in list(pairwise(notes))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))  # pyright: ignore[reportArgumentType]
@given(json_values)
def test_what_fits_is_never_said_to_be_too_long(content: Any) -> None:
    assert not longer_than(len(orjson.dumps(content)), content)


@pytest.mark.parametrize("content", ["x" * 1_000, ["x"] * 400, {"x" * 1_000: 1}, {str(n): None for n in range(250)}])
def test_what_is_too_long_is_known_before_it_is_encoded(content: Any) -> None:
    assert longer_than(900, {"data": content})


def test_errors_are_told_in_so_many_words_and_no_more(rooms: Rooms) -> None:
    context = Context(rooms, "repère")
    refusal = InvalidInput("x" * 10_000, "champ")
    many = [GraphQLError(refusal.message, path=["a", n], original_error=refusal) for n in range(500)]
    shown = told(many, context)
    assert len(shown) == MOST_ERRORS + 1
    assert {len(error["message"]) for error in shown[:-1]} == {MESSAGE_LENGTH + 1}
    assert shown[0]["extensions"] == {"code": "INVALID_INPUT", "field": "champ"}
    assert shown[-1] == {"message": f"Et {500 - MOST_ERRORS} autres.", "extensions": {"code": "INVALID_INPUT"}}
    assert len(told(many[:MOST_ERRORS], context)) == MOST_ERRORS
