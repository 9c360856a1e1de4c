"""Reorganisations, and the files that each of them has moved."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT reorganisation_id IF NOT EXISTS FOR (n:Reorganisation) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reorganised_id IF NOT EXISTS FOR (n:Reorganised) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX reorganised_plan IF NOT EXISTS FOR (n:Reorganised) ON (n.plan)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
