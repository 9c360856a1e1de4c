"""Around every request: the mark it is known by, its line in the journal, its place in the figures.

What a visitor typed is not in them: the template of the route stands for the address, and there is no query, body, header
or client address.
"""

from __future__ import annotations

import re
import time
from typing import Final
from uuid import uuid4

import structlog
from opentelemetry import trace
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import REQUEST_SECONDS, REQUESTS

HEADER: Final = "X-Request-Id"
# A UUID, with its hyphens or without; anything freer could carry a name.
MARK: Final = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"
NO_ROUTE: Final = "none"
# Asked every few seconds by machines, or twenty times a page: only their failures are worth a line.
QUIET: Final = frozenset({"/health", "/ready", "/metrics", "/static/{version}/{path:path}"})

log = structlog.get_logger(__name__)


class RequestLine:
    """ASGI application around the finished one. `trusted` names the header of a mark given by the proxy in front; empty: none."""

    def __init__(self, app: ASGIApp, trusted: str = "") -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mark the request, pass it on, tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        mark = self._mark(scope)
        scope.setdefault("state", {})["request_id"] = mark
        structlog.contextvars.clear_contextvars()
        # Left bound after the end: the server's own lines about this request come later, in the same task.
        structlog.contextvars.bind_contextvars(request_id=mark)
        trace.get_current_span().set_attribute("maillage.request_id", mark)
        begun = time.perf_counter()
        status = 0

        async def send_with_mark(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = mark
            await send(message)

        try:
            await self._app(scope, receive, send_with_mark)
        finally:
            _tell(scope, status, time.perf_counter() - begun)

    def _mark(self, scope: Scope) -> str:
        given = Headers(scope=scope).get(self._trusted, "").lower() if self._trusted else ""
        return given if MARK.fullmatch(given) else uuid4().hex


def _tell(scope: Scope, status: int, seconds: float) -> None:
    """`status` 0: the visitor left, or the process ended, before there was an answer."""
    method = scope["method"] if scope["method"] in METHODS else OTHER
    route = getattr(scope.get("route"), "path", NO_ROUTE)
    REQUESTS.labels(method, route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    say = log.debug if route in QUIET and 0 < status < 400 else log.info
    say("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
