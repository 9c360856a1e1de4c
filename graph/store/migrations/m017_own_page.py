"""Persons' own pages: their doors, who is behind them now; what is still to be forgotten; whom nobody has met for long."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT pagedoor_id IF NOT EXISTS FOR (n:PageDoor) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX pagedoor_file IF NOT EXISTS FOR (n:PageDoor) ON (n.file)",
    "CREATE CONSTRAINT pagesession_id IF NOT EXISTS FOR (n:PageSession) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX pagesession_file IF NOT EXISTS FOR (n:PageSession) ON (n.file)",
    "CREATE CONSTRAINT forgotten_id IF NOT EXISTS FOR (n:Forgotten) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX file_lastcontact IF NOT EXISTS FOR (n:File) ON (n.lastContact)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
