"""A whole `maillage serve` as its operator meets it: started, watched, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import psutil
import pytest

from graph.store.processes import bearing
from tests.conftest import FEW, UNCOUNTED
from tests.outside import PATIENCE, loopback


class House:
    """One `maillage serve` over a folder, with its children in view."""

    def __init__(self, data: Path, port: int, command: str = "serve", *options: str, before: str = "") -> None:
        """`before` is Python to run in the supervisor's process before the command: a limit made shorter."""
        self.address = f"http://127.0.0.1:{port}"
        self.started = time.monotonic()
        given = [command, "--port", str(port), "--data", str(data), *options]
        entry = ["-c", f"{before}\nfrom api.cli import main; main()"] if before else ["-m", "api.cli"]
        # A file, not a pipe: nobody reads it meanwhile, and a full pipe would hold the writers back.
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed when it has ended
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, *entry, *given],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **UNCOUNTED, **FEW, "MAILLAGE_HEAP": "384m"},
        )

    def wait(self, seconds: float = PATIENCE) -> None:
        """Until the site is healthy, and the supervisor has seen it."""
        while time.monotonic() - self.started < seconds:
            if self.process.poll() is not None:
                pytest.fail(f"ended early: {self.ended()}")
            if self.health() == 200 and b"est pr\xc3\xaat" in os.pread(self.log.fileno(), 1_000_000, 0):
                return
            time.sleep(0.05)
        pytest.fail("the site did not answer in time")

    def health(self, within: float = 60) -> int:
        """What it answers within so many seconds, 0 when it does not."""
        try:
            return loopback().get(f"{self.address}/ready", params={"all": "1"}, timeout=within).status_code
        except httpx2.HTTPError:
            return 0

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def engine(self) -> psutil.Process:
        return next(child for child in self.children() if child.name() == "java")

    def of(self, role: str) -> list[psutil.Process]:
        """The children of this role: work, web."""
        return [child for child in self.children() if f"api.child {role} " in " ".join(child.cmdline())]

    def end(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Tell it to end; all that it said."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self, seconds: float = PATIENCE) -> str:
        """Wait for its end; all that it said."""
        self.process.wait(seconds)
        if not self.log.closed:
            self.log.seek(0)
            with self.log:
                self.said = self.log.read()
        return self.said


def gone(processes: list[psutil.Process], seconds: float = 60) -> list[psutil.Process]:
    """Those that still run after a while."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return alive


def processes_of(data: Path) -> list[psutil.Process]:
    """What still runs over this folder after a while."""
    folder = data.resolve()
    return gone([*bearing("api.child", str(folder)), *bearing(f"@{folder / 'engine' / 'java.args'}")])


def refused(*arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, **environment},
    )
    return done.returncode, " ".join((done.stderr + done.stdout).split())
