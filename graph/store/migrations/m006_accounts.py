"""Accounts, the identities that sign in to them, memberships, sessions, tokens of machines."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT account_id IF NOT EXISTS FOR (n:Account) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT account_email IF NOT EXISTS FOR (n:Account) REQUIRE n.email IS UNIQUE",
    "CREATE CONSTRAINT identity_id IF NOT EXISTS FOR (n:Identity) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT membership_id IF NOT EXISTS FOR (n:Membership) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT session_id IF NOT EXISTS FOR (n:Session) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT signingin_id IF NOT EXISTS FOR (n:SigningIn) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT token_id IF NOT EXISTS FOR (n:Token) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT usedonce_id IF NOT EXISTS FOR (n:UsedOnce) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX membership_account IF NOT EXISTS FOR (n:Membership) ON (n.account)",
    "CREATE INDEX membership_organisation IF NOT EXISTS FOR (n:Membership) ON (n.organisation)",
    "CREATE INDEX session_account IF NOT EXISTS FOR (n:Session) ON (n.account)",
    "CREATE INDEX session_sub IF NOT EXISTS FOR (n:Session) ON (n.sub)",
    "CREATE INDEX identity_account IF NOT EXISTS FOR (n:Identity) ON (n.account)",
    "CREATE INDEX token_account IF NOT EXISTS FOR (n:Token) ON (n.account)",
)


async def run(graph: Graph) -> None:
    """Create the schema."""
    for statement in SCHEMA:
        await graph.define(statement)
