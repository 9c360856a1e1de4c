"""A whole site under watch, its engine stalled for a while: what journals, traces and figures tell, and what they never do."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import psutil
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from api.premises import premises
from api.settings import Settings
from graph.store.loading import Loader
from tests import make
from tests.conftest import START_SECONDS, free_port
from tests.outside import loopback

CANARY = "Zibeline"
SPOKEN = {"user-agent": CANARY, "cookie": f"nom={CANARY}", "tracestate": f"nom={CANARY}", "baggage": f"nom={CANARY}"}
TRACE = "0af7651916cd43dd8448eb211c80319c"
ATTRIBUTES = {
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "maillage.access",
    "maillage.cost",
    "maillage.effects",
    "maillage.fields",
    "maillage.kinds",
    "maillage.relays",
    "maillage.request_id",
    "network.protocol.version",
    "url.scheme",
}


class Collector:
    """An OTLP/HTTP receiver on loopback."""

    def __init__(self) -> None:
        bodies: list[bytes] = []

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.path.encode() + b"\n" + self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None: ...

        self.bodies = bodies
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def spans(self) -> list[tuple[str, Span]]:
        """Each with the role of the process it comes from."""
        found = []
        for body in self.bodies:
            path, _, content = body.partition(b"\n")
            assert path == b"/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(content).resource_spans:
                told = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
                assert told["service.name"] == "maillage"
                found += [(told["maillage.role"], span) for scope in resource.scope_spans for span in scope.spans]
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Watched:
    """What was seen of one life of a site."""

    collector: Collector
    data: Path
    log: Path
    address: str
    marks: dict[str, str] = field(default_factory=dict)
    answers: dict[str, httpx2.Response] = field(default_factory=dict)

    def ask(self, name: str, method: str, path: str, **given: Any) -> None:
        """One request, by a connection of its own: either web process may take it."""
        mark = str(uuid4())
        headers = SPOKEN | {"x-request-id": mark, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        headers |= given.pop("headers", {})
        answer = loopback().request(method, f"{self.address}{path}", headers=headers, timeout=120, **given)
        assert answer.headers["x-request-id"] == mark
        self.marks[name], self.answers[name] = mark, answer

    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of the journal; what the command says to a person stands on other lines."""
        whole = self.log.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]


