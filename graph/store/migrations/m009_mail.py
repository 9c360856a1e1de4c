"""Mails, signed links with their keys, correspondents, reminders."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT mail_id IF NOT EXISTS FOR (n:Mail) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT signedlink_id IF NOT EXISTS FOR (n:SignedLink) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT linkkey_id IF NOT EXISTS FOR (n:LinkKey) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT correspondent_id IF NOT EXISTS FOR (n:Correspondent) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT nomail_id IF NOT EXISTS FOR (n:NoMail) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reminder_id IF NOT EXISTS FOR (n:Reminder) REQUIRE n.id IS UNIQUE",
)


async def run(graph: Graph) -> None:
    """Keep each of them once."""
    for statement in SCHEMA:
        await graph.define(statement)
