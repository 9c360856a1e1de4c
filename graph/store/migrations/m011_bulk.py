"""Files that were sent with their parts, those that were done, and searches that someone keeps."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT upload_id IF NOT EXISTS FOR (n:Upload) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX upload_organisation IF NOT EXISTS FOR (n:Upload) ON (n.organisation)",
    "CREATE CONSTRAINT uploadpart_id IF NOT EXISTS FOR (n:UploadPart) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT appliedfile_id IF NOT EXISTS FOR (n:AppliedFile) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT savedsearch_id IF NOT EXISTS FOR (n:SavedSearch) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX savedsearch_account IF NOT EXISTS FOR (n:SavedSearch) ON (n.account)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
