"""Suggestions with the addresses of their authors, and decisions."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT suggestion_id IF NOT EXISTS FOR (n:Suggestion) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX suggestion_about IF NOT EXISTS FOR (n:Suggestion) ON (n.waitsAbout)",
    "CREATE INDEX suggestion_for IF NOT EXISTS FOR (n:Suggestion) ON (n.waitsFor)",
    "CREATE CONSTRAINT suggestion_address_id IF NOT EXISTS FOR (n:SuggestionAddress) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (n:Decision) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX decision_organisation IF NOT EXISTS FOR (n:Decision) ON (n.organisation)",
    "CREATE INDEX decision_item IF NOT EXISTS FOR (n:Decision) ON (n.item)",
)


async def run(graph: Graph) -> None:
    """Create them."""
    for statement in SCHEMA:
        await graph.define(statement)
