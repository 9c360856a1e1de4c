"""Inboxes are followed by the moment of what was written."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE INDEX entry_at IF NOT EXISTS FOR (n:Entry) ON (n.at)",
    "CREATE CONSTRAINT handofflink_id IF NOT EXISTS FOR (n:HandoffLink) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX handofflink_handoff IF NOT EXISTS FOR (n:HandoffLink) ON (n.handoff)",
)


async def run(graph: Graph) -> None:
    """Create it."""
    for statement in SCHEMA:
        await graph.define(statement)
