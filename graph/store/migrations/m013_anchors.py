"""Which files changed since, for the heads of their logs that are written down outside the graph."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

CHANGED: Final[LiteralString] = "CREATE INDEX file_changed IF NOT EXISTS FOR (n:File) ON (n.changed)"


async def run(graph: Graph) -> None:
    """Create it."""
    await graph.define(CHANGED)
