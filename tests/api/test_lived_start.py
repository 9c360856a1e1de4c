"""A first start of the demonstration has people in it, and more while it is visited; nothing else ever has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api import demonstrating, upkeep
from api.actions.figures.keeping import publish_closed
from api.auth.demonstration import demonstrated
from api.settings import Settings
from graph.model.account import MembershipState
from graph.model.casework.applying import replayed
from graph.model.casework.owed import Owed
from graph.store.migrate import mark
from graph.store.unit import Graph
from importers.invented.doubs import CENTRE, CHLOE, GUICHET, REFERENT, SYLVIE, doubs
from importers.invented.loading import lives, load

COUNT = "MATCH (f:File) RETURN count(f) AS files"


async def files(graph: Graph) -> int:
    async with graph.reading() as unit:
        return (await unit.run(COUNT))[0]["files"]


@pytest.fixture
async def loaded(empty_graph: Graph) -> Graph:
    """Its directory is there already: what is loaded of it is another test's affair."""
    await mark(empty_graph, upkeep.LOADED)
    return empty_graph


async def test_each_account_has_work_and_neither_a_second_start_nor_a_publication_adds_to_it(
    loaded: Graph, tmp_path: Path
) -> None:
    demo = Settings(data=tmp_path, demo=True, demo_lives=440)
    await upkeep.prepare(loaded, demo, load=True)
    made = await files(loaded)
    assert made > demonstrating.FIRST * 0.9
    now = datetime.now(UTC)
    async with loaded.reading() as unit:
        late, _ = await unit.teams.late([CENTRE], now, 500)
        members = {account.id: member.state for member, account in await unit.accounts.members(CENTRE)}
        told = await unit.files.load("demo-dossier-01")
        entries = await unit.files.log("demo-dossier-01")
        waiting = await unit.run("MATCH (o:Outbox) WHERE o.kind = 'casework' RETURN o.id AS id")
        overdue = await unit.timing.due(now - timedelta(minutes=5), 10)
    assert (Owed.SEE_LATE, CHLOE.account) in {(one.what, one.account) for one in late}
    assert sorted(state for state in members.values() if state is MembershipState.ENDED) == [MembershipState.ENDED]
    assert told == replayed(entries)
    # Nobody is written to about a life that was not lived, and time has nothing left to do of it.
    assert (waiting, list(overdue)) == ([], [])
    await upkeep.prepare(loaded, demo, load=True)
    assert await files(loaded) == made

    # Others are to come, but nobody is added to what is published.
    assert await demonstrating.to_come(loaded)
    assert await publish_closed(loaded, now)
    await demonstrating.live(loaded, demo)
    assert not await demonstrating.to_come(loaded)
    assert await files(loaded) == made


async def test_the_others_come_while_it_is_visited_once_and_before_anything_is_published(
    loaded: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstrating, "FIRST", 10)
    demo, now = Settings(data=tmp_path, demo=True, demo_lives=40), datetime.now(UTC)
    await upkeep.prepare(loaded, demo, load=True)
    before = await files(loaded)
    # What a worker that was cut short had written is not written twice.
    await load(loaded, lives(doubs(now), demonstrating.SEED, 25, now, 10))
    some = await files(loaded)
    assert before < some
    assert await demonstrating.to_come(loaded)
    assert await demonstrating.go_on(loaded, demo, now) == await files(loaded) - some > 0
    assert not await demonstrating.to_come(loaded)
    all_ = await files(loaded)
    assert await demonstrating.go_on(loaded, demo, now) == 0
    assert await files(loaded) == all_


def test_who_has_a_story_is_an_account_of_the_demonstration() -> None:
    known = {one.account.id: (one.account.name, one.account.function) for one in demonstrated().values()}
    for worker in (CHLOE, SYLVIE, GUICHET, REFERENT):
        assert known[worker.account] == (worker.name, worker.function)


async def test_a_site_that_serves_has_none(loaded: Graph, tmp_path: Path) -> None:
    for settings, loading in ((Settings(data=tmp_path), False), (Settings(data=tmp_path), True)):
        await upkeep.prepare(loaded, settings, load=loading)
        assert await files(loaded) == 0
    # Nor one that shows the gallery on data of its own.
    await demonstrating.live(loaded, Settings(data=tmp_path, demo=True))
    assert await files(loaded) == 0
