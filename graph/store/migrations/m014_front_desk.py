"""Contacts at front doors, what was not found, tokens by which a caller is found again, and who looked."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT request_id IF NOT EXISTS FOR (n:Request) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX request_month IF NOT EXISTS FOR (n:Request) ON (n.month)",
    "CREATE INDEX request_organisation IF NOT EXISTS FOR (n:Request) ON (n.organisation)",
    "CREATE CONSTRAINT requestentry_id IF NOT EXISTS FOR (n:RequestEntry) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX requestentry_request IF NOT EXISTS FOR (n:RequestEntry) ON (n.request)",
    "CREATE CONSTRAINT requestneed_id IF NOT EXISTS FOR (n:RequestNeed) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX requestneed_request IF NOT EXISTS FOR (n:RequestNeed) ON (n.request)",
    "CREATE CONSTRAINT norelay_id IF NOT EXISTS FOR (n:NoRelay) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX norelay_organisation IF NOT EXISTS FOR (n:NoRelay) ON (n.organisation)",
    "CREATE INDEX norelay_file IF NOT EXISTS FOR (n:NoRelay) ON (n.file)",
    "CREATE INDEX norelay_request IF NOT EXISTS FOR (n:NoRelay) ON (n.request)",
    "CREATE INDEX entry_tally IF NOT EXISTS FOR (n:Entry) ON (n.tally)",
    "CREATE CONSTRAINT lookuptoken_id IF NOT EXISTS FOR (n:LookupToken) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX lookuptoken_token IF NOT EXISTS FOR (n:LookupToken) ON (n.token)",
    "CREATE INDEX lookuptoken_file IF NOT EXISTS FOR (n:LookupToken) ON (n.file)",
    "CREATE CONSTRAINT lookupbook_id IF NOT EXISTS FOR (n:LookupBook) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT lookup_id IF NOT EXISTS FOR (n:Lookup) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX lookup_account IF NOT EXISTS FOR (n:Lookup) ON (n.account)",
    "CREATE CONSTRAINT lookuphit_id IF NOT EXISTS FOR (n:LookupHit) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX lookuphit_file IF NOT EXISTS FOR (n:LookupHit) ON (n.file)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
