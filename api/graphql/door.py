"""The door: HTTP in, one operation, HTTP out. POST asks, GET shows the explorer, nothing else is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from api.auth.bearer import bearer
from api.auth.viewer import signed_in_of, viewer_of
from api.graphql import explorer
from api.graphql.context import Context
from api.graphql.execution import Answer, Asked, Limits, answer
from api.graphql.streaming import EVENT_STREAM, follow
from api.rates import Purse
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Viewer
from graph.model.errors import NotSignedIn, RefusalCode, TooOften, Unavailable

PATH: Final = "/graphql"
JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
# A body this small comes at once; one that trickles holds a connection.
BODY_SECONDS: Final = 10.0


class _Bare(APIRoute):
    """A route whose endpoint takes the request and makes the answer: nothing is left for the framework to read or to check."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint itself."""
        return self.endpoint


router = APIRouter(include_in_schema=False, route_class=_Bare)


@dataclass(frozen=True)
class UnreadError(Exception):
    """A request that was refused before it was read as GraphQL."""

    status: HTTPStatus
    message: str
    code: RefusalCode = RefusalCode.INVALID_INPUT


@router.post(PATH)
async def ask(request: Request) -> Response:
    """One operation, as JSON. Batches, uploads and other media types are refused."""
    rooms: Rooms = request.app.state.rooms
    purse: Purse = request.state.purse
    try:
        _check_origin(request, rooms.settings)
        purse.pay_request()
        _check_media_type(request)
        asked = _asked(await _body(request, rooms.settings.graphql_body_bytes))
        viewer = await _viewer(request)
    except UnreadError as refusal:
        return _response(request, _unread(refusal.message, refusal.code, refusal.status), refusal.status)
    except TooOften as refusal:
        return _response(request, _unread(refusal.message, refusal.code, wait=refusal.seconds), HTTPStatus.OK)
    request_id = getattr(request.state, "request_id", None) or uuid4().hex
    context = Context(
        rooms,
        request_id,
        viewer,
        unread=not viewer.signed_in and signed_in_of(request).unread,
        charge=purse.pay_points,
        pay_suggestion=purse.pay_suggestion,
    )
    if EVENT_STREAM in request.headers.get("accept", ""):
        found = await follow(context, asked, _limits(rooms.settings))
        if not isinstance(found, Answer):
            # Proxies that gather what they pass on would keep the events.
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(found, media_type=EVENT_STREAM, headers=headers)
        return _response(request, found, HTTPStatus.OK)
    return _response(request, await answer(context, asked, _limits(rooms.settings)), HTTPStatus.OK)


def _unread(message: str, code: RefusalCode, status: HTTPStatus = HTTPStatus.BAD_REQUEST, wait: int = 0) -> Answer:
    error = {"message": message, "extensions": {"code": code.name}}
    return Answer(orjson.dumps({"errors": [error]}), status, wait)


@router.get(PATH)
async def show(request: Request) -> Response:
    """The explorer, where the settings open it. Operations are never read from an address."""
    rooms: Rooms = request.app.state.rooms
    if "query" in request.query_params or not rooms.settings.explorer:
        return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    return explorer.page()


async def _viewer(request: Request) -> Viewer:
    """Who asks: by the token that she sends, else by her session."""
    try:
        return await bearer(request) or viewer_of(request)
    except NotSignedIn as refusal:
        raise UnreadError(HTTPStatus.UNAUTHORIZED, refusal.message, refusal.code) from refusal
    except Unavailable as refusal:
        raise UnreadError(HTTPStatus.SERVICE_UNAVAILABLE, refusal.message, refusal.code) from refusal


def _limits(settings: Settings) -> Limits:
    return Limits(
        cost=settings.graphql_cost,
        seconds=settings.graphql_seconds,
        size=settings.graphql_answer_bytes,
        introspection=settings.introspection,
    )


def _check_origin(request: Request, settings: Settings) -> None:
    """A page of another site may not ask in the name of who is signed in here. What is no browser says no origin."""
    origins = request.headers.getlist("origin")
    if not origins and request.headers.get("sec-fetch-site") != "cross-site":
        return
    host = request.headers.get("host", "").lower()
    ours = {*settings.allowed_origins, f"http://{host}", f"https://{host}"}
    if len(origins) != 1 or origins[0] not in ours:
        raise UnreadError(HTTPStatus.FORBIDDEN, "Cette demande vient d’un autre site : elle n’a pas été lue.")


def _check_media_type(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    encoded = request.headers.get("content-encoding", "identity") != "identity"
    if media_type.strip().lower() != JSON or charset not in {"", "charset=utf-8"} or encoded:
        raise UnreadError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Envoyez la demande en « application/json », en UTF-8.")


async def _body(request: Request, limit: int) -> bytes:
    """The whole body. Reading stops at the first byte too many."""
    too_long = UnreadError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"La demande dépasse {limit // 1000} ko.", RefusalCode.TOO_MUCH
    )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise too_long
    except (TimeoutError, ClientDisconnect):
        raise UnreadError(HTTPStatus.REQUEST_TIMEOUT, "La demande n’est pas arrivée en entier.") from None
    return bytes(body)


def _asked(body: bytes) -> Asked:
    try:
        content: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnreadError(HTTPStatus.BAD_REQUEST, "La demande n’est pas du JSON lisible.") from None
    if isinstance(content, list):
        raise UnreadError(HTTPStatus.BAD_REQUEST, "Une opération à la fois : les lots ne sont pas acceptés.")
    if not isinstance(content, dict):
        raise UnreadError(HTTPStatus.BAD_REQUEST, "La demande doit être un objet JSON avec `query`.")
    query, variables, name = content.get("query"), content.get("variables"), content.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise UnreadError(HTTPStatus.BAD_REQUEST, "Il manque `query`, le texte de l’opération.")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise UnreadError(HTTPStatus.BAD_REQUEST, "`variables` doit être un objet, `operationName` un texte.")
    return Asked(query=query, variables=variables or {}, operation_name=name or None)


def _response(request: Request, told: Answer, plain_status: HTTPStatus) -> Response:
    """In the media type that the client accepts; plain JSON always has the status of the transport alone.

    Who came too often is told so by the transport, in both.
    """
    graphql = GRAPHQL_JSON in request.headers.get("accept", "")
    purse: Purse = request.state.purse
    headers = {"Cache-Control": "no-store", **purse.headers()}
    status = told.status if graphql else plain_status
    if told.wait:
        status, headers["Retry-After"] = HTTPStatus.TOO_MANY_REQUESTS, str(told.wait)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return Response(told.body, status_code=status, media_type=GRAPHQL_JSON if graphql else JSON, headers=headers)


# Behind the door itself, which is asked for most and found first.
router.include_router(explorer.router)
