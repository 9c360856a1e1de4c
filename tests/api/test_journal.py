"""The journal: one shape for every line, a mark on those of a request, and no text that could quote a person."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import structlog

from api.app import create_app
from api.journal import formatter
from api.request_line import HEADER, MARK
from api.settings import Settings
from tests.conftest import START_SECONDS, free_port
from tests.outside import loopback

HOME = Path(__file__).resolve().parent.parent.parent
CANARY = "Zibeline-Dupont"

# A site whose own code fails in every way that Python, asyncio and the server report by themselves.
FAULTY = """
import asyncio, gc, logging, sys, threading, warnings
from pathlib import Path
import structlog, uvicorn
from fastapi import Request
from starlette.responses import Response, StreamingResponse
from api.app import create_app
from api.journal import hold_texts_back, keep_journal
from api.settings import Settings
from api.web.render import now

keep_journal("web", "json", "info")
hold_texts_back()
app = create_app(Settings(data=Path(sys.argv[1]), request_id_header="X-Request-Id"))

async def fails(name: str):
    raise ValueError(f"{name} has asked")

async def breaks_off(name: str):
    async def parts():
        yield name
        raise ValueError(name)
    return StreamingResponse(parts())

async def scatters(name: str, request: Request):
    async def lost():
        raise ValueError(name)
    task = asyncio.create_task(lost())
    await asyncio.sleep(0)
    del task
    gc.collect()
    asyncio.get_running_loop().call_soon(lambda told: 1 / 0, name)
    thread = threading.Thread(target=int, args=(name,))
    thread.start()
    thread.join()
    warnings.warn(name, RuntimeWarning)
    logging.getLogger("httpx2").error("GET %s answered %d", name, 500)
    logging.getLogger("elsewhere").error(f"{name} is unknown")
    logging.getLogger("elsewhere").error("%d", name)
    await asyncio.sleep(0.05)
    return Response(status_code=204)

for path, route in (("/fails/{name}", fails), ("/breaks-off/{name}", breaks_off), ("/scatters/{name}", scatters)):
    app.add_api_route(path, route, methods=["GET", "POST"])
