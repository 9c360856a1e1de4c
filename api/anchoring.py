"""Once an hour the worker writes down, outside the graph, where each log stands; `maillage doctor` compares."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from api.settings import Settings
from graph.store.casework.anchors import OVERLAP, Anchors, changed, hashes, read
from graph.store.casework.keyring import Keyring
from graph.store.casework.proving import Flaw, FlawKind
from graph.store.unit import Graph

HOUR_MS: Final = 3_600_000
LOOK_SECONDS: Final = 60.0
READ_SECONDS: Final = 30.0

log = structlog.get_logger()


def anchors_of(settings: Settings) -> Anchors:
    """The log of heads, with the key that signs it. Raises Unavailable."""
    return Anchors(settings.anchors_file, Keyring(settings.keyring_folder).house("anchors"))


async def anchor_hourly(graph: Graph, settings: Settings, clock: Callable[[], float] = time.time) -> None:
    """For ever: an hour after the last line, and a minute after what failed. Also tidies the keyring of acts that were cut."""
    done = 0
    while True:
        at = round(clock() * 1000)
        if at - done >= HOUR_MS:
            try:
                anchors = await asyncio.to_thread(anchors_of, settings)
                last = await asyncio.to_thread(anchors.last)
                # Another worker, or this one before it was started again, may have just done it.
                done = last.at if last and done == 0 and last.at <= at else 0
                if at - done >= HOUR_MS:
                    written = await anchor(graph, anchors, at)
                    await asyncio.to_thread(Keyring(settings.keyring_folder).tidy)
                    if written:
                        log.info("anchored", heads=written)
                    done = at
            except Exception as fault:
                log.warning("not_anchored", fault=type(fault).__name__)
                done = 0
        await asyncio.sleep(LOOK_SECONDS)


async def anchor(graph: Graph, anchors: Anchors, at: int) -> int:
    """Write down the heads of the logs that changed since the last line; how many. Cut in the middle, it goes on from its last
    line. Raises Unavailable.
    """
    last = await asyncio.to_thread(anchors.last)
    since, after, written = max(0, last.until - OVERLAP) if last else 0, "", 0
    recent = await asyncio.to_thread(anchors.recent, since) if last else []
    known = {(file, seq) for line in recent for file, seq, _ in line.heads}
    while True:
        async with graph.reading(READ_SECONDS) as unit:
            page = await changed(unit, since, after)
        if heads := [head for head, _ in page if head[:2] not in known]:
            await asyncio.to_thread(anchors.append, at, page[-1][1], heads)
            written += len(heads)
        if not page:
            return written
        (after, _, _), since = page[-1]


async def check_anchors(graph: Graph, path: Path, by: str, tell: Callable[[Flaw], None]) -> int:
    """Compare every line with the graph, and tell each flaw; how many lines there are. `by` is the public key that must have
    signed them. Raises Unavailable.
    """
    number = 0
    for found in read(path):
        number, line, where = found.number, found.line, f"{path.name}:{found.number}"
        if not found.follows:
            tell(Flaw(FlawKind.ANCHORS_CUT, "", where))
        if line is None:
            continue
        if not found.signed or line.by != by:
            tell(Flaw(FlawKind.ANCHOR_FORGED, "", where))
            continue
        async with graph.reading(READ_SECONDS) as unit:
            held = await hashes(unit, [f"{file}:{seq}" for file, seq, _ in line.heads])
        for file, seq, head in line.heads:
            if (stands := held.get(f"{file}:{seq}")) != head:
                kind = FlawKind.ANCHOR_GONE if stands is None else FlawKind.ANCHOR_DIFFERS
                tell(Flaw(kind, file, f"{file}:{seq}"))
    return number
