"""What the labels of directions mean: "DT 25 90", "AIN SAVOIE", "DT VALLEE DE LA LOIRE"."""

from __future__ import annotations

import re
from typing import Final

from graph.model.territory import Territory, TerritoryLevel
from importers.french import listed, of
from importers.sources.territory.atlas import Atlas, plain

PREFIX: Final = re.compile(r"^(?:DR C FERRAND )?(?:DT )?", re.IGNORECASE)
NUMBERS: Final = re.compile(r"\b([0-9]{2}|2[AB])\b")
# Lands that are no département: the rest of their région belongs to the other directions of the list.
LANDS: Final = {
    "berry": ("Berry", ("18", "36")),
    "poitou": ("Poitou", ("79", "86")),
    "vallee de la loire": ("Vallée de la Loire", ("37", "41")),
}
# Halves of one overseas département, which no level of the map tells apart: each covers the whole.
HALVES: Final = {
    "nord est": "Nord-Est",
    "sud ouest": "Sud-Ouest",
    "basse terre et marie galante": "Basse-Terre et Marie-Galante",
    "grande terre cap excellence": "Grande-Terre et Cap Excellence",
}


def region(label: str, atlas: Atlas) -> Territory | None:
    """The région of a label ("ILE DE FRANCE", "REUNION"), None when it names none."""
    wanted = _bare(plain(label))
    return next((found for found in atlas.of_level(TerritoryLevel.REGION) if _bare(plain(found.name)) == wanted), None)


def departements(label: str, within: Territory | None, atlas: Atlas) -> list[Territory]:
    """The départements that a label names by number or by name, in order; `within` rules out namesakes elsewhere.

    "NORD EST" is half of La Réunion there, and not the Nord.
    """
    known = [
        found
        for found in atlas.of_level(TerritoryLevel.DEPARTEMENT)
        if within is None or atlas.around(found, TerritoryLevel.REGION) == within.id
    ]
    text = plain(PREFIX.sub("", label))
    codes = LANDS[text][1] if text in LANDS else tuple(NUMBERS.findall(label))
    numbered = [found for code in codes for found in known if found.id == f"{TerritoryLevel.DEPARTEMENT}:{code}"]
    return numbered or _named(text, known)


def spoken(label: str, covered: list[Territory], atlas: Atlas) -> str:
    """What a direction is named after: "de Paris", "du Doubs et du Territoire de Belfort", "Berry"."""
    text = plain(PREFIX.sub("", label))
    if text in LANDS:
        return LANDS[text][0]
    names = listed([of(territory) for territory in covered])
    return f"{names}, {HALVES[text]}" if text in HALVES else names


def _named(text: str, known: list[Territory]) -> list[Territory]:
    """Départements whose whole name is in the text; the longest first, so that "eure et loir" is not the Eure."""
    places: dict[int, Territory] = {}
    for departement in sorted(known, key=lambda found: -len(found.name)):
        pattern = rf"\b{re.escape(_bare(plain(departement.name)))}\b"
        for found in re.finditer(pattern, text):
            places[found.start()] = departement
            text = text[: found.start()] + "_" * len(found.group()) + text[found.end() :]
    return [places[start] for start in sorted(places)]


def _bare(name: str) -> str:
    return name.removeprefix("la ")
