"""The GraphQL door under what no honest client sends: a short refusal each time, and the site goes on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from api.settings import Settings
from bench.hostile import Hostile, requests

LIMITS = Settings()
TABLE = list(requests())
# Its own limits end an operation after a second; a busy machine may be much slower to say so.
SECONDS = 20
NORMAL = {
    "query": """{ relays(question: {text: "impayés de loyer", territory: "25056"}, first: 3) {
      ... on RelayConnection { totalCount edges { node { organisation { name } reasons { text } } } }
    } }"""
}
# What a traceback, a file of ours or a library would leave in an answer.
TRACES = ("Traceback", ".py", "graphql.", "strawberry", "site-packages", "Error(", "sys.")
ROUNDS = 3
# What the process may have grown after some hundreds of hostile requests more. One round of it kept would be far beyond.
MARGIN_BYTES = 40_000_000


async def sent(client: httpx2.AsyncClient, hostile: Hostile) -> httpx2.Response:
    return await client.request(
        hostile.method, hostile.path, content=hostile.body, headers=dict(hostile.headers), timeout=SECONDS
    )


async def normal(client: httpx2.AsyncClient) -> dict[str, Any]:
    response = await client.post("/graphql", json=NORMAL, timeout=SECONDS)
    assert response.status_code == 200
    return response.json()


def test_every_row_has_its_name() -> None:
    assert len({hostile.name for hostile in TABLE}) == len(TABLE)


@pytest.mark.parametrize("hostile", [pytest.param(hostile, id=hostile.name) for hostile in TABLE])
async def test_a_hostile_request_has_a_short_answer_and_the_site_goes_on(
    client: httpx2.AsyncClient, hostile: Hostile
) -> None:
    before = await normal(client)
    assert before["data"]["relays"]["totalCount"] > 0
    response = await sent(client, hostile)
    assert response.status_code == hostile.status
    assert len(response.content) <= LIMITS.graphql_answer_bytes
    assert [trace for trace in TRACES if trace in response.text] == []
    if response.headers.get("content-type") == "application/json" and hostile.path == "/graphql" and response.content:
        content = response.json()
        codes = tuple(error["extensions"]["code"] for error in content.get("errors", ()))
        # What may run is given up after its second: on a busy machine that is an answer too.
        assert codes == hostile.codes or (codes, hostile.codes) == (("UNAVAILABLE",), ())
        assert all(len(error["message"]) <= 501 for error in content.get("errors", ()))
    assert await normal(client) == before


async def test_memory_is_steady(client: httpx2.AsyncClient, data: Path) -> None:
    web = web_process(data)
    for _ in range(2):
        for hostile in TABLE:
            await sent(client, hostile)
    warm = web.memory_info().rss
    for _ in range(ROUNDS):
        for hostile in TABLE:
            await sent(client, hostile)
    grown = web.memory_info().rss - warm
    assert grown < MARGIN_BYTES, f"{grown / 1e6:.0f} MB more after {ROUNDS * len(TABLE)} requests"


def web_process(data: Path) -> psutil.Process:
    """The one web process of the site that owns this folder."""
    supervisor = psutil.Process(json.loads((data / "running.json").read_text())["pid"])
    assert supervisor.pid != os.getpid()
    (web,) = [child for child in supervisor.children() if "web" in child.cmdline()]
    return web
