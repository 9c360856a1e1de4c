"""Posts that their organisations write themselves, many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from graph.model.directory import Post
from graph.model.listing import PARTNER
from graph.store import edges, records
from graph.store.outbox import INDEX_LISTINGS
from graph.store.writing import Writing

if TYPE_CHECKING:
    from graph.store.unit import Unit


async def keep_posts(unit: Unit, posts: Sequence[Post], held: Collection[str]) -> None:
    """Write these, `held` being the ids of those that the graph has already; the index is told."""
    if not posts:
        return
    writing = Writing(unit, Post, "", {post.id for post in posts if post.id in held})
    writing.add(
        posts,
        {post.id: {"origin": f"{PARTNER}:{post.organisation}", "digest": records.digest(post)} for post in posts},
    )
    await writing.run(())


async def take_posts_away(unit: Unit, posts: Sequence[Post]) -> None:
    """These are no posts any more; the index is told."""
    if not posts:
        return
    await unit.run(edges.LEAVE[Post], ids=[post.id for post in posts])
    await unit.outbox.add(INDEX_LISTINGS, sorted({post.organisation for post in posts}))
