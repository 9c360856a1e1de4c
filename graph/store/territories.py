"""The administrative map in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.territory import Point, Territory, TerritoryLevel

if TYPE_CHECKING:
    from graph.store.unit import Unit

BY_IDS: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id}) RETURN t{.*} AS territory"
# One scan: pages in order of id made the engine sort all of them each time (12 s for France, 3 s this way). And one row: Neo4j
# sends each in a message of its own, and reading 36,000 of them costs more than what they hold.
ALL: Final[LiteralString] = "MATCH (t:Territory) WITH t{.*} AS territory RETURN collect(territory) AS territories"


class Territories:
    """Territories within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def by_ids(self, ids: Sequence[str]) -> dict[str, Territory]:
        """Those that exist, by id."""
        found = (territory_of(row["territory"]) for row in await self._unit.run(BY_IDS, ids=list(ids)))
        return {territory.id: territory for territory in found}

    async def all(self) -> list[Territory]:
        """The whole map, in order of id."""
        [row] = await self._unit.run(ALL)
        found = [territory_of(territory) for territory in row["territories"]]
        return sorted(found, key=lambda territory: territory.id)


def territory_of(row: dict[str, Any]) -> Territory:
    """A record from a node's properties."""
    placed = row.get("lat") is not None
    return Territory(
        id=row["id"],
        name=row["name"],
        level=TerritoryLevel(row["level"]),
        zones=tuple(row["zones"]),
        population=row["population"],
        point=Point(row["lat"], row["lon"]) if placed else None,
        postcodes=tuple(row.get("postcodes") or ()),
        article=row.get("article") or "",
    )


def territory_properties(territory: Territory) -> dict[str, Any]:
    """A node's properties from a record."""
    return {
        "id": territory.id,
        "name": territory.name,
        "level": territory.level.value,
        "zones": list(territory.zones),
        "population": territory.population,
        "lat": territory.point.lat if territory.point else None,
        "lon": territory.point.lon if territory.point else None,
        "postcodes": list(territory.postcodes),
        "article": territory.article,
    }