uvicorn.run(app, port=int(sys.argv[2]), log_config=None, access_log=False, lifespan="off")
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder, port = tmp_path_factory.mktemp("faulty"), free_port()
    log = folder / "log"
    with log.open("wb") as out:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHONWARN")}
        process = subprocess.Popen(
            [sys.executable, "-c", FAULTY, str(folder / "data"), str(port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=HOME,
            env=environment,
        )
    address, end = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    try:
        while not _answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield address, log
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        return loopback().get(f"{address}/health", timeout=60).status_code == 200
    except httpx2.HTTPError:
        return False


def lines(log: Path, mark: str = "") -> list[dict[str, Any]]:
    """Every line; only those of one request with `mark`."""
    whole = log.read_text().rpartition("\n")[0].splitlines()
    return [line for line in map(json.loads, whole) if not mark or line.get("request_id") == mark]


def awaited(log: Path, mark: str, count: int) -> list[dict[str, Any]]:
    """The lines of one request once there are so many: the server's own come after its answer."""
    end = time.monotonic() + 120
    while len(found := lines(log, mark)) < count:
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return found


def ask(address: str, path: str) -> str:
    """Ask with the canary in path, query, body, header and method of asking; the mark of the request."""
    mark = str(uuid4())
    with httpx2.Client(timeout=120) as client:
        try:
            answer = client.post(
                f"{address}/{path}/{CANARY}",
                params={"nom": CANARY},
                json={"nom": CANARY},
                headers={"user-agent": CANARY, "referer": f"http://{CANARY}.example", HEADER: mark},
            )
            assert answer.headers[HEADER] == mark
        except httpx2.RemoteProtocolError:
            assert path == "breaks-off"
    return mark


def test_a_fault_is_two_lines_of_one_request_and_one_of_the_server(faulty: tuple[str, Path]) -> None:
    address, log = faulty
    mark = ask(address, "fails")
    fault, request, server = awaited(log, mark, 3)
    assert (fault["event"], fault["fault"], fault["route"]) == ("fault", "ValueError", "/fails/{name}")
    assert request.items() >= {"event": "request", "method": "POST", "route": "/fails/{name}", "status": 500}.items()
    assert server.items() >= {"event": "Exception in ASGI application", "fault": "ValueError"}.items()
    for line in (fault, request, server):
        assert line.keys() >= {"event", "level", "logger", "timestamp", "process", "pid", "request_id"}
    assert CANARY not in log.read_text()


def test_an_answer_that_breaks_off_is_told_without_its_text(faulty: tuple[str, Path]) -> None:
    address, log = faulty
    mark = ask(address, "breaks-off")
    assert [(line["event"], line.get("fault"), line.get("status")) for line in awaited(log, mark, 3)] == [
        ("fault", "ValueError", None),
        ("request", None, 200),
        ("Exception in ASGI application", "ValueError", None),
    ]
    assert CANARY not in log.read_text()


def test_what_python_and_libraries_report_by_themselves_keeps_silent(faulty: tuple[str, Path]) -> None:
    address, log = faulty
    mark = ask(address, "scatters")
    awaited(log, mark, 6)
    told = [(line["event"], line.get("fault")) for line in lines(log)]
    for expected in (
        ("Task exception was never retrieved", "ValueError"),
        ("thread_ended", "ValueError"),
        ("python_warning", None),
        ("GET %s answered %d", None),
        ("library_line", None),
    ):
        assert expected in told
    assert [line["status"] for line in awaited(log, mark, 1) if line["event"] == "request"] == [204]
    assert CANARY not in log.read_text()


def test_what_is_no_mark_is_not_taken_over(faulty: tuple[str, Path]) -> None:
    address, log = faulty
    for given in (CANARY, "Jean-Dupont-de-Besancon-le-grand-ami", f"{uuid4()}{uuid4()}", "a" * 31, ""):
        answer = httpx2.get(f"{address}/fails/x", headers={HEADER: given}, timeout=120)
        mark = answer.headers[HEADER]
        assert mark != given
        assert MARK.fullmatch(mark)
        assert f"donnez-nous ce repère : {mark}" in answer.json()["message"]
    assert CANARY not in log.read_text()


def test_methods_and_addresses_that_nobody_foresaw_keep_silent(faulty: tuple[str, Path]) -> None:
    address, log = faulty
    marks = []
    # A method that HTTP does not have is no request, and one that we do not have has no name of its own.
    assert httpx2.request("DUPONT", f"{address}/fails/x", timeout=120).status_code == 400
    for method, path in (("PROPFIND", "/fails/x"), ("GET", f"/{CANARY}"), ("GET", f"/static/{CANARY}/{CANARY}.css")):
        marks.append(httpx2.request(method, f"{address}{path}", timeout=120).headers[HEADER])
    told = [(line["method"], line["route"], line["status"]) for mark in marks for line in awaited(log, mark, 1)]
    assert told == [
        ("other", "/fails/{name}", 405),
        ("GET", "none", 404),
        ("GET", "/static/{version}/{path:path}", 404),
    ]
    assert CANARY not in log.read_text()
    assert not re.search("DUPONT|PROPFIND", log.read_text())


async def test_without_a_trusted_header_every_request_has_a_mark_of_its_own(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path))
    given = str(uuid4())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://m.example") as client:
        marks = [(await client.get("/health", headers={HEADER: given})).headers[HEADER] for _ in range(2)]
    assert len({*marks, given}) == 3


def record(name: str, message: object, *values: object, fault: BaseException | None = None) -> logging.LogRecord:
    told = (type(fault), fault, fault.__traceback__) if fault else None
    return logging.LogRecord(name, logging.ERROR, __file__, 7, message, values, told)


@pytest.mark.parametrize(
    ("name", "message", "values", "event"),
    [
        ("uvicorn.error", "Started server process [%d]", (12,), "Started server process [12]"),
        ("urllib3", "Retrying %s", (CANARY,), "Retrying %s"),
        ("elsewhere", f"{CANARY} is unknown", (), "library_line"),
        ("strawberry.execution", ValueError(CANARY), (), "library_line"),
        ("asyncio", f"Exception in callback f('{CANARY}')\nhandle: {CANARY}", (), "Exception in callback f"),
        ("asyncio", f"Unclosed connection <{CANARY}>", (), "Unclosed connection"),
    ],
)
def test_lines_of_libraries_are_held_to_their_template(
    name: str, message: object, values: tuple[object, ...], event: str
) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as fault:
        with_fault = json.loads(formatter("web").format(record(name, message, *values, fault=fault)))
        plain = json.loads(formatter("web").format(record(name, message, *values)))
    assert plain["event"] == with_fault["event"] == event
    assert plain["at"] == [f"{__file__}:7 None"]
    assert with_fault["fault"] == "ValueError"
    assert with_fault["at"][-1].endswith("test_lines_of_libraries_are_held_to_their_template")
    assert CANARY not in json.dumps([plain, with_fault])


def test_the_readable_form_keeps_silent_too() -> None:
    structlog.contextvars.clear_contextvars()
    try:
        raise ValueError(CANARY)
    except ValueError as fault:
        line = formatter("web", "console").format(record("elsewhere", "said %s", CANARY, fault=fault))
    assert "said %s" in line
    assert "fault=ValueError" in line
    assert CANARY not in line
