"""Organisations that nobody keeps, counted."""

from __future__ import annotations

from datetime import date

from graph.store.correspondents import Correspondents
from graph.store.loading import Loader
from graph.store.orphans import Orphan, orphans
from graph.store.unit import Graph, Unit
from tests import make


async def test_who_is_kept_by_nobody_is_listed_oldest_word_first(empty_graph: Graph) -> None:
    loader = Loader(empty_graph, "essai")
    bodies = [
        make.organisation("t:a", vouched_on=date(2025, 1, 1)),
        make.organisation("t:b", vouched_on=date(2019, 1, 1), kind="CCAS", name="B"),
        make.organisation("t:kept", vouched_on=date(2018, 1, 1)),
        make.organisation("t:stopped", vouched_on=date(2024, 1, 1)),
        make.organisation("t:ended", closed_on=date(2020, 1, 1)),
    ]
    services = [make.service("t:s", organisation="t:b"), make.service("t:u", organisation="t:b")]
    await loader.load(await loader.plan_batch(make.batch(*bodies, *services)), lambda done: None)

    async def appoint(unit: Unit) -> None:
        await Correspondents(unit).appoint("t:kept", "a@example.org", "compte:1")
        stopped = await Correspondents(unit).appoint("t:stopped", "b@example.org", "compte:1")
        await Correspondents(unit).stop(stopped)

    await empty_graph.write(appoint)
    async with empty_graph.reading() as unit:
        found = await orphans(unit)
        second = await orphans(unit, skip=1, most=1)
        of_kind = await orphans(unit, kind="CCAS")
    assert [one.id for one in found.listed] == ["t:b", "t:stopped", "t:a"]
    assert found.listed[0] == Orphan(id="t:b", name="B", kind="CCAS", vouched_on="2019-01-01", services=2)
    assert (found.total, found.organisations, found.by_kind) == (3, 4, {"CAF": 2, "CCAS": 1})
    assert list(found.by_kind) == ["CAF", "CCAS"]
    assert [one.id for one in second.listed] == ["t:stopped"]
    assert ([one.id for one in of_kind.listed], of_kind.total) == (["t:b"], 1)

    await empty_graph.write(lambda unit: Correspondents(unit).remove("t:kept"))
    async with empty_graph.reading() as unit:
        assert [one.id for one in (await orphans(unit)).listed] == ["t:kept", "t:b", "t:stopped", "t:a"]
