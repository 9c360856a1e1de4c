"""Browsing by theme: the whole list, and one theme with who answers for it by right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.actions.coverage import Covered, coverage
from api.rooms import Rooms
from api.web.kept import KeptRoute
from api.web.place_words import LEVEL_WORDS, Located, locate, place_name
from api.web.question import LONGEST_PLACE, Asked
from api.web.render import now, page
from api.web.theme_list import relays_words, themes_around
from graph.model.errors import NotFound
from graph.model.territory import TerritoryLevel
from graph.model.themes import definitions, rules_about, ways_to_say
from graph.model.vocabulary import Confidence, LegalRole, LegalRule, competences, label
from graph.model.wording import Register

ROLE_WORDS: Final = {
    LegalRole.FIRST_STEP: "Première porte",
    LegalRole.LEGAL: "Par la loi",
    LegalRole.MANDATED: "Par mandat",
    LegalRole.OFFERS: "Peut aider",
}
# What a body of a kind serves, where the words for the level of a territory would not say it.
SERVED_WORDS: Final = {TerritoryLevel.COMMUNE: "commune", TerritoryLevel.COUNTRY: "toute la France"}
OWN_GROUND: Final = "ressort propre"
MOST_SAYINGS: Final = 6

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@dataclass(frozen=True, slots=True)
class Right:
    """A kind of organisation that handles a theme, and by what right."""

    kind: str
    role: str
    level: str
    source: str
    note: str
    checked: bool


@router.get("/themes")
async def themes(request: Request, ou: str = "", lieu: str = "") -> HTMLResponse:
    """Every competence, by category; with a place, how many relays each has there."""
    rooms: Rooms = request.app.state.rooms
    located, here = _here(rooms, ou, lieu)
    counts = await _counts(rooms, located)
    context = _place(located, here) | {
        "categories": themes_around(here, counts),
        "short": 0,
        "level": 2,
        "suggestions": tuple(
            (name, f"/themes?{here.at_place(name, id_).address().partition('?')[2]}") for name, id_ in located.others
        ),
    }
    return page(request, "pages/themes.html", context, status=422 if located.unknown else 200)


@router.get("/themes/{theme_id}")
async def theme_page(request: Request, theme_id: str, ou: str = "", lieu: str = "") -> HTMLResponse:
    """One theme. Raises NotFound."""
    theme = competences().get(theme_id)
    if theme is None:
        raise NotFound("Ce thème n’existe pas, ou n’existe plus.")
    rooms: Rooms = request.app.state.rooms
    located, here = _here(rooms, ou, lieu)
    counts = await _counts(rooms, located)
    context = _place(located, here) | {
        "theme": theme,
        "definition": definitions()[theme_id],
        "rights": tuple(_right(rule) for rule in rules_about(theme_id)),
        "professional": ways_to_say(theme_id, Register.PRO, MOST_SAYINGS),
        "said": ways_to_say(theme_id, Register.SAID, MOST_SAYINGS),
        "told": ways_to_say(theme_id, Register.SITUATION, MOST_SAYINGS),
        "count": _words(counts.get(theme_id)),
        "search": here.only(theme_id).address(),
        "neighbours": tuple(
            (one.label, one.id) for one in competences().values() if one.category == theme.category and one is not theme
        ),
    }
    return page(request, "pages/theme.html", context, status=422 if located.unknown else 200)


def _here(rooms: Rooms, typed: str, chosen: str) -> tuple[Located, Asked]:
    typed = typed.strip()[:LONGEST_PLACE]
    # Without a place the list needs no index.
    located = locate(rooms.places, typed, chosen.strip()[:LONGEST_PLACE]) if typed else Located()
    territory = located.territory
    here = Asked().at_place(place_name(rooms.places, territory), territory.id) if territory else Asked(place=typed)
    return located, here


def _place(located: Located, here: Asked) -> dict[str, object]:
    return {
        "here": here,
        "where": located.territory.where() if located.territory else "",
        "unknown": located.unknown,
    }


def _words(one: Covered | None) -> str:
    """How many relays the theme has here, with a capital; empty when it has none, or when no place was told."""
    words = relays_words(one) if one and one.total else ""
    return words[:1].upper() + words[1:]


async def _counts(rooms: Rooms, located: Located) -> dict[str, Covered]:
    if located.territory is None:
        return {}
    return {one.competence: one for one in await coverage(rooms, located.territory, now())}


def _right(rule: LegalRule) -> Right:
    level = rule.level
    return Right(
        kind=label("organisation_kind", rule.kind),
        role=ROLE_WORDS[rule.role],
        level=OWN_GROUND if level is None else SERVED_WORDS.get(level) or LEVEL_WORDS[level],
        source=rule.source,
        note=rule.note,
        checked=rule.confidence is Confidence.HIGH,
    )
