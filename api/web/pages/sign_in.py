"""The door: ways to sign in, the accounts of the demonstration, signing out."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions.sessions import SignedBy, open_session
from api.auth.cookie import give, held
from api.auth.demonstration import ISSUER, demonstrated
from api.auth.providers import providers_of
from api.auth.signed_in import now_ms
from api.auth.viewer import viewer_of
from api.rooms import Rooms
from api.settings import Settings
from api.web.forms import came_from, form_of, see, way_back
from api.web.render import listed, page
from graph.model.errors import InvalidInput, NotFound
from graph.model.vocabulary import label

NO_SUCH_PAGE: Final = "Cette page n’existe pas."
CHOOSE: Final = "/compte"

router = APIRouter(include_in_schema=False)


@router.get("/connexion")
async def sign_in(request: Request, retour: str = "") -> Response:
    """The ways in. Whoever is signed in already goes where she wanted to go. Raises NotFound where there is no door."""
    settings = _settings(request)
    back = way_back(retour) if retour else came_from(request)
    if viewer_of(request).signed_in:
        return see(back)
    ways = [
        (one.issuer.label, f"/connexion/vers/{name}?{urlencode({'retour': back})}", "")
        for name, one in providers_of(request).items()
    ]
    if settings.demo:
        hint = "Des personnes inventées, sur cette machine seulement."
        ways.append(("Comptes de démonstration", f"/connexion/demonstration?{urlencode({'retour': back})}", hint))
    return page(request, "pages/sign_in.html", {"ways": ways if settings.may_sign_in else []})


@router.get("/connexion/demonstration")
async def demonstration(request: Request, retour: str = "") -> Response:
    """Who may be played. Raises NotFound outside the demonstration."""
    _only_in_demonstration(request)
    rooms: Rooms = request.app.state.rooms
    every = demonstrated().values()
    async with rooms.graph.reading() as unit:
        named = await unit.accounts.organisation_names([m.organisation for one in every for m in one.memberships])
    people = [
        {
            "name": one.account.name,
            "email": one.account.email,
            "roles": listed([label("role", role) for role in one.roles]),
            "organisations": ", ".join(named.get(m.organisation, m.organisation) for m in one.memberships),
        }
        for one in every
    ]
    return page(request, "pages/demonstration.html", {"people": people, "retour": way_back(retour)})


@router.post("/connexion/demonstration")
async def play(request: Request) -> Response:
    """Be one of them. Raises NotFound outside the demonstration, InvalidInput for someone else."""
    _only_in_demonstration(request)
    rooms: Rooms = request.app.state.rooms
    form = await form_of(request)
    chosen = demonstrated().get(form.one("compte"))
    if chosen is None:
        raise InvalidInput("Ce compte de démonstration n’existe pas. Personne n’est connecté.", "compte")
    async with rooms.graph.reading() as unit:
        account = (await unit.accounts.of([chosen.account.id])).get(chosen.account.id)
    if account is None:
        raise NotFound("Les comptes de démonstration ne sont pas chargés : relancez « maillage demo ».")
    settings = _settings(request)
    token = await open_session(rooms, account, SignedBy(issuer=ISSUER), held(request, settings), now_ms())
    back = way_back(form.one("retour", 2000))
    several = len(chosen.memberships) > 1
    answer = see(f"{CHOOSE}?{urlencode({'retour': back})}" if several else back)
    give(answer, settings, token)
    return answer


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _only_in_demonstration(request: Request) -> None:
    if not _settings(request).demo:
        raise NotFound(NO_SUCH_PAGE)
