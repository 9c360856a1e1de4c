"""A graph carried to another engine is the same graph; one that is not empty is left alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.folder import Folder
from api.moving import move
from api.settings import Settings
from graph.model.errors import InvalidInput, Unavailable
from graph.store.engine import Address, Engine
from graph.store.migrate import done, migrate
from graph.store.moving import BATCH, carry, size_of
from graph.store.unit import Graph
from importers.run import run_import
from importers.sources.territory.get import HERE as MAP

NODES = "MATCH (n) WHERE NOT n:Migration RETURN labels(n) AS labels, properties(n) AS node"
EDGES = """
MATCH (a)-[r]->(b) RETURN labels(a) AS a, a.id AS source, type(r) AS type, labels(b) AS b, b.id AS target,
properties(r) AS edge
"""
# A graph server keeps what it held before; it is emptied, schema and all the rest stay.
EMPTY = "MATCH (n) DETACH DELETE n"


async def everything(graph: Graph) -> list[str]:
    async with graph.reading(60) as unit:
        rows: list[Any] = [*await unit.run(NODES), *await unit.run(EDGES)]
    return sorted(repr(sorted(row.items(), key=repr)) for row in map(ordered, rows))


def ordered(row: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value.items()) if isinstance(value, dict) else value for name, value in row.items()}


@pytest.fixture(scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Graph]:
    """An embedded graph with more nodes of a label than one page, and with edges that bear properties. Each leaves it as it was."""
    engine = Engine(tmp_path_factory.mktemp("filled"), heap="384m")
    graph = await Graph.open(engine.start())
    await migrate(graph)
    await run_import(graph, "territory", path=MAP / "sample")
    await run_import(graph, "demonstration")
    await graph.write(
        lambda unit: unit.run(
            "UNWIND range(1, $most) AS n CREATE (:Place {id: 'p' + toString(n), flags: [true, false], at: 1.5, n: n})",
            most=BATCH + 7,
        )
    )
    yield graph
    await graph.close()
    engine.stop()


async def emptied(engine: Address) -> Graph:
    graph = await Graph.open(engine)
    await graph.write(lambda unit: unit.run(EMPTY))
    return graph


async def test_a_carried_graph_is_the_same(filled: Graph, engine: Address) -> None:
    target = await emptied(engine)
    try:
        before = await everything(filled)
        told: list[tuple[int, int]] = []
        size = await carry(filled, target, lambda so_far, whole: told.append((so_far, whole)))
        assert told[-1] == (size.total, size.total)
        assert await everything(target) == before == await everything(filled)
        assert await done(target) == await done(filled)
        # Its vocabulary came with it: bringing it up to date writes nothing more.
        assert await migrate(target) == ()
        assert await size_of(target) == size

        # A second time, it is full, and stays as it is.
        with pytest.raises(InvalidInput, match=rf"contient déjà {size.total} nœuds et liens"):
            await carry(filled, target, lambda so_far, whole: None)
        assert await everything(target) == before
    finally:
        await target.write(lambda unit: unit.run(EMPTY))
        await migrate(target)
        await target.close()


async def test_what_could_not_be_found_again_is_refused_before_anything_is_written(
    filled: Graph, engine: Address
) -> None:
    target = await emptied(engine)
    try:
        await filled.write(lambda unit: unit.run("CREATE (:Place {name: 'sans identifiant'})"))
        with pytest.raises(Unavailable, match="1 nœuds n’ont pas d’identifiant"):
            await carry(filled, target, lambda so_far, whole: None)
        assert await everything(target) == []
    finally:
        await filled.write(lambda unit: unit.run("MATCH (n:Place {name: 'sans identifiant'}) DELETE n"))
        await migrate(target)
        await target.close()


async def test_the_command_carries_a_folder_and_leaves_it_as_it_is(tmp_path: Path, engine: Address) -> None:
    source = Engine(tmp_path / "data", heap="384m")
    graph = await Graph.open(source.start())
    await migrate(graph)
    await run_import(graph, "territory", path=MAP / "sample")
    size, before = await size_of(graph), await everything(graph)
    await graph.close()
    source.stop()
    target = await emptied(engine)
    environment = {
        **os.environ,
        "MAILLAGE_GRAPH_URI": engine.uri,
        "MAILLAGE_GRAPH_USER": engine.user,
        "MAILLAGE_GRAPH_PASSWORD": engine.password,
        "MAILLAGE_GRAPH_DATABASE": engine.database,
        "MAILLAGE_HEAP": "384m",
    }
    try:
        moved = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "api.cli", "move", "--data", str(tmp_path / "data")],
            capture_output=True,
            text=True,
            env=environment,
            timeout=300,
        )
        assert moved.returncode == 0, moved.stderr
        nodes, edges = sum(size.nodes.values()), sum(size.edges.values())
        assert f"Porté vers {engine.uri} : {nodes} nœuds, {edges} liens" in " ".join(moved.stdout.split())
        assert await everything(target) == before
        assert Folder(tmp_path / "data").carried_to() == engine.uri
        again = await Graph.open(source.start())
        assert await everything(again) == before
        await again.close()
        source.stop()
    finally:
        await target.write(lambda unit: unit.run(EMPTY))
        await migrate(target)
        await target.close()


def test_without_a_server_or_a_graph_nothing_moves(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="MAILLAGE_GRAPH_URI est vide"):
        move(Settings(data=tmp_path / "data", graph_uri=""), lambda title: pytest.fail(title))
    with pytest.raises(InvalidInput, match="ne contient pas de graphe : il n’y a rien à porter"):
        move(Settings(data=tmp_path / "data", graph_uri="bolt://127.0.0.1:1"), lambda title: pytest.fail(title))
    assert list(tmp_path.iterdir()) == []
