"""What machines ask: alive, ready, figures; and what each says while a part is away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from neo4j import AsyncGraphDatabase
from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from api import metrics, worker
from api.actions.find_relay import Ask, find_relay
from api.app import create_app
from api.graphql.context import Context
from api.graphql.execution import Asked, Limits, answer
from api.rooms import Rooms
from api.settings import VERSION, Settings
from graph.model.errors import Unavailable
from graph.store.loading import Loader
from graph.store.outbox import INDEX_LISTINGS, MOST_FAILURES, Outbox
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.indexer import Indexer
from tests import make, reading
from tests.conftest import free_port

LIMITS = Limits(cost=6_000, seconds=5.0, size=1_048_576, introspection=True)
READER = reading.shared()
GUIDE = (Path(__file__).resolve().parent.parent.parent / "docs" / "operations.md").read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("health")


@pytest.fixture
async def rooms(empty_graph: Graph, folder: Path) -> Rooms:
    """One service in the real graph and its real index."""
    settings = Settings(data=folder)
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await loader.load(await loader.plan_batch(make.batch(make.organisation(), make.service())), lambda done: None)
    indexer = Indexer(empty_graph, EmbeddedEngine(settings.index_folder))
    await indexer.rebuild()
    await indexer.close()
    return Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(settings.index_folder), reader=READER)


@asynccontextmanager
async def no_graph() -> AsyncIterator[Graph]:
    """A graph that nobody serves."""
    async with AsyncGraphDatabase.driver(f"bolt://127.0.0.1:{free_port()}", auth=("neo4j", "none")) as driver:
        yield Graph(driver, "maillage")


@asynccontextmanager
async def door(rooms: Rooms, host: str = "127.0.0.1", **settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """The site over these rooms, as seen from `host`."""
    chosen = rooms.settings.model_copy(update=settings)
    app = create_app(chosen)
    app.state.rooms = replace(rooms, settings=chosen)
    transport = httpx2.ASGITransport(app=app, client=(host, 40_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://m.example", timeout=60) as client:
        yield client


def values(text: str) -> dict[str, float]:
    """Each sample by its name and labels, as Prometheus reads them."""
    return {
        sample.name + "".join(f" {v}" for _, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def values_of(gauge: Gauge) -> float:
    return next(sample.value for metric in gauge.collect() for sample in metric.samples)


async def test_a_process_that_lives_says_so_whatever_its_parts(rooms: Rooms, tmp_path: Path) -> None:
    async with no_graph() as away, door(replace(rooms, graph=away, index=EmbeddedIndex(tmp_path))) as client:
        answered = await client.get("/health")
        assert (answered.status_code, answered.json()) == (200, {"status": "ok", "version": VERSION})
        assert answered.headers["cache-control"] == "no-store"
        assert (await client.head("/health")).status_code == 200


@pytest.mark.parametrize(
    ("with_graph", "with_index", "for_visitors", "for_all", "status"),
    [
        (True, True, 200, 200, "ok"),
        (False, True, 200, 503, "degraded"),
        (True, False, 503, 503, "unavailable"),
        (False, False, 503, 503, "unavailable"),
    ],
)
async def test_ready_says_which_part_is_away(
    rooms: Rooms, tmp_path: Path, with_graph: bool, with_index: bool, for_visitors: int, for_all: int, status: str
) -> None:
    async with no_graph() as away:
        index = rooms.index if with_index else EmbeddedIndex(tmp_path)
        async with door(replace(rooms, graph=rooms.graph if with_graph else away, index=index)) as client:
            visitors, every = await client.get("/ready"), await client.get("/ready?all=1")
    assert (visitors.status_code, every.status_code) == (for_visitors, for_all)
    assert visitors.json() == every.json() == {"status": status, "graph": with_graph, "index": with_index}
    assert visitors.headers["cache-control"] == "no-store"


async def test_a_search_goes_on_while_the_graph_is_away(rooms: Rooms) -> None:
    async with no_graph() as away, door(replace(rooms, graph=away)) as client:
        answered = await client.get("/chercher", params={"q": "impayés de loyer", "ou": "Besançon"})
    assert answered.status_code == 200
    assert "Service d’essai" in answered.text


async def test_figures_tell_how_far_behind_the_worker_is(rooms: Rooms) -> None:
    async def fill(unit: Unit) -> None:
        for subject in ("a", "b", "c"):
            await unit.outbox.add(INDEX_LISTINGS, [subject])

    async def park_one(unit: Unit) -> None:
        claimed = await unit.outbox.claim("test", most=1)
        for _ in range(MOST_FAILURES):
            await unit.outbox.failed(claimed)

    async with rooms.graph.reading() as unit:
        assert await unit.outbox.backlog() == metrics.Backlog(waiting=0, parked=0, oldest_seconds=0.0)
    await rooms.graph.write(fill)
    await rooms.graph.write(park_one)
    async with rooms.graph.reading() as unit:
        counted = (await unit.outbox.pending(), await Outbox(unit).parked())
    assert counted == (2, 1)
    async with door(rooms) as client:
        told = values((await client.get("/metrics")).text)
    assert (told["maillage_outbox_waiting"], told["maillage_outbox_parked"]) == (2, 1)
    assert 0 < told["maillage_outbox_oldest_seconds"] < 600
    assert (told["maillage_graph_up"], told["maillage_index_up"]) == (1, 1)
    assert 0 <= told["maillage_index_generation_age_seconds"] < 600


async def test_figures_say_that_a_part_is_away(rooms: Rooms, tmp_path: Path) -> None:
    async with no_graph() as away, door(replace(rooms, graph=away, index=EmbeddedIndex(tmp_path))) as client:
        answered = await client.get("/metrics")
    told = values(answered.text)
    assert answered.status_code == 200
    assert (told["maillage_graph_up"], told["maillage_index_up"]) == (0, 0)
    assert [name for name in told if name.startswith("maillage_outbox")] == []


async def test_requests_searches_and_operations_are_counted_once(rooms: Rooms) -> None:
    async with door(rooms) as client:
        before = values((await client.get("/metrics")).text)
        for path in ("/aide", "/aide", "/service/Zibeline-Dupont"):
            await client.get(path)
        await find_relay(rooms, Ask(text="impayés de loyer"))
        query = '{ territories(text: "Zibeline", first: 1) { id } }'
        await answer(Context(rooms, "mark"), Asked(query=query), LIMITS)
        text = (await client.get("/metrics")).text
    grown = {name: value - before.get(name, 0) for name, value in values(text).items()}
    assert grown["maillage_requests_total GET /aide 200"] == 2
    assert grown["maillage_requests_total GET /service/{service_id:path} 404"] == 1
    assert grown["maillage_request_seconds_count /aide"] == 2
    assert grown["maillage_search_seconds_count"] == 1
    assert grown["maillage_graphql_cost_count"] == 1
    assert grown["maillage_graphql_cost_sum"] == 102
    assert "Zibeline" not in text


async def test_a_graphql_fault_bears_the_mark_of_its_request(rooms: Rooms) -> None:
    broken = replace(rooms, reader=None)  # pyright: ignore[reportArgumentType] - a fault of ours
    asked = {"query": '{ competences(text: "Zibeline") { because } }'}
    async with door(broken) as client:
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            answered = await client.post("/graphql", json=asked)
    mark = answered.headers["x-request-id"]
    (error,) = answered.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": mark}
    assert [(line["event"], line["request_id"]) for line in lines] == [("graphql_fault", mark), ("request", mark)]
    assert "Zibeline" not in str(lines)


async def test_why_a_site_does_not_start_is_in_the_journal(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path))
    with capture_logs() as lines, pytest.raises(Unavailable):
        async with app.router.lifespan_context(app):
            pass
    (line,) = lines
    assert (line["event"], line["fault"]) == ("site_not_started", "Unavailable")
    assert line["said"] == "Aucune adresse de graphe : démarrez par « maillage demo » ou « maillage serve »."


@pytest.mark.parametrize(
    ("setting", "host", "headers", "status"),
    [
        ("loopback", "127.0.0.1", {}, 200),
        ("loopback", "::1", {}, 200),
        ("loopback", "192.0.2.7", {}, 404),
        ("loopback", "testclient", {}, 404),
        ("loopback", "127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 404),
        ("loopback", "127.0.0.1", {"via": "1.1 caddy"}, 404),
        ("open", "192.0.2.7", {"x-forwarded-for": "192.0.2.7"}, 200),
        ("off", "127.0.0.1", {}, 404),
    ],
)
async def test_figures_are_for_this_machine_unless_a_setting_says_otherwise(
    rooms: Rooms, setting: str, host: str, headers: dict[str, str], status: int
) -> None:
    async with door(rooms, host, metrics=setting) as client:
        answered = await client.get("/metrics", headers=headers)
    assert answered.status_code == status
    assert ("maillage_graph_up" in answered.text) is (status == 200)


async def test_a_worker_alone_gives_its_figures_on_its_port(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.SHARED, raising=False)
    port = free_port()
    address = f"http://127.0.0.1:{port}/metrics"
    async with httpx2.AsyncClient() as client:
        with metrics.figures_served(rooms.settings.model_copy(update={"worker_port": port})):
            answered = await client.get(address)
            # Taken: the site's own address counts only where the figures are open.
            elsewhere = {"worker_port": port, "host": "192.0.2.1"}
            with (
                pytest.raises(Unavailable, match=rf"Le port {port} de 127\.0\.0\.1, .* avec MAILLAGE_WORKER_PORT"),
                metrics.figures_served(rooms.settings.model_copy(update=elsewhere)),
            ):
                pass
        assert answered.status_code == 200
        told = values(answered.text)
        assert told["maillage_worker_turn_timestamp_seconds"] == values_of(worker.TURN)
        with metrics.figures_served(rooms.settings), pytest.raises(httpx2.ConnectError):
            await client.get(address)


async def test_the_guide_names_figures_that_are_given(rooms: Rooms) -> None:
    async with door(rooms) as client:
        await client.get("/aide")
        text = (await client.get("/metrics")).text
    given = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    given -= {name for name in given if name.endswith("_created")}
    named = set(re.findall(r"`(maillage_\w+)", GUIDE))
    assert named <= given
    # These explain the others: nobody need be woken for them.
    assert given - named == {
        "maillage_effects_total",
        "maillage_mails_total",
        "maillage_mails_waiting",
        "maillage_outbox_waiting",
    }
