"""To an identity provider and back, and out of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.actions.sessions import close_session
from api.actions.signing_in import FLOW_MS, StartAgain, begin, begin_logout, finish, take, told_of_logout
from api.auth.cookie import give, held, new_token, take_back
from api.auth.keys import BadToken
from api.auth.provider import Provider
from api.auth.providers import provider_of, providers_of
from api.auth.signed_in import now_ms
from api.rooms import Rooms
from api.settings import Settings
from api.web.forms import form_of, see, way_back
from api.web.render import page
from graph.model.account import MembershipState, Session
from graph.model.errors import NotAllowed, Unavailable

# Holds nothing but a number that binds a sign-in to the browser in which it was begun.
BROWSER: Final = "maillage-entree"
NOT_STORED: Final = {"Cache-Control": "no-store"}
AGAIN: Final = (
    "Cette connexion a été commencée dans un autre onglet ou un autre navigateur, ou il y a trop longtemps. Vous n’êtes "
    "pas connecté : recommencez."
)
NOT_BELIEVED: Final = (
    "La réponse du fournisseur d’identité n’a pas pu être vérifiée : vous n’êtes pas connecté. Recommencez ; si cela se "
    "répète, prévenez qui administre ce site."
)
GIVEN_UP: Final = (
    "Vous avez quitté la page de connexion avant la fin, ou l’accès vous a été refusé. Vous n’êtes pas connecté."
)

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


@router.get("/connexion/vers/{name}")
async def leave(request: Request, name: str, retour: str = "") -> Response:
    """To the provider. Raises NotFound, Unavailable."""
    provider, settings = provider_of(request, name), _settings(request)
    # Tabs of one browser share it: a second one does not void the first.
    browser = held(request, settings, BROWSER) or new_token()
    try:
        url = await begin(_rooms(request), provider, browser, way_back(retour), now_ms())
    except BadToken as fault:
        return _refused(request, provider, NOT_BELIEVED, str(fault))
    answer = RedirectResponse(url, status_code=HTTPStatus.FOUND, headers=NOT_STORED)
    give(answer, settings, browser, BROWSER, FLOW_MS // 1000)
    return answer


@router.get("/connexion/retour/{name}")
async def come_back(request: Request, name: str) -> Response:
    """From the provider, with a code. Whatever is wrong, there is no session, and a page says how to go on."""
    provider, settings, rooms = provider_of(request, name), _settings(request), _rooms(request)
    asked, at = request.query_params, now_ms()
    try:
        taken = await take(rooms, provider, asked.get("state", ""), held(request, settings, BROWSER), at)
        if "error" in asked or not asked.get("code"):
            return _refused(request, provider, GIVEN_UP, "given_up")
        before = held(request, settings)
        token, account = await finish(rooms, provider, taken, asked["code"], asked.get("iss"), before, at)
    except StartAgain:
        return _refused(request, provider, AGAIN, "start_again")
    except BadToken as fault:
        return _refused(request, provider, NOT_BELIEVED, str(fault))
    except NotAllowed as refusal:
        return _refused(request, provider, refusal.message, "not_allowed")
    async with rooms.graph.reading() as unit:
        memberships = await unit.accounts.memberships(account.id)
    active = [one for one in memberships if one.state is MembershipState.ACTIVE]
    # An invitation waits for her word.
    known = bool(memberships or account.roles) and not any(one.state is MembershipState.INVITED for one in memberships)
    answer = see(_next(taken.back, len(active), known=known))
    give(answer, settings, token)
    take_back(answer, settings, BROWSER)
    return answer


def _next(back: str, active: int, *, known: bool) -> str:
    """Who works for several chooses, whom nobody knows yet, or who is invited, is told how to join, the others are where they
    wanted to be.
    """
    if active > 1:
        return f"/compte?{urlencode({'retour': back})}"
    return back if known else "/compte/rejoindre"


@router.post("/connexion/fin/{name}")
async def told(request: Request, name: str) -> Response:
    """The provider tells that a session of its own has ended. Raises NotFound, InvalidInput, Unavailable."""
    provider = provider_of(request, name)
    form = await form_of(request)
    try:
        await told_of_logout(_rooms(request), provider, form.one("logout_token", 20_000), now_ms())
    except BadToken as fault:
        log.warning("logout_refused", issuer=provider.issuer.name, why=str(fault))
        return JSONResponse({"error": "invalid_request"}, HTTPStatus.BAD_REQUEST, headers=NOT_STORED)
    return Response(status_code=HTTPStatus.OK, headers=NOT_STORED)


@router.post("/deconnexion")
async def sign_out(request: Request) -> Response:
    """End this session; that of its provider next, if it has one."""
    settings, rooms = _settings(request), _rooms(request)
    session = await close_session(rooms, token) if (token := held(request, settings)) else None
    provider = _issuer_of(request, session)
    answer = see("/")
    if session and provider:
        browser = new_token()
        state = await begin_logout(rooms, provider, session, browser, now_ms())
        answer = see(f"/deconnexion/suite/{provider.issuer.name}?{urlencode({'etat': state})}")
        give(answer, settings, browser, BROWSER, FLOW_MS // 1000)
    take_back(answer, settings)
    return answer


@router.get("/deconnexion/suite/{name}")
async def signed_out(request: Request, name: str, etat: str = "") -> Response:
    """Signed out here; the provider's session goes on. A page and not a redirection: forms may only lead to us."""
    provider = provider_of(request, name)
    onward = f"/deconnexion/vers/{name}?{urlencode({'etat': etat})}"
    return page(request, "pages/signed_out.html", {"label": provider.issuer.label, "onward": onward})


@router.get("/deconnexion/vers/{name}")
async def leave_provider(request: Request, name: str, etat: str = "") -> Response:
    """To the provider, with the token that says whose session is to end, and a state that it gives back."""
    provider, settings, rooms = provider_of(request, name), _settings(request), _rooms(request)
    try:
        taken = await take(rooms, provider, etat, held(request, settings, BROWSER), now_ms(), leaving=True)
    except StartAgain:
        return see("/")
    back = f"{settings.public_site}/deconnexion/faite/{name}"
    try:
        # The state has done its work on our side: what comes back with it only shows a page.
        url = await provider.logout_url(taken.id_token, back, etat)
    except (Unavailable, BadToken):
        url = ""
    answer = RedirectResponse(url or "/", status_code=HTTPStatus.FOUND, headers=NOT_STORED)
    take_back(answer, settings, BROWSER)
    return answer


@router.get("/deconnexion/faite/{name}")
async def left(request: Request, name: str) -> Response:
    """Back from the provider: signed out of both."""
    provider = provider_of(request, name)
    return page(request, "pages/signed_out.html", {"label": provider.issuer.label, "onward": ""})


def _issuer_of(request: Request, session: Session | None) -> Provider | None:
    several = providers_of(request).values()
    return next((one for one in several if session and session.id_token and one.issuer.issuer == session.issuer), None)


def _refused(request: Request, provider: Provider, words: str, why: str) -> Response:
    log.warning("sign_in_refused", issuer=provider.issuer.name, why=why)
    context = {"words": words, "label": provider.issuer.label, "again": f"/connexion/vers/{provider.issuer.name}"}
    answer = page(request, "pages/sign_in_refused.html", context, status=HTTPStatus.FORBIDDEN)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
