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


async def below(unit: Unit, organisation: str, most: int) -> list[str]:
    """Ids of the units below it, at whatever level and in whatever state, in order; at most so many."""
    return [row["id"] for row in await unit.run(BELOW, ids=[organisation], most=most)]
