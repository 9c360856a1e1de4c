"""The map comes back whole, in one piece, on either engine."""

from __future__ import annotations

from dataclasses import replace

from graph.model.territory import Territory, TerritoryLevel
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make


async def whole(graph: Graph) -> list[Territory]:
    async with graph.reading() as unit:
        return await unit.territories.all()


async def test_a_graph_without_a_map_has_no_territory(empty_graph: Graph) -> None:
    assert await whole(empty_graph) == []


async def test_the_map_comes_back_as_it_was_in_order_of_id(empty_graph: Graph) -> None:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    assert await whole(empty_graph) == sorted(make.territories(), key=lambda territory: territory.id)


JOINED = """
MATCH (t:Territory)-[:WITHIN]->(zone:Territory)
RETURN t.id + ' in ' + zone.id AS joined ORDER BY joined
"""


async def joined(graph: Graph) -> list[str]:
    async with graph.reading() as unit:
        return [row["joined"] for row in await unit.run(JOINED)]


async def test_each_is_joined_once_to_what_lies_right_above_it(empty_graph: Graph) -> None:
    jura = Territory(
        id="departement:39", name="Jura", level=TerritoryLevel.DEPARTEMENT, zones=("departement:39", "pays:FR")
    )
    loader = Loader(empty_graph, "carte")
    # A commune comes before what contains it, and yet is joined to it.
    await loader.load(await loader.plan_territories([*reversed(make.territories()), jura]), lambda done: None)
    assert await joined(empty_graph) == ["25056 in departement:25", "25462 in departement:25"]

    moved = replace(make.pontarlier(), zones=("25462", "departement:39", "pays:FR"))
    plan = await loader.plan_territories([make.france(), make.doubs(), make.besancon(), moved, jura])
    assert plan.changed == ("25462",)
    await loader.load(plan, lambda done: None)
    assert await joined(empty_graph) == ["25056 in departement:25", "25462 in departement:39"]
