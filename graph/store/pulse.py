"""Whether an engine answers: a process that sleeps or is stuck still takes connections, and says nothing."""

from __future__ import annotations

import socket
import time
from typing import Final

# The Bolt handshake: a magic number, then four versions that we could speak. Any four bytes are an answer.
HELLO: Final = bytes.fromhex("6060b017 00040405 00020404 00000000 00000000")
ANSWER_BYTES: Final = 4
EVERY_SECONDS: Final = 3.0
# A long collection of garbage, a disk that catches its breath: waited for. Then it is ended and started again.
STALLED_SECONDS: Final = 45.0


def answers(port: int, seconds: float = 0.5) -> bool:
    """Whether a Bolt server on this machine answers within so long."""
    try:
        with socket.create_connection(("127.0.0.1", port), seconds) as line:
            line.sendall(HELLO)
            return len(line.recv(ANSWER_BYTES)) == ANSWER_BYTES
    except OSError:
        return False


class Pulse:
    """Asks now and then, and never waits: for a loop that has other things to look at."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: socket.socket | None = None
        self._next = 0.0
        self._asked: float | None = None

    def stalled(self) -> bool:
        """Whether a question asked long ago is still without an answer."""
        now = time.monotonic()
        if self._line and self._heard(self._line):
            self._asked, self._next = None, now + EVERY_SECONDS
        if self._line is None and now >= self._next:
            self._ask(now)
        return self._asked is not None and now - self._asked > STALLED_SECONDS

    def forget(self) -> None:
        """The engine is another one now."""
        if self._line:
            self._line.close()
        self._line, self._asked, self._next = None, None, 0.0

    def _ask(self, now: float) -> None:
        self._next = now + EVERY_SECONDS
        self._asked = self._asked or now
        try:
            self._line = socket.create_connection(("127.0.0.1", self._port), 0.2)
            self._line.setblocking(False)
            self._line.send(HELLO)
        except OSError:
            self._hang_up()

    def _heard(self, line: socket.socket) -> bool:
        try:
            answer = line.recv(ANSWER_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        self._hang_up()
        return bool(answer)

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
            self._line = None
