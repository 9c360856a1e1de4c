"""Searches that someone keeps: saved from the results, run again, renamed, taken away; and mails about what is new in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, Response

from api.actions import alerts
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import form_of, see
from api.web.place_words import place_name
from api.web.question import WISHES, Asked, read_asked
from api.web.render import page
from graph.model.alerts import LONGEST_NAME, Pace, SavedSearch, Sought
from graph.model.errors import InvalidInput, NotFound, TooMuch
from graph.model.narrowing import Narrowing
from graph.model.vocabulary import competence, label

PATH: Final = "/alertes"
PACES: Final[Mapping[Pace, str]] = MappingProxyType(
    {Pace.NEVER: "Aucun courriel", Pace.DAILY: "Au plus un par jour", Pace.WEEKLY: "Au plus un par semaine"}
)
# A place that an address names must have a name there as well.
ANY_NAME: Final = "?"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SearchView:
    """A search in the list: what it looks for in words, and the address that asks it."""

    id: str
    name: str
    pace: str
    said: tuple[str, ...]
    address: str


@router.get(PATH)
async def start(request: Request, supprimee: str = "", enregistree: str = "") -> Response:
    """Those that she keeps; the one just taken away can come back."""
    return await _start(request, removed=supprimee, saved=enregistree)


@router.post(PATH)
async def save(request: Request) -> Response:
    """Keep what was understood of the search that led here; its words stay behind."""
    viewer = must_sign_in(request)
    form = await form_of(request)
    names = ("c", "ou", "lieu", "qui", "mode", "type", *WISHES)
    asked = read_asked(QueryParams([(name, value) for name in names for value in form.every(name)]))
    try:
        search = await alerts.save(_rooms(request), viewer, sought_of(asked), key=form.one("cle") or uuid4().hex)
    except (InvalidInput, TooMuch) as refusal:
        return await _start(request, refused=refusal.message)
    return see(f"{PATH}?enregistree={search.id}")


@router.post(PATH + "/{id_}/nom")
async def rename(request: Request, id_: str) -> Response:
    """Give one another name."""
    viewer = must_sign_in(request)
    form = await form_of(request)
    try:
        await alerts.rename(_rooms(request), viewer, id_, form.one("nom"))
    except InvalidInput as refusal:
        return await _start(request, refused=refusal.message)
    return see(PATH)


@router.post(PATH + "/{id_}/courriels")
async def set_pace(request: Request, id_: str) -> Response:
    """How often news of it comes."""
    viewer = must_sign_in(request)
    form = await form_of(request)
    try:
        if form.one("rythme") not in set(Pace):
            raise InvalidInput("Choisissez un rythme dans la liste. Rien n’a été modifié.", "pace")
        await alerts.set_pace(_rooms(request), viewer, id_, Pace(form.one("rythme")), key=uuid4().hex)
    except (InvalidInput, TooMuch) as refusal:
        return await _start(request, refused=refusal.message)
    return see(PATH)


@router.post(PATH + "/{id_}/supprimer")
async def remove(request: Request, id_: str) -> Response:
    """Take one away."""
    await alerts.remove(_rooms(request), must_sign_in(request), id_, key=uuid4().hex)
    return see(f"{PATH}?supprimee={id_}")


@router.post(PATH + "/{id_}/reprendre")
async def bring_back(request: Request, id_: str) -> Response:
    """Bring back the one just taken away."""
    await alerts.remove(_rooms(request), must_sign_in(request), id_, key=uuid4().hex, removed=False)
    return see(PATH)


@router.get(PATH + "/arret/{id_}/{key}")
async def ask_to_stop(request: Request, id_: str, key: str) -> HTMLResponse:
    """The page that a mail leads to: it changes nothing by itself, for some programmes look at every link."""
    search = await alerts.by_key(_rooms(request), id_, key)
    return _stop_page(request, search, key)


@router.post(PATH + "/arret/{id_}/{key}")
async def stop(request: Request, id_: str, key: str) -> HTMLResponse:
    """No more mails about it, without an account: from the page, or from the button of a mail programme."""
    search = await alerts.stop(_rooms(request), id_, key)
    return _stop_page(request, search, key)


def sought_of(asked: Asked) -> Sought:
    """What of a question may be kept: neither its words nor where someone stood."""
    return Sought(
        competences=asked.chosen,
        territory=asked.place_id,
        publics=asked.publics,
        modes=asked.modes,
        kinds=asked.narrowing.kinds,
        wishes=tuple(wish for wish in WISHES.values() if getattr(asked.narrowing, wish)),
    )


def asked_of(rooms: Rooms, sought: Sought) -> Asked:
    """The question again."""
    territory = rooms.places.get(sought.territory)
    return Asked(
        place=place_name(rooms.places, territory) if territory else ANY_NAME,
        place_id=sought.territory,
        publics=sought.publics,
        chosen=sought.competences,
        modes=sought.modes,
        narrowing=Narrowing(kinds=sought.kinds, **dict.fromkeys(sought.wishes, True)),
    )


async def _start(request: Request, *, removed: str = "", saved: str = "", refused: str = "") -> Response:
    viewer, rooms = must_sign_in(request), _rooms(request)
    context: dict[str, Any] = {
        "searches": [_view(rooms, search) for search in await alerts.saved(rooms, viewer)],
        "removed": removed if await _may_come_back(rooms, removed, viewer.account) else "",
        "saved": saved,
        "refused": refused,
        "paces": [(pace.value, words) for pace, words in PACES.items()],
        "longest": LONGEST_NAME,
    }
    return page(request, "pages/alerts.html", context, status=422 if refused else 200)


async def _may_come_back(rooms: Rooms, id_: str, account: str) -> bool:
    if not id_:
        return False
    async with rooms.graph.reading() as unit:
        search = await unit.searches.get(id_)
    return search is not None and search.account == account and search.removed


def _view(rooms: Rooms, search: SavedSearch) -> SearchView:
    sought = search.sought
    territory = rooms.places.get(sought.territory)
    said = (
        *(competence(id_).label for id_ in sought.competences),
        territory.where() if territory else "lieu disparu de la carte",
        *(label("public", public) for public in sought.publics),
        *(label("mode", mode) for mode in sought.modes),
        *(label("organisation_kind", kind) for kind in sought.kinds),
    )
    return SearchView(search.id, search.name, search.pace.value, said, asked_of(rooms, sought).address())


def _stop_page(request: Request, search: SavedSearch, key: str) -> HTMLResponse:
    if search.removed:
        raise NotFound(alerts.ABSENT)
    return page(request, "pages/alert_stop.html", {"search": search, "key": key, "on": search.pace is not Pace.NEVER})


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
