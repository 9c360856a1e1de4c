"""Refusals and faults as pages: what happened, what is safe, what to do. A client that wants JSON gets JSON."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.journal import steps_of
from api.web.forms import came_from, see, way_back
from api.web.render import page
from graph.model.errors import NotSignedIn, Refusal, RefusalCode, TooOften

STATUS: Final = {
    RefusalCode.INVALID_INPUT: 422,
    RefusalCode.NOT_FOUND: 404,
    RefusalCode.NOT_SIGNED_IN: 401,
    RefusalCode.NOT_ALLOWED: 403,
    RefusalCode.STEP_NOT_ALLOWED: 409,
    RefusalCode.REASON_MISSING: 422,
    RefusalCode.CONSENT_MISSING: 422,
    RefusalCode.TO_CONFIRM: 409,
    RefusalCode.CONFLICT: 409,
    RefusalCode.TOO_MUCH: 422,
    RefusalCode.TOO_OFTEN: 429,
    RefusalCode.UNAVAILABLE: 503,
}
TITLES: Final = {
    401: "Il faut se connecter",
    403: "Ce droit manque à votre compte",
    404: "Cette page n’existe pas",
    409: "Cela a changé entre-temps",
    405: "Cette page ne se demande pas ainsi",
    421: "Ce n’est pas l’adresse de ce site",
    422: "La demande n’a pas été comprise",
    429: "Trop de demandes à la fois",
    500: "Une erreur est survenue de notre côté",
    503: "Le service ne répond pas en ce moment",
}
TEXTS: Final = {
    404: "L’adresse est fausse, ou la fiche a été retirée.",
    405: "Revenez à la page précédente et utilisez ses boutons.",
    422: "Une partie de l’adresse ne peut pas être lue.",
    500: "Réessayez dans un instant. Si l’erreur revient, donnez-nous ce repère : {mark}.",
}
SAFE: Final = "Rien n’a été modifié ni perdu."

log = structlog.get_logger()


def install_refusals(app: FastAPI) -> None:
    """Say every refusal, wrong address and fault in words."""
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _fault)


async def _refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    if isinstance(refusal, NotSignedIn) and "text/html" in request.headers.get("accept", ""):
        return see(f"/connexion?{urlencode({'retour': _asked_for(request)})}")
    return refusal_answer(request, refusal)


def _asked_for(request: Request) -> str:
    """The page to come back to: the one that was asked for, or the one whose form was sent."""
    if request.method not in {"GET", "HEAD"}:
        return came_from(request)
    return way_back(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


def refusal_answer(request: Request, refusal: Refusal, status: int | None = None) -> Response:
    """The page of a refusal, or its JSON; `status` where it is not the one of its code."""
    answer = _answer(request, status or STATUS[refusal.code], refusal.code, refusal.message)
    if isinstance(refusal, TooOften):
        answer.headers["Retry-After"] = str(refusal.seconds)
    return answer


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = RefusalCode.NOT_FOUND if error.status_code == 404 else RefusalCode.INVALID_INPUT
    answer = _answer(request, error.status_code, code, TEXTS.get(error.status_code, TEXTS[422]))
    answer.headers.update(error.headers or {})
    return answer


async def _unreadable(request: Request, _: Exception) -> Response:
    return _answer(request, 422, RefusalCode.INVALID_INPUT, TEXTS[422])


async def _fault(request: Request, fault: Exception) -> Response:
    # The address may hold a name and the fault's text a question: only the route and the classes are kept.
    route = getattr(request.scope.get("route"), "path", "")
    log.error("fault", route=route, fault=type(fault).__name__, at=steps_of(fault))
    return _answer(request, 500, "fault", TEXTS[500].format(mark=request.state.request_id))


def _answer(request: Request, status: int, code: str, message: str) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"code": code, "message": message}, status_code=status)
    title = TITLES.get(status, TITLES[500 if status >= 500 else 422])
    context = {"status": status, "title": title, "text": message, "safe": SAFE}
    return page(request, "pages/refusal.html", context, status=status)
