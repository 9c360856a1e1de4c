"""A load to be killed: streams 2,600 records into the engine that the environment names, slowly; prints new and unchanged.

`python -m tests.importers.streaming_child endless` holds the last piece back: whoever kills it may come late.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from graph.model.directory import Batch
from graph.store.engine import Address
from graph.store.unit import Graph
from importers.registry import Harvest, Piece, Source
from importers.run import run_source
from tests import make


def pieces() -> Iterator[Piece]:
    """600 bodies, then 2,000 services, by 100."""
    for start in range(0, 600, 100):
        yield Piece(batch=Batch(organisations=tuple(make.organisation(f"t:o{n}") for n in range(start, start + 100))))
    for start in range(0, 2000, 100):
        services = (
            make.service(f"t:s{n}", organisation=f"t:o{n % 600}", place=make.place()) for n in range(start, start + 100)
        )
        yield Piece(batch=Batch(services=tuple(services)))


def slow(*, endless: bool) -> Iterator[Piece]:
    """Time enough to be killed in."""
    *most, last = pieces()
    for piece in most:
        time.sleep(0.15)
        yield piece
    if endless:
        time.sleep(3600)
    yield last


async def main() -> None:
    """One load."""
    address = Address(os.environ["ENGINE_URI"], os.environ["ENGINE_USER"], os.environ["ENGINE_PASSWORD"])
    graph = await Graph.open(address)
    stream = partial(slow, endless="endless" in sys.argv)
    source = Source(name="flux", title="Flux", licence="", gather=lambda path: Harvest(), stream=lambda path: stream())
    try:
        report = await run_source(graph, source, path=Path("feed"))
    finally:
        await graph.close()
    print(report.new.count, report.unchanged)  # noqa: T201 - read by the test


if __name__ == "__main__":
    asyncio.run(main())
