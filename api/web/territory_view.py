"""A territory as people browse it: what is around it, what it holds, who covers it and what nobody covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.coverage import Covered
from api.web.listing_view import OpeningWords, opening_words
from api.web.place_words import place_name
from api.web.question import Asked
from api.web.render import sheet_path
from api.words.listing import Reach, reach
from graph.model.relay import Listing, Relay
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import categories, competence
from graph.model.words import fold
from search.places import Gazetteer

# Who receives anyone, whatever the problem: the social service of the sector.
GENERAL_DOOR: Final = "parcours--accompagnement-social-global"
# What is shown of what a territory holds, level by level, and what the list is called.
BROWSED: Final = {
    TerritoryLevel.REGION: ("Régions", frozenset({TerritoryLevel.COUNTRY})),
    TerritoryLevel.DEPARTEMENT: ("Départements", frozenset({TerritoryLevel.REGION})),
    TerritoryLevel.EPCI: ("Intercommunalités", frozenset({TerritoryLevel.DEPARTEMENT})),
    TerritoryLevel.COMMUNE: ("Communes", frozenset({TerritoryLevel.DEPARTEMENT, TerritoryLevel.EPCI})),
    TerritoryLevel.ARRONDISSEMENT: ("Arrondissements", frozenset({TerritoryLevel.COMMUNE})),
    TerritoryLevel.SECTOR: ("Secteurs", frozenset({TerritoryLevel.COMMUNE})),
}


@dataclass(frozen=True, slots=True)
class Child:
    """A territory inside another; `count` is how many relays act there in particular."""

    name: str
    href: str
    count: int

    @property
    def count_words(self) -> str:
        """ "1 007", empty for none."""
        return grouped(self.count) if self.count else ""


@dataclass(frozen=True, slots=True)
class Children:
    """Those of one level, by name."""

    title: str
    level: str
    entries: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """The relay to begin with."""

    name: str
    href: str
    what: str
    reach: Reach
    opening: OpeningWords | None


@dataclass(frozen=True, slots=True)
class Theme:
    """A competence here: its first door, how many others follow, and the address of them all."""

    label: str
    href: str
    door: Door | None
    others: str
    address: str


@dataclass(frozen=True, slots=True)
class Category:
    """Themes of one category that somebody covers."""

    id: str
    label: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Competences that nobody covers here: where the nearest relays are, in words, and (label, address) of each.

    The address is that of a search there, or of the theme when there is none anywhere.
    """

    where: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CoverageView:
    """Who covers a territory."""

    social: Theme | None
    categories: tuple[Category, ...]
    gaps: tuple[Gaps, ...]
    covered: int
    total: int


def territory_path(territory: Territory) -> str:
    """The address of its page; France is where browsing begins."""
    return "/territoires" if territory.level is TerritoryLevel.COUNTRY else sheet_path("territoires", territory.id)


def crumbs(places: Gazetteer, territory: Territory) -> tuple[tuple[str, str], ...]:
    """The territories around it, the largest first: (name, address)."""
    around = [zone for id_ in reversed(territory.zones[1:]) if (zone := places.get(id_))]
    return tuple((zone.name, territory_path(zone)) for zone in around)


def browsed(places: Gazetteer, territory: Territory) -> list[Territory]:
    """This one, and what a visitor goes on to from it."""
    levels = {level for level, (_, seen_from) in BROWSED.items() if territory.level in seen_from}
    return [territory, *(one for one in places.within(territory.id) if one.level in levels)]


def children(places: Gazetteer, territory: Territory, counts: Mapping[str, int]) -> tuple[Children, ...]:
    """What a visitor goes on to, level by level; levels that it does not hold are left out."""
    held = places.within(territory.id)
    found = []
    for level, (title, seen_from) in BROWSED.items():
        if territory.level not in seen_from:
            continue
        here = sorted((one for one in held if one.level is level), key=_by_name)
        entries = [Child(one.name, territory_path(one), counts.get(one.id, 0)) for one in here]
        if entries:
            found.append(Children(title, level.value, tuple(entries)))
    return tuple(found)


