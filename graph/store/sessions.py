"""Who is signed in. A session is found by the digest of its token; rights are read with it, each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.access import Role
from graph.model.account import NOBODY, Session, SignedIn, signed_in
from graph.store.accounts import account_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

SWEPT_AT_ONCE: Final = 500

OPEN: Final[LiteralString] = """
CREATE (s:Session {id: $id, account: $account, organisation: $organisation, issuer: $issuer, sub: $sub, sid: $sid,
                   idToken: $token, started: $started, seen: $seen, ends: $ends})
"""
# One statement for session, account, memberships and the names of organisations: rights that were taken away are gone.
SIGNED_IN: Final[LiteralString] = """
MATCH (s:Session {id: $id})
WITH s, s.account AS account
MATCH (a:Account {id: account})
OPTIONAL MATCH (m:Membership {account: account}) WHERE m.state = 'active'
WITH s, a, m, m.organisation AS organisation
OPTIONAL MATCH (o:Organisation {id: organisation})
RETURN s{.*} AS session, a{.*} AS account, organisation, m.roles AS roles, o.name AS name
"""
SEEN: Final[LiteralString] = "MATCH (s:Session {id: $id}) SET s.seen = $at"
ACT_FOR: Final[LiteralString] = "MATCH (s:Session {id: $id}) SET s.organisation = $organisation"
GET: Final[LiteralString] = "MATCH (s:Session {id: $id}) RETURN s{.*} AS session"
END: Final[LiteralString] = "MATCH (s:Session {id: $id}) DELETE s"
COUNT: Final[LiteralString] = "MATCH (s:Session {account: $account}) RETURN count(s) AS open"
END_ALL: Final[LiteralString] = "MATCH (s:Session {account: $account}) DELETE s"
END_BY_SUB: Final[LiteralString] = """
MATCH (s:Session {sub: $sub}) WHERE s.issuer = $issuer AND ($sid = '' OR s.sid = $sid)
DELETE s
"""
END_BY_SID: Final[LiteralString] = "MATCH (s:Session) WHERE s.issuer = $issuer AND s.sid = $sid DELETE s"
OLD: Final[LiteralString] = """
MATCH (s:Session) WHERE s.ends <= $now OR s.seen <= $idle
WITH s ORDER BY s.id LIMIT $most
DELETE s
RETURN count(*) AS swept
"""


class Sessions:
    """Sessions within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def open(self, session: Session) -> None:
        """Remember a session."""
        await self._unit.run(
            OPEN,
            id=session.id,
            account=session.account,
            organisation=session.organisation,
            issuer=session.issuer,
            sub=session.sub,
            sid=session.sid,
            token=session.id_token,
            started=session.started,
            seen=session.seen,
            ends=session.ends,
        )

    async def signed_in(self, id_: str, now: int, idle: int) -> SignedIn:
        """Who acts in this session at `now`, unless it ended, was idle for `idle` milliseconds, or its account was closed."""
        rows = await self._unit.run(SIGNED_IN, id=id_)
        if not rows:
            return NOBODY
        session, account = session_of(rows[0]["session"]), account_of(rows[0]["account"])
        if not account.active or session.ends <= now or session.seen + idle <= now:
            return NOBODY
        # A membership of an organisation that is gone gives nothing to act for.
        member = [row for row in rows if row["name"]]
        held = {row["organisation"]: frozenset(map(Role, row["roles"])) for row in member}
        return SignedIn(
            viewer=signed_in(session, account, held),
            names={row["organisation"]: row["name"] for row in member},
            issuer=session.issuer,
            seen=session.seen,
            ends=session.ends,
        )

    async def get(self, id_: str) -> Session | None:
        """A session as it was opened, ended or not."""
        rows = await self._unit.run(GET, id=id_)
        return session_of(rows[0]["session"]) if rows else None

    async def seen(self, id_: str, at: int) -> None:
        """Its holder was here."""
        await self._unit.run(SEEN, id=id_, at=at)

    async def act_for(self, id_: str, organisation: str) -> None:
        """From the next call on, act for this organisation."""
        await self._unit.run(ACT_FOR, id=id_, organisation=organisation)

    async def end(self, id_: str) -> None:
        """End one session; nothing when there is none."""
        await self._unit.run(END, id=id_)

    async def count(self, account: str) -> int:
        """How many sessions of an account are kept, those that ended by themselves and were not swept yet included."""
        return (await self._unit.run(COUNT, account=account))[0]["open"]

    async def end_all(self, account: str) -> None:
        """End every session of an account."""
        await self._unit.run(END_ALL, account=account)

    async def end_by_provider(self, issuer: str, sub: str, sid: str) -> None:
        """End what the identity provider says has ended: the session `sid`, or every one of `sub` when that is empty."""
        if sub:
            await self._unit.run(END_BY_SUB, issuer=issuer, sub=sub, sid=sid)
        elif sid:
            await self._unit.run(END_BY_SID, issuer=issuer, sid=sid)

    async def sweep(self, now: int, idle: int) -> int:
        """Forget some of the sessions that have ended by themselves; how many. 0 says that all are swept."""
        return (await self._unit.run(OLD, now=now, idle=now - idle, most=SWEPT_AT_ONCE))[0]["swept"]


def session_of(node: Mapping[str, Any]) -> Session:
    """A session as its node holds it."""
    return Session(
        id=node["id"],
        account=node["account"],
        organisation=node["organisation"],
        issuer=node["issuer"],
        sub=node["sub"],
        sid=node["sid"],
        id_token=node["idToken"],
        started=node["started"],
        seen=node["seen"],
        ends=node["ends"],
    )
