"""Tokens of machines: random, kept as their digest, with an end, taken back at any moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.access import Role, Viewer
from graph.model.account import MachineToken, Session, signed_in
from graph.store.accounts import account_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

ISSUE: Final[LiteralString] = """
CREATE (t:Token {id: $id, account: $account, organisation: $organisation, issued: $issued, ends: $ends})
"""
HOLDER: Final[LiteralString] = """
MATCH (t:Token {id: $id}) WHERE t.ends > $now
WITH t, t.account AS account
MATCH (a:Account {id: account}) WHERE a.active
OPTIONAL MATCH (m:Membership {account: account}) WHERE m.state = 'active'
RETURN t.organisation AS chosen, a{.*} AS account, m.organisation AS organisation, m.roles AS roles
"""
MEMBERSHIPS: Final[LiteralString] = """
MATCH (m:Membership {account: $account}) WHERE m.state = 'active'
RETURN m.organisation AS organisation, m.roles AS roles
"""
REVOKE: Final[LiteralString] = "MATCH (t:Token) WHERE t.id STARTS WITH $start DELETE t RETURN count(*) AS revoked"
OF_ACCOUNT: Final[LiteralString] = """
MATCH (t:Token {account: $account})
RETURN t.id AS id, t.organisation AS organisation, t.issued AS issued, t.ends AS ends ORDER BY issued, id
"""


class Tokens:
    """Tokens within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def issue(self, token: MachineToken) -> None:
        """Remember a token."""
        await self._unit.run(
            ISSUE,
            id=token.id,
            account=token.account,
            organisation=token.organisation,
            issued=token.issued,
            ends=token.ends,
        )

    async def holder(self, id_: str, now: int) -> Viewer | None:
        """Who acts with this token now; None when there is none, it has ended, or its account was closed."""
        rows = await self._unit.run(HOLDER, id=id_, now=now)
        if not rows:
            return None
        account = account_of(rows[0]["account"])
        held = {row["organisation"]: frozenset(map(Role, row["roles"])) for row in rows if row["organisation"]}
        return replace(signed_in(_session(rows[0]["chosen"], account.id), account, held), machine=True)

    async def by_identity(self, identity: str) -> Viewer | None:
        """Who acts with a token of an issuer that says this identity ("issuer|sub"); None when nobody signed in with it."""
        account = await self._unit.accounts.by_identity(identity)
        if account is None or not account.active:
            return None
        rows = await self._unit.run(MEMBERSHIPS, account=account.id)
        held = {row["organisation"]: frozenset(map(Role, row["roles"])) for row in rows}
        return replace(signed_in(_session("", account.id), account, held), machine=True)

    async def revoke(self, start: str) -> int:
        """Take back the tokens whose digest begins so; how many."""
        return (await self._unit.run(REVOKE, start=start))[0]["revoked"]

    async def of_account(self, account: str) -> list[MachineToken]:
        """Those of an account, oldest first."""
        return [
            MachineToken(
                id=row["id"],
                account=account,
                organisation=row["organisation"],
                issued=row["issued"],
                ends=row["ends"],
            )
            for row in await self._unit.run(OF_ACCOUNT, account=account)
        ]


def _session(organisation: str, account: str) -> Session:
    return Session(id="", account=account, issuer="", organisation=organisation, started=0, seen=0, ends=0)
