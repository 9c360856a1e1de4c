"""A site to measure: web processes as the supervisor starts them, on an index, with the graph stopped once they run."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Self

import psutil

from api.figure_files import SHARED
from api.settings import Settings
from api.supervisor import CHILD, healthy, listening
from bench.asking import Line, got
from graph.store.engine import Address, Engine

START_SECONDS = 120
SPREADS = 100
UNCOUNTED = {
    f"MAILLAGE_{name}": "0" for name in ("PAGES_PER_MINUTE", "GRAPHQL_REQUESTS_PER_MINUTE", "GRAPHQL_COST_PER_MINUTE")
}


class Serving:
    """Web processes over a data folder. They start with a graph, as they must, and go on without."""

    def __init__(self, data: Path, address: Address, web: int) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._settings = Settings(data=data, port=self.port, web=web)
        self._gate, latch = os.pipe()
        # Its other end is held by us: the children end with us.
        self._life, self._held = os.pipe()
        os.close(latch)
        self._journal = (data / "journal.txt").open("wb")
        self._figures = data / "metrics"
        self._figures.mkdir(exist_ok=True)
        for file in self._figures.iterdir():
            file.unlink()
        with closing(listening(self._settings)) as door:
            self._children = [self._spawn(address, door.fileno()) for _ in range(web)]
        self._wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait(20)
        self._journal.close()
        for pipe in (self._gate, self._life, self._held):
            os.close(pipe)

    def _spawn(self, address: Address, door: int) -> subprocess.Popen[bytes]:
        told = {
            "MAILLAGE_GRAPH_URI": address.uri,
            "MAILLAGE_GRAPH_USER": address.user,
            "MAILLAGE_GRAPH_PASSWORD": address.password,
            "MAILLAGE_GRAPH_DATABASE": address.database,
        }
        return subprocess.Popen(
            [sys.executable, "-m", CHILD, "web", str(door), str(self._gate), str(self._life), str(self._settings.data)],
            env={**self._settings.environment(os.environ), **UNCOUNTED, **told, SHARED: str(self._figures.absolute())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._journal,
            pass_fds=[door, self._gate, self._life],
        )

    def _wait(self) -> None:
        """Until every web process answers: one that starts later finds no graph."""
        until = time.monotonic() + START_SECONDS
        while not (healthy("127.0.0.1", self.port) and self._all_take()):
            assert time.monotonic() < until, "the site did not start"
            assert all(child.poll() is None for child in self._children), "a web process ended"
            time.sleep(0.1)

    def _all_take(self) -> bool:
        """Whether each has its part of some connections."""
        with ExitStack() as lines:
            for _ in range(4 * len(self._children)):
                line = lines.enter_context(closing(socket.create_connection(("127.0.0.1", self.port))))
                line.sendall(got("/health"))
                line.recv(1)
            return min(self.shares()) > 0

    def memory(self) -> list[float]:
        """Megabytes of each web process."""
        return [psutil.Process(child.pid).memory_info().rss / 1e6 for child in self._children]

    def worked(self) -> float:
        """Seconds of processor that the web processes have taken."""
        times = [psutil.Process(child.pid).cpu_times() for child in self._children]
        return sum(time.user + time.system for time in times)

    def shares(self) -> list[int]:
        """How many connections each web process holds."""
        return sorted(
            sum(
                line.status == psutil.CONN_ESTABLISHED and line.laddr.port == self.port
                for line in psutil.Process(child.pid).net_connections("tcp")
            )
            for child in self._children
        )

    async def lines(self, number: int) -> list[Line]:
        """So many connections, as many to each web process: they come at random, so until they do."""
        shares: list[int] = []
        for _ in range(SPREADS):
            lines = [await Line.open(self.port) for _ in range(number)]
            # Whoever is to answer has taken the line by then.
            for line in lines:
                await line.ask(got("/health"))
            shares = self.shares()
            if shares[-1] - shares[0] <= number % len(shares):
                return lines
            for line in lines:
                line.close()
            await asyncio.sleep(0.2)
        raise AssertionError(f"connections were never spread evenly: {shares}")


def graph_stopped(engine: Engine) -> None:
    """Stop it, and be sure that nobody answers there."""
    engine.stop()
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", engine.port)) != 0, "the graph still answers"
