"""Machines: a bearer token of ours, or one of a trusted issuer, verified with its own keys."""

from __future__ import annotations

import base64
import json
import time
from typing import Any, Final

from starlette.requests import Request

from api.auth.cookie import digest, new_token
from api.auth.keys import BadToken
from api.auth.provider import LEEWAY, Provider
from api.auth.providers import providers_of
from api.auth.signed_in import now_ms
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import NotSignedIn

# Ours are known by their beginning, so that one left in a text is found, and named for what it is.
OURS: Final = "maillage_"
LONGEST: Final = 8000
# The header of RFC 9068; Keycloak says "JWT" there and "Bearer" in a claim.
TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
NOT_TAKEN: Final = "Ce jeton n’est pas accepté : il est faux, terminé ou repris. Rien n’a été lu ni modifié."


def new_machine_token() -> str:
    """A token as a machine sends it."""
    return OURS + new_token()


async def bearer(request: Request) -> Viewer | None:
    """Who acts by the Authorization header; None without one. Raises NotSignedIn for a token that is not taken, Unavailable."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST:
        raise NotSignedIn(NOT_TAKEN)
    rooms: Rooms = request.app.state.rooms
    if token.startswith(OURS):
        async with rooms.graph.reading() as unit:
            viewer = await unit.tokens.holder(digest(token), now_ms())
    else:
        viewer = await _of_issuer(request, rooms, token)
    if viewer is None:
        raise NotSignedIn(NOT_TAKEN)
    return viewer


async def _of_issuer(request: Request, rooms: Rooms, token: str) -> Viewer | None:
    said = _said(token).get("iss")
    several = providers_of(request).values()
    provider = next((one for one in several if one.issuer.audience and one.issuer.issuer == said), None)
    if provider is None:
        return None
    try:
        verified = await provider.keys.verified(token)
        _check(verified.header, verified.claims, provider)
    except BadToken:
        return None
    async with rooms.graph.reading() as unit:
        return await unit.tokens.by_identity(f"{provider.issuer.issuer}|{verified.claims['sub']}")


def _said(token: str) -> dict[str, Any]:
    """What a token says before anything is verified: good for choosing whose keys to try, and for nothing else."""
    try:
        part = token.split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _check(header: Any, claims: Any, provider: Provider) -> None:
    now = time.time()
    kind = str(header.get("typ", "")).lower()
    if kind not in TYPES and not (kind == "jwt" and claims.get("typ") == "Bearer"):
        raise BadToken("typ")
    audience = claims.get("aud")
    if provider.issuer.audience not in (audience if isinstance(audience, list) else [audience]):
        raise BadToken("aud")
    if claims.get("iss") != provider.issuer.issuer or not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise BadToken("iss")
    ends, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(ends, int | float) or ends + LEEWAY <= now:
        raise BadToken("exp")
    if not isinstance(begins, int | float) or begins - LEEWAY > now:
        raise BadToken("nbf")
