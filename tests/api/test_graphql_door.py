from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from api.graphql.explorer import FILES

ASK = {"query": '{ territories(text: "besancon", first: 1) { id name } }'}
ANSWER = {"data": {"territories": [{"id": "25056", "name": "Besançon"}]}}
JSON = {"content-type": "application/json"}


def codes(response: httpx2.Response) -> list[str]:
    content = response.json()
    assert "data" not in content
    return [error["extensions"]["code"] for error in content["errors"]]


async def test_a_question_is_answered(client: httpx2.AsyncClient) -> None:
    response = await client.post("/graphql", json=ASK)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == ANSWER


async def test_variables_and_operation_name_are_read(client: httpx2.AsyncClient) -> None:
    query = "query A($t: String!) { territories(text: $t, first: 1) { id } } query B { service(id: 1) { id } }"
    response = await client.post(
        "/graphql", json={"query": query, "variables": {"t": "Besançon"}, "operationName": "A", "extensions": {}}
    )
    assert response.json() == {"data": {"territories": [{"id": "25056"}]}}


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        ("application/json", 200, "application/json"),
        ("*/*", 200, "application/json"),
        ("application/graphql-response+json", 400, "application/graphql-response+json"),
    ],
)
async def test_an_unreadable_query_has_the_status_of_its_media_type(
    client: httpx2.AsyncClient, accept: str, status: int, media_type: str
) -> None:
    response = await client.post("/graphql", json={"query": "{ nothing }"}, headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (status, media_type)
    assert codes(response) == ["INVALID_INPUT"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"content-type": 'APPLICATION/JSON; charset="UTF-8"'}, 200),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "application/json; charset=latin-1"}, 415),
        ({"content-type": "application/jsonp"}, 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
        ({}, 415),
    ],
)
async def test_only_json_is_read(client: httpx2.AsyncClient, headers: dict[str, str], status: int) -> None:
    response = await client.post("/graphql", content=json.dumps(ASK).encode(), headers=headers)
    assert response.status_code == status
    assert response.json() == ANSWER if status == 200 else codes(response) == ["INVALID_INPUT"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("{own}", 200),
        ("https://ailleurs.example", 403),
        ("null", 403),
        ("", 403),
        ("{own}.ailleurs.example", 403),
    ],
)
async def test_pages_of_other_sites_may_not_ask(client: httpx2.AsyncClient, origin: str | None, status: int) -> None:
    own = str(client.base_url).rstrip("/")
    headers = {} if origin is None else {"origin": origin.format(own=own)}
    response = await client.post("/graphql", json=ASK, headers=headers)
    assert response.status_code == status
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 90_000,
        b'{"query":' + b"[" * 90_000,
        b'{"query": "{ a }", "variables": ' + b'{"a":' * 15_000,
        b'"{ a }"',
        b"null",
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": "  "}',
        b'{"query": "{ a }", "variables": []}',
        b'{"query": "{ a }", "variables": "{}"}',
        b'{"query": "{ a }", "operationName": 1}',
        b'{"query": "\\ud800"}',
        b"\xff\xfe{}",
        json.dumps([ASK, ASK]).encode(),
        b"[]",
    ],
)
async def test_a_body_that_is_no_operation_is_refused(client: httpx2.AsyncClient, body: bytes) -> None:
    response = await client.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 400
    assert codes(response) == ["INVALID_INPUT"]


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 10_000):
        yield b" " * 10_000
        await asyncio.sleep(0)


async def test_a_body_has_a_hundred_kilobytes_at_most(client: httpx2.AsyncClient) -> None:
    asked = json.dumps(ASK).encode()
    full = await client.post("/graphql", content=asked + b" " * (100_000 - len(asked)), headers=JSON)
    assert full.json() == ANSWER
    too_long = await client.post("/graphql", content=asked + b" " * (100_001 - len(asked)), headers=JSON)
    assert too_long.status_code == 413
    assert codes(too_long) == ["TOO_MUCH"]


async def test_a_body_of_unsaid_length_is_cut_at_the_limit(client: httpx2.AsyncClient) -> None:
    response = await client.post("/graphql", content=in_pieces(110_000), headers=JSON)
    assert response.status_code == 413
    assert codes(response) == ["TOO_MUCH"]


@pytest.mark.parametrize(
    "query",
    [
        "{ territories(text: 1) {" + "name " * 500 + "} }",
        "{" + "".join(f"a{i}: territories(text: 1) {{ id }} " for i in range(100)) + "}",
        "{ organisation(id: 1) " + "{ partOf " * 40 + "{ id }" + "}" * 41,
        "{ territories(text: 1) { id " + "@include(if: true) " * 50 + "} }",
        "{ organisation(id: 1) { units(first: 50) { edges { node { services(first: 50) { edges { node {"
        " id name description source } } } } } } } }",
    ],
)
async def test_a_query_that_asks_too_much_is_refused(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.post("/graphql", json={"query": query})
    assert response.status_code == 200
    assert codes(response) == ["TOO_MUCH"]


@pytest.mark.parametrize(
    "variables",
    [
        {"n": 99_999_999},
        {"n": 2**53},
        {"n": -(2**31) - 1},
        {"n": 1e308},
        {"n": "1"},
        {"n": True},
        {"n": {"a": {"b": [1]}}},
        {"t": "x" * 90_000},
        {"t": ["a"]},
    ],
)
async def test_a_variable_out_of_its_type_or_bounds_is_refused(
    client: httpx2.AsyncClient, variables: dict[str, Any]
) -> None:
    query = 'query($t: String = "besancon", $n: Int = 1) { territories(text: $t, first: $n) { id } }'
    response = await client.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200
    content = response.json()
    assert content.get("data") is None
    assert [error["extensions"]["code"] for error in content["errors"]] == ["INVALID_INPUT"]


@pytest.mark.parametrize("id_", ["\u0000", "'}) DETACH DELETE n //", "💥", "x" * 500, "t:\n", "organisation:*"])
async def test_a_strange_id_is_unknown(client: httpx2.AsyncClient, id_: str) -> None:
    query = "query($id: ID!) { organisation(id: $id) { id } service(id: $id) { id } }"
    response = await client.post("/graphql", json={"query": query, "variables": {"id": id_}})
    assert response.json() == {"data": {"organisation": None, "service": None}}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(client: httpx2.AsyncClient, method: str) -> None:
    assert (await client.request(method, "/graphql", json=ASK)).status_code == 405


@pytest.mark.parametrize("query", ["{ __typename }", "mutation { a }", ""])
async def test_an_address_is_never_read_as_a_query(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get("/graphql", params={"query": query})
    assert (response.status_code, response.headers["allow"], response.content) == (405, "POST", b"")


async def test_the_explorer_asks_nothing_of_other_sites(client: httpx2.AsyncClient) -> None:
    page = await client.get("/graphql")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "://" not in page.text
    for name, media_type in FILES.items():
        file = await client.get(f"/graphql/static/{name}")
        assert (file.status_code, file.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")
        assert f"/graphql/static/{name}" in page.text


@pytest.mark.parametrize("name", ["README.md", "explorer.html", "..%2Fdoor.py", "%2e%2e/door.py"])
async def test_only_files_of_the_explorer_are_served(client: httpx2.AsyncClient, name: str) -> None:
    assert (await client.get(f"/graphql/static/{name}")).status_code == 404


async def test_the_explorer_runs_its_first_question(browser_page: Any) -> None:
    async with browser_page() as page:
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto("/graphql")
        await page.get_by_role("button", name="Execute query").click()
        await page.locator(".result-window").get_by_text("edges").first.wait_for()
        assert problems == []
