"""Two to four relays side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.actions.find_relay import Ask
from api.actions.kept import judged, kept, well_formed
from api.rooms import Rooms
from api.web.asking import ask_of, located
from api.web.chosen import FEWEST_COMPARED, MOST_COMPARED, compare_path, selection_path
from api.web.compare_view import comparison
from api.web.kept import NOT_KEPT, KeptRoute
from api.web.question import Asked, read_asked
from api.web.render import now, page
from graph.model.errors import InvalidInput
from graph.model.relay import Listing, Question
from graph.model.vocabulary import competence

TOO_FEW: Final = "Choisissez au moins deux relais à comparer : cochez-les dans les résultats, puis « Comparer »."
TOO_MANY: Final = f"On compare {MOST_COMPARED} relais au plus. Retirez-en jusqu’à ce qu’il en reste {MOST_COMPARED}."
GONE: Final = "Un relais demandé n’existe plus, ou n’est plus publié. Les autres sont comparés."
NOT_ASKED: Final = "La question n’a pas pu être lue : les relais sont comparés sans elle."

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/comparer")
async def compare(request: Request) -> HTMLResponse:
    """The table, or what is missing for one, in words. Raises Unavailable."""
    rooms: Rooms = request.app.state.rooms
    given = dict.fromkeys(request.query_params.getlist("r"))
    keys = well_formed([*given])
    asked, ask, unread = _question(rooms, request)
    listings = await kept(rooms, keys[: MOST_COMPARED * 3])
    said = {"asked": asked, "back": "" if asked.empty else asked.address(), "where": "", "subject": ""}
    if not FEWEST_COMPARED <= len(listings) <= MOST_COMPARED:
        refused = TOO_MANY if len(listings) > MOST_COMPARED else TOO_FEW
        return page(request, "pages/compare.html", said | _none(listings, asked, refused), status=422)
    at = now()
    try:
        found, chosen = await judged(rooms, ask, listings)
    except InvalidInput:
        found, chosen = await judged(rooms, None, listings)
        unread = NOT_ASKED
    question = found.question if found else Question(at=at)
    held = [listing.key for listing in listings]
    table = comparison(chosen, question)
    context = said | {
        "refused": "",
        "warnings": [words for words, so in ((GONE, len(listings) < len(given)), (unread, bool(unread))) if so],
        "it": table,
        "without": [compare_path([other for other in held if other != key], asked) for key in held],
        "keep": selection_path(held),
        "chosen": (),
        "subject": asked.text or ", ".join(competence(id_).label for id_ in asked.chosen),
        "where": question.territory.where() if question.territory else "",
        "widening": found.widened.text if found and found.widened else "",
        "emergency": found.emergency if found else (),
    }
    answered = page(request, "pages/compare.html", context, at=at)
    if found and found.emergency:
        answered.headers["Cache-Control"] = NOT_KEPT
    return answered


def _none(listings: Sequence[Listing], asked: Asked, refused: str) -> dict[str, object]:
    """Too few or too many: those that there are, each with the way to take it away."""
    held = [listing.key for listing in listings]
    names = [listing.service.name if listing.service else listing.organisation.name for listing in listings]
    without = [compare_path([other for other in held if other != key], asked) for key in held]
    return {
        "refused": refused,
        "warnings": (),
        "it": None,
        "keep": selection_path(held),
        "chosen": tuple(zip(names, without, strict=True)),
        "widening": "",
        "emergency": (),
    }


def _question(rooms: Rooms, request: Request) -> tuple[Asked, Ask | None, str]:
    """What was asked, how to ask it again, and what to say when that cannot be done."""
    try:
        asked = read_asked(request.query_params)
    except InvalidInput:
        return Asked(), None, NOT_ASKED
    if asked.empty:
        return asked, None, ""
    where = located(rooms, asked)
    if where.unknown:
        return asked, None, f"{where.unknown} {NOT_ASKED}"
    return asked, ask_of(asked, where), ""
