"""Moments by which figures are counted, figures once published, the months of what is handed on between bodies."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE INDEX handoff_sent IF NOT EXISTS FOR (n:Handoff) ON (n.sent)",
    "CREATE INDEX need_opened IF NOT EXISTS FOR (n:Need) ON (n.opened)",
    "CREATE INDEX file_opened IF NOT EXISTS FOR (n:File) ON (n.opened)",
    "CREATE CONSTRAINT publication_id IF NOT EXISTS FOR (n:Publication) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT figure_id IF NOT EXISTS FOR (n:Figure) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX figure_quarter IF NOT EXISTS FOR (n:Figure) ON (n.quarter)",
    "CREATE CONSTRAINT flowmonth_id IF NOT EXISTS FOR (n:FlowMonth) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX handedto_month IF NOT EXISTS FOR ()-[r:HANDED_TO]-() ON (r.month)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
