"""Clocks of organisations, leaves, what was told of files."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT clocks_id IF NOT EXISTS FOR (n:Clocks) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT leave_id IF NOT EXISTS FOR (n:Leave) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX leave_organisation IF NOT EXISTS FOR (n:Leave) ON (n.organisation)",
    "CREATE INDEX handoff_targetaccount IF NOT EXISTS FOR (n:Handoff) ON (n.targetAccount)",
    "CREATE INDEX handoff_senderaccount IF NOT EXISTS FOR (n:Handoff) ON (n.senderAccount)",
    "CREATE CONSTRAINT told_id IF NOT EXISTS FOR (n:Told) REQUIRE n.id IS UNIQUE",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
