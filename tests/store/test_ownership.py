"""One index is fed: another is refused while its worker lives, and starts with a rebuild when it takes over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.store.outbox import REBUILD_INDEX
from graph.store.ownership import AnotherIndex, Identity, Ownership
from graph.store.unit import Graph

HERE = Identity("index-1", "here", "« here », /srv/here")
THERE = Identity("index-2", "there", "« there », /srv/there")
COPY = Identity("index-1", "there", "« there », /srv/copy")
SERVER = Identity("http://search/maillage", "", "http://search")


async def end_lease(graph: Graph) -> None:
    await graph.write(lambda unit: unit.run("MATCH (m:Mark {id: 'index-owner'}) SET m.until = timestamp() - 1"))


async def rebuilds(graph: Graph) -> int:
    async with graph.reading() as unit:
        return len(await unit.outbox.waiting((REBUILD_INDEX,)))


async def held(graph: Graph) -> list[dict[str, Any]]:
    async with graph.reading() as unit:
        return await unit.run("MATCH (m:Mark {id: 'index-owner'}) RETURN m{.index, .host, .until, .fed} AS m")


async def test_the_first_index_is_fed_without_a_rebuild_and_stays(empty_graph: Graph) -> None:
    await Ownership(empty_graph, HERE).take()
    # Of one index on one machine, whoever comes next is the only one: the data folder has one owner.
    await Ownership(empty_graph, HERE).take()
    assert await rebuilds(empty_graph) == 0


@pytest.mark.parametrize("other", [THERE, COPY, SERVER], ids=["another", "a copy elsewhere", "a server"])
async def test_another_index_is_refused_in_words_and_changes_nothing(empty_graph: Graph, other: Identity) -> None:
    await Ownership(empty_graph, HERE).take()
    before = await held(empty_graph)
    with pytest.raises(AnotherIndex, match=r"nourrit déjà un autre index \(« here », /srv/here\)"):
        await Ownership(empty_graph, other).take()
    assert await held(empty_graph) == before
    assert await rebuilds(empty_graph) == 0


async def test_who_takes_over_is_rebuilt_once_and_who_comes_back_too(empty_graph: Graph) -> None:
    here, there = Ownership(empty_graph, HERE), Ownership(empty_graph, THERE)
    await here.take()
    await end_lease(empty_graph)
    await there.take()
    await there.take()
    assert await rebuilds(empty_graph) == 1
    with pytest.raises(AnotherIndex):
        await here.take()

    await there.leave()
    await here.take()
    assert await rebuilds(empty_graph) == 2


async def test_leaving_what_one_does_not_hold_takes_nothing_from_its_holder(empty_graph: Graph) -> None:
    await Ownership(empty_graph, HERE).take()
    await Ownership(empty_graph, THERE).leave()
    with pytest.raises(AnotherIndex):
        await Ownership(empty_graph, THERE).take()


async def test_a_server_s_index_may_have_several_workers_and_outlives_one(empty_graph: Graph) -> None:
    one, two = Ownership(empty_graph, SERVER), Ownership(empty_graph, SERVER)
    await one.take()
    await two.take()
    await one.leave()
    with pytest.raises(AnotherIndex):
        await Ownership(empty_graph, HERE).take()
    assert await rebuilds(empty_graph) == 0


async def test_of_many_that_come_at_once_one_index_is_fed(empty_graph: Graph) -> None:
    for _ in range(5):
        await empty_graph.write(lambda unit: unit.run("MATCH (m:Mark {id: 'index-owner'}) DELETE m"))
        claims = [Ownership(empty_graph, Identity(f"index-{n}", f"host-{n}", f"host-{n}")) for n in range(8)]
        said = await asyncio.gather(*(claim.take() for claim in claims), return_exceptions=True)
        winners = [n for n, answer in enumerate(said) if answer is None]
        assert len(winners) == 1
        assert (await held(empty_graph))[0]["m"] | {"until": 0} == {
            "index": f"index-{winners[0]}",
            "host": f"host-{winners[0]}",
            "until": 0,
            "fed": f"index-{winners[0]}",
        }
