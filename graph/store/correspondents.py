"""Who is written to for an organisation: its members who may edit its listings, else an address that it, or a moderator, gave
for this. Never one found in public data: a public contact was published for people in need, not for us, and whoever reads it
need not answer for the listing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final, LiteralString
from uuid import uuid4

from graph.model.access import Role
from graph.model.mail import Recipient

if TYPE_CHECKING:
    from graph.store.unit import Unit

OF: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:ANSWERS_FOR]-(c:Correspondent)
RETURN id AS organisation, c.id AS id, c.email AS email ORDER BY organisation, id
"""
EDITORS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (m:Membership {organisation: id})
WHERE m.state = 'active'
WITH id, m.roles AS roles, m.account AS account
MATCH (a:Account {id: account})
WHERE a.active = true
RETURN id AS organisation, a.id AS id, a.email AS email, roles, a.demonstration AS demonstration ORDER BY organisation, id
"""
EDITED: Final[LiteralString] = """
MATCH (m:Membership) WHERE m.state = 'active' AND m.organisation > $after
RETURN DISTINCT m.organisation AS id ORDER BY id LIMIT $most
"""
ADDRESS: Final[LiteralString] = "MATCH (c:Correspondent {id: $id}) RETURN c.email AS email"
ACCOUNT: Final[LiteralString] = (
    "MATCH (a:Account {id: $id}) WHERE a.active = true RETURN a.email AS email, a.demonstration AS demonstration"
)
FORMER: Final[LiteralString] = """
MATCH (o:Organisation {id: $organisation})<-[:ANSWERS_FOR]-(c:Correspondent)
RETURN c.id AS id
"""
ADD: Final[LiteralString] = "CREATE (c:Correspondent {id: $id, email: $email, setBy: $by, setOn: timestamp()})"
POINT: Final[LiteralString] = """
MATCH (c:Correspondent {id: $id}), (o:Organisation {id: $organisation})
MERGE (c)-[:ANSWERS_FOR]->(o)
"""
REMOVE: Final[LiteralString] = "UNWIND $ids AS id MATCH (c:Correspondent {id: id}) DETACH DELETE c"
STOP: Final[LiteralString] = "MERGE (n:NoMail {id: $id}) ON CREATE SET n.on = timestamp()"
# Two who write at once come one after the other: each sets another value, for on ArcadeDB two who set the same do not meet.
LOCK_CORRESPONDENTS: Final[LiteralString] = (
    "UNWIND $ids AS id MATCH (c:Correspondent {id: id}) SET c.locked = NOT coalesce(c.locked, false)"
)
LOCK_ACCOUNTS: Final[LiteralString] = (
    "UNWIND $ids AS id MATCH (a:Account {id: id}) SET a.locked = NOT coalesce(a.locked, false)"
)
RESUME: Final[LiteralString] = "MATCH (n:NoMail {id: $id}) DELETE n"
STOPPED: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:NoMail {id: id}) RETURN n.id AS id"
# Those that have someone to write to, a page after an id.
KEPT: Final[LiteralString] = """
MATCH (o:Organisation) WHERE o.id > $after AND o.state = 'published'
  AND EXISTS { MATCH (o)<-[:ANSWERS_FOR]-(:Correspondent) }
