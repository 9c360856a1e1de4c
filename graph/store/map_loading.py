"""Loading the map: territories, each joined to the zones right above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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

# What contains another is written before it, or with it.
LARGEST_FIRST: Final = tuple(reversed(TerritoryLevel))
# Only those that are mentioned: all ids of France took 2.3 s.
IDS: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id}) RETURN t.id AS id"
DIGESTS: Final[LiteralString] = "MATCH (t:Territory) RETURN t.id AS id, t.digest AS digest"

# Each with its seal: its edges are drawn in the same transaction.
MERGE: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (t:Territory {id: row.id})
SET t = row
"""
FORGET_WITHIN: Final[LiteralString] = "UNWIND $ids AS id MATCH (t:Territory {id: id})-[r:WITHIN]->() DELETE r"
JOIN_WITHIN: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (t:Territory {id: row.id}), (zone:Territory {id: row.to})
CREATE (t)-[:WITHIN]->(zone)
"""


def parents(territory: Territory) -> list[str]:
    """The zones right above: what people browse through. `zones` alone decides what contains what."""
    levels = BROWSED_THROUGH.get(territory.level, ())
    return [zone for zone in territory.zones[1:] if level_of(zone) in levels]


def in_order(territories: Iterable[Territory]) -> list[Territory]:
    """Such that one comes after all that contains it."""
    return sorted(territories, key=lambda territory: LARGEST_FIRST.index(territory.level))


async def lay(unit: Unit, chunk: Sequence[Territory], changed: Collection[str]) -> None:
    """Write these territories and join them to what contains them, all of which is written. Of the ids in `changed` the graph
    has something already.
    """
    await unit.run(MERGE, rows=[{**territory_properties(t), "digest": records.digest(t)} for t in chunk])
    if joined := [t.id for t in chunk if t.id in changed]:
        await unit.run(FORGET_WITHIN, ids=joined)
    await unit.run(JOIN_WITHIN, rows=[{"id": t.id, "to": zone} for t in chunk for zone in parents(t)])
