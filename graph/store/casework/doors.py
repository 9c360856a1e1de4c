"""Doors of persons' own pages, and who is behind them: digests and ids, never a name. Moments are epoch milliseconds.

Nothing here says what a page shows, or whether it is on: that is read from the file, at each request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString

if TYPE_CHECKING:
    from graph.store.unit import Unit

SWEPT_AT_ONCE: Final = 500

CLOSE: Final[LiteralString] = "MATCH (d:PageDoor {file: $file}) WHERE d.member = $member DELETE d"
END_ALL: Final[LiteralString] = "MATCH (s:PageSession {file: $file}) WHERE s.member = $member DELETE s"
OPEN: Final[LiteralString] = "CREATE (d:PageDoor {id: $id, file: $file, member: $member, tries: 0})"
# Counted before the code is looked at: of many who try at once, no more than are allowed have it looked at.
TRY: Final[LiteralString] = """
MATCH (d:PageDoor {id: $id})
SET d.tries = d.tries + 1
RETURN d.file AS file, d.member AS member, d.tries AS tries
"""
LEADS_TO: Final[LiteralString] = (
    "MATCH (d:PageDoor {id: $id}) RETURN d.file AS file, d.member AS member, d.tries AS tries"
)
PASSED: Final[LiteralString] = "MATCH (d:PageDoor {id: $id}) SET d.tries = 0"
TRIES: Final[LiteralString] = """
MATCH (d:PageDoor {file: $file}) RETURN d.member AS member, d.tries AS tries ORDER BY member
"""
ENTER: Final[LiteralString] = """
CREATE (s:PageSession {id: $id, door: $door, file: $file, member: $member, seen: $now})
"""
SESSION: Final[LiteralString] = "MATCH (s:PageSession {id: $id}) RETURN s.door AS door, s.seen AS seen"
SEEN: Final[LiteralString] = "MATCH (s:PageSession {id: $id}) SET s.seen = $now"
LEAVE: Final[LiteralString] = "MATCH (s:PageSession {id: $id}) DELETE s"
OLD: Final[LiteralString] = """
MATCH (s:PageSession) WHERE s.seen <= $idle
WITH s ORDER BY s.id LIMIT $most
DELETE s
RETURN count(*) AS swept
"""


@dataclass(frozen=True, slots=True)
class Door:
    """What an address leads to, and how many codes were tried there since the last right one."""

    file: str
    member: str
    tries: int


class Doors:
    """Doors within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def open(self, id_: str, file: str, member: str) -> None:
        """A new door to a member's page. The one before leads nowhere, and whoever was behind it is out."""
        await self.close(file, member)
        await self._unit.run(OPEN, id=id_, file=file, member=member)

    async def close(self, file: str, member: str) -> None:
        """No door to her page any longer."""
        await self._unit.run(CLOSE, file=file, member=member)
        await self._unit.run(END_ALL, file=file, member=member)

    async def try_(self, id_: str) -> Door | None:
        """One more try at this door, counted before it is looked at; None where there is no such door."""
        rows = await self._unit.run(TRY, id=id_)
        return Door(rows[0]["file"], rows[0]["member"], rows[0]["tries"]) if rows else None

    async def leads_to(self, id_: str) -> Door | None:
        """What is behind it; None where there is no such door."""
        rows = await self._unit.run(LEADS_TO, id=id_)
        return Door(rows[0]["file"], rows[0]["member"], rows[0]["tries"]) if rows else None

    async def tries(self, file: str) -> dict[str, int]:
        """Codes tried since the last right one, by member."""
        return {row["member"]: row["tries"] for row in await self._unit.run(TRIES, file=file)}

    async def enter(self, id_: str, door_id: str, door: Door, now: int) -> None:
        """Someone came in by the right code: a session of her own, and the count begins anew."""
        await self._unit.run(PASSED, id=door_id)
        await self._unit.run(ENTER, id=id_, door=door_id, file=door.file, member=door.member, now=now)

    async def session(self, id_: str, now: int, idle: int) -> tuple[str, int] | None:
        """The door of a session and when it was last seen; None where it is not, or was idle for `idle` milliseconds."""
        rows = await self._unit.run(SESSION, id=id_)
        return (rows[0]["door"], rows[0]["seen"]) if rows and rows[0]["seen"] + idle > now else None

    async def seen(self, id_: str, now: int) -> None:
        """It is still in use."""
        await self._unit.run(SEEN, id=id_, now=now)

    async def leave(self, id_: str) -> None:
        """Nobody is behind it."""
        await self._unit.run(LEAVE, id=id_)

    async def sweep(self, now: int, idle: int) -> int:
        """Forget some of the sessions that are over; how many, 0 when all is swept."""
        rows = await self._unit.run(OLD, idle=now - idle, most=SWEPT_AT_ONCE)
        return rows[0]["swept"]