def _by_name(territory: Territory) -> tuple[str, str]:
    """Arrondissements in order of their number, the others by name."""
    return (territory.id if territory.level is TerritoryLevel.ARRONDISSEMENT else fold(territory.name)), territory.id


def coverage_view(
    places: Gazetteer, territory: Territory, found: Sequence[Covered], elsewhere: Mapping[str, Territory], at: datetime
) -> CoverageView:
    """`found` in the order of the list of competences, `elsewhere` where those that nobody covers are handled."""
    here = Asked().at_place(place_name(places, territory), territory.id)
    themes = {one.competence: _theme(one, here, at) for one in found if one.total}
    return CoverageView(
        social=themes.get(GENERAL_DOOR),
        categories=_by_category(themes),
        gaps=_gaps([one.competence for one in found if not one.total], here, places, elsewhere),
        covered=len(themes),
        total=len(found),
    )


def _by_category(themes: Mapping[str, Theme]) -> tuple[Category, ...]:
    listed = (
        Category(id_, name, tuple(theme for key, theme in themes.items() if competence(key).category == id_))
        for id_, name in categories().items()
    )
    return tuple(sorted((one for one in listed if one.themes), key=lambda one: fold(one.label)))


def _theme(one: Covered, here: Asked, at: datetime) -> Theme:
    return Theme(
        label=competence(one.competence).label,
        href=theme_path(one.competence, here),
        door=_door(one.first, at) if one.first else None,
        others=_others(one),
        address=here.only(one.competence).address(),
    )


def _others(one: Covered) -> str:
    """What follows the first, in words."""
    others = one.total - 1
    if one.cut:
        return f"et plus de {grouped(others)} autres" if others else "et d’autres"
    return "" if others == 0 else "et 1 autre" if others == 1 else f"et {grouped(others)} autres"


def _gaps(
    missing: Sequence[str], here: Asked, places: Gazetteer, elsewhere: Mapping[str, Territory]
) -> tuple[Gaps, ...]:
    """The nearest first; what is nowhere comes last."""
    grouped_by: dict[str, list[tuple[str, str]]] = {}
    around = sorted({zone.id: zone for zone in elsewhere.values()}.values(), key=lambda zone: -len(zone.zones))
    for zone in around:
        there = here.at_place(place_name(places, zone), zone.id)
        where = "ailleurs en France" if zone.level is TerritoryLevel.COUNTRY else zone.where()
        grouped_by[f"Il en existe {where}"] = [
            (competence(id_).label, there.only(id_).address()) for id_ in missing if elsewhere.get(id_) == zone
        ]
    grouped_by["Nulle part dans le réseau"] = [
        (competence(id_).label, theme_path(id_, here)) for id_ in missing if id_ not in elsewhere
    ]
    return tuple(Gaps(where, tuple(entries)) for where, entries in grouped_by.items() if entries)


def theme_path(id_: str, here: Asked) -> str:
    """The page of a theme, with the place that is being looked at."""
    query = here.address().partition("?")[2]
    return sheet_path("themes", id_) + (f"?{query}" if query else "")


def _door(relay: Relay, at: datetime) -> Door:
    listing = relay.listing
    service, organisation = listing.service, listing.organisation
    own = relay.post.contact if relay.post else None
    return Door(
        name=service.name if service else organisation.name,
        href=listing_path(listing),
        what=organisation.name if service else listing.agreement.label if listing.agreement else "",
        reach=reach(own, service.contact if service else None, organisation.contact),
        opening=opening_words((service.hours if service else "") or organisation.hours, at),
    )


def listing_path(listing: Listing) -> str:
    """The sheet that tells of a listing."""
    if listing.service:
        return sheet_path("service", listing.service.id)
    return sheet_path("organisme", listing.organisation.id)


def grouped(count: int) -> str:
    """ "1 007", with a space that no line may break at."""
    return f"{count:,}".replace(",", "\u202f")


def by_letter(entries: Iterable[Child]) -> tuple[tuple[str, tuple[Child, ...]], ...]:
    """A long list in groups of one first letter."""
    groups: dict[str, list[Child]] = {}
    for one in entries:
        groups.setdefault(fold(one.name)[:1].upper(), []).append(one)
    return tuple((letter, tuple(found)) for letter, found in groups.items())