def until(what: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def status(address: str) -> int:
    try:
        return loopback().get(address, timeout=10).status_code
    except httpx2.HTTPError:
        return 0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    data, port = tmp_path_factory.mktemp("watched"), free_port()
    # What a run before left must not be counted.
    (data / "metrics").mkdir()
    (data / "metrics" / "counter_1.db").write_bytes(b"left behind")
    seen = Watched(Collector(), data, data.parent / f"{data.name}.log", f"http://127.0.0.1:{port}")
    environment = {
        "MAILLAGE_HEAP": "384m",
        "MAILLAGE_OTLP_ENDPOINT": seen.collector.address,
        "MAILLAGE_REQUEST_ID_HEADER": "X-Request-Id",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "PYTHONWARNINGS": "error",
    }
    with seen.log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--web", "2", "--port", str(port), "--data", str(data)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
    try:
        until(lambda: process.poll() is not None or status(f"{seen.address}/ready?all=1") == 200)
        assert process.poll() is None, seen.log.read_text()
        live(seen, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        seen.collector.close()
    yield seen


def live(seen: Watched, pid: int) -> None:
    """A network is loaded, it is asked in every way, its engine stalls and comes back."""
    asyncio.run(load(seen.data))
    place = {"q": f"impayés de loyer {CANARY}", "ou": "Besançon"}

    def shown() -> bool:
        return "Service d’essai" in loopback().get(f"{seen.address}/chercher", params=place, timeout=120).text

    until(shown)
    ask_everything(seen, place)
    engine = next(child for child in psutil.Process(pid).children(recursive=True) if child.name() == "java")
    engine.suspend()
    try:
        seen.ask("search-without-graph", "GET", "/chercher", params=place)
        seen.ask("graphql-without-graph", "POST", "/graphql", json=organisation())
        seen.ask("ready", "GET", "/ready")
        seen.ask("ready-all", "GET", "/ready", params={"all": "1"})
        # The worker meets its limits too.
        until(lambda: "outbox_not_read" in seen.log.read_text())
    finally:
        # One that stalls for long may have been replaced meanwhile.
        with suppress(psutil.NoSuchProcess):
            engine.resume()
    until(lambda: status(f"{seen.address}/ready?all=1") == 200)
    seen.ask("metrics", "GET", "/metrics")
    until(lambda: any(span.name == "effects" for _, span in seen.collector.spans()))


def organisation() -> dict[str, Any]:
    query = f"query {CANARY}($id: ID!) {{ organisation(id: $id) {{ name }} }}"
    return {"query": query, "variables": {"id": CANARY}}


def ask_everything(seen: Watched, place: dict[str, str]) -> None:
    seen.ask("search", "GET", "/chercher", params=place, headers={"host": f"{CANARY.lower()}.example"})
    seen.ask("graphql", "POST", "/graphql", json=organisation())
    seen.ask("refused", "POST", "/graphql", json={"query": f"{{ {CANARY} }}"})
    seen.ask("unread", "POST", "/graphql", content=CANARY)
    seen.ask("no-page", "GET", f"/{CANARY}")
    seen.ask("no-service", "GET", f"/service/{CANARY}")
    # Whoever is quicker takes a connection: so many that each has taken one.
    for number in range(2_000):
        seen.ask(f"help-{number}", "GET", "/aide")
        if number >= 20 and len(helpers(seen)) == 2:
            break


def helpers(seen: Watched) -> set[int]:
    """The processes that have shown the page of help."""
    return {line["pid"] for line in seen.lines() if line["event"] == "request" and line["route"] == "/aide"}


async def load(data: Path) -> None:
    async with premises(Settings(data=data)) as house:
        loader = Loader(house.graph, "essai")
        await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
        await loader.load(await loader.plan_batch(make.batch(make.organisation(), make.service())), lambda done: None)


def test_the_canary_left_no_process(watched: Watched) -> None:
    told = [watched.log.read_bytes(), *watched.collector.bodies, watched.answers["metrics"].content]
    told += [path.read_bytes() for path in (watched.data / "engine").rglob("*.log")]
    told += [path.read_bytes() for path in (watched.data / "metrics").iterdir()]
    assert len(told) > 5
    assert [text[:200] for text in told if CANARY.lower().encode() in text.lower()] == []


def test_every_request_has_one_line_with_its_mark(watched: Watched) -> None:
    lines = [line for line in watched.lines() if line["event"] == "request"]
    expected = {
        "search": ("GET", "/chercher", 200),
        "graphql": ("POST", "/graphql", 200),
        "refused": ("POST", "/graphql", 200),
        "unread": ("POST", "/graphql", 415),
        "no-page": ("GET", "none", 404),
        "no-service": ("GET", "/service/{service_id:path}", 404),
        "search-without-graph": ("GET", "/chercher", 200),
        "graphql-without-graph": ("POST", "/graphql", 200),
        "ready-all": ("GET", "/ready", 503),
    }
    for name, told in expected.items():
        of_it = [line for line in lines if line["request_id"] == watched.marks[name]]
        assert [(line["method"], line["route"], line["status"]) for line in of_it] == [told], name
        assert of_it[0].keys() == {
            *("event", "level", "logger", "timestamp", "process", "pid", "request_id", "trace"),
            *("method", "route", "status", "ms"),
        }
    assert {line["process"] for line in lines} == {"web"}
    # Machines ask these all the time: they have a line only when they fail.
    assert [line for line in lines if line["request_id"] in (watched.marks["ready"], watched.marks["metrics"])] == []


def test_all_processes_write_in_one_shape(watched: Watched) -> None:
    lines = watched.lines()
    assert {"web", "work"} <= {line["process"] for line in lines} <= {"command", "web", "work"}
    assert all(line.keys() >= {"event", "level", "logger", "timestamp", "process", "pid"} for line in lines)
    others = [line for line in watched.log.read_text().splitlines() if line and not line.startswith("{")]
    assert [line for line in others if "Traceback" in line or "Error" in line] == []


def test_while_the_engine_stalls_searches_go_on_and_ready_says_so(watched: Watched) -> None:
    assert "Service d’essai" in watched.answers["search-without-graph"].text
    (error,) = watched.answers["graphql-without-graph"].json()["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    degraded = {"status": "degraded", "graph": False, "index": True}
    assert (watched.answers["ready"].status_code, watched.answers["ready"].json()) == (200, degraded)
    assert (watched.answers["ready-all"].status_code, watched.answers["ready-all"].json()) == (503, degraded)


def test_figures_are_those_of_all_processes_of_this_run(watched: Watched) -> None:
    told: dict[str, float] = {}
    for family in text_string_to_metric_families(watched.answers["metrics"].text):
        for sample in family.samples:
            told[sample.name + "".join(f" {v}" for _, v in sorted(sample.labels.items()))] = sample.value
    assert len(helpers(watched)) == 2
    asked = sum(name.startswith("help-") for name in watched.marks)
    assert told["maillage_requests_total GET /aide 200"] == asked
    assert told["maillage_requests_total GET none 404"] == 1
    assert told["maillage_request_seconds_count /aide"] == asked
    assert told["maillage_graphql_cost_count"] == 2
    assert told["maillage_effects_total"] > 0
    assert told["maillage_worker_turn_timestamp_seconds"] > time.time() - 3600
    assert (told["maillage_graph_up"], told["maillage_index_up"]) == (1, 1)
    assert (told["maillage_outbox_waiting"], told["maillage_outbox_parked"]) == (0, 0)


def test_figures_have_their_room_on_the_disk_from_the_start(watched: Watched) -> None:
    """They are written through memory: a hole in one, on a disk that is full, would kill the process."""
    files = [path.stat() for path in (watched.data / "metrics").iterdir()]
    assert len(files) == 9
    assert [file for file in files if file.st_size != 1_000_000 or file.st_blocks * 512 < file.st_size] == []


def attributes(span: Span) -> dict[str, str | int]:
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in span.attributes}


def test_a_request_is_one_trace_from_its_door_to_the_statement(watched: Watched) -> None:
    spans = watched.collector.spans()
    (door,) = [s for _, s in spans if attributes(s).get("maillage.request_id") == watched.marks["graphql"]]
    assert (door.name, door.trace_id.hex(), door.trace_state) == ("POST /graphql", TRACE, "")
    below = {span.parent_span_id: span for _, span in spans if span.name in {"graphql", "graph"}}
    operation = below[door.span_id]
    assert attributes(operation).items() >= {"maillage.fields": "organisation", "maillage.cost": 2}.items()
    transaction = below[operation.span_id]
    assert attributes(transaction) == {"maillage.access": "READ"}
    statements = [span for _, span in spans if span.parent_span_id == transaction.span_id]
    assert [(span.name, attributes(span)) for span in statements] == [("directory.ORGANISATIONS", {})]
    line = next(line for line in watched.lines() if line.get("request_id") == watched.marks["graphql"])
    assert line["trace"] == TRACE


def test_searches_and_effects_have_their_spans(watched: Watched) -> None:
    spans = watched.collector.spans()
    (door,) = [s for _, s in spans if attributes(s).get("maillage.request_id") == watched.marks["search"]]
    (search,) = [span for _, span in spans if span.parent_span_id == door.span_id]
    assert (search.name, attributes(search)) == ("search", {"maillage.relays": 1})
    assert {span.name for _, span in spans if span.parent_span_id == search.span_id} == {"index"}
    effects = [span for role, span in spans if role == "work" and span.name == "effects"]
    kinds = {kind for span in effects for kind in str(attributes(span)["maillage.kinds"]).split(",")}
    assert kinds <= {"index_listings", "index_territories", "rebuild_index"}
    # Looks at an empty outbox are no traces.
    assert [s.name for role, s in spans if role == "work" and not s.parent_span_id and s.name != "effects"] == []


def test_nothing_but_the_listed_attributes_leaves(watched: Watched) -> None:
    spans = [span for _, span in watched.collector.spans()]
    assert {name for span in spans for name in attributes(span)} <= ATTRIBUTES
    assert [span.name for span in spans if span.events or span.links or span.trace_state or span.status.message] == []
    faults = {attributes(span)["error.type"] for span in spans if span.status.code == span.status.STATUS_CODE_ERROR}
    assert faults == {"503", "CancelledError"}