RETURN o.id AS id ORDER BY id LIMIT $most
"""


MAY_EDIT: Final = frozenset({Role.LISTING_EDITOR.value, Role.ORGANISATION_ADMINISTRATOR.value})


class Correspondents:
    """Correspondents within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def of(self, organisations: Sequence[str]) -> dict[str, tuple[Recipient, ...]]:
        """Who is written to for each of these, without those that asked not to be."""
        answering = await self.answering(organisations)
        stopped = await self.stopped([one.email for several in answering.values() for one in several])
        found = {id_: tuple(one for one in several if one.email not in stopped) for id_, several in answering.items()}
        return {id_: several for id_, several in found.items() if several}

    async def answering(self, organisations: Sequence[str]) -> dict[str, tuple[Recipient, ...]]:
        """Who answers for each of these, whether she wants mail or not: its editors, or without any its correspondent."""
        ids, found = list(organisations), defaultdict[str, list[Recipient]](list)
        for row in await self._unit.run(EDITORS, ids=ids):
            # Nobody reads what is sent to an account of the demonstration.
            if MAY_EDIT & set(row["roles"]) and not row["demonstration"]:
                found[row["organisation"]].append(Recipient(id=row["id"], email=row["email"]))
        edited = set(found)
        for row in await self._unit.run(OF, ids=ids):
            if row["organisation"] not in edited:
                found[row["organisation"]].append(Recipient(id=row["id"], email=row["email"]))
        return {organisation: tuple(recipients) for organisation, recipients in found.items()}

    async def address(self, recipient: str, organisation: str = "") -> str:
        """Where to write to her, about an organisation if one is named; empty when she no longer answers for it, is no longer
        there, or asked not to be written to.
        """
        if organisation:
            answering = (await self.answering([organisation])).get(organisation, ())
            email = next((one.email for one in answering if one.id == recipient), "")
        else:
            email = await self._address(recipient)
        return email if email and not await self.stopped([email]) else ""

    async def _address(self, recipient: str) -> str:
        rows = await self._unit.run(ADDRESS, id=recipient) or await self._unit.run(ACCOUNT, id=recipient)
        return rows[0]["email"] if rows and not rows[0].get("demonstration") else ""

    async def lock(self, recipients: Sequence[Recipient]) -> None:
        """Nobody else writes to these before this unit ends."""
        ids = [one.id for one in recipients]
        await self._unit.run(LOCK_CORRESPONDENTS, ids=ids)
        await self._unit.run(LOCK_ACCOUNTS, ids=ids)

    async def appointed(self, organisation: str) -> Recipient | None:
        """The correspondent of an organisation, whether it has editors or not."""
        rows = await self._unit.run(OF, ids=[organisation])
        return Recipient(id=rows[0]["id"], email=rows[0]["email"]) if rows else None

    async def appoint(self, organisation: str, email: str, by: str) -> str:
        """Make this the address of the organisation, in the place of those before; the id of its correspondent."""
        await self.remove(organisation)
        id_ = f"correspondent:{uuid4().hex}"
        await self._unit.run(ADD, id=id_, email=email, by=by)
        await self._unit.run(POINT, id=id_, organisation=organisation)
        return id_

    async def remove(self, organisation: str) -> None:
        """Nobody is written to for it any more, but its members."""
        rows = await self._unit.run(FORMER, organisation=organisation)
        await self._unit.run(REMOVE, ids=[row["id"] for row in rows])

    async def kept(self, after: str, most: int) -> list[str]:
        """Organisations that may have someone to write to, in order of id, at most so many after this one."""
        corresponding = await self._unit.run(KEPT, after=after, most=most)
        edited = await self._unit.run(EDITED, after=after, most=most)
        return sorted({row["id"] for row in (*corresponding, *edited)})[:most]

    async def stop(self, recipient: str) -> None:
        """No mail of ours to her address any more, whatever it is about and whoever gives that address again."""
        if email := await self._address(recipient):
            await self._unit.run(STOP, id=no_mail_key(email))

    async def resume(self, recipient: str) -> None:
        """Mails again: hers to say, and nobody else's."""
        if email := await self._address(recipient):
            await self._unit.run(RESUME, id=no_mail_key(email))

    async def stopped(self, emails: Sequence[str]) -> frozenset[str]:
        """Those of these addresses that asked for no mail."""
        keys = sorted({no_mail_key(email) for email in emails})
        said = {row["id"] for row in await self._unit.run(STOPPED, ids=keys)}
        return frozenset(email for email in emails if no_mail_key(email) in said)


def no_mail_key(email: str) -> str:
    """What is kept of an address that wants no mail: not the address."""
    return sha256(email.lower().encode()).hexdigest()
