"""Territories and what contains what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Final

COUNTRY: Final = "pays:FR"
EARTH_RADIUS_KM: Final = 6371.0
# Départements without an article that take "à": the others take "en" (en Ille-et-Vilaine).
ISLANDS_AND_TOWNS: Final = frozenset({"Paris", "La Réunion", "Mayotte"})


class TerritoryLevel(StrEnum):
    """Levels of the French administrative map, plus sectors drawn by hand."""

    ARRONDISSEMENT = "arrondissement"
    COMMUNE = "commune"
    SECTOR = "sector"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"
    COUNTRY = "pays"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the globe, WGS 84, in degrees."""

    lat: float
    lon: float

    def distance_km(self, other: Point) -> float:
        """Great-circle distance in kilometres (haversine)."""
        north, east = radians(other.lat - self.lat), radians(other.lon - self.lon)
        chord = sin(north / 2) ** 2 + cos(radians(self.lat)) * cos(radians(other.lat)) * sin(east / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """A territory. `id` is the INSEE code for communes and municipal arrondissements, `level:code` for the rest.

    `zones` is the closed list of every territory that contains it, itself first; nothing else decides containment
    (EPCI cross départements, so a chain of `WITHIN` edges would leak).
    """

    id: str
    name: str
    level: TerritoryLevel
    zones: tuple[str, ...]
    population: int = 0
    point: Point | None = None
    postcodes: tuple[str, ...] = ()
    article: str = ""

    def where(self) -> str:
        """As people say it after a verb: "à Besançon", "dans le Doubs", "dans toute la France".

        `article` is the one INSEE gives to départements ("le", "la", "les", "l’", or none).
        """
        match self.level:
            case TerritoryLevel.COUNTRY:
                return "dans toute la France"
            case TerritoryLevel.REGION:
                return f"dans la région {self.name}"
            case TerritoryLevel.EPCI:
                return in_intercommunality(self.name)
            case TerritoryLevel.SECTOR:
                return f"dans le secteur {self.name}"
            case TerritoryLevel.DEPARTEMENT if self.article == "l’":
                return f"dans l’{self.name}"
            case TerritoryLevel.DEPARTEMENT if self.article:
                return f"dans {self.article} {self.name}"
            case TerritoryLevel.DEPARTEMENT if self.name not in ISLANDS_AND_TOWNS:
                return f"en {self.name}"
            case TerritoryLevel.ARRONDISSEMENT if " " in self.name:
                town, arrondissement = self.name.split(" ", 1)
                return f"dans le {arrondissement} de {town}"
            case _:
                return at_town(self.name)


def level_of(territory_id: str) -> TerritoryLevel:
    """The level that an id tells: its prefix, or a commune (municipal arrondissements share its form)."""
    prefix, colon, _ = territory_id.partition(":")
    return TerritoryLevel(prefix) if colon else TerritoryLevel.COMMUNE


def in_intercommunality(name: str) -> str:
    """The kind of intercommunality in full: "dans la communauté de communes Loue-Lison"."""
    for short, full in (
        ("CC ", "la communauté de communes "),
        ("CA ", "la communauté d’agglomération "),
        ("CU ", "la communauté urbaine "),
    ):
        if name.startswith(short):
            return f"dans {full}{name.removeprefix(short)}"
    return f"dans l’intercommunalité {name}"


def at_town(name: str) -> str:
    """The preposition that a town's own article asks for: "au Mans", "aux Ulis", "à Besançon"."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"à {name}"
