"""Searching: the question, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.actions.find_relay import Ask, Page, find_relay
from api.rooms import Rooms
from api.web.place_words import TOWNS, Located, departement_of, locate, place_name
from api.web.question import MOST_CHOICES, PAGE, Asked, read_asked
from api.web.relay_view import relay_views
from api.web.render import page
from api.web.theme_list import theme_list, themes_around
from graph.model.directory import Public
from graph.model.errors import InvalidInput, NotFound
from graph.model.relay import CompetenceMatch, Found
from graph.model.territory import Territory
from graph.model.vocabulary import competence, competences, label

SHORT_CATEGORY: Final = 4
MOST_NEIGHBOURS: Final = 12
# What find_relay calls the fields, and what the form calls them.
FORM_FIELDS: Final = {"territory": "ou", "text": "q", "publics": "qui", "competences": "c"}

# Who receives anyone, whatever the problem: the social service of the sector.
GENERAL_DOOR: Final = "parcours--accompagnement-social-global"
NO_ANSWER: Final = "La recherche n’a pas pu se faire"

router = APIRouter(include_in_schema=False)


def public_options() -> tuple[tuple[str, str], ...]:
    """The choices of "Pour qui ?": everyone is the empty choice, not one more."""
    return tuple(
        (public.value, label("public", public.value)) for public in Public if public is not Public.TOUS_PUBLICS
    )


@dataclass(frozen=True, slots=True)
class Chip:
    """A competence understood, why, and the address of the same question without it."""

    label: str
    because: str
    away: str


def chips(asked: Asked, understood: Sequence[CompetenceMatch]) -> tuple[Chip, ...]:
    """One for each competence that the answer is about."""
    return tuple(
        Chip(competence(m.competence).label, m.because, asked.without(m.competence).address()) for m in understood
    )


def neighbours(asked: Asked, understood: Sequence[CompetenceMatch]) -> tuple[tuple[str, str], ...]:
    """Competences of the same categories that may be added: (label, address)."""
    ids = [match.competence for match in understood]
    categories = {competence(id_).category for id_ in ids}
    near = [entry for entry in competences().values() if entry.category in categories and entry.id not in ids]
    shown = near[:MOST_NEIGHBOURS] if len(ids) < MOST_CHOICES else []
    return tuple((entry.label, asked.with_also(entry.id, ids).address()) for entry in shown)


@router.get("/")
async def search(request: Request) -> HTMLResponse:
    """The question, before anything is asked."""
    return page(
        request, "pages/search.html", _form(Asked()) | {"categories": theme_list(), "short": SHORT_CATEGORY, "level": 3}
    )


@router.get("/chercher")
async def results(request: Request) -> HTMLResponse:
    """The relays in order; without a question, the form and what is missing."""
    rooms: Rooms = request.app.state.rooms
    try:
        asked = read_asked(request.query_params)
    except InvalidInput as refusal:
        return _refused(request, Asked(), refusal)
    located = locate(rooms.places, asked.place, asked.place_id)
    elsewhere = tuple((name, asked.at_place(name, id_).address()) for name, id_ in located.others)
    if asked.empty:
        return _nothing_asked(request, asked)
    if located.unknown:
        return _refused(request, asked, InvalidInput(located.unknown, "territory"), elsewhere, "Lieu inconnu")
    try:
        found = await find_relay(rooms, _ask(asked, located), Page(first=asked.first, count=PAGE))
    except (InvalidInput, NotFound) as refusal:
        return _refused(request, asked, refusal, elsewhere)
    return page(request, "pages/results.html", _answer(rooms, asked, located, found, elsewhere), at=None)


def _ask(asked: Asked, located: Located) -> Ask:
    return Ask(
        text=asked.text,
        competences=asked.chosen,
        refused=asked.refused,
        territory=located.territory.id if located.territory else "",
        publics=asked.publics,
        urgent=asked.urgent,
    )


def _answer(
    rooms: Rooms, asked: Asked, located: Located, found: Found, elsewhere: tuple[tuple[str, str], ...]
) -> dict[str, object]:
    # The place and the public may also have been named in the problem itself.
    territory = located.territory or found.question.territory
    shown = asked.at_place(place_name(rooms.places, territory), territory.id) if territory else asked
    last = asked.first + PAGE
    total = found.total
    subject = asked.text or ", ".join(competence(id_).label for id_ in asked.chosen)
    where = territory.where() if territory else ""
    return _form(shown) | {
        "asked": shown.from_place(asked.first),
        "heading": f"« {subject} » {where}".strip(),
        "chips": chips(asked, found.understood),
        "more": neighbours(asked, found.understood),
        "place": shown.place if territory else "toute la France",
        "place_known": territory is not None,
        "place_after_verb": where,
        "ways_out": _ways_out(rooms, shown, territory),
        "suggestions": elsewhere,
        "for_whom": tuple(label("public", public.value) for public in found.question.publics),
        "emergency": found.emergency,
        "refused": "",
        "count_words": _count(total, asked.first, min(last, total)),
        "widening": found.widened.text if found.widened else "",
        "relays": relay_views(found),
        "previous_page": asked.from_place(max(asked.first - PAGE, 0)).address() if asked.first else "",
        "next_page": asked.from_place(last).address() if last < total else "",
    }


def _count(total: int, first: int, last: int) -> str:
    if total == 0:
        return "Aucun relais"
    whole = f"{total} relais"
    return whole if first == 0 and last == total else f"{whole}, de {first + 1} à {last}"


def _form(asked: Asked) -> dict[str, object]:
    return {"asked": asked, "publics": public_options(), "faulty": ""}


def _ways_out(rooms: Rooms, asked: Asked, territory: Territory | None) -> tuple[tuple[str, str], ...]:
    """When nothing was found: the same question in the whole département, and the door that is open to anyone."""
    ways: list[tuple[str, str]] = []
    around = departement_of(rooms.places, territory) if territory and territory.level in TOWNS else None
    if around:
        ways.append((f"chercher {around.where()}", asked.at_place(around.name, around.id).address()))
    if GENERAL_DOOR not in asked.chosen:
        door = replace(asked, text="").only(GENERAL_DOOR).from_place(0)
        where = f" {territory.where()}" if territory else ""
        ways.append((f"demander au service social de secteur{where}", door.address()))
    return tuple(ways)


def _nothing_asked(request: Request, asked: Asked) -> HTMLResponse:
    """No problem was told: the themes are offered, with the place and the public that were."""
    refusal = InvalidInput("Dites le problème en quelques mots, ou choisissez un thème.", "text")
    themes = {"categories": themes_around(asked), "short": SHORT_CATEGORY, "level": 3}
    return _refused(request, asked, refusal, (), "Il manque le problème", themes)


def _refused(
    request: Request,
    asked: Asked,
    refusal: InvalidInput | NotFound,
    elsewhere: tuple[tuple[str, str], ...] = (),
    heading: str = NO_ANSWER,
    themes: Mapping[str, object] = MappingProxyType({}),
) -> HTMLResponse:
    field = FORM_FIELDS.get(refusal.field, refusal.field) if isinstance(refusal, InvalidInput) else ""
    context = _form(asked) | {
        "heading": heading,
        "faulty": field,
        "refused": refusal.message,
        "suggestions": elsewhere,
        "emergency": (),
        "categories": (),
        **themes,
    }
    return page(request, "pages/results.html", context, status=422)
