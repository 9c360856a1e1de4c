"""The short list: relays to keep, to print, to send. It lives in its address alone."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.actions.kept import kept, well_formed
from api.rooms import Rooms
from api.web.chosen import MOST_COMPARED, MOST_KEPT, compare_path, selection_path
from api.web.kept import KeptRoute
from api.web.question import Asked
from api.web.render import now, page
from api.web.selection_view import CALL_FIRST, asked_for, selection

TOO_MANY: Final = (
    f"Une sélection tient {MOST_KEPT} relais, pour rester lisible sur une feuille. Les premiers sont gardés ; "
    "retirez-en pour en ajouter d’autres."
)
GONE: Final = "Un relais de cette liste n’existe plus, ou n’est plus publié : il a été retiré."

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/selection")
async def selection_page(request: Request) -> Response:
    """The list. An address that also carries a question is cleaned of it: a list that is sent must not tell one.

    Raises Unavailable.
    """
    rooms: Rooms = request.app.state.rooms
    given = list(dict.fromkeys(request.query_params.getlist("r")))
    if any(name != "r" for name in request.query_params):
        return RedirectResponse(selection_path(well_formed(given)), status_code=303)
    keys = well_formed(given)
    listings = await kept(rooms, keys[:MOST_KEPT])
    held = [listing.key for listing in listings]
    at = now()
    warnings = []
    if len(listings) < min(len(given), MOST_KEPT):
        warnings.append(GONE)
    if len(keys) > MOST_KEPT:
        warnings.append(TOO_MANY)
    context = {
        "it": selection(listings, at),
        "held": held,
        "warnings": warnings,
        "compare": compare_path(held, Asked()) if 1 < len(held) <= MOST_COMPARED else "",
        "call_first": CALL_FIRST,
        "asked_for": asked_for,
        "most": MOST_KEPT,
    }
    return page(request, "pages/selection.html", context, at=at)
