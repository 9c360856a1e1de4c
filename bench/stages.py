"""Where the time of one request goes: `python -m bench.stages [services]`.

One process, the application called as its server calls it, a page of twenty relays for a commune and a competence. Each line
is processor time, the least of some rounds, for others may use the machine; inner stages are part of those around them.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import FastAPI
from graphql import VariableValues, get_operation_ast, get_variable_values
from graphql.execution.values import get_argument_values

from api.actions.find_relay import Ask, find_relay
from api.app import collect_rarely, create_app
from api.graphql.context import Context
from api.graphql.execution import Answer, Asked, Limits, answer, gate
from api.graphql.limits import longer_than
from api.graphql.relays import Relay
from api.graphql.schema import schema
from api.journal import keep_journal
from api.rooms import Rooms
from api.settings import Settings
from bench.asking import PAGE, Questions
from bench.france import SERVICES, France
from bench.speed import machine, prepared
from graph.store.connection import driver_of
from graph.store.engine import Address
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from search.understand import Reader

QUESTIONS: Final = 150
ROUNDS: Final = 4
LIMITS: Final = Limits(cost=100_000, seconds=30.0, size=262_144, introspection=True)
# Nobody answers there, and nobody is asked.
NOWHERE: Final = Address("bolt://127.0.0.1:1", "nobody", "")


def main() -> None:
    """Every stage, the outermost first."""
    services = int(sys.argv[1]) if len(sys.argv) > 1 else SERVICES
    folder = prepared(services)
    print(f"{services:,} services; {machine()}; milliseconds of processor a request\n", flush=True)
    # The journal is kept, as a site keeps it.
    with (folder / "journal.txt").open("w") as journal, redirect_stderr(journal):
        keep_journal("web", "json")
        asyncio.run(_measure(folder))


async def _measure(folder: Path) -> None:
    settings = Settings(data=folder, graphql_requests_per_minute=10**8, graphql_cost_per_minute=10**9)
    app = create_app(settings)
    graph = Graph(driver_of(NOWHERE), NOWHERE.database)
    rooms = Rooms(settings=settings, graph=graph, index=EmbeddedIndex(folder / "index"), reader=Reader())
    app.state.rooms = rooms
    collect_rarely()
    try:
        questions = Questions(France(0, 0).communes)
        asked = [{"q": questions.about_a_competence().variables} for _ in range(QUESTIONS)]
        await rooms.index.read_ahead()
        await _stages(app, rooms, asked)
    finally:
        await graph.close()


async def _stages(app: FastAPI, rooms: Rooms, asked: Sequence[dict[str, Any]]) -> None:
    bodies = [orjson.dumps({"query": PAGE, "variables": variables}) for variables in asked]
    page = _Page(rooms)
    values = [page.read(variables) for variables in asked]
    connections = [await page.found(value) for value in values]
    tell, now = page.short.tell, datetime.now(UTC)
    contents = [{"data": {"relays": tell(connection)}} for connection in connections]
    await _row("the application: all but the socket", lambda body: _called(app, body), bodies)
    await _row("  an operation, within its limits", page.answered, asked)
    await _row("    variables read", page.read, asked)
    await _row("    cost", page.cost, values)
    await _row("    relays resolved", page.found, values)
    await _row("      the action", lambda variables: find_relay(rooms, _ask(variables)), asked)
    await _row("        reading no words", lambda _: rooms.reader.read("", rooms.places), asked)
    await _row("      types of the schema made", lambda c: [Relay.of(r, now) for r in c.found.relays], connections)
    await _row("    told by the projection", tell, connections)
    await _row("    size measured, where much is asked", lambda content: longer_than(LIMITS.size, content), contents)
    await _row("    encoded", orjson.dumps, contents)
    await _row("by the executor instead of the short road", page.by_executor, asked)
    await _row(
        "{ __typename }: the same way, nothing asked", lambda _: _called(app, b'{"query":"{__typename}"}'), asked
    )
    total, shown = (sum(numbers) / len(connections) for numbers in zip(*map(_sizes, connections), strict=True))
    print(f"\n{total:.0f} relays in the whole answer, {shown:.0f} on the page")


class _Page:
    """The page's query, in the parts that an operation goes through."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._core = schema().core
        prepared_ = gate(introspection=True).prepare(PAGE)
        assert prepared_.document is not None and prepared_.prices is not None and prepared_.projections is not None
        self._prices = prepared_.prices
        self._document = prepared_.document
        operation = get_operation_ast(self._document)
        assert operation is not None
        self._operation = operation
        short = prepared_.projections.of(operation, self.read({"q": {"text": "rsa"}}))
        assert short is not None
        self.short = short

    def read(self, variables: dict[str, Any]) -> VariableValues:
        values = get_variable_values(self._core, self._operation.variable_definitions or (), variables)
        assert not isinstance(values, list)
        return values

    def cost(self, values: VariableValues) -> int:
        return self._prices.of(self._operation, values.coerced)

    async def found(self, values: VariableValues) -> Any:
        root, info = self.short.root, self.short.info(values, self._context())
        assert root.resolve is not None
        return await root.resolve(None, info, **get_argument_values(root, self.short.node, values))

    async def answered(self, variables: dict[str, Any]) -> Answer:
        return await answer(self._context(), Asked(query=PAGE, variables=variables), LIMITS)

    async def by_executor(self, variables: dict[str, Any]) -> Any:
        return await schema().execute(PAGE, variable_values=variables, context_value=self._context())

    def _context(self) -> Context:
        return Context(self._rooms, "bench", document=self._document)


def _ask(variables: dict[str, Any]) -> Ask:
    told = variables["q"]
    return Ask(territory=told["territory"], competences=tuple(told["competences"]))


def _sizes(connection: Any) -> tuple[int, int]:
    return connection.total_count, len(connection.edges)


async def _row(name: str, stage: Callable[[Any], Any], inputs: Sequence[Any]) -> None:
    rounds = []
    for _ in range(ROUNDS + 1):
        begun = time.process_time()
        for given in inputs:
            done = stage(given)
            if inspect.isawaitable(done):
                await done
        rounds.append((time.process_time() - begun) / len(inputs) * 1000)
    print(f"{name:48} {min(rounds):7.3f}", flush=True)


async def _called(app: FastAPI, body: bytes) -> None:
    """One request, as a server hands it over."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"host", b"bench"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 200, sent


if __name__ == "__main__":
    main()
