"""Who covers a territory, kept for as long as it is true: five minutes of one index."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from api.actions.coverage import MOST_HELD, Covered, coverage, moment_of
from api.rooms import Rooms
from api.settings import Settings
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.web.rooms import READER, index_of

AT = make.NOW.replace(minute=12, second=31, microsecond=9)


async def rooms_over(folder: Path) -> Rooms:
    await index_of(folder / "index", [make.listing()])
    index = EmbeddedIndex(folder / "index")
    return Rooms(settings=Settings(data=folder), graph=cast(Graph, None), index=index, reader=READER)


def totals(found: tuple[Covered, ...]) -> dict[str, int]:
    return {one.competence: one.total for one in found if one.total}


def test_five_minutes_begin_at_a_fifth_of_an_hour() -> None:
    assert moment_of(AT) == make.NOW.replace(minute=10)
    assert moment_of(moment_of(AT)) == moment_of(AT)


async def test_the_same_five_minutes_are_counted_once(tmp_path: Path) -> None:
    rooms = await rooms_over(tmp_path)
    first = await coverage(rooms, make.besancon(), AT)
    assert totals(first) == {make.RENT: 1}
    assert await coverage(rooms, make.besancon(), AT + timedelta(minutes=2)) is first
    assert await coverage(rooms, make.besancon(), AT + timedelta(minutes=5)) is not first
    assert await coverage(rooms, make.pontarlier(), AT) is not first
    await index_of(tmp_path / "index", [make.listing(), make.listing("organisation:t:autre")])
    await rooms.index.follow()
    moved = await coverage(rooms, make.besancon(), AT)
    assert totals(moved) == {make.RENT: 2}


async def test_the_oldest_answers_leave(tmp_path: Path) -> None:
    rooms = await rooms_over(tmp_path)
    first = await coverage(rooms, make.besancon(), AT)
    for number in range(1, MOST_HELD):
        await coverage(rooms, make.besancon(), AT + timedelta(minutes=5 * number))
    assert await coverage(rooms, make.besancon(), AT) is first
    last = AT + timedelta(minutes=5 * MOST_HELD)
    second = await coverage(rooms, make.besancon(), AT + timedelta(minutes=5))
    await coverage(rooms, make.besancon(), last)
    assert await coverage(rooms, make.besancon(), AT) is first
    assert await coverage(rooms, make.besancon(), AT + timedelta(minutes=5)) is second
    assert await coverage(rooms, make.besancon(), last - timedelta(minutes=5)) is not None
