"""One's own account: who one is, for whom one acts, the session."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.actions.sessions import act_for, close_everywhere, prolong
from api.auth.cookie import take_back
from api.auth.signed_in import now_ms
from api.auth.viewer import must_sign_in, signed_in_of
from api.rooms import Rooms
from api.web.forms import came_from, form_of, see, way_back
from api.web.render import listed, page
from graph.model.access import SITE_ROLES
from graph.model.account import MembershipState
from graph.model.vocabulary import label

router = APIRouter(include_in_schema=False)


@router.get("/compte")
async def account(request: Request, retour: str = "") -> Response:
    """The account. Raises NotSignedIn, Unavailable."""
    viewer = must_sign_in(request)
    rooms: Rooms = request.app.state.rooms
    async with rooms.graph.reading() as unit:
        memberships = await unit.accounts.memberships(viewer.account)
        names = await unit.accounts.organisation_names([one.organisation for one in memberships])
    acting = signed_in_of(request).viewer.organisation
    held = [
        {
            "id": one.organisation,
            "name": names[one.organisation],
            "roles": _roles(one.roles),
            "acting": one.organisation == acting,
        }
        for one in memberships
        if one.state is MembershipState.ACTIVE and one.organisation in names
    ]
    asked = [names[m.organisation] for m in memberships if m.state is MembershipState.ASKED and m.organisation in names]
    context = {
        "held": held,
        "asked": asked,
        "platform": _roles(viewer.roles & SITE_ROLES),
        "retour": way_back(retour, "/compte"),
    }
    return page(request, "pages/account.html", context)


@router.post("/compte/organisme")
async def choose(request: Request) -> Response:
    """Act for another of one's organisations. Raises NotSignedIn, NotFound."""
    viewer = must_sign_in(request)
    form = await form_of(request)
    await act_for(request.app.state.rooms, viewer, form.one("organisme"))
    return see(way_back(form.one("retour", 2000), came_from(request)))


@router.post("/compte/prolonger")
async def stay(request: Request) -> Response:
    """Still here: the session's end for want of activity moves on. A script is told so, a form goes back to its page."""
    viewer = must_sign_in(request)
    await prolong(request.app.state.rooms, viewer, now_ms())
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"prolonged": True}, headers={"Cache-Control": "no-store"})
    return see(came_from(request))


@router.post("/compte/partout")
async def sign_out_everywhere(request: Request) -> Response:
    """End every session of this account."""
    viewer = must_sign_in(request)
    await close_everywhere(request.app.state.rooms, viewer)
    answer = see("/")
    take_back(answer, request.app.state.settings)
    return answer


def _roles(roles: frozenset[str]) -> str:
    return listed([label("role", role) for role in sorted(roles)])
