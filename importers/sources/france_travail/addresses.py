"""The addresses of directions: capitals without accents, postcodes that lost a zero, coordinates that lost a comma."""

from __future__ import annotations

import re
from typing import Final

from graph.model.directory import Place
from graph.model.territory import Point, Territory, TerritoryLevel
from importers.french import typographic
from importers.sources.territory.atlas import Atlas
from importers.tables import Row

CITY_PART: Final = re.compile(r"(?P<city>.*?)(?: (?P<number>[0-9]{2}))?")
CEDEX: Final = re.compile(r" CEDEX.*")
ORDINAL: Final = re.compile(r"[0-9]+(?:ER|E|EME|IEME)")
ELIDED: Final = re.compile(r"\b[DL](?=')")
ABBREVIATIONS: Final = frozenset({"BP", "CS", "TSA", "ZA", "ZAC", "ZI"})
OVERSEAS: Final = ("97", "98")
# fmt: off
SMALL_WORDS: Final = frozenset({
    "allee", "au", "aux", "avenue", "av", "bat", "batiment", "bis", "boulevard", "bureau", "chemin", "cours", "de",
    "des", "du", "eme", "esplanade", "et", "etage", "immeuble", "la", "le", "les", "lot", "lotissement", "passage", "place",
    "promenade", "quai", "rond-point", "rue", "route", "ter", "traverse",
})
# fmt: on
# Coordinates farther than this from the commune of the address are a slip of the pen.
FARTHEST_KM: Final = 60.0


def place(row: Row, within: str, atlas: Atlas) -> Place:
    """Where a direction sits, in the zone `within`. Raises RowError when its commune is not found."""
    commune = _commune(row, within, atlas)
    lines = (street(row["Libelle de l'adresse"]), street(row["Complement d'adresse"]))
    cedex = CEDEX.search(row["Bureau distributeur"])
    return Place(
        address=" – ".join(line for line in lines if line),
        postcode=postcode(row),
        city=atlas.town(commune) + (cedex.group().title() if cedex else ""),
        territory=commune.id,
        point=_point(row, commune),
    )


def postcode(row: Row) -> str:
    """Five digits, the first of which a spreadsheet may have eaten."""
    return row["Code postal"].zfill(5)


def departement_of(code: str) -> str:
    """The id of the département that a postcode belongs to by its digits (not for Corsica)."""
    return f"{TerritoryLevel.DEPARTEMENT}:{code[:3] if code.startswith(OVERSEAS) else code[:2]}"


def street(line: str) -> str:
    """A line in capitals as people write it ("7 avenue des Montboucons"), "" for one that holds a single word."""
    words = line.split()
    written = " ".join(_in_lower_case(word) for word in words).replace(" - ", " – ")
    return typographic(ELIDED.sub(lambda found: found.group().lower(), written)) if len(words) > 1 else ""


def _in_lower_case(word: str) -> str:
    if word in ABBREVIATIONS:
        return word
    if word.lower() in SMALL_WORDS or ORDINAL.fullmatch(word):
        return word.lower()
    return re.sub(r"[A-ZÀ-Ý]+", lambda found: found.group().capitalize(), word)


def _commune(row: Row, within: str, atlas: Atlas) -> Territory:
    written = row["Libelle de la commune"]
    found = atlas.at(postcode(row), written)
    if found:
        return found
    parts = CITY_PART.fullmatch(written)
    city, number = (parts["city"], parts["number"]) if parts else (written, None)
    named = atlas.named(city, departement_of(postcode(row))) or atlas.named(city, within)
    if not named:
        raise row.error("Libelle de la commune", "Aucune commune de ce nom dans la région de cette direction.")
    inside = atlas.parts(named[0].id)
    return atlas[inside[int(number) - 1]] if number and 1 <= int(number) <= len(inside) else named[0]


def _point(row: Row, commune: Territory) -> Point | None:
    """The coordinates of the row, or the commune's when they are missing or cannot be right."""
    try:
        point = Point(_degrees(row["Latitude"]), _degrees(row["Longitude"]))
    except ValueError:
        return commune.point
    possible = abs(point.lat) <= 90 and abs(point.lon) <= 180
    if not possible or commune.point is None or point.distance_km(commune.point) > FARTHEST_KM:
        return commune.point
    return point


def _degrees(written: str) -> float:
    return float(written.replace(",", "."))
