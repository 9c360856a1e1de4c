"""Signing in and out: sessions opened, prolonged, ended, and the organisation that one acts for."""

from __future__ import annotations

from dataclasses import dataclass

from api.auth.cookie import digest, new_token
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.account import Account, Session
from graph.model.errors import NotFound
from graph.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """Who vouches for a sign-in: the issuer, what it calls the person and her session there, and its ID token."""

    issuer: str
    sub: str = ""
    sid: str = ""
    id_token: str = ""


async def open_session(rooms: Rooms, account: Account, by: SignedBy, before: str, at: int) -> str:
    """A new session's token, for the browser alone. The session that it held `before` (its token) ends: none outlives a sign-in.

    Who works for one organisation acts for it at once; who works for several chooses.
    """
    token = new_token()

    async def write(unit: Unit) -> None:
        held = await unit.accounts.memberships(account.id)
        active = [one.organisation for one in held if one.active]
        if before:
            await unit.sessions.end(digest(before))
        session = Session(
            id=digest(token),
            account=account.id,
            organisation=active[0] if len(active) == 1 else "",
            issuer=by.issuer,
            sub=by.sub,
            sid=by.sid,
            id_token=by.id_token,
            started=at,
            seen=at,
            ends=at + rooms.settings.session_ms,
        )
        await unit.sessions.open(session)

    await rooms.graph.write(write)
    return token


async def close_session(rooms: Rooms, token: str) -> Session | None:
    """End the session of this token; what it was, for whoever must tell its issuer."""

    async def write(unit: Unit) -> Session | None:
        session = await unit.sessions.get(digest(token))
        await unit.sessions.end(digest(token))
        return session

    return await rooms.graph.write(write)


async def close_everywhere(rooms: Rooms, viewer: Viewer) -> None:
    """End every session of this account, this one included."""
    await rooms.graph.write(lambda unit: unit.sessions.end_all(viewer.account))


async def prolong(rooms: Rooms, viewer: Viewer, at: int) -> None:
    """She is still here: the session is idle from now on. Its absolute end stays."""
    await rooms.graph.write(lambda unit: unit.sessions.seen(viewer.session, at))


async def act_for(rooms: Rooms, viewer: Viewer, organisation: str) -> None:
    """Act for another of one's organisations. Raises NotFound for one that is not."""
    if organisation not in viewer.organisations:
        raise NotFound("Vous n’êtes pas membre de cet organisme. Rien n’a changé.")
    await rooms.graph.write(lambda unit: unit.sessions.act_for(viewer.session, organisation))
