"""Who covers a territory, kept for as long as it is true: five minutes of one index."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from api.actions.coverage import Covered, coverage, moment_of
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
    other = make.listing("organisation:t:autre", organisation=make.organisation("t:autre", name="Autre organisme"))
    await index_of(tmp_path / "index", [make.listing(), other])
    await rooms.index.follow()
    moved = await coverage(rooms, make.besancon(), AT)
    assert totals(moved) == {make.RENT: 2}


async def test_the_longest_unasked_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.actions.coverage.MOST_HELD", 2)
    rooms = await rooms_over(tmp_path)
    later, last = (AT + timedelta(minutes=5 * number) for number in (1, 2))
    first, second = await coverage(rooms, make.besancon(), AT), await coverage(rooms, make.besancon(), later)
    assert await coverage(rooms, make.besancon(), AT) is first
    await coverage(rooms, make.besancon(), last)
    assert await coverage(rooms, make.besancon(), AT) is first
    assert await coverage(rooms, make.besancon(), later) is not second
