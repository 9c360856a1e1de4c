"""Signed links: what someone may do who holds the token of a mail. The graph keeps the token's digest alone.

A token is drawn each time the mail is written, so that none need be kept: a mail that goes twice has two, and both open one link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString
from uuid import uuid4

from graph.model.mail import LINK_HOLDS_FOR, Item, SignedLink

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Past its end a link still says that it has ended, and offers another: so long.
KEEP_DAYS: Final = 180
SWEPT_AT_ONCE: Final = 1000

MAKE: Final[LiteralString] = """
CREATE (:SignedLink {id: $id, organisation: $organisation, recipient: $recipient, items: $items, made: $made, ends: 0,
                     used: [], revoked: false, renewed: false})
"""
# Its days are counted from when it can be read; a mail that waited for its server is no shorter.
DRAW: Final[LiteralString] = "MATCH (l:SignedLink {id: $id}) SET l.ends = $ends RETURN l.id AS id"
KEY: Final[LiteralString] = "CREATE (:LinkKey {id: $key, made: $made})"
OPENS: Final[LiteralString] = "MATCH (k:LinkKey {id: $key}), (l:SignedLink {id: $id}) CREATE (k)-[:OPENS]->(l)"
BY_KEY: Final[LiteralString] = "MATCH (k:LinkKey {id: $key})-[:OPENS]->(l:SignedLink) RETURN l{.*} AS link"
BY_ID: Final[LiteralString] = "MATCH (l:SignedLink {id: $id}) RETURN l{.*} AS link"
OF: Final[LiteralString] = """
MATCH (l:SignedLink) WHERE l.organisation = $organisation AND l.ends > $now AND l.revoked = false
RETURN l{.*} AS link ORDER BY l.made, l.id
"""
SINCE: Final[LiteralString] = """
MATCH (l:SignedLink) WHERE l.organisation = $organisation AND l.made > $since
RETURN l{.*} AS link ORDER BY l.made, l.id
"""
# Lock first (the SET), then read.
USE: Final[LiteralString] = """
MATCH (l:SignedLink {id: $id}) SET l.locked = $item
WITH l WHERE NOT $item IN l.used
SET l.used = l.used + $item
RETURN l.id AS id
"""
RENEW: Final[LiteralString] = """
MATCH (l:SignedLink {id: $id}) SET l.locked = 'renew'
WITH l WHERE l.renewed = false
SET l.renewed = true
RETURN l.id AS id
"""
REVOKE: Final[LiteralString] = "MATCH (l:SignedLink {id: $id}) SET l.revoked = true"
SWEEP_KEYS: Final[LiteralString] = """
MATCH (k:LinkKey) WHERE k.made < $before
WITH k LIMIT $most
DETACH DELETE k
RETURN count(*) AS swept
"""
SWEEP: Final[LiteralString] = """
MATCH (l:SignedLink) WHERE l.made < $before AND l.ends < $before
WITH l LIMIT $most
DETACH DELETE l
RETURN count(*) AS swept
"""


class SignedLinks:
    """Signed links within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def make(self, organisation: str, recipient: str, items: Sequence[Item], at: datetime) -> str:
        """A link to these groups, that nobody can open yet; its id."""
        id_ = uuid4().hex
        await self._unit.run(
            MAKE,
            id=id_,
            organisation=organisation,
            recipient=recipient,
            items=[str(item) for item in items],
            made=_milliseconds(at),
        )
        return id_

    async def open_by(self, link: str, key: str, at: datetime) -> bool:
        """From `at` on, for fourteen days, the token whose digest is `key` opens this link; False when there is none."""
        if not await self._unit.run(DRAW, id=link, ends=_milliseconds(at + LINK_HOLDS_FOR)):
            return False
        await self._unit.run(KEY, key=key, made=_milliseconds(at))
        await self._unit.run(OPENS, key=key, id=link)
        return True

    async def opened_by(self, key: str) -> SignedLink | None:
        """The link that this digest of a token opens, whatever its state."""
        return _first(await self._unit.run(BY_KEY, key=key))

    async def read(self, link: str) -> SignedLink | None:
        """One link by its id."""
        return _first(await self._unit.run(BY_ID, id=link))

    async def open_for(self, organisation: str, at: datetime) -> list[SignedLink]:
        """Those that can act for an organisation now, oldest first."""
        rows = await self._unit.run(OF, organisation=organisation, now=_milliseconds(at))
        return [_link(row["link"]) for row in rows]

    async def made_since(self, organisation: str, since: datetime) -> list[SignedLink]:
        """Those made for an organisation after a moment, oldest first, whatever their state."""
        rows = await self._unit.run(SINCE, organisation=organisation, since=_milliseconds(since))
        return [_link(row["link"]) for row in rows]

    async def use(self, link: str, item: Item) -> bool:
        """It acts on this group now; False when it has already."""
        return bool(await self._unit.run(USE, id=link, item=str(item)))

    async def renew(self, link: str) -> bool:
        """Another is asked for in its place; False when one was."""
        return bool(await self._unit.run(RENEW, id=link))

    async def revoke(self, link: str) -> None:
        """It acts no more."""
        await self._unit.run(REVOKE, id=link)

    async def sweep(self, at: datetime) -> int:
        """Forget some of those that ended half a year ago; how many."""
        before = _milliseconds(at) - KEEP_DAYS * 86_400_000
        keys = await self._unit.run(SWEEP_KEYS, before=before, most=SWEPT_AT_ONCE)
        links = await self._unit.run(SWEEP, before=before, most=SWEPT_AT_ONCE)
        return keys[0]["swept"] + links[0]["swept"]


def _first(rows: Sequence[Mapping[str, Any]]) -> SignedLink | None:
    return _link(rows[0]["link"]) if rows else None


def _link(node: Mapping[str, Any]) -> SignedLink:
    return SignedLink(
        id=node["id"],
        organisation=node["organisation"],
        recipient=node["recipient"],
        items=tuple(Item.of(text) for text in node["items"]),
        made=_moment(node["made"]),
        ends=_moment(node["ends"]) if node["ends"] else None,
        used=frozenset(Item.of(text) for text in node["used"] or ()),
        revoked=node["revoked"],
        renewed=node["renewed"],
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
