"""The map comes back whole, in one piece, on either engine."""

from __future__ import annotations

from graph.model.territory import Territory
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
