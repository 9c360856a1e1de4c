"""A sign-in at an identity provider, from the first step to the session; and the way out, from either side."""

from __future__ import annotations

import time
from typing import Any, Final

from api.actions.joining import recognised
from api.actions.sessions import SignedBy, open_session
from api.auth.cookie import digest, new_token
from api.auth.keys import BadToken
from api.auth.provider import LEEWAY, Flow, Provider, check_audience, new_flow
from api.rooms import Rooms
from graph.model.account import Account, Session, SigningIn

# Long enough to find a second factor.
FLOW_MS: Final = 600_000
LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
# A logout token is told at once; an older one is not a new wish.
LOGOUT_SECONDS: Final = 300


class StartAgain(Exception):
    """This sign-in was not begun in this browser, or has ended: the only way on is to start again."""


async def begin(rooms: Rooms, provider: Provider, browser: str, back: str, at: int) -> str:
    """Begin a sign-in for who holds the token `browser`; the address to send her to."""
    state, flow = new_token(), new_flow()
    url = await provider.authorization_url(state, flow)
    remembered = SigningIn(
        id=digest(state),
        issuer=provider.issuer.name,
        browser=digest(browser),
        nonce=flow.nonce,
        verifier=flow.verifier,
        back=back,
        until=at + FLOW_MS,
    )
    await rooms.graph.write(lambda unit: unit.signings_in.begin(remembered))
    return url


async def take(
    rooms: Rooms, provider: Provider, state: str, browser: str, at: int, *, leaving: bool = False
) -> SigningIn:
    """The sign-in of this state, or the sign-out, which can be taken once, in the browser that began it. Raises StartAgain."""
    taken = await rooms.graph.write(
        lambda unit: unit.signings_in.take(digest(state), digest(browser), at, leaving=leaving)
    )
    # One address of return for each issuer: another's answer cannot be brought here.
    if taken is None or taken.issuer != provider.issuer.name:
        raise StartAgain
    return taken


async def finish(
    rooms: Rooms, provider: Provider, taken: SigningIn, code: str, iss: str | None, before: str, at: int
) -> tuple[str, Account]:
    """The token of a new session, and whose it is. `before` is the session's token that the browser held.

    Raises BadToken, Unavailable, NotAllowed: there is no session then.
    """
    told = await provider.vouched(code, iss, Flow(nonce=taken.nonce, verifier=taken.verifier))
    account = await recognised(rooms, provider.issuer.issuer, told, bool(provider.issuer.siret_claim), at)
    by = SignedBy(issuer=provider.issuer.issuer, sub=told.sub, sid=told.sid, id_token=told.id_token)
    return await open_session(rooms, account, by, before, at), account


async def begin_logout(rooms: Rooms, provider: Provider, session: Session, browser: str, at: int) -> str:
    """Remember that this browser goes to end the provider's session too; the state that it goes with."""
    state = new_token()
    leaving = SigningIn(
        id=digest(state),
        issuer=provider.issuer.name,
        browser=digest(browser),
        id_token=session.id_token,
        until=at + FLOW_MS,
    )
    await rooms.graph.write(lambda unit: unit.signings_in.begin(leaving))
    return state


async def told_of_logout(rooms: Rooms, provider: Provider, logout_token: str, at: int) -> None:
    """The provider ended a session, or all of someone's: so do we. Raises BadToken; the same token ends nothing twice."""
    claims = (await provider.keys.verified(logout_token)).claims
    _check_logout(claims, provider)
    sub, sid = str(claims.get("sub") or ""), str(claims.get("sid") or "")
    issuer, once = provider.issuer.issuer, f"logout|{provider.issuer.name}|{claims['jti']}"

    async def write(unit: Any) -> bool:
        if not await unit.signings_in.use(once, at + 2 * LOGOUT_SECONDS * 1000):
            return False
        await unit.sessions.end_by_provider(issuer, sub, sid)
        return True

    if not await rooms.graph.write(write):
        raise BadToken("jti")


def _check_logout(claims: Any, provider: Provider) -> None:
    now = time.time()
    if claims.get("iss") != provider.issuer.issuer:
        raise BadToken("iss")
    check_audience(claims, provider.issuer.client_id)
    issued, expires = claims.get("iat"), claims.get("exp", now + 1)
    if not isinstance(issued, int | float) or not now - LOGOUT_SECONDS <= issued <= now + LEEWAY:
        raise BadToken("iat")
    if not isinstance(expires, int | float) or expires + LEEWAY <= now:
        raise BadToken("exp")
    events = claims.get("events")
    if not isinstance(events, dict) or LOGGED_OUT not in events:
        raise BadToken("events")
    # An ID token is no logout token.
    if "nonce" in claims:
        raise BadToken("nonce")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise BadToken("jti")
    if not (claims.get("sub") or claims.get("sid")):
        raise BadToken("sub")
