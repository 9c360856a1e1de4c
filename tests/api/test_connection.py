"""Connections that keep a web process waiting, as real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from api import connection
from api.connection import WAITING_REQUESTS, PatientConnection, patience
from tests.outside import PATIENCE

HEAD = b"GET / HTTP/1.1\r\nHost: m.example\r\n"
# So long is waited for what must come: far more than it takes.
ANSWER = 30_000_000


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a little, or much, without reading what comes after the head; "/listen" reads it first."""
    while scope["path"] == "/listen":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    body = b"x" * ANSWER if scope["path"] == "/much" else b"bien"
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(connections: int = 20, app: ASGIApp = app) -> AsyncIterator[tuple[int, ServerState]]:
    """The port of a door as the supervisor makes it, handed over as a file descriptor is; and who is connected."""
    config = Config(app, lifespan="off", log_config=None, access_log=False, **patience(connections))
    config.load()
    state = ServerState()

    def connected() -> PatientConnection:
        return PatientConnection(config=config, server_state=state, app_state={})

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        handed = socket.fromfd(door.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
        server = await asyncio.get_running_loop().create_server(connected, sock=handed)
        try:
            yield door.getsockname()[1], state
        finally:
            server.close()
            for left in list(state.connections):
                left.transport.abort()
            await server.wait_closed()
            await until_none_is_left(state)


async def until_none_is_left(state: ServerState) -> None:
    async with asyncio.timeout(PATIENCE):
        while state.connections or state.tasks:  # noqa: ASYNC110 - sockets close by themselves
            await asyncio.sleep(0.01)


async def dribble(writer: asyncio.StreamWriter, text: bytes) -> None:
    """`text` again and again, a little at a time, until the other end has had enough."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                writer.write(text)
                await writer.drain()
                await asyncio.sleep(0.05)
    except ConnectionError:
        return


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.4)
    monkeypatch.setattr(connection, "TAKE_SECONDS", 0.4)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("begun", "again"),
    [
        pytest.param(b"", b"", id="says nothing"),
        pytest.param(b"GET /", b"", id="stops in its first line"),
        pytest.param(HEAD, b"X-A: b\r\n", id="sends a header at a time"),
        pytest.param(HEAD + b"Content-Length: 1000000\r\n\r\n", b"x", id="goes on with a body that nobody reads"),
        pytest.param(HEAD + b"\r\n", b"GET", id="answered once, then goes on by letters"),
    ],
)
async def test_who_keeps_us_waiting_is_let_go(begun: bytes, again: bytes) -> None:
    async with served() as (port, state):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        if again:
            await dribble(writer, again)
        await until_none_is_left(state)
        writer.close()


@pytest.mark.usefixtures("hasty")
async def test_who_does_not_take_the_answer_is_let_go() -> None:
    async with served() as (port, state):
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.connect(("127.0.0.1", port))
            deaf.sendall(b"GET /much HTTP/1.1\r\nHost: m.example\r\n\r\n")
            async with asyncio.timeout(PATIENCE):
                while not state.total_requests:  # noqa: ASYNC110 - it is answered in its own time
                    await asyncio.sleep(0.01)
            await until_none_is_left(state)


async def test_a_slow_but_honest_client_has_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TAKE_SECONDS", 2.0)
    async with served() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /much HTTP/1.1\r\nHost: m.example\r\nConnection: close\r\n\r\n")
        taken = 0
        async with asyncio.timeout(PATIENCE):
            # Six seconds in all, three times what a client that takes nothing is given.
            while piece := await reader.read(ANSWER // 100):
                taken += len(piece)
                await asyncio.sleep(6 * len(piece) / ANSWER)
        assert taken > ANSWER
        writer.close()


async def test_one_connection_carries_many_requests_one_after_the_other() -> None:
    async with served() as (port, state):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((HEAD + b"\r\n") * 50)
        async with asyncio.timeout(PATIENCE):
            for _ in range(50):
                assert (await reader.readuntil(b"bien")).startswith(b"HTTP/1.1 200 OK\r\n")
        (one,) = state.connections
        assert isinstance(one, PatientConnection)
        assert one.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        assert one.client is not None
        assert one.client[0] == "127.0.0.1"
        writer.close()


@pytest.mark.parametrize("path", [b"/", b"/listen"])
async def test_a_body_byte_by_byte_is_not_read_to_its_end(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 1_000.0)
    async with served() as (port, state):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST " + path + b" HTTP/1.1\r\nHost: m.example\r\nTransfer-Encoding: chunked\r\n\r\n")
        await dribble(writer, b"1\r\nx\r\n" * 1_000)
        await until_none_is_left(state)
        writer.close()


async def test_a_long_body_in_large_pieces_is_read(size: int = 2_000_000) -> None:
    async with served() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /listen HTTP/1.1\r\nHost: m.example\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(size // 400):
            writer.write(b"190\r\n" + b"x" * 400 + b"\r\n")
        writer.write(b"0\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            assert (await reader.readuntil(b"bien")).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()


async def test_past_so_many_connections_the_others_are_told(caplog: pytest.LogCaptureFixture) -> None:
    async with served(connections=4) as (port, _):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"\r\n")
        async with asyncio.timeout(PATIENCE):
            assert (await reader.readline()).startswith(b"HTTP/1.1 503")
        # As often as anyone likes: no news for the journal.
        assert caplog.messages == []
        for _, other in held:
            other.close()
        writer.close()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 100_000 + b"\r\n", id="a long header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 20_000, id="many headers"),
        pytest.param(b"GET /" + b"a" * 100_000, id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two names of the site"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no name of the site"),
        pytest.param(b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", id="an address that is not ASCII"),
        pytest.param(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", id="two lengths"),
        pytest.param(HEAD + b"Content-Length: -1\r\n\r\n", id="a negative length"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked, x\r\n\r\n", id="an unknown coding"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", id="a length and a coding"),
        pytest.param(HEAD + b"X-A: b\r\n c\r\n\r\n", id="a header on two lines"),
        pytest.param(HEAD + b"X-A : b\r\n\r\n", id="a blank before the colon"),
        pytest.param(b"GET http://other.example/ HTTP/1.1\r\nHost: a\r\n\r\n", id="the address of another site"),
        pytest.param(b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", id="a tunnel"),
        pytest.param(b"\x16\x03\x01\x02\x00", id="a TLS greeting"),
    ],
)
async def test_a_head_that_cannot_be_read_is_answered_and_closed(head: bytes) -> None:
    async with served() as (port, state):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        writer.write(b"\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            line = await reader.readline()
            assert line.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))
        await until_none_is_left(state)
        writer.close()


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(b";" + b"a" * 100_000 + b"\r\n", id="a long word behind a length"),
        pytest.param(b"\r\nx\r\n0\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n", id="many headers behind the body"),
        pytest.param(b"\r\nx\r\n0\r\nX-A: " + b"b" * 100_000, id="a header without end behind the body"),
    ],
)
async def test_what_stands_around_a_body_is_bounded(around: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 1_000.0)
    async with served() as (port, state):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /listen HTTP/1.1\r\nHost: m.example\r\nTransfer-Encoding: chunked\r\n\r\n1" + around)
        await dribble(writer, b"y" * 60_000)
        await until_none_is_left(state)
        writer.close()


async def test_a_header_behind_the_body_is_none_of_the_request() -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        seen.extend(scope["headers"])

    async with served(app=noting) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = b"Host: m.example\r\nX-A:  \tb \t\r\nTransfer-Encoding: chunked\r\n"
        writer.write(b"POST /listen HTTP/1.1\r\n" + head + b"\r\n1\r\nx\r\n0\r\nHost: other.example\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(b"bien")
        writer.close()
    assert seen == [(b"host", b"m.example"), (b"x-a", b"b"), (b"transfer-encoding", b"chunked")]


async def test_more_requests_than_are_held_at_once_are_not() -> None:
    async with served() as (port, state):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((HEAD + b"\r\n") * (WAITING_REQUESTS + 2))
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        await until_none_is_left(state)
        # The one that was being answered; nobody takes it.
        assert state.total_requests <= 1
        writer.close()


async def test_who_would_speak_otherwise_is_answered_in_http_and_may_go_on() -> None:
    async with served() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        other = HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n"
        for request in (other, HEAD + b"\r\n"):
            writer.write(request)
            async with asyncio.timeout(PATIENCE):
                assert (await reader.readuntil(b"bien")).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()


@pytest.mark.parametrize("framing", [b"Content-Length: 36", b"Transfer-Encoding: chunked"])
async def test_a_body_is_no_request_where_another_language_is_asked_for(framing: bytes) -> None:
    hidden = b"GET / HTTP/1.1\r\nHost: b.example\r\n\r\n"
    for together in (False, True):
        async with served() as (port, state):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + framing + b"\r\n\r\n"
            writer.write(head + hidden if together else head)
            async with asyncio.timeout(PATIENCE):
                if not together:
                    await asyncio.sleep(0.1)
                    writer.write(hidden)
                answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 400 ")
            assert answer.count(b"HTTP/1.1 ") == 1
            assert state.total_requests == 0
            writer.close()


async def test_a_request_of_the_first_version_needs_no_name_of_the_site() -> None:
    async with served() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b"bien")
        writer.close()
