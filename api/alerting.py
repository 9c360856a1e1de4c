"""The daily look at where people get stuck. Mail or no mail: what is noticed is shown on a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from api.actions.figures.noticing import look
from api.mail.mornings import each_morning, moment
from graph.store.unit import Graph
from search.backend import Engine

NAME: Final = "alerts"


async def notice_daily(graph: Graph, search: Engine, clock: Callable[[], datetime] = moment) -> None:
    """For ever: once a day, in the morning."""
    await each_morning(NAME, lambda at: notice(graph, search, at), clock)


async def notice(graph: Graph, search: Engine, at: datetime) -> int:
    """One look as of `at`: how many alerts opened or ended. Raises Unavailable; what stood stands then."""
    index = search.index()
    async with index.followed():
        return await look(graph, index, at)
