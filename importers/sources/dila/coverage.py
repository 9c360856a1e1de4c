"""Which territory a body serves. The directory does not say: it follows from the kind, the commune, and the name."""

from __future__ import annotations

import re
from typing import Final

from graph.model.territory import COUNTRY, Territory, TerritoryLevel
from graph.model.vocabulary import coverage_level
from importers.sources.territory.atlas import Atlas

# Open to whoever comes, wherever they live: the nearest comes first by distance, none is out of bounds.
OPEN_TO_ALL: Final = frozenset({"FRANCE_SERVICES", "INFORMATION_JEUNESSE", "POINT_JUSTICE", "POINT_INFO_FAMILLE"})
# Offices of a larger body: each receives people of its own département.
LOCAL_OFFICES: Final = frozenset({"ars_antenne", "apec", "rectorat"})
OF_A_REGION: Final = frozenset({"prefecture_region"})

ORDINAL: Final = re.compile(r"\b([0-9]{1,2})(?:er|e|ème|è)\b")
PART: Final = "arrondissement"
LISTED_DEPARTEMENTS: Final = re.compile(r"\(dép\. ([0-9AB, ]+)\)")


def covered(dila_type: str, kind: str, name: str, commune: Territory, atlas: Atlas) -> tuple[str, ...]:
    """Ids of the territories that a body of this type and name in this commune serves, never none.

    Départements or arrondissements listed in the name come first, then a région named there, then the level that is
    usual for the kind; a ressort that is nowhere in the data is taken as the whole département.
    """
    departement = atlas.around(commune, TerritoryLevel.DEPARTEMENT)
    level = _level(dila_type, kind)
    if level is TerritoryLevel.COMMUNE:
        return (commune.id,)
    listed = _listed_departements(name, atlas)
    if listed:
        return listed
    parts = () if kind in OPEN_TO_ALL else _named_parts(name, commune, atlas)
    region = _named_region(name, commune, atlas)
    if parts or region:
        return parts or (region,)
    if level is TerritoryLevel.COUNTRY:
        return (COUNTRY,)
    return (atlas.around(commune, level) or departement,)


def _level(dila_type: str, kind: str) -> TerritoryLevel:
    if dila_type in LOCAL_OFFICES or kind in OPEN_TO_ALL:
        return TerritoryLevel.DEPARTEMENT
    if dila_type in OF_A_REGION:
        return TerritoryLevel.REGION
    level = coverage_level(kind) or TerritoryLevel.DEPARTEMENT
    # Only a mairie stops at the bounds of its commune.
    return TerritoryLevel.DEPARTEMENT if level is TerritoryLevel.COMMUNE and kind != "COMMUNE" else level


def _listed_departements(name: str, atlas: Atlas) -> tuple[str, ...]:
    found = LISTED_DEPARTEMENTS.search(name)
    codes = [code.strip() for code in found[1].split(",")] if found else []
    ids = tuple(f"{TerritoryLevel.DEPARTEMENT}:{code}" for code in codes)
    return ids if all(id_ in atlas for id_ in ids) else ()


def _named_parts(name: str, commune: Territory, atlas: Atlas) -> tuple[str, ...]:
    """Arrondissements that a name counts up ("11e, 20e arrondissements") in a city that is cut into them.

    "Paris 15e" alone is an address: the housing agency that sits there serves the whole city.
    """
    if PART not in name:
        return ()
    city = commune.zones[1] if commune.level is TerritoryLevel.ARRONDISSEMENT else commune.id
    parts = atlas.parts(city)
    numbers = sorted({int(number) for number in ORDINAL.findall(name)})
    return tuple(parts[number - 1] for number in numbers if 1 <= number <= len(parts))


def _named_region(name: str, commune: Territory, atlas: Atlas) -> str:
    """The body's own région when its name holds it, unless the région and the département are namesakes."""
    region = atlas.around(commune, TerritoryLevel.REGION)
    spoken = atlas[region].name if region else ""
    held = re.search(rf"(?<![\w-]){re.escape(spoken)}(?![\w-])", name) if spoken else None
    return region if held else ""
