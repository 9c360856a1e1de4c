"""Several things at once: how they end."""

from __future__ import annotations

import asyncio

import pytest

from api.together import all_to_end
from graph.model.errors import Unavailable


async def test_all_have_ended_when_it_ends() -> None:
    ended: list[str] = []

    async def run(name: str, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        ended.append(name)

    await all_to_end(run("long", 9), run("short", 2))
    assert ended == ["short", "long"]


async def test_what_one_raises_is_raised_as_it_is_when_the_others_have_cleaned_up() -> None:
    left: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            left.append("cleaned up")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise Unavailable("Le graphe ne répond pas.")

    with pytest.raises(Unavailable, match="Le graphe ne répond pas"):
        await all_to_end(wait(), fail())
    assert left == ["cleaned up"]


async def test_told_to_stop_it_stops_all_of_them() -> None:
    left: list[int] = []

    async def wait(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append(number)

    both = asyncio.create_task(all_to_end(wait(1), wait(2)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    both.cancel()
    with pytest.raises(asyncio.CancelledError):
        await both
    assert sorted(left) == [1, 2]
