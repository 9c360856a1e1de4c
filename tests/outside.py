"""What stands between us and an engine in the world outside: ports, certificates, lines that are cut."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx2

# Seconds a test waits for what comes by itself. Only a failure lasts that long: a machine may have much else to do.
PATIENCE: Final = 240.0
# Below those that the kernel gives to whoever connects: a port looked up now is still free when its server starts.
PORTS: Final = range(20_000, 32_000)


def free_port() -> int:
    """A port of loopback that nobody holds now."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@cache
def loopback() -> httpx2.Client:
    """For sites of loopback, a connection a request. A client made for each would read all authorities: 30 ms of processor."""
    return httpx2.Client(verify=False, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))


def certificate(public: Path, private: Path, names: str = "IP:127.0.0.1,DNS:localhost") -> None:
    """A certificate that signs itself, for these names, and its key."""
    names = f"subjectAltName={names}"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=maillage-test"]
    subprocess.run(
        [*command, "-addext", names, "-keyout", str(private), "-out", str(public)],
        check=True,
        capture_output=True,
        timeout=60,
    )


class Line:
    """A line to a port of loopback, which can be cut; with `tls`, what comes in is encrypted, as behind a proxy.

    `cut_before`: cut when these bytes come, and pass them not on. `cut_after`: pass them on, and cut when they are answered.
    `said` is all that passed towards the engine.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._to = port
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallow = False
        self.cut_before: bytes | None = None
        self.cut_after: bytes | None = None
        self.said = b""
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Cut every connection now; new ones are taken."""
        self._swallow = False
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        self._tasks |= {
            asyncio.create_task(self._towards(reader, back)),
            asyncio.create_task(self._from(there, writer)),
        }

    async def _towards(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await _read(reader):
            if self.cut_before and self.cut_before in data:
                self.cut_before = None
                self.cut()
                return
            if self.cut_after and self.cut_after in data:
                self.cut_after = None
                self._swallow = True
            self.said += data
            writer.write(data)
        writer.close()

    async def _from(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await _read(reader):
            if self._swallow:
                self.cut()
                return
            writer.write(data)
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except OSError:
        return b""
