"""One connection of the site, and how long it may keep us waiting.

uvicorn waits without end for the head of a first request, and for a client that does not take its answer. A few hundred
such connections, opened and left, would be all that a web process can hold.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# For the whole head of a request, and for what remains of a body after the answer.
HEAD_SECONDS: Final = 10.0
# An answer that waits in our memory must move: half a kilobyte a second is a very slow line.
TAKE_SECONDS: Final = 30.0
TAKE_BYTES: Final = 15_000
# A body may come in small pieces, each of which takes as long to read as a large one: so many, and then larger ones only.
SMALL_PIECES: Final = 1_000
PIECE_BYTES: Final = 256
# Address and headers: a longer head is answered 400 before anything of it is read.
HEAD_BYTES: Final = 32_768
# What uvicorn says of each request that it answers 503 for want of room.
FULL: Final = "Exceeded concurrency limit."


class FrugalReader(h11.Connection):
    """h11's own, which does not go on with a body that comes byte by byte."""

    _pieces = 0
    _bytes = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """What came. Raises RemoteProtocolError at the piece too many."""
        event = super().next_event()
        if isinstance(event, h11.Data):
            self._pieces += 1
            self._bytes += len(event.data)
            if self._pieces > SMALL_PIECES + self._bytes / PIECE_BYTES:
                raise h11.RemoteProtocolError("a body in too many pieces")
        elif isinstance(event, h11.Request):
            self._pieces = self._bytes = 0
        return event


class PatientConnection(H11Protocol):
    """uvicorn's own, with a clock on each wait that the other end decides."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn = FrugalReader(h11.SERVER, HEAD_BYTES)
        self._head: asyncio.TimerHandle | None = None
        self._take: asyncio.TimerHandle | None = None

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

    def handle_events(self) -> None:
        """The head is here once a request is being answered."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._head = _stopped(self._head)

    def send_400_response(self, msg: str) -> None:
        """Unless the answer has begun, or was given: then there is nothing more to say."""
        if self.cycle is not None and self.cycle.response_started:
            self.transport.abort()
        else:
            super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """Wait for the next head; for the rest of this body too."""
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
        "ws": "none",
        "limit_concurrency": connections,
    }
