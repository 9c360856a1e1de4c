"""The daily look at where people get stuck. Mail or no mail: what is noticed is shown on a page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from api.actions.figures.noticing import look
from api.mail.mornings import each_morning, moment
from graph.model.errors import Unavailable
from graph.store.unit import Graph
from search.backend import Engine

NAME: Final = "alerts"
INDEX_SECONDS: Final = 5.0


async def notice_daily(graph: Graph, search: Engine, clock: Callable[[], datetime] = moment) -> None:
    """For ever: once a day, in the morning; not before there is an index to look into."""
    await _built(search)
    await each_morning(NAME, lambda at: notice(graph, search, at), clock)


async def _built(search: Engine) -> None:
    while True:
        with suppress(Unavailable):
            if await search.in_use():
                return
        await asyncio.sleep(INDEX_SECONDS)


async def notice(graph: Graph, search: Engine, at: datetime) -> int:
    """One look as of `at`: how many alerts opened or ended. Raises Unavailable; what stood stands then."""
    index = search.index()
    async with index.followed():
        return await look(graph, index, at)
