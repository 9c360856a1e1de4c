"""The index of a running site follows its graph: a change is found, what is dropped is lost, a rebuild leaves no gap.

Beside the tests that share the site, for it takes longer to start than these take; each leaves it as it was.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from api.premises import premises
from api.settings import Settings
from graph.store.outbox import REBUILD_INDEX
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from search.indexer import What, differences
from tests import make
from tests.faults.test_index import FIND, load

FOUND_WITHIN = 240


@pytest.fixture
async def running(site: str, data: Path) -> AsyncIterator[Graph]:
    """The graph of the running site, as another command of the same machine sees it."""
    async with premises(Settings(data=data)) as house:
        assert not house.owner
        yield house.graph


async def found(client: httpx2.AsyncClient, text: str) -> list[str]:
    answer = await client.post("/graphql", json={"query": FIND, "variables": {"text": text}})
    return [edge["node"]["organisation"]["id"] for edge in answer.json()["data"]["relays"]["edges"]]


async def until(client: httpx2.AsyncClient, text: str, expected: list[str]) -> None:
    end = time.monotonic() + FOUND_WITHIN
    while (seen := await found(client, text)) != expected:
        assert time.monotonic() < end, seen
        await asyncio.sleep(0.05)


async def test_a_change_is_found_and_what_is_dropped_is_not(running: Graph, client: httpx2.AsyncClient) -> None:
    await load(running, make.organisation("t:neuf", name="Zibeline Xylophone", covers=("25056",)))
    await until(client, "zibeline xylophone", ["t:neuf"])

    await load(running, make.organisation("t:neuf", name="Quetzal Xylophone", covers=("25056",)))
    await until(client, "quetzal xylophone", ["t:neuf"])
    assert await found(client, "zibeline xylophone") == []

    await load(running)
    await until(client, "quetzal xylophone", [])


async def test_a_rebuild_leaves_no_gap(running: Graph, client: httpx2.AsyncClient, data: Path) -> None:
    index = EmbeddedIndex(data / "index")
    before, expected = index.generation, await found(client, "impayés de loyer")
    await running.write(lambda unit: unit.outbox.add(REBUILD_INDEX, ()))
    end = time.monotonic() + FOUND_WITHIN
    while index.generation == before:
        assert await found(client, "impayés de loyer") == expected
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    assert await found(client, "impayés de loyer") == expected


async def test_the_doctor_finds_graph_and_index_alike_and_names_what_is_not(
    running: Graph, client: httpx2.AsyncClient, data: Path
) -> None:
    index = EmbeddedIndex(data / "index")
    await load(running, make.organisation("t:mal", name="Ocarina Yodel", covers=("25056",)))
    await until(client, "ocarina yodel", ["t:mal"])
    assert await differences(running, index) == {}

    await running.write(lambda unit: unit.run("MATCH (o:Organisation {id: 't:mal'}) SET o.name = 'Autre'"))
    assert await differences(running, index) == {"organisation:t:mal": (What.STALE, "t:mal")}
    await load(running)
    await until(client, "ocarina yodel", [])
