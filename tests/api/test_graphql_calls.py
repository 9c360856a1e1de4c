"""What each operation takes of the graph: so many statements, however long the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.graphql.context import Context
from api.graphql.execution import Asked, Limits, answer
from api.rooms import Rooms
from api.settings import Settings
from graph.store.loading import Loader
from graph.store.unit import Graph, calls_made
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.indexer import Indexer
from tests import make, reading
from tests.api.test_graphql_directory import records

LIMITS = Limits(cost=6_000, seconds=5.0, size=1_048_576, introspection=True)
RELAYS = (
    f'query($n: Int) {{ relays(question: {{ competences: ["{make.RENT}"], territory: "25056" }}, first: $n) '
    """{ ... on RelayConnection {
    edges { cursor node { organisation { id name %s } service { id } post { label } reasons { text } distanceKm } }
    pageInfo { endCursor } totalCount understood { competence { label } because } territory { id }
    } } }"""
)
ORGANISATION = '{ organisation(id: "t:caf") { id name contact { phone } %s } }'
SERVICE = '{ service(id: "t:s01") { id name capacity { placesFree } %s } }'
ORGANISATIONS = "query($n: Int) { organisations(first: $n) { edges { node { id name kindLabel %s } } } }"

# The operation, and how many statements of Cypher it takes.
CALLS: dict[str, tuple[str, int]] = {
    "words": ('{ competences(text: "loyer") { because } }', 0),
    "completion": ('{ complete(text: "imp") { text competence { label } } }', 0),
    "places": ('{ territories(text: "bes") { name zones { name } } }', 0),
    "relays": (RELAYS % "", 0),
    # The organisation of an answer came with it, and the map is in the index.
    "relays, what came with them": (RELAYS % "contact { phone } place { territory { name } } covers { name }", 0),
    "relays, one step up": (RELAYS % "partOf { name }", 1),
    "relays, there and back": (
        RELAYS % "partOf { name } services(first: 5) { edges { node { organisation { name } } } }",
        1 + 2,
    ),
    "relays, posts": (RELAYS % "posts { edges { node { label organisation { name } } } }", 1),
    "relays, agreements": (RELAYS % "agreements { edges { node { givenTo { name } } } }", 2),
    "relays, successions": (RELAYS % "predecessors { organisation { name } } successors { on }", 2 + 1),
    "an organisation": (ORGANISATION % "", 1),
    "an organisation that is not there": ('{ organisation(id: "t:nothing") { name } }', 1),
    "an organisation and its services": (ORGANISATION % "services(first: 5) { edges { node { name } } }", 1 + 2),
    "an organisation, its units and posts": (
        ORGANISATION % "units { edges { node { name } } } posts { edges { node { label } } }",
        1 + 2 + 1,
    ),
    "a service": (SERVICE % "", 1),
    "a service and who offers it": (SERVICE % "organisation { name covers { name } }", 1 + 1),
    # Which of them, then themselves.
    "the directory": (ORGANISATIONS % "", 2),
    "the directory with services": (ORGANISATIONS % "services(first: 2) { edges { node { id } } }", 2 + 2),
    "the same thing twice": ('{ a: organisation(id: "t:caf") { name } b: organisation(id: "t:caf") { kind } }', 1),
    "two roots at once": ('{ a: organisation(id: "t:caf") { name } b: organisation(id: "t:ville") { name } }', 1),
}


@pytest.fixture(scope="module")
async def rooms(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """A small network in the real graph and the real index; no test here changes it."""
    folder: Path = tmp_path_factory.mktemp("calls")
    await graph.write(lambda unit: unit.run("MATCH (n) WHERE NOT n:Competence AND NOT n:Migration DETACH DELETE n"))
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await loader.load(await loader.plan_batch(make.batch(*records())), lambda done: None)
    indexer = Indexer(graph, EmbeddedEngine(folder))
    await indexer.rebuild()
    await indexer.close()
    yield Rooms(settings=Settings(), graph=graph, index=EmbeddedIndex(folder), reader=reading.shared())


async def calls(rooms: Rooms, query: str, **variables: Any) -> int:
    """How many statements of Cypher this operation takes, once it is answered."""
    made: list[str] = []
    token = calls_made.set(made)
    try:
        context = Context(rooms, "repère", now=make.NOW)
        told = await answer(context, Asked(query=query, variables=variables), LIMITS)
    finally:
        calls_made.reset(token)
    assert "errors" not in orjson.loads(told.body), told.body
    return len(made)


@pytest.mark.parametrize(("query", "expected"), CALLS.values(), ids=CALLS)
async def test_an_operation_takes_so_many_calls(rooms: Rooms, query: str, expected: int) -> None:
    assert await calls(rooms, query) == expected


@pytest.mark.parametrize(("query", "expected"), [row for row in CALLS.values() if "$n" in row[0]])
async def test_calls_do_not_grow_with_the_page(rooms: Rooms, query: str, expected: int) -> None:
    # One organisation cannot be two, so nothing more is asked for the fifty.
    assert await calls(rooms, query, n=50) == expected
