"""What is swept by its age is found by it; a lock for each hour in which an account looks someone up."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE INDEX request_at IF NOT EXISTS FOR (n:Request) ON (n.at)",
    "CREATE INDEX request_file IF NOT EXISTS FOR (n:Request) ON (n.file)",
    "CREATE INDEX lookup_at IF NOT EXISTS FOR (n:Lookup) ON (n.at)",
    "CREATE INDEX lookuphit_at IF NOT EXISTS FOR (n:LookupHit) ON (n.at)",
    "CREATE INDEX handofflink_ends IF NOT EXISTS FOR (n:HandoffLink) ON (n.ends)",
    "CREATE INDEX linkcode_until IF NOT EXISTS FOR (n:LinkCode) ON (n.until)",
    "CREATE CONSTRAINT lookuphour_id IF NOT EXISTS FOR (n:LookupHour) REQUIRE n.id IS UNIQUE",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
