"""Nobody is left without a lead: what someone holds moves before she is off, whatever arrives meanwhile."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.actions.casework.filing import seated
from api.actions.casework.leaving import departing, end_leave, hand_over, set_leave
from api.actions.memberships import end_membership
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import MembershipState
from graph.model.casework import deciding
from graph.model.casework.acts import Event
from graph.model.casework.file import File
from graph.model.casework.handoff import Step
from graph.model.casework.leaving import Leave, standing_in
from graph.model.casework.said import NOTHING, Taking
from graph.model.casework.taking import take
from graph.model.errors import InvalidInput, NotAllowed
from graph.store.casework.rows import milliseconds
from graph.store.casework.seats import SeatState
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make
from tests.cases import AT, BEN, CMS, MEMBER, Log, lead_of, people
from tests.reading import shared

DORA = make.viewer(Role.HEAD_OF_SERVICE, account="dora", organisation=CMS, organisations=(CMS,))
COLLEAGUE = make.viewer(Role.PROFESSIONAL, account="ben", organisation=CMS, organisations=(CMS,))
ADMINISTRATOR = make.viewer(Role.PLATFORM_ADMINISTRATOR, account="root", organisation="", organisations=())


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    await people(empty_graph)
    settings = Settings(data=tmp_path)
    return Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(tmp_path / "index"), reader=shared())


async def led_by_ben(log: Log) -> str:
    file = await log.sent()
    file = await log.step(file, "h1", Step.ACCEPT, BEN)
    file = await log.step(file, "h1", Step.CONTACT, BEN)
    assert lead_of(file) == (CMS, "ben")
    return file.id


async def test_each_file_goes_where_it_was_said_and_the_rest_to_the_desk(rooms: Rooms) -> None:
    log = Log(rooms.graph)
    one = await led_by_ben(log)
    other = await log.append(None, BEN, deciding.opened(BEN, (MEMBER,), AT))
    assert {file.id for file in (await departing(rooms, DORA, CMS, "ben")).files} == {one, other.id}
    assert await hand_over(rooms, DORA, CMS, "ben", {one: "cleo"}, why="mutation", at=AT) == 2
    first = await log.read(one)
    assert (lead_of(first), first.handoffs["h1"].target.professional) == ((CMS, "cleo"), "cleo")
    assert lead_of(await log.read(other.id)) == (CMS, "")
    async with rooms.graph.reading() as unit:
        assert await unit.seats.state(CMS, "ben") is SeatState.OFF
        assert list(await unit.timing.held("ben", CMS)) == []


async def test_what_arrives_meanwhile_goes_to_the_desk(rooms: Rooms) -> None:
    log = Log(rooms.graph)
    file = await log.sent()
    file = await log.step(file, "h1", Step.ACCEPT, BEN)

    async def met(unit: Unit) -> None:
        stood = await unit.files.load(file.id)
        assert stood is not None
        await unit.files.append(stood, BEN, AT, *await seated(unit, stood.id, [contact(stood)]))

    await asyncio.gather(
        rooms.graph.write(met), hand_over(rooms, DORA, CMS, "ben", {file.id: "desk"}, why="départ", at=AT)
    )
    after = await log.read(file.id)
    assert lead_of(after) == (CMS, "")
    assert after.handoffs["h1"].target.professional == ""


def contact(file: File) -> Event:
    return take(file, "h1", Step.CONTACT, BEN, NOTHING, Taking(at=AT))


async def test_who_is_off_takes_nothing_until_she_is_back(rooms: Rooms) -> None:
    log = Log(rooms.graph)
    await hand_over(rooms, DORA, CMS, "ben", {}, why="départ", at=AT)
    file = await log.sent()
    file = await log.step(file, "h1", Step.ACCEPT, BEN)

    async def met(unit: Unit) -> str:
        stood = await unit.files.load(file.id)
        assert stood is not None
        (event,) = await seated(unit, stood.id, [contact(stood)])
        return lead_of(await unit.files.append(stood, BEN, AT, event))[1]

    assert await rooms.graph.write(met) == ""


async def test_a_membership_ends_when_nothing_is_left_in_her_hands(rooms: Rooms) -> None:
    log = Log(rooms.graph)
    id_ = await led_by_ben(log)
    await end_membership(rooms, ADMINISTRATOR, CMS, "ben", milliseconds(AT))
    assert lead_of(await log.read(id_)) == (CMS, "")
    async with rooms.graph.reading() as unit:
        states = {one.state for one in await unit.accounts.memberships("ben")}
        assert (states, await unit.seats.state(CMS, "ben")) == ({MembershipState.ENDED}, SeatState.OFF)


async def test_a_colleague_hands_nobody_over(rooms: Rooms) -> None:
    id_ = await led_by_ben(Log(rooms.graph))
    anyone = make.viewer(Role.PROFESSIONAL, account="cleo", organisation=CMS, organisations=(CMS,))
    with pytest.raises(NotAllowed):
        await hand_over(rooms, anyone, CMS, "ben", {}, why="", at=AT)
    with pytest.raises(InvalidInput):
        await hand_over(rooms, DORA, CMS, "ben", {id_: "anne"}, why="", at=AT)
    with pytest.raises(InvalidInput, match="sécurité sociale"):
        await hand_over(rooms, DORA, CMS, "ben", {}, why="1 84 12 76 451 089 46", at=AT)
    assert lead_of(await Log(rooms.graph).read(id_)) == (CMS, "ben")
    async with rooms.graph.reading() as unit:
        assert await unit.seats.state(CMS, "ben") is SeatState.ACTIVE


async def test_she_says_when_she_is_away_and_who_stands_in(rooms: Rooms) -> None:
    today = AT.date()
    leave = Leave(account="ben", organisation=CMS, since=today, until=today + timedelta(days=7), substitute="cleo")
    await set_leave(rooms, COLLEAGUE, leave, at=AT)
    async with rooms.graph.reading() as unit:
        leaves = await unit.timing.leaves(CMS)
    assert leaves == [leave]
    assert standing_in(leaves, "ben", today) == "cleo"
    assert standing_in(leaves, "ben", today + timedelta(days=8)) == "ben"
    await end_leave(rooms, COLLEAGUE, CMS, "ben")
    async with rooms.graph.reading() as unit:
        assert await unit.timing.leaves(CMS) == []


@pytest.mark.parametrize(
    "told",
    [
        {"until": date(2026, 3, 1)},
        {"since": date(2026, 2, 1), "until": date(2026, 2, 20)},
        {"substitute": "ben"},
        {"substitute": "anne"},
        {"until": date(2029, 1, 1)},
    ],
    ids=str,
)
async def test_a_leave_that_makes_no_sense_is_refused(rooms: Rooms, told: dict[str, Any]) -> None:
    days = {"account": "ben", "organisation": CMS, "since": AT.date(), "until": date(2026, 3, 20), "substitute": "cleo"}
    with pytest.raises(InvalidInput):
        await set_leave(rooms, COLLEAGUE, Leave(**(days | told)), at=AT)
    async with rooms.graph.reading() as unit:
        assert await unit.timing.leaves(CMS) == []


def test_substitutes_who_are_away_together_leave_it_to_the_desk() -> None:
    day = AT.date()
    one, two = (Leave(account=a, organisation=CMS, since=day, until=day, substitute=b) for a, b in ("xy", "yx"))
    assert standing_in([one, two], "x", day) == ""
    assert standing_in([one], "x", day) == "y"
