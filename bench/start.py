"""How long a start takes, and how soon a change is found: `python -m bench.start`.

Prints seconds on this machine, and the ratio to a bare Python start (imports of nothing) or a bare commit in the same run.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from api.premises import premises
from api.settings import Settings
from graph.model.directory import Batch, Organisation
from graph.store.loading import Loader

RUNS = 5
CHANGES = 10


def main() -> None:
    """First start with the shipped data, restarts, then changes written and looked for."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        bare = statistics.median(_bare() for _ in range(RUNS))
        first = _start(data)
        restarts = sorted(_start(data) for _ in range(RUNS))
        print(f"bare python          {bare:6.2f} s")
        print(f"first start          {first:6.2f} s   × {first / bare:.0f}")
        print(
            f"restart              {restarts[RUNS // 2]:6.2f} s   × {restarts[RUNS // 2] / bare:.0f}   worst {restarts[-1]:.2f}"
        )
        commit, found = asyncio.run(_changes(data))
        print(f"bare commit          {commit:6.3f} s")
        print(
            f"change found         {found[CHANGES // 2]:6.3f} s   × {found[CHANGES // 2] / commit:.0f}   worst {found[-1]:.3f}"
        )


def _bare() -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - begun


class Site:
    """The demonstration over this folder, once it is healthy."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "api.cli", "demo", "--port", str(port), "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
        while not self._well():
            time.sleep(0.05)

    def _well(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/ready?all=1", timeout=2).status_code == 200
        except httpx2.HTTPError:
            return False

    def end(self) -> None:
        """Stop it, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def _start(data: Path) -> float:
    begun = time.monotonic()
    site = Site(data)
    taken = time.monotonic() - begun
    site.end()
    return taken


async def _changes(data: Path) -> tuple[float, list[float]]:
    site = Site(data)
    found, commits = [], []
    try:
        async with premises(Settings(data=data)) as house, httpx2.AsyncClient() as client:
            for number in range(CHANGES):
                begun = time.monotonic()
                await house.graph.write(lambda unit: unit.outbox.add("nothing", ()))
                commits.append(time.monotonic() - begun)
                body = Organisation(
                    id="bench:body",
                    name=f"Zibeline {'abcdefghij'[number] * 6}",
                    kind="CAF",
                    source="bench",
                    vouched_on=datetime.now(UTC).date(),
                    covers=("25056",),
                )
                loader = Loader(house.graph, "bench")
                await loader.load(await loader.plan_batch(Batch(organisations=(body,))), lambda done: None)
                begun = time.monotonic()
                while not await _shown(client, site.address, body.name):  # noqa: ASYNC110 - another process moves it
                    await asyncio.sleep(0.02)
                found.append(time.monotonic() - begun)
    finally:
        site.end()
    return statistics.median(commits), sorted(found)


async def _shown(client: httpx2.AsyncClient, address: str, name: str) -> bool:
    return "/organisme/bench:body" in (await client.get(f"{address}/chercher", params={"q": name})).text


if __name__ == "__main__":
    main()
