"""The answer as the results page shows it: what was understood, the filters, the relays, the map, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from api.rooms import Rooms
from api.web.chosen import MAY_COMPARE, MAY_KEEP
from api.web.filters_view import Picked, filters_view
from api.web.place_words import TOWNS, Located, departement_of, place_name
from api.web.question import MOST_CHOICES, PAGE, Asked
from api.web.relay_view import relay_views
from api.web.territory_view import GENERAL_DOOR, grouped
from graph.model.directory import Public
from graph.model.relay import CompetenceMatch, Found
from graph.model.territory import Territory
from graph.model.vocabulary import competence, competences, label

MOST_NEIGHBOURS: Final = 12


@dataclass(frozen=True, slots=True)
class Chip:
    """A competence understood, why, and the address of the same question without it."""

    label: str
    because: str
    away: str


@dataclass(frozen=True, slots=True)
class MapView:
    """Where the map is centred, what stands there, and the squares under it; no point, then the markers alone decide."""

    lat: float | None
    lon: float | None
    name: str
    tiles: str
    attribution: str


def public_options() -> tuple[tuple[str, str], ...]:
    """The choices of "Pour qui ?": everyone is the empty choice, not one more."""
    return tuple(
        (public.value, label("public", public.value)) for public in Public if public is not Public.TOUS_PUBLICS
    )


def question_form(asked: Asked) -> dict[str, object]:
    """What the form of the question needs on every page that shows it."""
    return {"asked": asked, "publics": public_options(), "faulty": ""}


def answer(
    rooms: Rooms, asked: Asked, located: Located, found: Found, elsewhere: tuple[tuple[str, str], ...]
) -> dict[str, object]:
    """The context of the page. `elsewhere` are namesakes of the place, as (name, address)."""
    # The place and the public may also have been named in the problem itself.
    territory = located.territory or found.question.territory
    told = territory is not None and asked.here is None
    shown = asked.at_place(place_name(rooms.places, territory), territory.id) if territory and told else asked
    where = territory.where() if territory else ""
    last = asked.first + PAGE
    return question_form(shown.from_place(asked.first)) | {
        "heading": _heading(asked, where),
        "chips": chips(asked, found.understood),
        "more": neighbours(asked, found.understood),
        "place": _place_words(rooms, located, territory),
        "place_known": territory is not None,
        "place_after_verb": where,
        "ways_out": ways_out(rooms, shown, territory),
        "suggestions": elsewhere,
        "for_whom": tuple(label("public", public.value) for public in found.question.publics),
        "emergency": found.emergency,
        "refused": "",
        "count_words": count_words(found.total, asked.first, min(last, found.total), cut=found.cut),
        "cut": found.cut,
        "widening": found.widened.text if found.widened else "",
        "relays": relay_views(found),
        "filters": filters_view(shown, found.facets, cut=found.cut),
        "instead": (),
        "may_compare": MAY_COMPARE,
        "may_keep": MAY_KEEP,
        "carried": tuple(shown.from_place(asked.first).pairs()),
        "keeps": (),
        "hands": (),
        "map": map_view(rooms, asked, territory) if asked.as_map else None,
        "other_view": asked.shown(as_map=not asked.as_map).address(),
        "previous_page": asked.from_place(max(asked.first - PAGE, 0)).address() if asked.first else "",
        "next_page": asked.from_place(last).address() if last < found.total else "",
    }


def may_be_kept(rooms: Rooms, asked: Asked, located: Located, found: Found) -> tuple[tuple[str, str], ...]:
    """What an address says of this question without its words: what was understood, where, for whom. Nothing where nothing was
    understood, or no place told.
    """
    territory = located.territory or found.question.territory
    if territory is None or not found.understood:
        return ()
    chosen = tuple(match.competence for match in found.understood)[:MOST_CHOICES]
    place = place_name(rooms.places, territory)
    kept = replace(asked.at_place(place, territory.id), text="", chosen=chosen, refused=(), urgent=False, as_map=False)
    return tuple(replace(kept, publics=found.question.publics).pairs())


def with_fewer_filters(counted: Sequence[tuple[Picked, int]]) -> tuple[Picked, ...]:
    """Choices to take back when they leave nothing, the one that gives most first; what gives nothing is no way out."""
    useful = sorted((one for one in counted if one[1]), key=lambda one: -one[1])
    return tuple(replace(picked, count=total) for picked, total in useful)


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


def ways_out(rooms: Rooms, asked: Asked, territory: Territory | None) -> tuple[tuple[str, str], ...]:
    """When nothing was found: the same question in the whole département, and the door that is open to anyone."""
    asked = asked.without_filters()
    ways: list[tuple[str, str]] = []
    around = departement_of(rooms.places, territory) if territory and territory.level in TOWNS else None
    if around:
        ways.append((f"chercher {around.where()}", asked.at_place(around.name, around.id).address()))
    if GENERAL_DOOR not in asked.chosen:
        door = replace(asked, text="").only(GENERAL_DOOR).from_place(0)
        where = f" {territory.where()}" if territory else ""
        ways.append((f"demander au service social de secteur{where}", door.address()))
    return tuple(ways)


def count_words(total: int, first: int, last: int, *, cut: bool = False) -> str:
    """ "12 relais", "46 relais, de 21 à 40", "Au moins 977 relais, de 1 à 20" where others fit less well and were left aside."""
    if total == 0:
        return "Aucun relais"
    whole = f"Au moins {grouped(total)} relais" if cut else f"{grouped(total)} relais"
    return whole if first == 0 and last == total else f"{whole}, de {first + 1} à {last}"


def map_view(rooms: Rooms, asked: Asked, territory: Territory | None) -> MapView:
    """The map around the asker, or around the town asked for: a département has no middle that one sets out from."""
    town = territory if territory and territory.level in TOWNS else None
    point = asked.here or (town.point if town else None)
    settings = rooms.settings
    return MapView(
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        name="Votre position" if asked.here else town.name if town else "",
        tiles=settings.tiles,
        attribution=settings.tiles_attribution,
    )


def _heading(asked: Asked, where: str) -> str:
    subject = asked.text or ", ".join(competence(id_).label for id_ in asked.chosen)
    return f"« {subject} » {where}".strip()


def _place_words(rooms: Rooms, located: Located, territory: Territory | None) -> str:
    if territory is None:
        return "toute la France"
    name = place_name(rooms.places, territory)
    return f"autour de vous, {name}" if located.around else name
