"""The neighbours of an organisation in the graph that anyone may see: parts, agreements, before and after, and its history."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.directory import Body, Link, LinkKind, Step, SuccessionKind

if TYPE_CHECKING:
    from graph.store.unit import Unit

CARRIED_TO: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})-[s:SUCCEEDED_BY]->(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind, .closedOn} AS node, s.on AS on, s.scope AS detail
"""

TAKEN_OVER: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[s:SUCCEEDED_BY]-(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind, .closedOn} AS node, s.on AS on, s.scope AS detail
"""

PARENT: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})-[:PART_OF]->(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind, .closedOn} AS node
"""

UNITS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:PART_OF]-(n:Organisation)
WHERE n.state = 'published'
RETURN n{.id, .name, .kind, .closedOn} AS node
"""

GIVEN_BY: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:GIVEN_TO]-(a:Agreement)-[:GRANTED_BY]->(n:Organisation)
WHERE n.state = 'published' AND a.reserved = false
RETURN n{.id, .name, .kind, .closedOn} AS node, a.since AS on, a.until AS until, a.label AS detail
"""

GRANTED_TO: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:GRANTED_BY]-(a:Agreement)-[:GIVEN_TO]->(n:Organisation)
WHERE n.state = 'published' AND a.reserved = false
RETURN n{.id, .name, .kind, .closedOn} AS node, a.since AS on, a.until AS until, a.label AS detail
"""

# One step at a time, not a path of variable length: the edges are few, and both ends of each must be published.
INTO: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (n:Organisation {id: id})<-[s:SUCCEEDED_BY]-(p:Organisation)
WHERE n.state = 'published' AND p.state = 'published'
RETURN p{.id, .name, .closedOn} AS before, n{.id, .name, .closedOn} AS after, s.on AS on, s.kind AS kind, s.scope AS scope
"""

OUT_OF: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (p:Organisation {id: id})-[s:SUCCEEDED_BY]->(n:Organisation)
WHERE n.state = 'published' AND p.state = 'published'
RETURN p{.id, .name, .closedOn} AS before, n{.id, .name, .closedOn} AS after, s.on AS on, s.kind AS kind, s.scope AS scope
"""

# Four is more than any chain of renamings on record (ANPE, Pôle emploi, France Travail is two).
MOST_STEPS: Final = 4

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


async def history(unit: Unit, organisation_id: str) -> tuple[Step, ...]:
    """What led to it and what became of it, at most four steps each way, oldest first.

    With it the others that came of the same bodies, and those that went into the same: a split is told whole.
    """
    before = await _chain(unit, INTO, organisation_id, "before")
    after = await _chain(unit, OUT_OF, organisation_id, "after")
    rows = [*before, *after]
    rows += await unit.run(OUT_OF, ids=sorted({row["before"]["id"] for row in before})) if before else []
    rows += await unit.run(INTO, ids=sorted({row["after"]["id"] for row in after})) if after else []
    found = {(step.before.id, step.after.id): step for row in rows for step in (_step(row),)}
    return tuple(sorted(found.values(), key=lambda step: (step.on, step.before.name, step.after.name, step.after.id)))


async def _chain(unit: Unit, query: LiteralString, organisation_id: str, side: str) -> list[dict[str, Any]]:
    """Step by step away from the organisation; a body met twice ends its way."""
    met, edge = {organisation_id}, {organisation_id}
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STEPS):
        rows = await unit.run(query, ids=sorted(edge))
        found += rows
        edge = {row[side]["id"] for row in rows} - met
        met |= edge
        if not edge:
            break
    return found


def _step(row: dict[str, Any]) -> Step:
    return Step(
        before=_body(row["before"]),
        after=_body(row["after"]),
        on=date.fromisoformat(row["on"]),
        kind=SuccessionKind(row["kind"]),
        scope=row["scope"] or "",
    )


def _body(node: dict[str, Any]) -> Body:
    return Body(node["id"], node["name"], _day(node["closedOn"]))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _link(kind: LinkKind, row: dict[str, Any]) -> Link:
    node = row["node"]
    return Link(
        kind=kind,
        id=node["id"],
        name=node["name"],
        organisation_kind=node["kind"],
        detail=row.get("detail") or "",
        on=_day(row.get("on")),
        until=_day(row.get("until")),
        closed_on=_day(node["closedOn"]),
    )
