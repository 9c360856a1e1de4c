"""A graph from before claims: its bodies can be recognised after the migration, and nothing else of them changes."""

from __future__ import annotations

from graph.store.loading import Loader
from graph.store.migrate import migrate
from graph.store.unit import Graph
from tests import make


async def nodes(graph: Graph) -> list[dict[str, object]]:
    async with graph.reading() as unit:
        return [row["node"] for row in await unit.run("MATCH (o:Organisation) RETURN o{.*} AS node ORDER BY o.id")]


async def test_bodies_that_are_there_get_their_likeness(empty_graph: Graph) -> None:
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    bodies = [make.organisation(f"t:{number}", place=make.place()) for number in range(3)]
    plan = await loader.plan_batch(make.batch(*bodies, make.organisation("t:nowhere")))
    await loader.load(plan, lambda done: None)
    loaded = await nodes(empty_graph)
    assert [node.get("likeness") for node in loaded] == [*["CAF|25056|organisme d essai"] * 3, None]

    await empty_graph.write(lambda unit: unit.run("MATCH (o:Organisation) REMOVE o.likeness"))
    await empty_graph.write(lambda unit: unit.run("MATCH (m:Migration) WHERE m.id = 'm003_claims' DELETE m"))
    assert [node.get("likeness") for node in await nodes(empty_graph)] == [None] * 4
    assert await migrate(empty_graph) == ("m003_claims",)
    assert await nodes(empty_graph) == loaded
    assert await migrate(empty_graph) == ()
