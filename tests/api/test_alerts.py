"""Kept searches: hers alone, without a word of hers; news once a period, in the transaction that marks it told."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.actions import alerts
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR, Role
from graph.model.alerts import MOST_SAVED, News, Pace, SavedSearch, Sought
from graph.model.directory import Public
from graph.model.errors import InvalidInput, NotAllowed, NotFound, TooMuch
from graph.model.relay import Listing
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make
from tests.reading import shared
from tests.web.rooms import index_of

TODAY = date(2026, 3, 10)
WORKER = make.viewer(Role.PROFESSIONAL)
SOUGHT = Sought(competences=(make.RENT,), territory="25056")


def relays(count: int) -> list[Listing]:
    return [
        make.listing(f"service:t:{n}", service=make.service(f"t:{n}"), organisation=make.organisation(f"t:o{n}"))
        for n in range(count)
    ]


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    settings = Settings(data=tmp_path)
    await index_of(settings.index_folder, relays(2))
    return Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(settings.index_folder), reader=shared())


class Mails:
    """What would be written, with the unit in which it is."""

    def __init__(self) -> None:
        self.said: list[tuple[str, News]] = []
        self.breaks = False

    async def tell(self, unit: Unit, search: SavedSearch, said: News) -> None:
        if self.breaks:
            raise RuntimeError("no mail")
        self.said.append((search.id, said))


async def test_a_search_is_kept_once_and_hers(rooms: Rooms) -> None:
    one, again = [await alerts.save(rooms, WORKER, SOUGHT, key="k") for _ in range(2)]
    assert one == again
    assert one.name == "Réduire les impayés de loyer à Besançon"
    assert await alerts.saved(rooms, WORKER) == [one]
    other = make.viewer(Role.PROFESSIONAL, account="t:autre")
    assert await alerts.saved(rooms, other) == []
    for act in (
        alerts.rename(rooms, other, one.id, "x"),
        alerts.remove(rooms, other, one.id, key="o1"),
        alerts.set_pace(rooms, other, one.id, Pace.DAILY, key="o2"),
        alerts.by_key(rooms, one.id, "faux"),
        alerts.stop(rooms, "none", one.key),
    ):
        with pytest.raises(NotFound):
            await act
    assert await alerts.saved(rooms, WORKER) == [one]


async def test_what_cannot_be_kept_is_refused(rooms: Rooms) -> None:
    for sought, viewer, refusal in (
        (Sought(competences=(), territory="25056"), WORKER, InvalidInput),
        (Sought(competences=(make.RENT,), territory="nowhere"), WORKER, InvalidInput),
        (Sought(competences=("gone--gone",), territory="25056"), WORKER, InvalidInput),
        (Sought(competences=(make.RENT,) * 21, territory="25056"), WORKER, InvalidInput),
        (SOUGHT, VISITOR, NotAllowed),
    ):
        with pytest.raises(refusal):
            await alerts.save(rooms, viewer, sought, key="k")
    assert await alerts.saved(rooms, WORKER) == []


async def test_fifty_are_enough(rooms: Rooms) -> None:
    for number in range(MOST_SAVED):
        await alerts.save(rooms, WORKER, SOUGHT, key=f"k{number}")
    with pytest.raises(TooMuch):
        await alerts.save(rooms, WORKER, SOUGHT, key="more")
    assert len(await alerts.saved(rooms, WORKER)) == MOST_SAVED


async def test_it_is_renamed_taken_away_and_brought_back(rooms: Rooms) -> None:
    search = await alerts.save(rooms, WORKER, SOUGHT, key="k")
    await alerts.rename(rooms, WORKER, search.id, "  Mon   secteur ")
    await alerts.remove(rooms, WORKER, search.id, key="r1")
    assert await alerts.saved(rooms, WORKER) == []
    await alerts.remove(rooms, WORKER, search.id, key="r2", removed=False)
    assert [one.name for one in await alerts.saved(rooms, WORKER)] == ["Mon secteur"]
    with pytest.raises(InvalidInput):
        await alerts.rename(rooms, WORKER, search.id, " ")
    assert [one.name for one in await alerts.saved(rooms, WORKER)] == ["Mon secteur"]


async def test_the_first_mail_counts_and_the_next_tells_what_is_new(rooms: Rooms) -> None:
    search = await alerts.save(rooms, WORKER, SOUGHT, key="k")
    mails = Mails()
    assert await alerts.pass_over(rooms, TODAY, mails.tell) == 0
    await alerts.set_pace(rooms, WORKER, search.id, Pace.WEEKLY, key="p")
    assert await alerts.pass_over(rooms, TODAY, mails.tell) == 1
    assert await alerts.pass_over(rooms, TODAY, mails.tell) == 0
    await index_of(rooms.settings.index_folder, relays(3))
    await rooms.index.follow()
    assert await alerts.pass_over(rooms, TODAY + timedelta(days=6), mails.tell) == 0
    assert await alerts.pass_over(rooms, TODAY + timedelta(days=7), mails.tell) == 1
    assert await alerts.pass_over(rooms, TODAY + timedelta(days=14), mails.tell) == 0
    assert mails.said == [
        (search.id, News(total=2, first=True)),
        (search.id, News(total=3, new=("service:t:2",))),
    ]


async def test_what_answers_only_widened_is_no_relay_of_this_sector(rooms: Rooms) -> None:
    narrow = Sought(competences=(make.RENT,), territory="25056", publics=(Public.SENIORS,))
    assert len(await alerts.answering(rooms, narrow)) == 2
    assert await alerts.answering(rooms, Sought(competences=(make.HOTEL,), territory="25056")) == []


async def test_a_mail_that_breaks_leaves_it_untold(rooms: Rooms) -> None:
    search = await alerts.save(rooms, WORKER, SOUGHT, key="k")
    await alerts.set_pace(rooms, WORKER, search.id, Pace.DAILY, key="p")
    mails = Mails()
    mails.breaks = True
    with pytest.raises(RuntimeError):
        await alerts.pass_over(rooms, TODAY, mails.tell)
    mails.breaks = False
    assert await alerts.pass_over(rooms, TODAY, mails.tell) == 1


async def test_two_passes_at_once_tell_it_once(rooms: Rooms) -> None:
    search = await alerts.save(rooms, WORKER, SOUGHT, key="k")
    await alerts.set_pace(rooms, WORKER, search.id, Pace.DAILY, key="p")
    mails = Mails()
    counts = await asyncio.gather(*(alerts.pass_over(rooms, TODAY, mails.tell) for _ in range(3)))
    assert sum(counts) == 1


async def test_its_mails_end_without_an_account(rooms: Rooms) -> None:
    search = await alerts.save(rooms, WORKER, SOUGHT, key="k")
    await alerts.set_pace(rooms, WORKER, search.id, Pace.DAILY, key="p")
    assert (await alerts.stop(rooms, search.id, search.key)).pace is Pace.NEVER
    assert (await alerts.stop(rooms, search.id, search.key)).pace is Pace.NEVER
    mails = Mails()
    assert await alerts.pass_over(rooms, TODAY, mails.tell) == 0
    assert [one.pace for one in await alerts.saved(rooms, WORKER)] == [Pace.NEVER]
