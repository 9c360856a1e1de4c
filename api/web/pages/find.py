"""Searching: the question, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.actions.find_relay import Page, find_relay
from api.auth.viewer import viewer_of
from api.rooms import Rooms
from api.tally import looks_for_someone
from api.web.answer import answer, may_be_kept, question_form, with_fewer_filters
from api.web.asking import ask_of, located
from api.web.filters_view import picked
from api.web.frequent import FREQUENT
from api.web.hands import gestures
from api.web.kept import NOT_KEPT, KeptRoute
from api.web.place_words import Located
from api.web.question import LONGEST_PLACE, LONGEST_TEXT, PAGE, Asked, read_asked
from api.web.render import page
from api.web.theme_list import theme_list, themes_around
from graph.model.errors import InvalidInput, NotFound, Unavailable
from graph.model.wording import emergency_numbers

SHORT_CATEGORY: Final = 4
# When filters leave nothing, this many are tried without, each a search.
MOST_TRIED: Final = 6
COUNTED: Final = Page(count=0)
# What find_relay calls the fields, and what the form calls them.
FORM_FIELDS: Final = {
    "territory": "ou",
    "near": "ou",
    "text": "q",
    "publics": "qui",
    "competences": "c",
    "modes": "mode",
    "kinds": "type",
}

NO_ANSWER: Final = "La recherche n’a pas pu se faire"
STILL_WORKS: Final = (
    "Rien n’a été perdu : votre question est gardée dans l’adresse de cette page. Les numéros d’urgence, la liste des "
    "thèmes et les fiches déjà ouvertes restent à votre disposition. Réessayez dans un instant."
)

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/")
async def search(request: Request) -> HTMLResponse:
    """The question, before anything is asked."""
    themes = {"categories": theme_list(), "short": SHORT_CATEGORY, "level": 3}
    return page(request, "pages/search.html", question_form(Asked()) | themes | {"frequent": FREQUENT})


@router.get("/chercher")
async def results(request: Request) -> Response:
    """The relays in order; without a question, the form and what is missing."""
    rooms: Rooms = request.app.state.rooms
    try:
        asked = read_asked(request.query_params)
    except InvalidInput as refusal:
        return _refused(request, _as_typed(request.query_params), refusal)
    try:
        return await _results(request, rooms, asked)
    except Unavailable as refusal:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return _away(request, asked, refusal)


async def _results(request: Request, rooms: Rooms, asked: Asked) -> Response:
    where = located(rooms, asked)
    elsewhere = tuple((name, asked.at_place(name, id_).address()) for name, id_ in where.others)
    if asked.empty:
        return _nothing_asked(request, asked)
    if where.unknown:
        return _refused(request, asked, InvalidInput(where.unknown, "territory"), elsewhere, "Lieu inconnu")
    try:
        counted = looks_for_someone(request.headers)
        found = await find_relay(rooms, ask_of(asked, where), Page(first=asked.first, count=PAGE), counted=counted)
    except (InvalidInput, NotFound) as refusal:
        return _refused(request, asked, refusal, elsewhere)
    if found.total and not found.relays:
        # The answer has become shorter than the page that was kept.
        return RedirectResponse(asked.from_place(0).address(), 303)
    context = answer(rooms, asked, where, found, elsewhere)
    if not found.total and asked.filters():
        context["instead"] = await _instead(rooms, asked, where)
    if viewer_of(request).signed_in:
        context["keeps"] = may_be_kept(rooms, asked, where, found)
        context["hands"] = gestures(viewer_of(request), found)
    answered = page(request, "pages/results.html", context)
    if found.emergency:
        answered.headers["Cache-Control"] = NOT_KEPT
    return answered


def _as_typed(params: QueryParams) -> Asked:
    """What can be put back into the form of an address that was refused: nobody types it twice."""
    place = params.get("ou", "").strip()[:LONGEST_PLACE]
    text = params.get("q", "").strip()[:LONGEST_TEXT]
    return Asked(text=text, place=place, urgent=params.get("urgent") == "1")


async def _instead(rooms: Rooms, asked: Asked, where: Located) -> object:
    """What taking back one choice would give, for each of them; else all of them."""
    tries = [
        (one, asked.without_filter(name, value))
        for one, (name, value) in zip(picked(asked), asked.filters(), strict=True)
    ][:MOST_TRIED]
    counted = [(one, (await find_relay(rooms, ask_of(without, where), COUNTED)).total) for one, without in tries]
    return with_fewer_filters(counted)


def _nothing_asked(request: Request, asked: Asked) -> HTMLResponse:
    """No problem was told: the themes are offered, with the place and the public that were."""
    refusal = InvalidInput("Dites le problème en quelques mots, ou choisissez un thème.", "text")
    themes = {"categories": themes_around(asked), "short": SHORT_CATEGORY, "level": 3}
    return _refused(request, asked, refusal, (), "Il manque le problème", themes)


def _away(request: Request, asked: Asked, refusal: Unavailable) -> HTMLResponse:
    """The index does not answer: what still works is put in the visitor's hands."""
    themes = {"categories": themes_around(asked), "short": SHORT_CATEGORY, "level": 3, "still": STILL_WORKS}
    numbers = {"emergency": tuple(emergency_numbers())}
    answered = _refused(request, asked, refusal, (), "La recherche ne répond pas en ce moment", themes | numbers)
    answered.status_code = 503
    answered.headers["Retry-After"] = "10"
    return answered


def _refused(
    request: Request,
    asked: Asked,
    refusal: InvalidInput | NotFound | Unavailable,
    elsewhere: tuple[tuple[str, str], ...] = (),
    heading: str = NO_ANSWER,
    more: Mapping[str, object] = MappingProxyType({}),
) -> HTMLResponse:
    field = FORM_FIELDS.get(refusal.field, refusal.field) if isinstance(refusal, InvalidInput) else ""
    rooms: Rooms = request.app.state.rooms
    emergency = rooms.reader.read(asked.text).emergency
    context = question_form(asked) | {
        "heading": heading,
        "faulty": field,
        "refused": refusal.message,
        "still": "",
        "suggestions": elsewhere,
        "emergency": emergency,
        "categories": (),
        "map": None,
        **more,
    }
    answered = page(request, "pages/results.html", context, status=422)
    if emergency:
        answered.headers["Cache-Control"] = NOT_KEPT
    return answered
