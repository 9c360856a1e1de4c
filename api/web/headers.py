"""The headers that keep a page to itself: nothing is loaded from elsewhere, nothing is run that we did not ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def content_security_policy(tiles: str = "") -> str:
    """Everything from here; images of the map also from the origin of `tiles`, the address of its squares."""
    parts = urlsplit(tiles)
    images = f" {parts.scheme}://{parts.netloc}" if tiles else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data:{images}",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def security_headers(tiles: str = "") -> Mapping[str, str]:
    """What every answer carries."""
    return MappingProxyType(
        {
            "Content-Security-Policy": content_security_policy(tiles),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            # Where someone is, only when they ask for what is around them.
            "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )


SECURITY_HEADERS: Final = security_headers()


class SecurityHeaders:
    """ASGI application around the finished one: sets them on every answer that has not set its own, a fault's page included."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = SECURITY_HEADERS) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in own)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class ForOtherSites:
    """ASGI application: pages of `origins` may read the answers of `path`, and of nothing else."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], path: str) -> None:
        self._app = app
        self._path = path
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["POST"],
            allow_headers=["content-type"],
            expose_headers=["Retry-After", "RateLimit", "RateLimit-Policy"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, through the open door or the other."""
        named = scope["type"] == "http" and scope["path"] == self._path
        await (self._open if named else self._app)(scope, receive, send)
