"""The real thing for every test: a real engine, a real index, a real site on loopback, a real browser."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import hypothesis
import pytest
from playwright.async_api import Browser, async_playwright, expect

from graph.store.casework.keyring import Keyring
from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph
from tests.neo4j_server import Missing, Neo4jServer
from tests.outside import PATIENCE, free_port, loopback
from tests.windows import OpenPage, Windows

# How long an example takes is no property of what it is about.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# What a page will show is waited for: five seconds are few on a machine that has much else to do.
expect.set_options(timeout=60_000)

# What is imported and collected stays to the end, as in the site (`api/app.py`): garbage is looked for afterwards, and rarely.
gc.disable()
YOUNG, OLDER = 100_000, (20, 50)

START_SECONDS = 480
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One site, shown for a moment: nothing to keep apart, and nothing that is compiled for speed pays.
    "--disable-site-isolation-trials",
    "--renderer-process-limit=2",
    "--in-process-gpu",
    "--js-flags=--no-opt",
)
# The one without windows first: it takes half the processor.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# All tests together are one caller, and a hasty one.
UNCOUNTED = {
    f"MAILLAGE_{name}": "0"
    for name in ("PAGES_PER_MINUTE", "GRAPHQL_REQUESTS_PER_MINUTE", "GRAPHQL_COST_PER_MINUTE", "SUGGESTIONS_PER_HOUR")
}
# Of the demonstration's people those of the first moment: the others come while it is visited.
FEW = {"MAILLAGE_DEMO_LIVES": "0"}
HERE = Path(__file__).parent
# What `make test-full` asks for: doses, and not proofs.
FULL = os.environ.get("MAILLAGE_TEST_FULL") == "1"
# What runs on Neo4j no statement but those that other tests run there too, found by writing down what each file runs.
SAID_ON_NEO4J = frozenset(
    f"test_{name}.py"
    for name in (
        "a_day",
        "bulk",
        "claims",
        "data_inclusion_import",
        "files_killed",
        "find_relay",
        "fuzz",
        "graphql_calls",
        "graphql_door",
        "graphql_hostile",
        "graphql_listings",
        "graphql_posts",
        "graphql_searches",
        "graphql_voices",
        "handing_rights",
        "handoffs",
        "health",
        "hours_by_link",
        "landlord_says_full",
        "landlord_without_room",
        "listings",
        "members",
        "mutations_hostile",
        "noticing",
        "post_gestures",
        "present_sight",
        "reminders",
        "rights",
        "s1_hotel_mandate",
        "s2_outside_the_walls",
        "s2_territorial_services",
        "s3_reorganisation",
        "s5_family",
        "settling",
        "taking_over",
    )
)
# What was seen on Neo4j, and is too slow to be seen there on each run: `make test-full` looks again.
SEEN_ON_NEO4J = frozenset(
    f"test_{name}.py"
    for name in (
        "graphql_figures",
        "graphql_load",
        "lived_start",
        "reorganisation_moves",
        "reorganised_in_clear",
        "reorganised_places",
        "reorganising",
        "publishing",
        "s1_effect_of_the_mandate",
        "s2_territories_compared",
        "s3_directions_published",
    )
)
# What is killed or measured there is a process of ours, and whoever may not read is answered by us, from statements that others
# run: how the engine takes that, they tell more cheaply.
NOT_TWICE = frozenset(
    {
        "test_a_head_of_service_reads_her_units_and_a_colleague_only_what_she_works_on",
        "test_an_addressee_reads_what_was_consented_and_nothing_once_it_is_taken_back",
        "test_hidden_and_absent_look_the_same_to_everyone_who_may_not",
        "test_killed_at_any_moment_it_is_taken_up_again",
        "test_memory_does_not_grow_with_the_source",
        "test_no_text_holds_a_health_number",
    }
)


def on_neo4j() -> bool:
    """Whether this run is on Neo4j. Ends it when `MAILLAGE_TEST_GRAPH` names something else."""
    named = os.environ.get("MAILLAGE_TEST_GRAPH") or "arcadedb"
    if named not in {"arcadedb", "neo4j"}:
        pytest.exit(f"MAILLAGE_TEST_GRAPH = {named!r}: « arcadedb » or « neo4j » is expected", returncode=2)
    return named == "neo4j"


def launcher(folder: Path) -> Engine | Neo4jServer:
    """An engine of the kind that this run is about, with error texts shown, not started yet."""
    return Neo4jServer(folder) if on_neo4j() else Engine(folder, heap="512m", development=True)


def started(engine: Engine | Neo4jServer) -> Address:
    """Start it. A run that cannot have its engine ends there, with one sentence: nothing is skipped in silence."""
    try:
        return engine.start()
    except Missing as missing:
        pytest.exit(str(missing), returncode=1)


def pytest_report_header() -> str:
    """Which search servers this run speaks to."""
    real = os.environ.get("MEILI_URL")
    return f"meilisearch: {real or 'none (MEILI_URL is not set): its stand-in only'}"


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """What asks the site bears its mark. On Neo4j, what reaches no other statement says nothing that ArcadeDB has not said; and
    the site comes last, for it has the server that the store's tests empty.
    """
    for item in items:
        if "site_graph" in _fixtures(item):
            item.add_marker("site")
    if on_neo4j():
        touching = [item for item in items if _touches(item) and (FULL or _says_more(item))]
        config.hook.pytest_deselected(items=[item for item in items if item not in touching])
        items[:] = touching
    yield
    if on_neo4j():
        items.sort(key=lambda item: "site_graph" in _fixtures(item))


def pytest_collection_finish() -> None:
    """From here on tests run."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(YOUNG, *OLDER)


