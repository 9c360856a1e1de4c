"""The directory: constraints and indexes."""

from __future__ import annotations

from graph.store.schema import CONSTRAINTS, INDEXES
from graph.store.unit import Graph


async def run(graph: Graph) -> None:
    """Create the schema."""
    for statement in (*CONSTRAINTS, *INDEXES):
        await graph.define(statement)
