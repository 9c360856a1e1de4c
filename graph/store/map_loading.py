"""Loading the map: territories, each joined to the zones right above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.territory import Territory, TerritoryLevel, level_of
from graph.store import records
from graph.store.territories import territory_properties

if TYPE_CHECKING:
    from graph.store.unit import Unit

BROWSED_THROUGH: Final = {
    TerritoryLevel.ARRONDISSEMENT: (TerritoryLevel.COMMUNE,),
    TerritoryLevel.COMMUNE: (TerritoryLevel.EPCI, TerritoryLevel.DEPARTEMENT),
    TerritoryLevel.SECTOR: (TerritoryLevel.COMMUNE,),
    TerritoryLevel.EPCI: (TerritoryLevel.DEPARTEMENT,),
    TerritoryLevel.DEPARTEMENT: (TerritoryLevel.REGION,),
    TerritoryLevel.REGION: (TerritoryLevel.COUNTRY,),
}

# Only those that are mentioned: all ids of France took 2.3 s.
IDS: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id}) RETURN t.id AS id"
DIGESTS: Final[LiteralString] = "MATCH (t:Territory) RETURN t.id AS id, t.digest AS digest"

MERGE: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (t:Territory {id: row.id})
SET t = row.node
"""
FORGET_WITHIN: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id})-[r:WITHIN]->() DELETE r"
JOIN_WITHIN: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (t:Territory {id: row.id}), (zone:Territory {id: row.to})
CREATE (t)-[:WITHIN]->(zone)
"""
SEAL: Final[LiteralString] = "UNWIND $rows AS row MATCH (t:Territory {id: row.id}) SET t.digest = row.digest"


def parents(territory: Territory) -> list[str]:
    """The zones right above: what people browse through. `zones` alone decides what contains what."""
    levels = BROWSED_THROUGH.get(territory.level, ())
    return [zone for zone in territory.zones[1:] if level_of(zone) in levels]


async def merge(unit: Unit, chunk: Sequence[Territory]) -> None:
    """Write these territories without their seal."""
    await unit.run(MERGE, rows=[{"id": t.id, "node": territory_properties(t)} for t in chunk])


async def join(unit: Unit, chunk: Sequence[Territory]) -> None:
    """Join these to what contains them, all of which is written, and seal them."""
    await unit.run(FORGET_WITHIN, ids=[t.id for t in chunk])
    await unit.run(JOIN_WITHIN, rows=[{"id": t.id, "to": zone} for t in chunk for zone in parents(t)])
    await unit.run(SEAL, rows=[{"id": t.id, "digest": records.digest(t)} for t in chunk])
