"""Looking for a body that may be known already, and remembering under which other id a source tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.likeness import Body

if TYPE_CHECKING:
    from graph.store.unit import Unit

SUBJECTS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (l:LocalId {id: id})-[:NAMES]->(o:Organisation)
RETURN l.id AS id, o.id AS subject
"""
BY_SIRET: Final[LiteralString] = """
UNWIND $keys AS key
MATCH (o:Organisation {siret: key})
OPTIONAL MATCH (o)-[:AT]->(p:Place)
RETURN o{.id, .name, .kind, .siret, .phone, .origin, .voices, .demonstration, .state} AS body,
       p.territory AS territory, p.address AS address
"""
BY_LIKENESS: Final[LiteralString] = """
UNWIND $keys AS key
MATCH (o:Organisation {likeness: key})
OPTIONAL MATCH (o)-[:AT]->(p:Place)
RETURN o{.id, .name, .kind, .siret, .phone, .origin, .voices, .demonstration, .state} AS body,
       p.territory AS territory, p.address AS address
"""
REMEMBER: Final[LiteralString] = "UNWIND $rows AS row MERGE (l:LocalId {id: row.id}) SET l.origin = row.origin"
POINT: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (l:LocalId {id: row.id}), (o:Organisation {id: row.subject})
MERGE (l)-[:NAMES]->(o)
"""
FORGET: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (:Organisation {id: id})<-[:NAMES]-(l:LocalId)
WHERE l.origin = $origin
DETACH DELETE l
"""


class Bodies:
    """Bodies that several sources may tell, within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def kept_under(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of these ids that name a body kept under another, with that other."""
        rows = await self._unit.run(SUBJECTS, ids=sorted(set(ids)))
        return {row["id"]: row["subject"] for row in rows}

    async def alike(self, sirets: Sequence[str], likenesses: Sequence[str]) -> list[Body]:
        """Published bodies with one of these numbers or likenesses, each once, in order of id."""
        rows = await self._unit.run(BY_SIRET, keys=list(sirets)) if sirets else []
        if likenesses:
            rows += await self._unit.run(BY_LIKENESS, keys=list(likenesses))
        found = {row["body"]["id"]: _body(row) for row in rows if row["body"]["state"] == "published"}
        return [found[id_] for id_ in sorted(found)]

    async def keep_under(self, origin: str, told_as: Mapping[str, str]) -> None:
        """`origin` tells these bodies (the keys) under other ids (the values)."""
        if not told_as:
            return
        rows = [{"id": local, "subject": subject, "origin": origin} for subject, local in told_as.items()]
        await self._unit.run(REMEMBER, rows=rows)
        await self._unit.run(POINT, rows=rows)

    async def no_longer_under(self, origin: str, subjects: Sequence[str]) -> None:
        """`origin` tells these bodies no more."""
        if subjects:
            await self._unit.run(FORGET, ids=list(subjects), origin=origin)


def _body(row: dict[str, Any]) -> Body:
    node = row["body"]
    return Body(
        id=node["id"],
        name=node["name"],
        kind=node["kind"],
        siret=node["siret"] or "",
        territory=row["territory"] or "",
        address=row["address"] or "",
        phone=node["phone"] or "",
        origins=frozenset(node["voices"] or [node["origin"]]),
        demonstration=bool(node["demonstration"]),
    )
