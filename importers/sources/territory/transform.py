"""From rows to territories, each with the closed list of all that contain it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from graph.model.territory import COUNTRY, Point, Territory, TerritoryLevel
from importers.report import Refused
from importers.sources.territory.get import POSTCODES_SEPARATOR, Tables
from importers.tables import Row, RowError

# Which of two zones with the very same communes contains the other: the département of Guadeloupe lies in its région.
LARGER: Final = (TerritoryLevel.EPCI, TerritoryLevel.DEPARTEMENT, TerritoryLevel.REGION, TerritoryLevel.COUNTRY)


def transform(tables: Tables) -> tuple[tuple[Territory, ...], tuple[Refused, ...]]:
    """Every territory, zones before communes, and the rows refused with line, field and value.

    A commune whose département, EPCI or city is not in the tables is refused. A zone larger than a commune lies in
    whatever contains all of its communes.
    """
    refused = [*tables.communes.refused, *tables.zones.refused]
    zone_rows = {row["id"]: row for row in tables.zones.rows}
    communes: dict[str, Territory] = {}
    # Whole cities before their arrondissements, whose zones follow from them.
    for row in sorted(tables.communes.rows, key=lambda row: bool(row["city"])):
        try:
            communes[row["code"]] = _commune(row, zone_rows, communes)
        except RowError as fault:
            refused.append(fault.refused)
    containing = _containing(communes.values())
    zones: dict[str, Territory] = {}
    for row in zone_rows.values():
        try:
            zones[row["id"]] = _zone(row, containing)
        except RowError as fault:
            refused.append(fault.refused)
    return (*zones.values(), *communes.values()), tuple(refused)


@dataclass(frozen=True, slots=True)
class Former:
    """A commune that is no more: its name ("" when unknown) and the INSEE code of the one it is part of."""

    name: str
    current: str


def former(tables: Tables) -> dict[str, Former]:
    """What became of each INSEE code that is no more."""
    return {row["code"]: Former(row["name"], row["current"]) for row in tables.former.rows}


def _commune(row: Row, zone_rows: Mapping[str, Row], communes: Mapping[str, Territory]) -> Territory:
    if row["code"] in communes:
        raise row.error("code", "Ce code est déjà celui d’une autre ligne.")
    if row["city"]:
        if row["city"] not in communes:
            raise row.error("city", "Cette commune n’est pas dans le fichier.")
        level, around = TerritoryLevel.ARRONDISSEMENT, communes[row["city"]].zones
    else:
        level, around = TerritoryLevel.COMMUNE, _around(row, zone_rows)
    return Territory(
        id=row["code"],
        name=row["name"],
        level=level,
        zones=(row["code"], *around),
        population=_population(row),
        point=_point(row),
        postcodes=tuple(row["postcodes"].split(POSTCODES_SEPARATOR)) if row["postcodes"] else (),
    )


def _around(row: Row, zone_rows: Mapping[str, Row]) -> list[str]:
    """What contains a commune: EPCI, the part of the Grand Paris it may be in, département, région, country."""
    around: list[str] = []
    for column, level in (
        ("epci", TerritoryLevel.EPCI),
        ("ept", TerritoryLevel.EPCI),
        ("departement", TerritoryLevel.DEPARTEMENT),
    ):
        id_ = f"{level}:{row[column]}"
        if id_ in zone_rows:
            around.append(id_)
        elif row[column] or column == "departement":
            raise row.error(column, "Ce territoire n’est pas dans le fichier zones.")
    return [*around, f"{TerritoryLevel.REGION}:{zone_rows[around[-1]]['region']}", COUNTRY]


def _containing(communes: Iterable[Territory]) -> dict[str, tuple[str, ...]]:
    """For each zone, the zones that hold every one of its communes, itself among them."""
    shared: dict[str, tuple[str, ...]] = {}
    for commune in communes:
        if commune.level is TerritoryLevel.COMMUNE:
            for zone in commune.zones[1:]:
                held = shared.get(zone, commune.zones[1:])
                shared[zone] = tuple(other for other in held if other in commune.zones)
    return shared


def _zone(row: Row, containing: Mapping[str, tuple[str, ...]]) -> Territory:
    id_ = row["id"]
    if _level(id_) not in LARGER:
        raise row.error("id", "Ce niveau de territoire n’existe pas.")
    if id_ not in containing:
        raise row.error("id", "Aucune commune de ce territoire n’est dans le fichier.")
    return Territory(
        id=id_,
        name=row["name"],
        level=TerritoryLevel(_level(id_)),
        zones=(id_, *(other for other in containing[id_] if _holds(other, id_, containing))),
        population=_population(row),
        point=_point(row),
        article=row["article"],
    )


def _holds(other: str, zone: str, containing: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether `other`, which has all communes of `zone`, is the larger one of the two."""
    return other != zone and (zone not in containing[other] or _rank(other) > _rank(zone))


def _level(id_: str) -> str:
    return id_.partition(":")[0]


def _rank(id_: str) -> int:
    return LARGER.index(TerritoryLevel(_level(id_)))


def _population(row: Row) -> int:
    try:
        return int(row["population"])
    except ValueError:
        raise row.error("population", "Il faut ici un nombre d’habitants.") from None


def _point(row: Row) -> Point:
    for column, most in (("lat", 90.0), ("lon", 180.0)):
        try:
            fits = abs(float(row[column])) <= most
        except ValueError:
            fits = False
        if not fits:
            raise row.error(column, "Il faut ici des degrés décimaux (WGS 84).")
    return Point(float(row["lat"]), float(row["lon"]))
