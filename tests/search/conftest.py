"""The engines that the contract and the relevance suite run over: the embedded one, the stand-in, and a real server if any."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from search.backend import Engine
from search.embedded import EmbeddedEngine
from search.server import ServerEngine
from search.server_calls import Server
from tests.search.stand_in import KEY, StandIn

EMBEDDED, STAND_IN, MEILISEARCH = "embedded", "stand-in", "meilisearch"
REAL = os.environ.get("MEILI_URL", "")
REAL_KEY = os.environ.get("MEILI_KEY", "")
NO_SERVER = "no Meilisearch server: set MEILI_URL (and MEILI_KEY) to run this on one"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A stand-in for the server, empty."""
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def uid() -> str:
    """The name of an index that no other test uses."""
    return f"essai-{uuid4().hex[:12]}"


@pytest.fixture
async def on_stand_in(stand_in: StandIn, uid: str) -> AsyncIterator[ServerEngine]:
    """An engine over the stand-in."""
    engine = ServerEngine(stand_in.url, KEY, uid)
    yield engine
    await engine.close()


@pytest.fixture(params=[EMBEDDED, STAND_IN, MEILISEARCH])
async def engine_under_test(request: pytest.FixtureRequest, tmp_path: Path, uid: str) -> AsyncIterator[Engine]:
    """Each engine in turn, with nothing built."""
    if request.param == EMBEDDED:
        yield EmbeddedEngine(tmp_path / "index")
        return
    if request.param == MEILISEARCH and not REAL:
        pytest.skip(NO_SERVER)
    url, key = (REAL, REAL_KEY) if request.param == MEILISEARCH else (request.getfixturevalue("stand_in").url, KEY)
    engine = ServerEngine(url, key, uid)
    yield engine
    await engine.close()
    await _remove(Server(url, key), uid)


@pytest.fixture(params=[STAND_IN, MEILISEARCH])
async def server_under_test(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """The stand-in, and a real server where there is one."""
    if request.param == MEILISEARCH and not REAL:
        pytest.skip(NO_SERVER)
    url, key = (REAL, REAL_KEY) if request.param == MEILISEARCH else (request.getfixturevalue("stand_in").url, KEY)
    server = Server(url, key)
    yield server
    await server.close()


async def _remove(server: Server, uid: str) -> None:
    for name in await server.index_names():
        if name.startswith(uid):
            await server.done(await server.drop_index(name))
    await server.close()
