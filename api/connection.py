"""One connection of the site, and how long it may keep us waiting.

uvicorn waits without end for the head of a first request, and for a client that does not take its answer. A few hundred
such connections, opened and left, would be all that a web process can hold.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# For the whole head of a request, and for what remains of a body after the answer.
HEAD_SECONDS: Final = 10.0
# An answer that waits in our memory must move: half a kilobyte a second is a very slow line.
TAKE_SECONDS: Final = 30.0
TAKE_BYTES: Final = 15_000
# A body may come in small pieces, each of which takes as long to read as a large one: so many, and then larger ones only.
SMALL_PIECES: Final = 1_000
PIECE_BYTES: Final = 256
# What stands around the pieces of a body (their lengths, and what may follow the last) is at most this part of it, and a head.
AROUND: Final = 16
# Address and headers: a longer head is answered 400 before anything of it is read.
HEAD_BYTES: Final = 32_768
# What may follow the value of a header on its line, and is no part of it.
BLANK: Final = b" \t"
# Headers that say that a body follows.
FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})
# Requests that came before the one before them was answered; each is held whole until its turn.
WAITING_REQUESTS: Final = 64
# What uvicorn says of each request that it answers 503 for want of room.
FULL: Final = "Exceeded concurrency limit."


class Unreadable(Exception):
    """What came is no request that we read: it is answered 400."""


class PatientConnection(HttpToolsProtocol):
    """uvicorn's own, with a clock on each wait that the other end decides, and a bound on all that it may send.

    The reader beneath (llhttp) refuses what is malformed; what it takes and the standard or our memory do not is refused here.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: asyncio.TimerHandle | None = None
        self._take: asyncio.TimerHandle | None = None
        self._in_head = False
        # Of the request that is being read: bytes that came, of which in its head, in its body; pieces of that.
        self._came = self._head_bytes = self._body_bytes = self._pieces = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Wait for a head from now on."""
        super().connection_made(transport)
        door: socket.socket | None = transport.get_extra_info("socket")
        if door is not None and self.client is not None:
            # uvicorn takes the door that it is handed for a Unix one, so asyncio leaves Nagle's delay on: 40 ms an answer.
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._head, self._take = _stopped(self._head), _stopped(self._take)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The head is here once a request is being answered."""
        self._came += len(data)
        super().data_received(data)
        if self._is_too_much() and not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")
        if self.cycle is not None and not self.cycle.response_complete:
            self._head = _stopped(self._head)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True
        self._came = self._head_bytes = self._body_bytes = self._pieces = 0

    def on_url(self, url: bytes) -> None:
        """A part of the address. Raises Unreadable at the byte too many."""
        self._count_head(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; one that follows the body is not for us. Raises Unreadable at the byte too many."""
        self._count_head(name + value)
        if self._in_head:
            super().on_header(name, value.rstrip(BLANK))

    def on_headers_complete(self) -> None:
        """Answer. Raises Unreadable for an address that is none of a site's, or when the site has no name, or two."""
        self._in_head = False
        names = sum(name == b"host" for name, _ in self.headers)
        assert self.parser is not None
        nameless = names == 0 and self.parser.get_http_version() == "1.0"
        if not self.url.startswith(b"/") or not self.url.isascii() or (names != 1 and not nameless):
            raise Unreadable
        # The reader takes what follows an upgrade for another language, and we go on in HTTP: a body would be a request.
        if self.parser.should_upgrade() and any(name in FRAMING for name, _ in self.headers):
            raise Unreadable
        if len(self.pipeline) >= WAITING_REQUESTS:
            raise Unreadable
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of it. Raises Unreadable at the piece too many."""
        self._pieces += 1
        self._body_bytes += len(body)
        if self._pieces > SMALL_PIECES + self._body_bytes / PIECE_BYTES:
            raise Unreadable
        super().on_body(body)

    def _count_head(self, part: bytes) -> None:
        self._head_bytes += len(part)
        if self._head_bytes > HEAD_BYTES:
            raise Unreadable

    def _is_too_much(self) -> bool:
        """Whether a head, or what stands around a body, is longer than it may be. The reader keeps what it has not passed on.

        What came together with the end of the request before it is not counted here: one reading of the socket at most.
        """
        around = self._came - self._body_bytes
        return around > (HEAD_BYTES if self._in_head else 2 * HEAD_BYTES + self._body_bytes / AROUND)

    def send_400_response(self, msg: str) -> None:
        """Unless an answer has begun, or was given, or others wait: then there is nothing more to say."""
        if self.cycle is not None and (self.cycle.response_started or self.pipeline):
            self.transport.abort()
        else:
            super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """Wait for the next head; for the rest of this body too. Where the next request is here already, its own end does."""
        if not self.pipeline:
            self._await_head()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Much waits to be taken."""
        super().pause_writing()
        self._await_taking()

    def resume_writing(self) -> None:
        """Little is left."""
        super().resume_writing()
        self._take = _stopped(self._take)

    def _unsupported_upgrade_warning(self) -> None:
        """Anyone can ask for a web socket, as often as they like: no news for the journal."""

    def _await_head(self) -> None:
        _stopped(self._head)
        self._head = self.loop.call_later(HEAD_SECONDS, self._no_head)

    def _no_head(self) -> None:
        if self.transport.get_write_buffer_size():
            self._await_taking()
        else:
            self.transport.abort()

    def _await_taking(self) -> None:
        _stopped(self._take)
        before = self.transport.get_write_buffer_size()
        self._take = self.loop.call_later(TAKE_SECONDS, self._taken_since, before)

    def _taken_since(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left and left > before - TAKE_BYTES:
            self.transport.abort()
        elif left:
            self._await_taking()


def _stopped(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _is_news(record: logging.LogRecord) -> bool:
    """A flood must not fill the journal as well."""
    return record.msg != FULL


def patience(connections: int) -> dict[str, Any]:
    """What uvicorn is told of connections: so many at a time, the others are answered 503; no web sockets."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return {
        "http": PatientConnection,
        "loop": "uvloop",
        "ws": "none",
        "limit_concurrency": connections,
    }
