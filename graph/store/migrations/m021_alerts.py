"""What searches ran into, where nobody is competent, and what coordinators are told of it."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT searchcount_id IF NOT EXISTS FOR (n:SearchCount) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX searchcount_day IF NOT EXISTS FOR (n:SearchCount) ON (n.day)",
    "CREATE CONSTRAINT uncovered_id IF NOT EXISTS FOR (n:Uncovered) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT alert_id IF NOT EXISTS FOR (n:Alert) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT pastalert_id IF NOT EXISTS FOR (n:PastAlert) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX pastalert_closed IF NOT EXISTS FOR (n:PastAlert) ON (n.closed)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
