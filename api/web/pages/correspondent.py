"""Whom an organisation is written to by, for its administrator and the moderator."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import correspondents
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import key_in, new_key
from api.web.forms import form_of, see
from api.web.render import now, page
from api.words.dates import exact_day
from graph.model.errors import InvalidInput
from search.hours import PARIS

PATH: Final = "/correspondant"
DONE: Final = {
    "adresse": "C’est noté.",
    "lien": "Le lien est en route.",
    "retrait": "Ce lien ne permet plus rien.",
}
router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def correspondent_page(request: Request, organisme: str = "") -> HTMLResponse:
    """The address, the links that act, and how to change either. Raises NotSignedIn, NotFound."""
    return await _page(request, organisme)


@router.post(f"{PATH}/adresse")
async def appoint(request: Request) -> Response:
    """Another address, or none."""
    viewer, form = must_sign_in(request), await form_of(request)
    organisation, typed = form.one("organisme"), form.one("adresse")
    try:
        await correspondents.appoint(_rooms(request), viewer, organisation, typed)
    except InvalidInput as refusal:
        return await _page(request, organisation, typed, refusal)
    return _back(organisation, "adresse")


@router.post(f"{PATH}/lien")
async def send(request: Request) -> Response:
    """A link now."""
    viewer, form = must_sign_in(request), await form_of(request)
    organisation = form.one("organisme")
    try:
        await correspondents.send(_rooms(request), viewer, organisation, now(), key=key_in(form))
    except InvalidInput as refusal:
        return await _page(request, organisation, "", refusal)
    return _back(organisation, "lien")


@router.post(f"{PATH}/retrait")
async def revoke(request: Request) -> Response:
    """A link that acts no more."""
    viewer, form = must_sign_in(request), await form_of(request)
    return _back(await correspondents.revoke(_rooms(request), viewer, form.one("lien")), "retrait")


async def _page(
    request: Request, organisation: str, typed: str | None = None, refusal: InvalidInput | None = None
) -> HTMLResponse:
    viewer, at = must_sign_in(request), now()
    found = await correspondents.standing(_rooms(request), viewer, organisation, at)
    links = [
        {
            "id": link.id,
            "made": exact_day(link.made.astimezone(PARIS).date()),
            "ends": exact_day(link.ends.astimezone(PARIS).date()) if link.ends else "",
            "left": len(link.items) - len(link.used),
        }
        for link in found.links
    ]
    context = {
        "it": found,
        "links": links,
        "typed": found.address if typed is None else typed,
        "refused": refusal,
        "key": new_key(),
        "done": DONE.get(request.query_params.get("fait", ""), ""),
        "sends": request.app.state.settings.sends_mail,
    }
    return page(request, "pages/correspondent.html", context, status=422 if refusal else 200, at=at)


def _back(organisation: str, done: str) -> Response:
    return see(f"{PATH}?{urlencode({'organisme': organisation, 'fait': done})}")


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
