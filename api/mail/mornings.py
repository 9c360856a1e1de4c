"""The hour of the daily passes: once a day, in the morning of those who are written to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Final

import structlog

from search.hours import PARIS

FIRST_HOUR: Final = 8
LOOK_SECONDS: Final = 600.0

log = structlog.get_logger()


def moment() -> datetime:
    """Now."""
    return datetime.now(UTC)


async def each_morning(name: str, act: Callable[[datetime], Awaitable[int]], clock: Callable[[], datetime]) -> None:
    """For ever: once a day, from eight in the morning where the partners are. What fails is tried again ten minutes later.

    `act` takes the moment, and returns how much it did (mails written, files erased); `name` is what the journal calls it.
    """
    done: date | None = None
    while True:
        at = clock().astimezone(PARIS)
        if at.hour >= FIRST_HOUR and done != at.date():
            try:
                written = await act(at)
                # A morning on which there was nothing to do says nothing.
                if written:
                    log.info(name, done=written)
                done = at.date()
            except Exception as fault:
                log.warning(f"{name}_failed", fault=type(fault).__name__)
        await asyncio.sleep(LOOK_SECONDS)
