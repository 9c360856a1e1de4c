"""Posts that their organisation keeps. Once it has kept one, no import moves it: its origin is the organisation.

Their log stands beside that of listings (`graph/store/keeping.py`), under "post:<id>": two who write the same post insert the same
next entry, and one of them decides again. A post taken away leaves its node, without edges: a source that goes on telling it must
not bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.directory import Post, Professional
from graph.model.listing import PARTNER
from graph.model.posts import PostAct, PostEntry
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

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (c:Change) SET c = row"
LAST: Final[LiteralString] = """
UNWIND $subjects AS subject
MATCH (c:Change) WHERE c.subject = subject
RETURN subject, max(c.seq) AS seq
"""
ENTRIES: Final[LiteralString] = "UNWIND $ids AS id MATCH (c:Change {id: id}) RETURN c{.*} AS entry"
HISTORY: Final[LiteralString] = """
MATCH (c:Change) WHERE c.subject = $subject
RETURN c{.*} AS entry ORDER BY c.seq DESC LIMIT $most
"""
MOST_ENTRIES: Final = 200


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

    async def last(self, ids: Sequence[str]) -> dict[str, int]:
        """The number of the last entry of each post's log; those without a log are left out."""
        rows = await self._unit.run(LAST, subjects=[f"post:{id_}" for id_ in ids])
        return {row["subject"].removeprefix("post:"): row["seq"] for row in rows if row["seq"]}

    async def history(self, id_: str) -> list[PostEntry]:
        """What was done to a post, the most recent first."""
        rows = await self._unit.run(HISTORY, subject=f"post:{id_}", most=MOST_ENTRIES)
        return [_entry(row["entry"]) for row in rows]

    async def gesture(self, id_: str) -> list[PostEntry]:
        """All entries made together with this one; none when there is no such entry."""
        rows = await self._unit.run(ENTRIES, ids=[id_])
        if not rows:
            return []
        together = await self._unit.run(ENTRIES, ids=list(rows[0]["entry"]["together"]))
        return sorted((_entry(row["entry"]) for row in together), key=lambda entry: entry.post)

    async def append(self, entries: Sequence[PostEntry]) -> None:
        """Write the entries of one gesture, and the posts as they then are; of one organisation."""
        await self._unit.run(ADD, rows=[_row(entry) for entry in entries])
        kept = [entry.after for entry in entries if entry.after]
        over = [entry.before for entry in entries if entry.before and not entry.after]
        if kept:
            await self.keep(kept)
        if over:
            await self.take_away(over)

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


def _row(entry: PostEntry) -> dict[str, Any]:
    """An entry's properties; what the post was and became are texts of JSON, for nobody asks the engine about what is in them."""
    return {
        "id": entry.id,
        "subject": f"post:{entry.post}",
        "seq": entry.seq,
        "act": entry.act.value,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "saidBy": entry.said_by,
        "before": msgspec.json.encode(entry.before).decode(),
        "after": msgspec.json.encode(entry.after).decode(),
        "together": list(entry.together),
    }


def _entry(row: Mapping[str, Any]) -> PostEntry:
    return PostEntry(
        post=row["subject"].removeprefix("post:"),
        seq=row["seq"],
        act=PostAct(row["act"]),
        at=datetime.fromisoformat(row["at"]),
        by=row["by"],
        said_by=row["saidBy"],
        before=msgspec.json.decode(row["before"], type=Post | None),
        after=msgspec.json.decode(row["after"], type=Post | None),
        together=tuple(row["together"]),
    )
