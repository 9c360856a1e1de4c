"""Who is competent where, within one unit: for each competence the territories that somebody shown today acts in as a whole.

As a search finds them: by what services say, by what kinds of bodies are by law, by what agreements give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.ties import KINDS_OF_MANY_TRADES
from graph.model.vocabulary import rules_for

if TYPE_CHECKING:
    from graph.store.unit import Unit

AT_ONCE: Final = 200

# Each begins where the id is known, at the territory.
BODIES: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (t:Territory {id: id})<-[:COVERS]-(o:Organisation)
WHERE o.state = 'published' AND (o.closedOn IS NULL OR o.closedOn > $today)
  AND (o.suspendedFrom IS NULL OR o.suspendedFrom > $today OR (o.suspendedUntil IS NOT NULL AND o.suspendedUntil < $today))
RETURN DISTINCT id AS territory, o.kind AS kind
"""
SERVICES: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (t:Territory {id: id})<-[:COVERS]-(s:Service)
WHERE s.state = 'published'
  AND (s.suspendedFrom IS NULL OR s.suspendedFrom > $today OR (s.suspendedUntil IS NOT NULL AND s.suspendedUntil < $today))
MATCH (s)-[:OFFERED_BY]->(o:Organisation)
WHERE o.state = 'published' AND (o.closedOn IS NULL OR o.closedOn > $today)
  AND (o.suspendedFrom IS NULL OR o.suspendedFrom > $today OR (o.suspendedUntil IS NOT NULL AND o.suspendedUntil < $today))
MATCH (s)-[:HANDLES]->(c:Competence)
RETURN DISTINCT id AS territory, c.id AS competence
"""
AGREEMENTS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (t:Territory {id: id})<-[:COVERS]-(a:Agreement)
WHERE a.since <= $today AND (a.until IS NULL OR a.until >= $today)
MATCH (a)-[:HANDLES]->(c:Competence)
RETURN DISTINCT id AS territory, c.id AS competence
"""
# Where those work whose people sign in: elsewhere the directory changes without the network having lost anybody.
MEMBERS: Final[LiteralString] = """
MATCH (m:Membership) WHERE m.state = 'active'
WITH DISTINCT m.organisation AS id
MATCH (o:Organisation {id: id})-[:COVERS]->(t:Territory)
RETURN DISTINCT t.id AS id ORDER BY id
"""


class Covering:
    """Who is competent where, within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def members(self) -> list[str]:
        """The territories in which a body of the network acts: one with an active member."""
        return [row["id"] for row in await self._unit.run(MEMBERS)]

    async def of(self, territories: Sequence[str], today: date) -> dict[str, set[str]]:
        """By competence, those of these territories that somebody acts in."""
        found: dict[str, set[str]] = defaultdict(set)
        for start in range(0, len(territories), AT_ONCE):
            asked = {"ids": list(territories[start : start + AT_ONCE]), "today": today.isoformat()}
            for row in await self._unit.run(BODIES, **asked):
                if row["kind"] not in KINDS_OF_MANY_TRADES:
                    for rule in rules_for(row["kind"]):
                        found[rule.competence].add(row["territory"])
            for query in (SERVICES, AGREEMENTS):
                for row in await self._unit.run(query, **asked):
                    found[row["competence"]].add(row["territory"])
        return found
