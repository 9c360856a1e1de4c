"""Accounts, what identity providers call them, and their memberships.

No edge leaves an account for the directory: an organisation is named by its id, and an import may take it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState

if TYPE_CHECKING:
    from graph.store.unit import Unit

PUT: Final[LiteralString] = """
MERGE (a:Account {id: $id})
SET a.email = $email, a.name = $name, a.function = $function, a.active = $active, a.roles = $roles,
    a.professional = $professional, a.demonstration = $demonstration
"""
BY_ID: Final[LiteralString] = "UNWIND $ids AS id MATCH (a:Account {id: id}) RETURN a{.*} AS account"
BY_EMAIL: Final[LiteralString] = "MATCH (a:Account {email: $email}) RETURN a{.*} AS account"
BY_IDENTITY: Final[LiteralString] = """
MATCH (i:Identity {id: $id})
WITH i.account AS account
MATCH (a:Account {id: account})
RETURN a{.*} AS account
"""
KNOW: Final[LiteralString] = "MERGE (i:Identity {id: $id}) ON CREATE SET i.account = $account, i.since = $at"
PUT_MEMBERSHIP: Final[LiteralString] = """
MERGE (m:Membership {id: $id})
SET m.account = $account, m.organisation = $organisation, m.roles = $roles, m.state = $state, m.since = $since,
    m.decidedBy = $by, m.note = $note, m.post = $post
"""
# Lock first (the SET), then read: two administrators may decide at the same moment.
LOCK_MEMBERSHIP: Final[LiteralString] = """
MATCH (m:Membership {id: $id}) SET m.locked = true
WITH m
RETURN m{.*} AS membership
"""
# In one order for everyone, so that two who take them all do not wait for each other.
LOCK_MEMBERS: Final[LiteralString] = """
MATCH (m:Membership {organisation: $organisation})
WITH m ORDER BY m.id
SET m.locked = true
"""
OF_ACCOUNT: Final[LiteralString] = "MATCH (m:Membership {account: $account}) RETURN m{.*} AS membership ORDER BY m.id"
OF_ORGANISATION: Final[LiteralString] = """
MATCH (m:Membership {organisation: $organisation})
WITH m, m.account AS account
MATCH (a:Account {id: account})
RETURN m{.*} AS membership, a{.*} AS account ORDER BY a.name, a.email
"""
POSTS_HELD: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (m:Membership {organisation: id}) WHERE m.state = 'active' AND m.post <> ''
RETURN id, m.account AS account, m.post AS post ORDER BY id, account
"""
NAMES: Final[LiteralString] = "UNWIND $ids AS id MATCH (o:Organisation {id: id}) RETURN o.id AS id, o.name AS name"
JOINABLE: Final[LiteralString] = "MATCH (o:Organisation {id: $id}) WHERE o.state = 'published' RETURN o.id AS id"
BY_SIRET: Final[LiteralString] = """
MATCH (o:Organisation {siret: $siret}) WHERE o.state = 'published'
RETURN o.id AS id ORDER BY id
"""


class Accounts:
    """Accounts within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def put(self, account: Account) -> None:
        """Write an account as it is told. The unit's commit raises ConstraintError when another has its e-mail."""
        await self._unit.run(
            PUT,
            id=account.id,
            email=account.email,
            name=account.name,
            function=account.function,
            active=account.active,
            roles=sorted(account.roles),
            professional=account.professional,
            demonstration=account.demonstration,
        )

    async def of(self, ids: Sequence[str]) -> dict[str, Account]:
        """Those that exist, by id."""
        rows = await self._unit.run(BY_ID, ids=list(ids))
        return {row["account"]["id"]: account_of(row["account"]) for row in rows}

    async def by_email(self, email: str) -> Account | None:
        """The account of a folded address."""
        return _first(await self._unit.run(BY_EMAIL, email=email))

    async def by_identity(self, identity: str) -> Account | None:
        """The account that this identity ("issuer|sub") has signed in to before."""
        return _first(await self._unit.run(BY_IDENTITY, id=identity))

    async def know(self, identity: str, account: str, at: int) -> None:
        """From now on this identity is this account's; one that is known already stays where it is."""
        await self._unit.run(KNOW, id=identity, account=account, at=at)

    async def put_membership(self, membership: Membership) -> None:
        """Write a membership as it is told."""
        await self._unit.run(
            PUT_MEMBERSHIP,
            id=membership.id,
            account=membership.account,
            organisation=membership.organisation,
            roles=sorted(membership.roles),
            state=membership.state,
            since=membership.since,
            by=membership.decided_by,
            note=membership.note,
            post=membership.post,
        )

    async def lock_membership(self, account: str, organisation: str) -> Membership | None:
        """The membership, which nobody else changes before this unit ends."""
        rows = await self._unit.run(LOCK_MEMBERSHIP, id=f"{account}|{organisation}")
        return membership_of(rows[0]["membership"]) if rows else None

    async def lock_members(self, organisation: str) -> None:
        """All memberships of an organisation stay as they are until this unit ends, but for what it does to them itself."""
        await self._unit.run(LOCK_MEMBERS, organisation=organisation)

    async def memberships(self, account: str) -> list[Membership]:
        """All of an account, whatever their state."""
        rows = await self._unit.run(OF_ACCOUNT, account=account)
        return [membership_of(row["membership"]) for row in rows]

    async def members(self, organisation: str) -> list[tuple[Membership, Account]]:
        """All of an organisation, whatever their state, in order of name."""
        rows = await self._unit.run(OF_ORGANISATION, organisation=organisation)
        return [(membership_of(row["membership"]), account_of(row["account"])) for row in rows]

    async def organisation_names(self, ids: Sequence[str]) -> dict[str, str]:
        """The names of those that exist, by id."""
        return {row["id"]: row["name"] for row in await self._unit.run(NAMES, ids=list(ids))}

    async def joinable(self, organisation: str) -> bool:
        """Whether one may ask to join it: those that are shown, and no others."""
        return bool(await self._unit.run(JOINABLE, id=organisation))

    async def posts_held(self, organisations: Sequence[str]) -> dict[tuple[str, str], str]:
        """The post of each who works in these organisations and whose post was said, by (organisation, account)."""
        rows = await self._unit.run(POSTS_HELD, ids=list(organisations))
        return {(row["id"], row["account"]): row["post"] for row in rows}

    async def with_siret(self, siret: str) -> list[str]:
        """Ids of the published organisations of this establishment."""
        return [row["id"] for row in await self._unit.run(BY_SIRET, siret=siret)]


def account_of(node: Mapping[str, Any]) -> Account:
    """An account as its node holds it."""
    return Account(
        id=node["id"],
        email=node["email"],
        name=node["name"],
        function=node["function"],
        active=node["active"],
        roles=frozenset(map(Role, node["roles"])),
        professional=node["professional"],
        demonstration=node["demonstration"],
    )


def membership_of(node: Mapping[str, Any]) -> Membership:
    """A membership as its node holds it."""
    return Membership(
        account=node["account"],
        organisation=node["organisation"],
        roles=frozenset(map(Role, node["roles"])),
        state=MembershipState(node["state"]),
        since=node["since"],
        decided_by=node["decidedBy"],
        note=node["note"],
        # Absent from those that were written before posts were said.
        post=node.get("post") or "",
    )


def _first(rows: Sequence[Mapping[str, Any]]) -> Account | None:
    return account_of(rows[0]["account"]) if rows else None
