"""What is looked at before anything is read: the name under which the site was called, and how often this caller came."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.callers import Callers
from api.graphql.door import PATH as GRAPHQL
from api.rates import Purse, Rates
from api.settings import Settings
from api.web.refusals import refusal_answer
from graph.model.errors import NotFound, TooOften

# Files that a browser keeps.
FILES: Final = ("/static/", "/graphql/static/")
# Someone with a link opens a few pages; who tries addresses one after the other needs many.
LINKS_PER_MINUTE: Final = 60
# Whoever watches the site knows it by its address, and asks as often as it must.
WATCHED: Final = frozenset({"/health", "/ready", "/metrics"})


class Gateway:
    """ASGI application around the framework. What passes carries its caller's `Purse` in `request.state`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = frozenset(settings.hosts)
        self._callers = Callers(settings.trusted_proxies)
        self._rates = Rates(
            pages=settings.pages_per_minute,
            suggestions=settings.suggestions_per_hour,
            requests=settings.graphql_requests_per_minute,
            links=min(LINKS_PER_MINUTE, settings.pages_per_minute),
            # One operation that is allowed at all must be possible.
            points=settings.graphql_cost_per_minute and max(settings.graphql_cost_per_minute, settings.graphql_cost),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer for it. Operations are counted by their own door, which speaks GraphQL."""
        path: str = scope.get("path", "")
        if scope["type"] == "http" and path not in WATCHED and not path.startswith(FILES):
            purse = Purse(self._rates, self._callers.name(scope))
            scope.setdefault("state", {})["purse"] = purse
            request = Request(scope, receive)
            try:
                self._check_host(request)
                if path != GRAPHQL or scope["method"] != "POST":
                    purse.pay_page()
            except NotFound as refusal:
                await refusal_answer(request, refusal, HTTPStatus.MISDIRECTED_REQUEST)(scope, receive, send)
                return
            except TooOften as refusal:
                await refusal_answer(request, refusal)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check_host(self, request: Request) -> None:
        """A name that someone else made to point here would make a browser take our answers for that site's."""
        if self._hosts and _name_of(request.headers.get("host", "")) not in self._hosts:
            raise NotFound("Ce site ne répond pas sous ce nom. Vérifiez l’adresse.")


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()
