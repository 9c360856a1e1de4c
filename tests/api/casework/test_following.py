"""An inbox followed by server-sent events: at once, then when it changes; through the guards of the one door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import orjson
import pytest

from api.actions.casework import following_inbox
from api.graphql.context import Context
from api.graphql.execution import Answer, Asked, Limits
from api.graphql.streaming import follow
from graph.store.unit import Graph
from tests.api.casework.world import SENDER, TARGET, World, world

QUERY = "subscription { inboxChanged { count late } }"
STREAM = {"accept": "text/event-stream"}
LIMITS = Limits(cost=1_000, seconds=20, size=100_000, introspection=False)


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


async def events(made: World, organisation: str) -> AsyncGenerator[bytes, None]:
    context = Context(made.site.rooms, "essai", await made.viewer(organisation))
    found = await follow(context, Asked(query=QUERY), LIMITS)
    assert not isinstance(found, Answer), found
    return found


async def told(stream: AsyncIterator[bytes]) -> dict[str, int]:
    """The next count."""
    while True:
        async with asyncio.timeout(120):
            event = await anext(stream)
        if event.startswith(b"event: next"):
            return orjson.loads(event.partition(b"data: ")[2])["data"]["inboxChanged"]


async def test_the_count_comes_at_once_and_when_something_arrives(made: World) -> None:
    stream = await events(made, TARGET)
    try:
        assert await told(stream) == {"count": 0, "late": 0}
        handoff = await made.sent()
        assert await told(stream) == {"count": 1, "late": 0}
        async with made.as_(SENDER) as sender:
            await sender.act("recallHandoff", handoff=handoff)
        assert await told(stream) == {"count": 0, "late": 0}
    finally:
        await stream.aclose()


async def test_one_account_follows_from_three_pages_and_no_more(made: World) -> None:
    streams = [await events(made, TARGET) for _ in range(following_inbox.MOST_OF_ONE + 1)]
    for stream in streams[:-1]:
        assert await told(stream) == {"count": 0, "late": 0}
    async with asyncio.timeout(120):
        refused = await anext(streams[-1])
    assert b"TOO_OFTEN" in refused
    for stream in streams:
        await stream.aclose()
    again = await events(made, TARGET)
    assert await told(again) == {"count": 0, "late": 0}
    await again.aclose()


async def test_the_door_keeps_visitors_other_sites_and_other_operations_out(made: World) -> None:
    async with made.site.client() as visitor:
        answer = await visitor.post("/graphql", json={"query": QUERY}, headers=STREAM)
        assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
        foreign = {**STREAM, "origin": "https://ailleurs.example"}
        assert (await visitor.post("/graphql", json={"query": QUERY}, headers=foreign)).status_code == 403
        assert (await visitor.get("/graphql", params={"query": QUERY}, headers=STREAM)).status_code == 405
    async with made.as_(TARGET) as target:
        asked = await target.client.post("/graphql", json={"query": "{ me { name } }"}, headers=STREAM)
        assert asked.json()["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
        plain = await target.client.post("/graphql", json={"query": QUERY}, headers={"accept": "application/json"})
        assert plain.json()["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
