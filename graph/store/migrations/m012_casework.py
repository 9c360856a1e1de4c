"""Files of people: their logs, and what is read of them without opening them."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT file_id IF NOT EXISTS FOR (n:File) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX file_leadorganisation IF NOT EXISTS FOR (n:File) ON (n.leadOrganisation)",
    "CREATE INDEX file_leadaccount IF NOT EXISTS FOR (n:File) ON (n.leadAccount)",
    "CREATE CONSTRAINT entry_id IF NOT EXISTS FOR (n:Entry) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX entry_file IF NOT EXISTS FOR (n:Entry) ON (n.file)",
    "CREATE CONSTRAINT need_id IF NOT EXISTS FOR (n:Need) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX need_file IF NOT EXISTS FOR (n:Need) ON (n.file)",
    "CREATE CONSTRAINT handoff_id IF NOT EXISTS FOR (n:Handoff) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX handoff_file IF NOT EXISTS FOR (n:Handoff) ON (n.file)",
    "CREATE INDEX handoff_target IF NOT EXISTS FOR (n:Handoff) ON (n.target)",
    "CREATE INDEX handoff_sender IF NOT EXISTS FOR (n:Handoff) ON (n.sender)",
    "CREATE INDEX handoff_tick IF NOT EXISTS FOR (n:Handoff) ON (n.tick)",
    "CREATE CONSTRAINT nextaction_id IF NOT EXISTS FOR (n:NextAction) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX nextaction_organisation IF NOT EXISTS FOR (n:NextAction) ON (n.organisation)",
    "CREATE INDEX nextaction_account IF NOT EXISTS FOR (n:NextAction) ON (n.account)",
    "CREATE INDEX nextaction_file IF NOT EXISTS FOR (n:NextAction) ON (n.file)",
    "CREATE CONSTRAINT seat_id IF NOT EXISTS FOR (n:Seat) REQUIRE n.id IS UNIQUE",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
