"""To whom: what a file's open needs find here, or what is searched for in words, each a link that goes on."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse

from api.actions.find_relay import Page, find_relay
from api.web.acting import rooms_of
from api.web.asking import ask_of, located
from api.web.question import LONGEST_PLACE, LONGEST_TEXT, Asked
from api.web.refusals import STATUS
from api.web.relay_view import RelayView, relay_views
from api.web.render import NOT_KEPT, page
from graph.model.casework.file import File
from graph.model.errors import InvalidInput, NotFound, Refusal, Unavailable
from graph.model.vocabulary import competence
from graph.model.wording import emergency_numbers

MOST_SHOWN: Final = 10
NOBODY: Final = "Aucun relais ne répond à cette question ici."


async def to_whom(request: Request, file: File, refusal: Refusal | None = None) -> HTMLResponse:
    """The relays for its needs where its people live, or for the words and the place that were typed."""
    asked = _asked(request, file)
    found: tuple[RelayView, ...] = ()
    told, status = refusal.message if refusal else "", STATUS[refusal.code] if refusal else 200
    danger = False
    try:
        where = located(rooms_of(request), asked)
        if where.unknown:
            raise InvalidInput(where.unknown, "ou")
        if not asked.empty:
            answer = await find_relay(rooms_of(request), ask_of(asked, where), Page(count=MOST_SHOWN), counted=True)
            found, danger = relay_views(answer), bool(answer.emergency)
            told = told or ("" if found else NOBODY)
    except (InvalidInput, NotFound, Unavailable) as fault:
        told, status = fault.message, STATUS[fault.code]
    params = request.query_params
    here = f"/dossier/{file.id}/passer"
    kept = [(name, value) for name, value in params.multi_items() if name in {"genre", "apres"}]
    chosen = [("c", id_) for id_ in asked.chosen]
    context = {
        "here": here,
        "back": f"/dossier/{file.id}",
        "kept": kept,
        "text": asked.text,
        "place": asked.place,
        "needs": [(f"{here}?{urlencode([*kept, ('c', id_)])}", competence(id_).label) for id_ in _needs(file)],
        "relays": [(f"{here}?{urlencode([*kept, *chosen, ('vers', one.addressed)])}", one) for one in found],
        "everyone": asked.address() if not asked.empty else "/",
        "told": told,
        "numbers_first": tuple(emergency_numbers()) if danger else (),
    }
    answered = page(request, "pages/casework/passing_to.html", context, status=status)
    answered.headers["Cache-Control"] = NOT_KEPT
    return answered


def _needs(file: File) -> tuple[str, ...]:
    return tuple(dict.fromkeys(need.competence for need in file.needs.values() if need.open))


def _asked(request: Request, file: File) -> Asked:
    """What was typed; else the needs that were chosen, or all that are open."""
    params = request.query_params
    text, place = params.get("q", "").strip()[:LONGEST_TEXT], params.get("ou", "").strip()[:LONGEST_PLACE]
    needs = _needs(file)
    chosen = () if text else tuple(id_ for id_ in needs if id_ in params.getlist("c")) or needs
    home = next((one.identity.commune for one in file.members.values() if one.identity.commune), "")
    if not place and home and (known := rooms_of(request).places.get(home)):
        return Asked(text=text, place=known.name, place_id=home, chosen=chosen)
    return Asked(text=text, place=place, chosen=chosen)
