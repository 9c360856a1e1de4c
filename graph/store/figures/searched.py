"""What searches ran into, by day, within one unit. No word of anyone's, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.figures.searched import KEPT, Met, SearchCount

if TYPE_CHECKING:
    from graph.store.unit import Unit

AT_ONCE: Final = 500

# Several processes count at once: each adds what it has to the one row.
ADD: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (c:SearchCount {id: row.id})
ON CREATE SET c.day = row.day, c.met = row.met, c.competence = row.competence, c.territory = row.territory,
              c.listing = row.listing, c.count = row.count
ON MATCH SET c.count = c.count + row.count
"""
SINCE: Final[LiteralString] = "MATCH (c:SearchCount) WHERE c.day >= $since RETURN c{.*} AS row ORDER BY c.id"
SWEEP: Final[LiteralString] = """
MATCH (c:SearchCount) WHERE c.day < $before
WITH c ORDER BY c.id LIMIT $most
DELETE c
RETURN count(*) AS gone
"""


class Searched:
    """Counts of searches within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, counts: Iterable[SearchCount]) -> None:
        """So many more of each; each subject of a day at most once among them."""
        rows = [
            {
                "id": one.id,
                "day": one.day.isoformat(),
                "met": one.met.value,
                "competence": one.competence,
                "territory": one.territory,
                "listing": one.listing,
                "count": one.count,
            }
            for one in sorted(counts, key=lambda one: one.id)
        ]
        for start in range(0, len(rows), AT_ONCE):
            await self._unit.run(ADD, rows=rows[start : start + AT_ONCE])

    async def since(self, day: date) -> list[SearchCount]:
        """All of that day and later."""
        rows = await self._unit.run(SINCE, since=day.isoformat())
        return [
            SearchCount(
                day=date.fromisoformat(row["row"]["day"]),
                met=Met(row["row"]["met"]),
                competence=row["row"]["competence"],
                territory=row["row"]["territory"],
                listing=row["row"]["listing"],
                count=row["row"]["count"],
            )
            for row in rows
        ]

    async def sweep(self, today: date) -> int:
        """Forget some of what is older than is kept; how many, 0 when all is swept."""
        rows = await self._unit.run(SWEEP, before=(today - KEPT).isoformat(), most=AT_ONCE)
        return rows[0]["gone"]
