"""Where a body stands and whom it serves: INSEE codes of any year, postcodes, zones of eligibility, on our map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from data_inclusion.schema import v1

from graph.model.directory import Place
from graph.model.territory import COUNTRY, Point, Territory, TerritoryLevel
from importers.french import typographic
from importers.report import Refused
from importers.sources.data_inclusion.cleaning import LOST
from importers.sources.territory.atlas import Atlas
from importers.streams.record import Record

WHOLE_COUNTRY: Final = frozenset({"france", "99100", COUNTRY})
ABROAD: Final = re.compile(r"99[0-5]\d{2}")
# Kinds that serve their own bounds. A ressort that the data does not tell is taken as the whole département.
BOUNDS: Final = {
    "COMMUNE": TerritoryLevel.COMMUNE,
    "CCAS": TerritoryLevel.COMMUNE,
    "CIAS": TerritoryLevel.EPCI,
    "EPCI": TerritoryLevel.EPCI,
    "REGION": TerritoryLevel.REGION,
    "DREETS": TerritoryLevel.REGION,
}
# The largest commune, in Guyane, has its ends some 150 km from its main village; beyond, the point is of another place.
FAR_KM: Final = 150


@dataclass(frozen=True, slots=True)
class Stand:
    """A place, and its territory on our map when the address tells one."""

    place: Place | None
    territory: Territory | None


def stand(
    record: Record, said: v1.Structure | v1.Service, atlas: Atlas, refused: list[Refused], *, shown: bool = True
) -> Stand | None:
    """Where a structure or a service is, None when its commune is unknown and its postcode too; each fault is told.

    A commune since merged is carried to its successor. `shown` False, for what is given at a distance, asks for the
    territory alone, and does without.
    """
    code, postcode, city = said.code_insee or "", said.code_postal or "", typographic(said.commune or "")
    known = atlas.commune(code) if code else None
    territory = _told_by(atlas, known, postcode, city)
    if code and known is None:
        unknown = "Ce code INSEE n’est celui d’aucune commune, présente ou passée"
        if territory is None and postcode not in _postcodes(atlas):
            refused.append(record.refused("code_insee", code, f"{unknown}."))
            return None if shown else Stand(None, None)
        instead = f"le code postal dit {territory.name}" if territory else "l’adresse est gardée, sans territoire"
        refused.append(record.refused("code_insee", code, f"{unknown} ; {instead}."))
    street = ", ".join(typographic(part) for part in (said.adresse, said.complement_adresse) if part)
    if not shown or not (street or postcode or city or territory):
        return Stand(None, territory)
    place = Place(
        address=street,
        postcode=postcode,
        city=city or (atlas.town(territory) if territory else ""),
        territory=territory.id if territory else "",
        point=_point(record, said, territory, refused),
    )
    return Stand(place, territory)


def covered(record: Record, zones: Sequence[str], atlas: Atlas, refused: list[Refused]) -> tuple[str, ...]:
    """The territories that a zone of eligibility names, none when it names none that is known; each other is told.

    Every département of a région makes the région, which the schema cannot say.
    """
    found: list[str] = []
    for zone in zones:
        id_ = _territory(zone, atlas)
        if id_:
            found.append(id_)
        else:
            why = (
                "Un pays étranger n’est pas sur notre carte."
                if ABROAD.fullmatch(zone)
                else "Ce territoire n’existe pas."
            )
            refused.append(record.refused("zone_eligibilite", zone, f"{why} {LOST}"))
    return _gathered(found, atlas)


def usual(kind: str, territory: Territory, atlas: Atlas) -> tuple[str, ...]:
    """Whom a body of this kind serves when nothing says it: its own bounds, or the département where it stands."""
    level = BOUNDS.get(kind, TerritoryLevel.DEPARTEMENT)
    if level is TerritoryLevel.COMMUNE:
        return (territory.zones[1] if territory.level is TerritoryLevel.ARRONDISSEMENT else territory.id,)
    return (atlas.around(territory, level) or atlas.around(territory, TerritoryLevel.DEPARTEMENT),)


def _told_by(atlas: Atlas, commune: Territory | None, postcode: str, city: str) -> Territory | None:
    """The commune of the code; an arrondissement of it when the postcode says which; else what the address tells."""
    if commune and not atlas.parts(commune.id):
        return commune
    return atlas.at(postcode, city) or commune


@cache
def _postcodes(atlas: Atlas) -> frozenset[str]:
    levels = (TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT)
    return frozenset(code for level in levels for territory in atlas.of_level(level) for code in territory.postcodes)


def _territory(zone: str, atlas: Atlas) -> str:
    if zone in WHOLE_COUNTRY:
        return COUNTRY
    if ":" in zone:
        return zone if zone in atlas else ""
    if len(zone) == 9:
        ids = (f"{TerritoryLevel.EPCI}:{zone}",)
    elif len(zone) in {2, 3}:
        ids = (f"{TerritoryLevel.DEPARTEMENT}:{zone.upper()}",)
    else:
        commune = atlas.commune(zone.upper())
        ids = (commune.id,) if commune else ()
    return next((id_ for id_ in ids if id_ in atlas), "")


def _gathered(found: Iterable[str], atlas: Atlas) -> tuple[str, ...]:
    unique = list(dict.fromkeys(found))
    if COUNTRY in unique:
        return (COUNTRY,)
    regions = Counter(_region(id_, atlas) for id_ in unique if id_.startswith(f"{TerritoryLevel.DEPARTEMENT}:"))
    whole = {region for region, number in regions.items() if region and 1 < number == _parts(atlas)[region]}
    kept = [
        id_ for id_ in unique if not (id_.startswith(f"{TerritoryLevel.DEPARTEMENT}:") and _region(id_, atlas) in whole)
    ]
    return (*sorted(whole), *kept)


def _region(departement: str, atlas: Atlas) -> str:
    return atlas.around(atlas[departement], TerritoryLevel.REGION)


@cache
def _parts(atlas: Atlas) -> Counter[str]:
    """How many départements each région has."""
    return Counter(_region(territory.id, atlas) for territory in atlas.of_level(TerritoryLevel.DEPARTEMENT))


def _point(
    record: Record, said: v1.Structure | v1.Service, territory: Territory | None, refused: list[Refused]
) -> Point | None:
    """The point that is given, else that of the commune: one that is no point, or far from its commune, is told."""
    centre = territory.point if territory else None
    if said.latitude is None or said.longitude is None:
        return centre
    if abs(said.latitude) <= 90 and abs(said.longitude) <= 180:
        point = Point(said.latitude, said.longitude)
        if centre is None or point.distance_km(centre) <= FAR_KM:
            return point
    given = f"{said.latitude} {said.longitude}"
    message = "Ce point n’est pas dans la commune ; celui de la commune le remplace."
    refused.append(
        record.refused("latitude, longitude", given, message if centre else f"Ce n’est pas un point. {LOST}")
    )
    return centre
