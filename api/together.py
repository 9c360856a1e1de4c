"""Several things at once, until one of them ends, or all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def first_to_end(*actions: Coroutine[Any, Any, Any]) -> None:
    """Run these together; when one ends, cancel the others and let them clean up. Raises what those that ended raise."""
    tasks = [asyncio.create_task(action) for action in actions]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if task in ended or not task.cancelled():
            task.result()


async def all_to_end(*actions: Coroutine[Any, Any, Any]) -> None:
    """Run these together until all have ended; when one fails, cancel the others and let them clean up. Raises what it raised."""
    tasks = [asyncio.create_task(action) for action in actions]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()
