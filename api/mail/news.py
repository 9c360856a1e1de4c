"""The daily pass over kept searches: whoever asked for it is told what is new in hers.

What a search needs (the index, the reader of words) is opened on the days when one is due, and let go of after: the worker
has no other use for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from api.actions.alerts import PASSED_AT_ONCE, pass_over
from api.mail.message import host_of
from api.mail.mornings import each_morning, moment
from api.reading import reader
from api.rooms import Rooms
from api.settings import Settings
from graph.model.alerts import News, SavedSearch
from graph.model.mail import Template
from graph.store.mails import Mails
from graph.store.unit import Graph, Unit
from search.backend import Engine
from search.hours import PARIS

NAME: Final = "news"


async def tell_daily(graph: Graph, settings: Settings, search: Engine, clock: Callable[[], datetime] = moment) -> None:
    """For ever: once a day, in the morning."""
    await each_morning(NAME, lambda at: tell(graph, settings, search, at), clock)


async def tell(graph: Graph, settings: Settings, search: Engine, at: datetime) -> int:
    """One pass as of `at`. How many mails it wrote. Raises Unavailable; what it wrote before stays, and is not written again."""
    today = at.astimezone(PARIS).date()
    if not await _any_due(graph, today):
        return 0
    site = host_of(settings)

    async def write(unit: Unit, search: SavedSearch, said: News) -> None:
        await Mails(unit).write(Template.NEWS, search.account, subjects=[search.id, *said.new], site=site)

    index = search.index()
    async with index.followed():
        rooms = Rooms(settings=settings, graph=graph, index=index, reader=reader())
        return await pass_over(rooms, today, write)


async def _any_due(graph: Graph, today: date) -> bool:
    after = ""
    while True:
        async with graph.reading() as unit:
            some = await unit.searches.alerted(after, PASSED_AT_ONCE)
        if any(one.is_due(today) for one in some):
            return True
        if len(some) < PASSED_AT_ONCE:
            return False
        after = some[-1].id
