"""What time does to handoffs, on a clock that the test moves; and the clocks that a house sets for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.actions.casework import clocks
from api.actions.casework.clocks import clocks_of, pass_over, set_clocks
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.casework import deciding
from graph.model.casework.clocks import BY_DEFAULT, Clock, working_days_after
from graph.model.casework.deciding import Draft
from graph.model.casework.file import File
from graph.model.casework.handoff import Kind, State, Step, Target
from graph.model.casework.inbox import Window
from graph.model.casework.owed import Holder, Owed, owed
from graph.model.casework.said import Said, Taking
from graph.model.errors import InvalidInput, NotAllowed
from graph.store.casework.inbox import Whose
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.cases import ACCORD, ANNE, AT, BEN, CMS, DESK, MEMBER, Log, lead_of, people
from tests.reading import shared

# Working days after Monday the 2nd of March 2026, at the same hour in Paris.
DAY_3 = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY_7 = datetime(2026, 3, 11, 9, tzinfo=UTC)
DAY_9 = datetime(2026, 3, 13, 9, tzinfo=UTC)
# Summer time has begun, and Easter Monday is no working day.
DAY_30 = datetime(2026, 4, 14, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    settings = Settings(data=tmp_path)
    return Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(tmp_path / "index"), reader=shared())


async def test_time_reminds_twice_escalates_then_ends_it(empty_graph: Graph) -> None:
    log = Log(empty_graph)
    file = await log.sent()
    for moment, reminded, escalated, state in (
        (DAY_3, 1, False, State.SENT),
        (DAY_7, 2, False, State.SENT),
        (DAY_9, 2, True, State.SENT),
        (DAY_30, 0, False, State.EXPIRED),
    ):
        assert await pass_over(empty_graph, moment - SECOND) == 0
        assert await pass_over(empty_graph, moment) == 1
        handoff = (await log.read(file.id)).handoffs["h1"]
        assert (handoff.reminded, handoff.escalated, handoff.state) == (reminded, escalated, state)
    after = await log.read(file.id)
    assert await pass_over(empty_graph, DAY_30 + timedelta(days=300)) == 0
    about = {(one.what, one.organisation, one.holder) for one in owed(after) if one.about == "h1"}
    assert about == {(Owed.CHOOSE_NEXT, DESK, Holder.WORKER), (Owed.CHOOSE_NEXT, DESK, Holder.HEAD)}


async def test_what_is_urgent_runs_at_night_and_on_sundays(empty_graph: Graph) -> None:
    log = Log(empty_graph)
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    file = await log.opened()
    file = await log.send(file, Kind.REFER, urgent=True)
    moments = [AT + timedelta(hours=hours) for hours in (2, 8, 24, 72)]
    assert friday > moments[-1]
    for moment in moments:
        assert await pass_over(empty_graph, moment - SECOND) == 0
        assert await pass_over(empty_graph, moment) == 1
    assert (await log.read(file.id)).handoffs["h1"].state is State.EXPIRED


async def test_a_question_stops_the_targets_clock(empty_graph: Graph) -> None:
    log = Log(empty_graph)
    file = await log.sent()
    await log.step(file, "h1", Step.ASK, BEN, Said(text="Depuis quand ?"))
    assert await pass_over(empty_graph, DAY_3 - SECOND) == 0
    # Nobody answers: the question is escalated, and the target's clock begins anew. It can still be answered.
    assert await pass_over(empty_graph, DAY_3) == 1
    handoff = (await log.read(file.id)).handoffs["h1"]
    assert (handoff.unanswered, handoff.escalated, handoff.asked, handoff.since) == (True, False, AT, DAY_3)


async def test_a_reported_contact_counts_when_nobody_contests_it(empty_graph: Graph) -> None:
    log = Log(empty_graph)
    await people(empty_graph)
    file = await log.sent()
    file = await log.step(file, "h1", Step.ACCEPT, BEN)
    await log.step(file, "h1", Step.REPORT, ANNE, Said(reported=Step.CONTACT, text="au téléphone"))
    five = datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert await pass_over(empty_graph, five - SECOND) == 0
    assert lead_of(await log.read(file.id)) == (DESK, "anne")
    assert await pass_over(empty_graph, five) == 1
    after = await log.read(file.id)
    assert (after.handoffs["h1"].state, lead_of(after)) == (State.IN_PROGRESS, (CMS, "ben"))


async def test_a_house_sets_its_clocks_and_what_is_under_way_keeps_its_date(rooms: Rooms) -> None:
    log = Log(rooms.graph)
    first = await log.sent()
    head = make.viewer(Role.HEAD_OF_SERVICE, account="dora", organisation=CMS, organisations=(CMS,))
    days = {State.SENT: Clock(5, (5, 10), 15, 40)}
    await set_clocks(rooms, head, CMS, days, {}, key="k", at=AT)
    assert (await clocks_of(rooms, head, CMS)).days == {**BY_DEFAULT.days, **days}
    assert (await log.read(first.id)).handoffs["h1"].due == DAY_3
    # Time keeps it too; from then on it goes by the clocks of the house.
    assert await pass_over(rooms.graph, DAY_3) == 1
    after = (await log.read(first.id)).handoffs["h1"]
    assert (after.reminded, after.tick) == (1, working_days_after(AT, 10))


async def _sent(log: Log, number: int) -> File:
    file = await log.append(None, ANNE, deciding.opened(ANNE, (MEMBER,), AT))
    draft = Draft(id=f"h{number}", kind=Kind.TRANSFER, target=Target(organisation=CMS), groups=ACCORD.groups)
    file = await log.append(file, ANNE, deciding.consent_given(file, ACCORD))
    file = await log.append(file, ANNE, deciding.drafted(file, draft, ANNE, Taking(at=AT)))
    return await log.step(file, draft.id, Step.SUBMIT, ANNE)


async def test_what_cannot_be_timed_keeps_nothing_else_waiting(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot that does not open, a key that is damaged, and a tick at which nothing is to be done, all due before."""
    monkeypatch.setattr(clocks, "AT_ONCE", 1)
    log = Log(empty_graph)
    changed, damaged, stale, last = [await _sent(log, number) for number in range(1, 5)]
    async with empty_graph.reading() as unit:
        folder = unit.keyring.folder
    (folder / damaged.id[-2:] / damaged.id).write_bytes(b"short")
    await empty_graph.write(lambda unit: unit.run("MATCH (f:File {id: $id}) SET f.sealed = 'AAAA'", id=changed.id))
    await log.step(stale, "h3", Step.RECALL, ANNE)
    await empty_graph.write(lambda unit: unit.run("MATCH (h:Handoff {id: 'h3'}) SET h.tick = 1"))
    assert await pass_over(empty_graph, DAY_3) == 1
    assert (await log.read(last.id)).handoffs["h4"].reminded == 1
    async with empty_graph.reading() as unit:
        listed = await unit.file_lists.opened([changed.id, damaged.id, last.id])
        mine = Whose(organisation=DESK, account="anne", desk=True)
        page = await unit.inbox.page(mine, Window.at(AT), None, 50, opened=True)
    assert [file.id for file in listed] == [last.id]
    assert {one.action.file for one in page} == {changed.id, damaged.id, stale.id, last.id}
    assert {one.file.id for one in page if one.file} == {stale.id, last.id}


@pytest.mark.parametrize(
    "clock", [Clock(0), Clock(3, (3, 2)), Clock(3, (3,), 2), Clock(3, (3,), 9, 61), Clock(61)], ids=str
)
async def test_clocks_that_make_no_sense_are_refused(rooms: Rooms, clock: Clock) -> None:
    head = make.viewer(Role.HEAD_OF_SERVICE, account="dora", organisation=CMS, organisations=(CMS,))
    with pytest.raises(InvalidInput):
        await set_clocks(rooms, head, CMS, {State.SENT: clock}, {}, key="k", at=AT)
    assert await clocks_of(rooms, head, CMS) == BY_DEFAULT


async def test_a_colleague_sets_no_clock(rooms: Rooms) -> None:
    ben = make.viewer(Role.PROFESSIONAL, account="ben", organisation=CMS, organisations=(CMS,))
    with pytest.raises(NotAllowed):
        await set_clocks(rooms, ben, CMS, {State.SENT: Clock(5)}, {}, key="k", at=AT)
