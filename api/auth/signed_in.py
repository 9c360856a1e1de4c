"""Reads who is signed in, once a request and before any page: rights that were taken away are gone on the next call."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth.cookie import digest, held
from api.auth.demonstration import ISSUER as DEMONSTRATION
from api.rooms import Rooms
from api.settings import Settings
from graph.model.account import NOBODY, UNREAD, SignedIn
from graph.model.errors import Unavailable

# Files and figures say the same to everyone.
SAME_FOR_ALL: Final = ("/static/", "/graphql/static/", "/health", "/ready", "/metrics", "/service-worker.js")
# To write a moment at each call would be a write a page.
SEEN_EVERY_MS: Final = 60_000
FOLLOWS: Final = "text/event-stream"

log = structlog.get_logger(__name__)


def now_ms() -> int:
    """The moment, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class ReadsWhoIsHere:
    """ASGI application around the pages: sets `request.state.viewer` and `request.state.signed_in`.

    While the graph does not answer whoever brings a session is a visitor that was not read: a public page never fails for it,
    and what takes an account says that it is for a moment (api/auth/viewer.py).
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say who is here, and pass the request on."""
        if scope["type"] == "http" and not scope["path"].startswith(SAME_FOR_ALL):
            signed_in = await self._signed_in(Request(scope))
            state = scope.setdefault("state", {})
            state["signed_in"], state["viewer"] = signed_in, signed_in.viewer
        await self._app(scope, receive, send)

    async def _signed_in(self, request: Request) -> SignedIn:
        token = held(request, self._settings)
        rooms: Rooms | None = getattr(request.app.state, "rooms", None)
        if not token or rooms is None:
            return NOBODY
        id_, now = digest(token), now_ms()
        try:
            async with rooms.graph.reading() as unit:
                found = await unit.sessions.signed_in(id_, now, self._settings.session_idle_ms)
        except Unavailable as fault:
            log.warning("session_not_read", fault=type(fault).__name__)
            return UNREAD
        # Whoever opens the folder of a demonstration as a real site opens none of its sessions.
        if not found.viewer.signed_in or (found.issuer == DEMONSTRATION and not self._settings.demo):
            return NOBODY
        # What a page asks for by itself for as long as it is open is no sign of life.
        alive = FOLLOWS not in request.headers.get("accept", "")
        return await self._seen(rooms, found, id_, now) if alive and now - found.seen > SEEN_EVERY_MS else found

    async def _seen(self, rooms: Rooms, found: SignedIn, id_: str, now: int) -> SignedIn:
        """Who may be read is here, though the moment may not be written."""
        try:
            await rooms.graph.write(lambda unit: unit.sessions.seen(id_, now))
        except Unavailable as fault:
            log.warning("session_not_seen", fault=type(fault).__name__)
            return found
        return replace(found, seen=now)
