"""Browsing by territory, and who covers a commune."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.actions.coverage import LOCAL, coverage, moment_of, nearest
from api.rooms import Rooms
from api.web.kept import KeptRoute
from api.web.place_words import LEVEL_WORDS, locate, place_name
from api.web.question import LONGEST_PLACE
from api.web.render import now, page
from api.web.territory_view import browsed, by_letter, children, coverage_view, crumbs, grouped, territory_path
from graph.model.errors import NotFound
from graph.model.territory import COUNTRY, Territory

# From so many on, a list is cut at its letters.
LONG_LIST: Final = 60

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/territoires")
async def france(request: Request, ou: str = "", lieu: str = "") -> Response:
    """Where browsing begins; a place that was typed leads to its page, an unknown one to what may have been meant."""
    rooms: Rooms = request.app.state.rooms
    located = locate(rooms.places, ou.strip()[:LONGEST_PLACE], lieu.strip()[:LONGEST_PLACE])
    if located.territory:
        return RedirectResponse(territory_path(located.territory), status_code=303)
    country = rooms.places.get(COUNTRY)
    if country is None:
        raise NotFound("La carte de France n’est pas chargée : « maillage import territory » la charge.")
    others = tuple((name, f"/territoires/{id_}") for name, id_ in located.others)
    said = {"typed": ou, "unknown": located.unknown, "suggestions": others}
    return await _browsed(request, rooms, country, said, status=422 if located.unknown else 200)


@router.get("/territoires/{territory_id:path}")
async def territory_page(request: Request, territory_id: str) -> Response:
    """A territory: who covers it, for a commune; what it holds, for the others. Raises NotFound, Unavailable."""
    rooms: Rooms = request.app.state.rooms
    territory = rooms.places.get(territory_id)
    if territory is None:
        raise NotFound("Ce territoire n’existe pas dans la carte, ou n’existe plus.")
    if territory.id == COUNTRY:
        return RedirectResponse("/territoires", status_code=308)
    if territory.level in LOCAL:
        return await _covered(request, rooms, territory)
    return await _browsed(request, rooms, territory, {})


async def _browsed(
    request: Request, rooms: Rooms, territory: Territory, said: dict[str, object], status: int = 200
) -> HTMLResponse:
    counts = await rooms.index.acting([one.id for one in browsed(rooms.places, territory)])
    context = _around(rooms, territory) | {
        "typed": "",
        "unknown": "",
        "suggestions": (),
        "acting": counts.get(territory.id, 0),
        "acting_words": grouped(counts.get(territory.id, 0)),
        "groups": children(rooms.places, territory, counts),
        "by_letter": by_letter,
        "long_list": LONG_LIST,
        **said,
    }
    return page(request, "pages/territories.html", context, status=status)


async def _covered(request: Request, rooms: Rooms, territory: Territory) -> HTMLResponse:
    at = moment_of(now())
    found = await coverage(rooms, territory, at)
    elsewhere = await nearest(rooms, territory, (one.competence for one in found if not one.total))
    context = _around(rooms, territory) | {
        "it": coverage_view(rooms.places, territory, found, elsewhere, at),
        "groups": children(rooms.places, territory, {}),
    }
    return page(request, "pages/territory.html", context, at=at)


def _around(rooms: Rooms, territory: Territory) -> dict[str, object]:
    return {
        "name": territory.name,
        "full_name": place_name(rooms.places, territory),
        "where": territory.where(),
        "level": LEVEL_WORDS.get(territory.level, "commune"),
        "crumbs": crumbs(rooms.places, territory),
    }
