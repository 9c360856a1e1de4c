"""Posts that their organisation keeps. Once it has kept one, no import moves it: its origin is the organisation.

A post taken away leaves its node, without edges: a source that goes on telling it must not bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.directory import Post, Professional
from graph.model.listing import PARTNER
from graph.store import edges, records
from graph.store.outbox import INDEX_LISTINGS
from graph.store.writing import Writing

if TYPE_CHECKING:
    from graph.store.unit import Unit

OWNERS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (p:Post {id: id})-[:IN]->(o:Organisation)
RETURN p.id AS id, o.id AS organisation
"""

PROFESSIONALS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (p:Professional {id: id})
RETURN p{.*} AS node, [(p)-[:WORKS_AT]->(o:Organisation) | o.id] AS organisations
"""

COLLEAGUES: Final[LiteralString] = """
MATCH (o:Organisation {id: $organisation})<-[:WORKS_AT]-(p:Professional)
RETURN p.id AS id ORDER BY p.name, p.id
"""

# Whoever holds a post that is kept must be there as long as it is.
KEEP_HOLDERS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (p:Professional {id: id})
SET p.origin = $origin
"""

TAKE_AWAY: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (p:Post {id: id})
SET p.origin = $origin, p.digest = null
"""


def partner(organisation: str) -> str:
    """The origin of what an organisation says of itself."""
    return f"{PARTNER}:{organisation}"


def kept_by_partners(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Of rows with `id` and `origin`, the ids that an organisation keeps itself."""
    return {row["id"] for row in rows if (row["origin"] or "").startswith(f"{PARTNER}:")}


class Posts:
    """Posts within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, ids: Sequence[str]) -> dict[str, Post]:
        """Those that exist and were not taken away, by id, with their holders."""
        rows = await self._unit.run(OWNERS, ids=list(ids))
        some = await self._unit.directory.posts_of(sorted({row["organisation"] for row in rows}))
        wanted = set(ids)
        return {post.id: post for posts in some.values() for post in posts if post.id in wanted}

    async def professionals(self, ids: Sequence[str]) -> dict[str, Professional]:
        """Those that exist, by id."""
        rows = await self._unit.run(PROFESSIONALS, ids=list(ids))
        found = [records.record(Professional, row["node"], organisations=sorted(row["organisations"])) for row in rows]
        return {professional.id: professional for professional in found}

    async def colleagues(self, organisation: str) -> tuple[Professional, ...]:
        """Those who work at an organisation, in order of name."""
        rows = await self._unit.run(COLLEAGUES, organisation=organisation)
        ids = [row["id"] for row in rows]
        found = await self.professionals(ids)
        return tuple(found[id_] for id_ in ids)

    async def add_professional(self, professional: Professional) -> None:
        """Someone whom no source tells."""
        writing = Writing(self._unit, Professional, "", ())
        beside = {"origin": partner(professional.organisations[0]), "digest": None}
        writing.add([professional], {professional.id: beside})
        await writing.run(())

    async def keep(self, posts: Sequence[Post]) -> None:
        """Write posts of one organisation as it says they are; the index is told."""
        origin = partner(posts[0].organisation)
        rows = await self._unit.run(edges.HELD[Post], ids=[post.id for post in posts])
        writing = Writing(self._unit, Post, origin, {row["id"] for row in rows})
        writing.add(posts, {post.id: {"origin": origin, "digest": records.digest(post)} for post in posts})
        await writing.run(())
        holders = sorted({held.professional for post in posts for held in post.holders})
        await self._unit.run(KEEP_HOLDERS, ids=holders, origin=origin)

    async def take_away(self, posts: Sequence[Post]) -> None:
        """These are no posts any more; the index is told."""
        origin = partner(posts[0].organisation)
        ids = [post.id for post in posts]
        await self._unit.run(edges.FORGET[Post], ids=ids)
        await self._unit.run(TAKE_AWAY, ids=ids, origin=origin)
        await self._unit.outbox.add(INDEX_LISTINGS, [posts[0].organisation])
