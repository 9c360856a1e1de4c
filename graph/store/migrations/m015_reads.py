"""Who read which file; files that ended, by who led them last; codes that join two files of one person."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT fileread_id IF NOT EXISTS FOR (n:FileRead) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX fileread_file IF NOT EXISTS FOR (n:FileRead) ON (n.file)",
    "CREATE INDEX file_lastorganisation IF NOT EXISTS FOR (n:File) ON (n.lastOrganisation)",
    "CREATE CONSTRAINT linkcode_id IF NOT EXISTS FOR (n:LinkCode) REQUIRE n.id IS UNIQUE",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
