"""A transaction's steps, each with a limit of time: an engine may stall without a word."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from neo4j import AsyncSession, AsyncTransaction
from neo4j.exceptions import DriverError, IncompleteCommit, Neo4jError

# The driver's own back-off of 0.9 to 4 s is too slow for a person who waits, and it does not retry a ConstraintError.
PAUSE_SECONDS: Final = (0.02, 0.2)


async def begin(session: AsyncSession, seconds: float, begins: int) -> AsyncTransaction:
    """A transaction. A kept connection may have died unnoticed, or its server led no longer: nothing was said, so again."""
    for attempt in range(1, begins + 1):
        try:
            async with asyncio.timeout(seconds):
                return await session.begin_transaction()
        except (DriverError, Neo4jError) as fault:
            if attempt == begins or not fault.is_retryable():
                raise
        await pause()
    raise AssertionError("unreachable")


async def commit(transaction: AsyncTransaction, seconds: float) -> None:
    """Raises IncompleteCommit when nobody can say whether it was done."""
    try:
        async with asyncio.timeout(seconds):
            await transaction.commit()
    except TimeoutError as fault:
        raise IncompleteCommit("no answer to commit") from fault


def drop(session: AsyncSession, transaction: AsyncTransaction | None) -> None:
    """Close the connection without a word: whoever is at the other end may not listen."""
    if transaction:
        transaction.cancel()
    session.cancel()


async def leave(session: AsyncSession, transaction: AsyncTransaction | None, seconds: float) -> None:
    """Undo what was not committed, and give the connection back."""
    try:
        async with asyncio.timeout(seconds):
            if transaction:
                await transaction.close()
            await session.close()
    except (Neo4jError, DriverError, TimeoutError):
        drop(session, transaction)
        await session.close()


async def pause() -> None:
    """A moment before another try, not the same for all."""
    await asyncio.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311 - jitter, not a secret
