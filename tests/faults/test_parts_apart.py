"""The parts as containers have them: web processes without a worker, a worker without a site, a graph that is a server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest

from graph.store.engine import Address
from graph.store.outbox import INDEX_LISTINGS
from graph.store.unit import Graph
from tests.conftest import START_SECONDS, free_port
from tests.outside import loopback
from tests.search.stand_in import KEY, StandIn


@contextmanager
def running(engine: Address, folder: Path, *command: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command over the graph server; its password comes from a file. It must end well when told to."""
    secret = folder / "secret"
    secret.write_text(f"{engine.password}\n")
    told = {
        "MAILLAGE_DATA": str(folder / "data"),
        "MAILLAGE_GRAPH_URI": engine.uri,
        "MAILLAGE_GRAPH_USER": engine.user,
        "MAILLAGE_GRAPH_DATABASE": engine.database,
        "MAILLAGE_GRAPH_PASSWORD_FILE": str(secret),
    }
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *command],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **told, **settings},
        )
    try:
        yield process
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) == 0, log.read_text()
    assert engine.password not in log.read_text()


def until(process: subprocess.Popen[bytes], what: Callable[[], bool]) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def figure(address: str, name: str) -> float:
    """What the figure is now; -1 while nobody gives it."""
    try:
        text = loopback().get(address, timeout=60).text
    except httpx2.HTTPError:
        return -1.0
    return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} ")), -1.0)


@pytest.mark.usefixtures("empty_graph")
def test_a_site_without_its_worker_is_web_processes_alone(
    engine: Address, stand_in: StandIn, uid: str, tmp_path: Path
) -> None:
    port = free_port()
    search = {"MAILLAGE_SEARCH_URL": stand_in.url, "MAILLAGE_SEARCH_KEY": KEY, "MAILLAGE_SEARCH_INDEX": uid}
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            return loopback().get(f"{address}/ready?all=1", timeout=60).status_code == 200
        except httpx2.HTTPError:
            return False

    with running(engine, tmp_path, "serve", "--no-worker", "--web", "2", MAILLAGE_PORT=str(port), **search) as process:
        until(process, ready)
        children = psutil.Process(process.pid).children(recursive=True)
        roles = [role for child in children for role in ("work", "web", "java") if role in child.cmdline()]
        assert (len(children), roles) == (2, ["web", "web"])
        assert figure(f"{address}/metrics", "maillage_worker_turn_timestamp_seconds") == -1
    assert psutil.wait_procs(children, timeout=60)[1] == []


async def test_a_worker_without_a_site_gives_its_figures(engine: Address, empty_graph: Graph, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}/metrics"
    begun = time.time()
    with running(engine, tmp_path, "worker", MAILLAGE_WORKER_PORT=str(port)) as process:
        until(process, lambda: figure(address, "maillage_worker_turn_timestamp_seconds") >= begun)
        assert figure(address, "maillage_effects_total") == 0
        await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ["t:nobody"]))
        until(process, lambda: figure(address, "maillage_effects_total") == 1)
    async with empty_graph.reading() as unit:
        assert await unit.outbox.pending() == 0
