"""The units below an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, LiteralString

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Six levels are more than any body on record has (a département, its direction, its territory, its unit).
BELOW: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (:Organisation {id: id})<-[:PART_OF*1..6]-(u:Organisation)
RETURN DISTINCT u.id AS id ORDER BY id LIMIT $most
"""


HEADED: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (m:Membership {organisation: id})
WHERE m.state = 'active' AND 'head_of_service' IN m.roles
RETURN DISTINCT id ORDER BY id
"""


async def headless(unit: Unit, organisation: str, most: int) -> list[str]:
    """The units below it that have no head of service, nor any between them and it; at most so many."""
    found = await below(unit, organisation, most)
    headed = [row["id"] for row in await unit.run(HEADED, ids=found)] if found else []
    theirs = {row["id"] for row in await unit.run(BELOW, ids=headed, most=most)} if headed else set[str]()
    return [id_ for id_ in found if id_ not in theirs and id_ not in headed]


async def below(unit: Unit, organisation: str, most: int) -> list[str]:
    """Ids of the units below it, at whatever level and in whatever state, in order; at most so many."""
    return [row["id"] for row in await unit.run(BELOW, ids=[organisation], most=most)]
