"""What changes something is asked from our own pages only."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.settings import Settings
from api.web.refusals import refusal_answer
from graph.model.errors import NotAllowed

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN: Final = (
    "Cette demande vient d’un autre site : rien n’a été fait. Revenez à la page de Maillage et recommencez."
)


class SameSite:
    """ASGI application around the pages: an unsafe method that another site's page sends is answered 403.

    `apart` are the paths whose doors have a check of their own. What is no browser says neither origin nor site, and passes:
    it holds no cookie of ours either.
    """

    def __init__(self, app: ASGIApp, settings: Settings, apart: frozenset[str]) -> None:
        self._app = app
        self._own = settings.public_site
        self._apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and scope["method"] not in SAFE and scope["path"] not in self._apart:
            request = Request(scope, receive)
            if not self._from_here(request):
                answer = refusal_answer(request, NotAllowed(FOREIGN), HTTPStatus.FORBIDDEN)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _from_here(self, request: Request) -> bool:
        origins = request.headers.getlist("origin")
        site = request.headers.get("sec-fetch-site", "")
        if not origins:
            return site in {"", "same-origin", "none"}
        host = request.headers.get("host", "").lower()
        ours = {self._own, f"http://{host}", f"https://{host}"}
        if origins == ["null"]:
            # A page that sends no referrer has no origin either; only the browser can then say that it is ours.
            return site == "same-origin"
        return len(origins) == 1 and origins[0] in ours and site in {"", "same-origin", "none"}