def _touches(item: pytest.Item) -> bool:
    """Whether a graph is asked."""
    return item.path.is_relative_to(HERE / "store") or not {"launched", "site_graph"}.isdisjoint(_fixtures(item))


def _says_more(item: pytest.Item) -> bool:
    """Whether it shows of the second engine what nothing cheaper shows."""
    return item.path.name not in SAID_ON_NEO4J | SEEN_ON_NEO4J and item.name not in NOT_TWICE


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.fixture(scope="session")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine | Neo4jServer]:
    """The running engine of the store's own tests: its database is emptied by each of them."""
    engine = launcher(tmp_path_factory.mktemp("engine"))
    started(engine)
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def engine(launched: Engine | Neo4jServer) -> Address:
    """Where it answers."""
    return launched.address()


@pytest.fixture(scope="session")
async def graph(engine: Address, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Graph]:
    """A migrated graph, shared by the tests that empty it first."""
    graph = await Graph.open(engine, Keyring(tmp_path_factory.mktemp("keyring")))
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
def site_graph(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of `site` that name a graph server: none for the embedded engine, which it starts itself.

    The community edition has one user database: the site has that of the store's tests, emptied, when they are over.
    """
    if not on_neo4j():
        return {}
    server: Neo4jServer = request.getfixturevalue("launched")
    server.empty()
    address = server.address()
    return {"MAILLAGE_GRAPH_URI": address.uri, "MAILLAGE_GRAPH_PASSWORD": address.password}


@pytest.fixture(scope="session")
def site(data: Path, site_graph: dict[str, str]) -> Iterator[str]:
    """The address of `maillage demo`, started as a user starts it, on shipped data."""
    port = free_port()
    log = data.parent / "site.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "demo", "--port", str(port), "--data", str(data)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **site_graph, **UNCOUNTED, **FEW, "PYTHONWARNINGS": "error"},
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
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
async def client(site: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the site."""
    async with httpx2.AsyncClient(base_url=site, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Debian's Chromium, or whatever of that name is on the path."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("no Chromium on the path: install it (Debian: apt-get install chromium-headless-shell)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def browser_page(browser: Browser, site: str) -> OpenPage:
    """Opens a page of the site: `async with browser_page(width=380, javascript=False) as page`."""
    return Windows(browser, site).open


def _well(address: str) -> bool:
    try:
        return loopback().get(f"{address}/ready?all=1", timeout=60).status_code == 200
    except httpx2.HTTPError:
        return False
