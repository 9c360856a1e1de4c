"""The real thing for every test: a real engine, a real index, a real site on loopback, a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Page, async_playwright

from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph

START_SECONDS = 240
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OpenPage = Callable[..., AbstractAsyncContextManager[Page]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """An embedded engine for the store's own tests, with error texts shown; or the server that the environment names."""
    if uri := os.environ.get("MAILLAGE_TEST_GRAPH_URI"):
        yield Address(uri, "neo4j", os.environ["MAILLAGE_TEST_GRAPH_PASSWORD"])
        return
    engine = Engine(tmp_path_factory.mktemp("engine"), heap="512m", development=True)
    yield engine.start()
    engine.stop()


@pytest.fixture(scope="session")
async def graph(engine: Address) -> AsyncIterator[Graph]:
    """A migrated graph, shared by the tests that empty it first."""
    graph = await Graph.open(engine)
    await migrate(graph)
    yield graph
    await graph.close()


@pytest.fixture
async def empty_graph(graph: Graph) -> Graph:
    """The graph with its vocabulary and nothing else."""
    await graph.write(
        lambda unit: unit.run("MATCH (n) WHERE NOT n:Competence AND NOT n:Migration DETACH DELETE n"),
    )
    return graph


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `site`."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(data: Path) -> Iterator[str]:
    """The address of `maillage demo`, started as a user starts it, on shipped data."""
    port = free_port()
    log = data.parent / "site.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "demo", "--port", str(port), "--data", str(data)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + START_SECONDS
    try:
        while not _well(address):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the site did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
async def client(site: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the site."""
    async with httpx2.AsyncClient(base_url=site, timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Debian's Chromium, or whatever `chromium` is on the path."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("no Chromium on the path: install it (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def browser_page(browser: Browser, site: str) -> OpenPage:
    """Opens a page of the site: `async with browser_page(width=380, javascript=False) as page`."""

    @asynccontextmanager
    async def open_page(*, width: int = 1280, height: int = 900, javascript: bool = True) -> AsyncIterator[Page]:
        context = await browser.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        try:
            yield await context.new_page()
        finally:
            await context.close()

    return open_page


def _well(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/ready?all=1", timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False
