"""The neighbours of an organisation in the graph that anyone may see: parts, agreements, before and after."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.directory import Link, LinkKind

if TYPE_CHECKING:
    from graph.store.unit import Unit

CARRIED_TO: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})-[s:SUCCEEDED_BY]->(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind} AS node, s.on AS on, s.scope AS detail
"""

TAKEN_OVER: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[s:SUCCEEDED_BY]-(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind} AS node, s.on AS on, s.scope AS detail
"""

PARENT: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})-[:PART_OF]->(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind} AS node
"""

UNITS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:PART_OF]-(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind} AS node
"""

GIVEN_BY: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:GIVEN_TO]-(a:Agreement)-[:GRANTED_BY]->(n:Organisation)
WHERE n.state = 'published' AND a.reserved = false
RETURN n{.id, .name, .kind} AS node, a.since AS on, a.until AS until, a.label AS detail
"""

GRANTED_TO: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:GRANTED_BY]-(a:Agreement)-[:GIVEN_TO]->(n:Organisation)
WHERE n.state = 'published' AND a.reserved = false
RETURN n{.id, .name, .kind} AS node, a.since AS on, a.until AS until, a.label AS detail
"""

LINKS: Final[tuple[tuple[LinkKind, LiteralString], ...]] = (
    (LinkKind.PART_OF, PARENT),
    (LinkKind.UNIT, UNITS),
    (LinkKind.RECEIVES, GIVEN_BY),
    (LinkKind.GRANTS, GRANTED_TO),
    (LinkKind.TAKES_OVER_FROM, TAKEN_OVER),
    (LinkKind.CARRIED_TO, CARRIED_TO),
)


async def links(unit: Unit, organisation_id: str) -> tuple[Link, ...]:
    """Published neighbours, kind by kind, each in order of name; reserved agreements are not told."""
    found: list[Link] = []
    for kind, query in LINKS:
        rows = await unit.run(query, ids=[organisation_id])
        found.extend(sorted((_link(kind, row) for row in rows), key=lambda link: (link.name, link.id)))
    return tuple(found)


def _link(kind: LinkKind, row: dict[str, Any]) -> Link:
    node, on, until = row["node"], row.get("on"), row.get("until")
    return Link(
        kind=kind,
        id=node["id"],
        name=node["name"],
        organisation_kind=node["kind"],
        detail=row.get("detail") or "",
        on=date.fromisoformat(on) if on else None,
        until=date.fromisoformat(until) if until else None,
    )
