"""Places as people write them: from a text to a territory, and back."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from graph.model.territory import Territory, TerritoryLevel
from search.place_keys import key_of
from search.places import Gazetteer

MOST_SUGGESTIONS: Final = 5
FEWEST_LETTERS: Final = 3
# Towns that begin alike are compared by spelling: this many of them, and at least so like what was typed.
MOST_COMPARED: Final = 400
ALIKE: Final = 0.75
DEPARTEMENT: Final = f"{TerritoryLevel.DEPARTEMENT}:"
LEVEL_WORDS: Final = {
    TerritoryLevel.SECTOR: "secteur",
    TerritoryLevel.EPCI: "intercommunalité",
    TerritoryLevel.DEPARTEMENT: "département",
    TerritoryLevel.REGION: "région",
    TerritoryLevel.COUNTRY: "pays",
}
TOWNS: Final = frozenset({TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT})


@dataclass(frozen=True, slots=True)
class Located:
    """The territory meant, other ones that may have been meant as (name, id), and what to say when there is none.

    `around` when it is where the asker stands.
    """

    territory: Territory | None = None
    others: tuple[tuple[str, str], ...] = ()
    unknown: str = ""
    around: bool = False


def place_name(places: Gazetteer, territory: Territory) -> str:
    """Its name with what tells it from its namesakes: "Saint-Denis (Seine-Saint-Denis)"."""
    if territory.level not in TOWNS:
        return territory.name
    parent = departement_name(places, territory)
    return f"{territory.name} ({parent})" if parent and not territory.name.startswith(parent) else territory.name


def place_hint(territory: Territory) -> str:
    """What tells it from others of its name in a list: a postcode for towns, the level for the rest."""
    if territory.level in LEVEL_WORDS:
        return LEVEL_WORDS[territory.level]
    return territory.postcodes[0] if territory.postcodes else ""


def departement_name(places: Gazetteer, territory: Territory) -> str:
    """Name of the département that contains it, empty when there is none."""
    departement = departement_of(places, territory)
    return departement.name if departement else ""


def departement_of(places: Gazetteer, territory: Territory) -> Territory | None:
    """The département that contains it."""
    zone = next((zone for zone in territory.zones if zone.startswith(DEPARTEMENT) and zone != territory.id), "")
    return places.get(zone) if zone else None


def locate(places: Gazetteer, text: str, chosen_id: str) -> Located:
    """What was meant by `text`. A choice made in the list counts only while the text still says it."""
    if not text:
        return Located()
    chosen = places.get(chosen_id) if chosen_id else None
    if chosen and text in (place_name(places, chosen), chosen.name):
        return Located(chosen)
    # "Saint-Denis (Seine-Saint-Denis)" typed or kept without its id: the name, then the département.
    name, _, hint = text.partition(" (")
    candidates = (
        places.complete(name, MOST_SUGGESTIONS + 1) or _spelt_alike(places, name) or _beginning_alike(places, name)
    )
    exact = next((found for found in candidates if hint and place_name(places, found) == text), None)
    territory = exact or places.locate(text) or (places.locate(name) if hint else None)
    others = tuple(
        (place_name(places, found), found.id)
        for found in candidates
        if territory is None or (_namesakes(found, territory) and not exact)
    )[:MOST_SUGGESTIONS]
    if territory is None:
        what_to_do = "" if others else " Donnez le nom d’une commune ou un code postal."
        return Located(None, others, f"Le lieu « {text} » n’est pas connu.{what_to_do}")
    return Located(territory, others)


def _namesakes(one: Territory, other: Territory) -> bool:
    """Two towns of one name; Paris the city and Paris the département are not worth asking about."""
    return one.id != other.id and one.name == other.name and {one.level, other.level} <= TOWNS


def _spelt_alike(places: Gazetteer, name: str) -> list[Territory]:
    """For a letter missing, doubled or swapped: the towns spelt most like it, the largest first among equals."""
    typed = key_of(name)
    if len(typed) < FEWEST_LETTERS:
        return []
    matcher = SequenceMatcher(None, "", typed, autojunk=False)
    near: list[tuple[float, int, Territory]] = []
    for found in places.complete(typed[:FEWEST_LETTERS], MOST_COMPARED):
        matcher.set_seq1(key_of(found.name))
        if found.level in TOWNS and (likeness := matcher.ratio()) >= ALIKE:
            near.append((-likeness, -found.population, found))
    near.sort(key=lambda one: one[:2])
    return [found for _, _, found in near[:MOST_SUGGESTIONS]]


def _beginning_alike(places: Gazetteer, name: str) -> list[Territory]:
    """For a name misspelt somewhere: the largest towns that begin as it does, with as many letters as any does."""
    for length in range(len(name) - 1, FEWEST_LETTERS - 1, -1):
        if found := places.complete(name[:length], MOST_SUGGESTIONS):
            return found
    return []
