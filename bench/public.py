"""What hostile requests take, beside an honest one: `python -m bench.public`.

Prints milliseconds on this machine and the ratio to `{ __typename }` in the same run, then the memory of the web process
before and after.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx2
import psutil

from bench.hostile import PLAIN, Hostile, asking, requests
from bench.start import Site

TIMES: Final = 15
HONEST: Final = asking(
    "(an honest question)",
    """query($q: RelayQuestion!) { relays(question: $q) { ... on RelayConnection {
      totalCount understood { because } edges { node {
        organisation { id name kindLabel contact { phone } } service { name fee } post { label } reasons { text } distanceKm
      } }
    } } }""",
    q={"text": "impayés de loyer", "territory": "25056"},
)
NO_LIMIT: Final = {
    f"MAILLAGE_{name}": "0" for name in ("PAGES_PER_MINUTE", "GRAPHQL_REQUESTS_PER_MINUTE", "GRAPHQL_COST_PER_MINUTE")
}


def main() -> None:
    """One site, every request of the table in turn."""
    os.environ.update(NO_LIMIT)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        site = Site(data)
        try:
            with httpx2.Client(base_url=site.address, timeout=60) as client:
                _measure(client, _web(data))
        finally:
            site.end()


def _measure(client: httpx2.Client, web: psutil.Process) -> None:
    table = [Hostile(name="{ __typename }", body=PLAIN), HONEST, *requests()]
    _times(client, table[0])
    bare = statistics.median(_times(client, table[0]))
    for hostile in table[1:]:
        client.request(hostile.method, hostile.path, content=hostile.body, headers=dict(hostile.headers))
    before = web.memory_info().rss
    print(f"{'':42} {'p50':>8} {'max':>8}   × bare")
    for hostile in table:
        times = _times(client, hostile)
        middle = statistics.median(times)
        print(f"{hostile.name:42} {middle * 1000:5.1f} ms {max(times) * 1000:5.1f} ms {middle / bare:7.1f}")
    print(f"memory of the web process: {before / 1e6:.0f} MB, then {web.memory_info().rss / 1e6:.0f} MB")


def _times(client: httpx2.Client, hostile: Hostile) -> list[float]:
    """Seconds of each of several answers."""
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        client.request(hostile.method, hostile.path, content=hostile.body, headers=dict(hostile.headers))
        times.append(time.perf_counter() - begun)
    return times


def _web(data: Path) -> psutil.Process:
    supervisor = psutil.Process(json.loads((data / "running.json").read_text())["pid"])
    return next(child for child in supervisor.children() if "web" in child.cmdline())


if __name__ == "__main__":
    main()
