"""With a graph server: `worker` and `serve` on any machine, and no way to feed two indexes by halves."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest

from api import owning
from api.folder import Folder
from api.owning import as_owner
from api.settings import Settings
from graph.store.engine import Address
from graph.store.loading import Loader
from graph.store.outbox import INDEX_LISTINGS
from graph.store.ownership import AnotherIndex
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from search.indexer import differences
from tests import make
from tests.outside import PATIENCE, free_port

REFUSED = "Ce graphe nourrit déjà un autre index"
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
async def server(empty_graph: Graph, engine: Address) -> AsyncIterator[Address]:
    """A graph server with an organisation in it."""
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(make.organisation())), lambda done: None)
    yield engine


@pytest.fixture
async def start(server: Address) -> AsyncIterator[Start]:
    """Starts `maillage …` with that server's address."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        told = {
            "MAILLAGE_GRAPH_URI": server.uri,
            "MAILLAGE_GRAPH_USER": server.user,
            "MAILLAGE_GRAPH_PASSWORD": server.password,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **told, **environment},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


async def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    return process.returncode, " ".join(said.split())


async def pending(graph: Graph) -> int:
    async with graph.reading() as unit:
        return await unit.outbox.pending()


async def fed(graph: Graph, folder: Path) -> None:
    """Wait until nothing is pending and the index of this folder is equal to the graph."""
    end = time.monotonic() + PATIENCE
    while await pending(graph) or not await EmbeddedIndex(folder / "index").answers():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)
    assert await differences(graph, EmbeddedIndex(folder / "index")) == {}


async def test_a_second_worker_with_an_index_of_its_own_is_refused_until_it_may_take_over(
    empty_graph: Graph, start: Start, tmp_path: Path
) -> None:
    one = start("worker", "--data", str(tmp_path / "one"))
    await fed(empty_graph, tmp_path / "one")
    code, said = await ended(start("worker", "--data", str(tmp_path / "two")))
    assert code == 1
    assert REFUSED in said
    assert "Traceback" not in said
    assert not await EmbeddedIndex(tmp_path / "two" / "index").answers()

    # What changes while the second is not there is not lost for it: it begins with all.
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(make.organisation(name="Autre nom"))), lambda done: None)
    await fed(empty_graph, tmp_path / "one")
    one.send_signal(signal.SIGTERM)
    assert (await ended(one))[0] == 0

    two = start("worker", "--data", str(tmp_path / "two"))
    await fed(empty_graph, tmp_path / "two")
    two.send_signal(signal.SIGINT)
    assert await ended(two) == (0, "")


async def test_a_worker_does_not_work_in_a_folder_that_another_owns(
    empty_graph: Graph, start: Start, tmp_path: Path
) -> None:
    await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ("t:caf",)))
    before = await pending(empty_graph)
    with Folder(tmp_path):
        code, said = await ended(start("worker", "--data", str(tmp_path)))
    assert code == 1
    assert f"est déjà utilisé par un autre processus (numéro {os.getpid()})" in said
    assert await pending(empty_graph) == before


async def test_a_worker_stops_while_it_waits_for_its_graph(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(PATIENCE)
        port = door.getsockname()[1]
        worker = start("worker", "--data", str(tmp_path), MAILLAGE_GRAPH_URI=f"bolt://127.0.0.1:{port}")
        knocking, _ = await asyncio.to_thread(door.accept)
        knocking.close()
        worker.send_signal(signal.SIGTERM)
    assert await ended(worker) == (0, "")


async def test_a_worker_without_its_graph_ends_with_a_code_and_in_words(start: Start, tmp_path: Path) -> None:
    code, said = await ended(
        start("worker", "--data", str(tmp_path), MAILLAGE_GRAPH_URI=f"bolt://127.0.0.1:{free_port()}")
    )
    assert code == 1
    assert "ne répond pas à l’adresse bolt://127.0.0.1:" in said
    assert "Traceback" not in said


async def test_a_second_site_with_an_index_of_its_own_is_refused(
    empty_graph: Graph, start: Start, tmp_path: Path
) -> None:
    port = free_port()
    first = start("serve", "--port", str(port), "--data", str(tmp_path / "one"))
    end = time.monotonic() + PATIENCE
    async with httpx2.AsyncClient(timeout=60) as client:

        async def healthy() -> bool:
            try:
                return (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200
            except httpx2.HTTPError:
                return False

        while not await healthy():
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        code, said = await ended(start("serve", "--port", str(free_port()), "--data", str(tmp_path / "two")))
        assert code == 1
        assert REFUSED in said
        assert "Traceback" not in said
        assert await healthy()
    await fed(empty_graph, tmp_path / "one")
    first.send_signal(signal.SIGTERM)
    assert (await ended(first))[0] == 0


async def test_a_worker_that_slept_too_long_gives_way(
    empty_graph: Graph, server: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owning, "RENEW_SECONDS", 0.05)
    cancelled = asyncio.Event()

    async def working() -> None:
        await empty_graph.write(
            lambda unit: unit.run(
                "MATCH (m:Mark {id: 'index-owner'}) SET m.index = 'other', m.host = 'there', m.place = '« there »'"
            )
        )
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(AnotherIndex, match=REFUSED):
        await asyncio.wait_for(as_owner(empty_graph, Settings(data=tmp_path), working), PATIENCE)
    assert cancelled.is_set()
