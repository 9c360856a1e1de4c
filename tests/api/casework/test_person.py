"""Behind the door of a person's page: a code that is tried five times, a session of a quarter of an hour, acts that count once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from api.actions.casework import own_page as worker
from api.actions.casework import person as acts
from api.actions.casework.filing import seen
from api.rooms import Rooms
from api.settings import Settings
from graph.model.casework import by_person
from graph.model.casework.file import File
from graph.model.casework.handoff import State, Step
from graph.model.casework.own_page import MOST_TRIES
from graph.model.casework.sight import shared_groups
from graph.model.errors import NeedsConfirming, NotAllowed, NotFound, StepNotAllowed
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import reading
from tests.api.casework.family import ANNE, AT, BEN, FATHER, HEAD, MOTHER, draft, family, kept
from tests.web.rooms import index_of

FILE = "f1"


@pytest.fixture(scope="module")
async def index(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    folder = tmp_path_factory.mktemp("person")
    await index_of(folder, ())
    return EmbeddedIndex(folder)


@pytest.fixture
async def rooms(empty_graph: Graph, index: EmbeddedIndex, tmp_path: Path) -> Rooms:
    made = family()
    made.handed(draft(), Step.OPEN)
    await kept(empty_graph, made, FILE)
    return Rooms(settings=Settings(data=tmp_path), graph=empty_graph, index=index, reader=reading.shared())


async def handed(rooms: Rooms, key: str = "k") -> worker.Handed:
    return await worker.open_page(rooms, ANNE, FILE, MOTHER, key=key, at=AT)


async def stored(rooms: Rooms) -> File:
    async with rooms.graph.reading() as unit:
        file = await unit.files.load(FILE)
    assert file is not None
    return file


async def test_the_code_opens_it_and_is_told_once(rooms: Rooms) -> None:
    one = await handed(rooms)
    again = await handed(rooms)
    assert (again.token, again.code) == ("", "")
    session = await acts.enter(rooms, one.token, one.code, AT)
    here = await acts.behind(rooms, one.token, session, AT)
    assert here is not None
    assert (here.page.member, here.by.member) == (MOTHER, MOTHER)
    assert await acts.behind(rooms, one.token, "", AT) is None
    assert await acts.behind(rooms, one.token, "other", AT) is None
    assert await acts.behind(rooms, "elsewhere", session, AT) is None


async def test_neither_address_nor_code_is_in_the_graph(rooms: Rooms) -> None:
    one = await handed(rooms)
    session = await acts.enter(rooms, one.token, one.code, AT)
    async with rooms.graph.reading() as unit:
        rows = await unit.run("MATCH (n) WHERE NOT n:Competence RETURN n{.*} AS node")
    assert rows
    assert [word for word in (one.token, one.code, session) if word in str(rows)] == []


async def test_after_five_wrong_codes_it_is_locked_until_the_worker_gives_another(rooms: Rooms) -> None:
    one = await handed(rooms)
    for number in range(MOST_TRIES):
        with pytest.raises(NotAllowed) as refusal:
            await acts.enter(rooms, one.token, "00000000", AT)
        assert refusal.value.message == (acts.LOCKED if number == MOST_TRIES - 1 else acts.WRONG)
    with pytest.raises(NotAllowed, match="Trop de codes"):
        await acts.enter(rooms, one.token, one.code, AT)
    _, [state, *_] = await worker.pages(rooms, ANNE, FILE)
    async with rooms.graph.reading() as unit:
        assert [read.account for read in await unit.file_reads.of(FILE)] == [ANNE.account]
    assert (state.member.id, state.locked) == (MOTHER, True)
    two = await handed(rooms, "k2")
    assert await acts.enter(rooms, two.token, two.code, AT)
    with pytest.raises(NotAllowed, match="n’ouvre pas"):
        await acts.enter(rooms, one.token, one.code, AT)


async def test_of_many_who_try_at_once_five_are_looked_at(rooms: Rooms) -> None:
    one = await handed(rooms)
    tried = [acts.enter(rooms, one.token, f"{number:08}", AT) for number in range(9)]
    said = [str(answer) for answer in await asyncio.gather(*tried, return_exceptions=True)]
    assert (said.count(acts.WRONG), said.count(acts.LOCKED)) == (4, 5)


async def test_a_right_code_begins_the_count_anew(rooms: Rooms) -> None:
    one = await handed(rooms)
    for _ in range(2):
        for _ in range(MOST_TRIES - 1):
            with pytest.raises(NotAllowed):
                await acts.enter(rooms, one.token, "0", AT)
        assert await acts.enter(rooms, one.token, one.code, AT)


async def test_a_session_lasts_a_quarter_of_an_hour_from_the_last_look(rooms: Rooms) -> None:
    one = await handed(rooms)
    session = await acts.enter(rooms, one.token, one.code, AT)
    for minutes in (14, 28):
        assert await acts.behind(rooms, one.token, session, AT + timedelta(minutes=minutes)) is not None
    assert await acts.behind(rooms, one.token, session, AT + timedelta(minutes=43)) is None
    async with rooms.graph.reading() as unit:
        assert (await unit.run("MATCH (s:PageSession) RETURN count(s) AS open"))[0]["open"] == 1
    later = round((AT + timedelta(minutes=43)).timestamp() * 1000)
    assert await rooms.graph.write(lambda unit: unit.doors.sweep(later, acts.IDLE_MS)) == 1


async def test_who_leaves_is_out_and_who_is_behind_a_closed_page_too(rooms: Rooms) -> None:
    one = await handed(rooms)
    session = await acts.enter(rooms, one.token, one.code, AT)
    await acts.leave(rooms, session)
    assert await acts.behind(rooms, one.token, session, AT) is None
    session = await acts.enter(rooms, one.token, one.code, AT)
    await worker.close_page(rooms, ANNE, FILE, MOTHER, key="c", at=AT)
    assert await acts.behind(rooms, one.token, session, AT) is None
    before = await stored(rooms)
    with pytest.raises(NotFound):
        await acts.act(rooms, one.token, session, key="a", asked="x", decide=lambda *_: [], at=AT)
    assert await stored(rooms) == before


async def test_an_accord_that_is_taken_back_shows_nothing_at_the_next_look(rooms: Rooms) -> None:
    one = await handed(rooms)
    session = await acts.enter(rooms, one.token, one.code, AT)
    file, found = await seen(rooms, BEN, FILE, AT)
    assert found.groups != frozenset()

    def decide(file: File, by, at, _):
        return by_person.taken_back(file, "c-rent", by, at)

    for _ in range(2):
        file = await acts.act(rooms, one.token, session, key="back", asked="c-rent", decide=decide, at=AT)
    assert file.consents["c-rent"].withdrawn == AT
    file, found = await seen(rooms, BEN, FILE, AT)
    assert found.groups == frozenset()
    assert shared_groups(file, file.handoffs["h-rent"], AT) == frozenset()
    assert file.handoffs["h-rent"].state is State.RECEIVED
    with pytest.raises(StepNotAllowed):
        await acts.act(rooms, one.token, session, key="again", asked="c-rent", decide=decide, at=AT)
    assert (await stored(rooms)).seq == file.seq


async def test_only_who_works_on_the_file_opens_pages(rooms: Rooms) -> None:
    before = await stored(rooms)
    with pytest.raises(NotAllowed):
        await worker.open_page(rooms, BEN, FILE, MOTHER, key="k", at=AT)
    with pytest.raises(NotFound):
        await worker.pages(rooms, BEN, FILE)
    with pytest.raises(NotFound):
        await worker.open_page(rooms, ANNE, "f2", MOTHER, key="k", at=AT)
    assert await stored(rooms) == before
    assert (await worker.open_page(rooms, HEAD, FILE, MOTHER, key="k", at=AT)).code


async def test_danger_at_home_shuts_it_and_opens_it_only_by_her_wish(rooms: Rooms) -> None:
    one = await handed(rooms)
    await worker.close_page(rooms, ANNE, FILE, MOTHER, key="d", danger=True, at=AT)
    with pytest.raises(NotAllowed):
        await acts.enter(rooms, one.token, one.code, AT)
    before = await stored(rooms)
    with pytest.raises(NeedsConfirming):
        await worker.open_page(rooms, ANNE, FILE, MOTHER, key="k3", at=AT)
    assert await stored(rooms) == before
    assert (await worker.open_page(rooms, ANNE, FILE, MOTHER, key="k4", confirmed=True, at=AT)).code


async def test_a_danger_noted_for_one_shuts_the_pages_of_the_others(rooms: Rooms) -> None:
    one = await handed(rooms)
    his = await worker.open_page(rooms, ANNE, FILE, FATHER, key="his", at=AT)
    session = await acts.enter(rooms, his.token, his.code, AT)
    await worker.close_page(rooms, ANNE, FILE, MOTHER, key="d", danger=True, at=AT)
    assert await acts.behind(rooms, his.token, session, AT) is None
    for shut in (one, his):
        with pytest.raises(NotAllowed):
            await acts.enter(rooms, shut.token, shut.code, AT)
    assert not any(page.on for page in (await stored(rooms)).pages.values())
