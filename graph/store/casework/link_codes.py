"""Codes by which one file goes into another: only their digest is kept, each serves once."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Final, LiteralString

from graph.store.casework.rows import milliseconds

if TYPE_CHECKING:
    from graph.store.unit import Unit

# One a file: a new code puts the one before out of use.
FORGET: Final[LiteralString] = "MATCH (c:LinkCode) WHERE c.file = $file OR c.until < $now DELETE c"
KEEP: Final[LiteralString] = "CREATE (c:LinkCode {id: $id, file: $file, until: $until})"
FIND: Final[LiteralString] = "MATCH (c:LinkCode {id: $id}) WHERE c.until >= $now RETURN c.file AS file"
USE: Final[LiteralString] = "MATCH (c:LinkCode {id: $id}) DELETE c"


class LinkCodes:
    """Codes within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def keep(self, code: str, file: str, until: datetime, now: datetime) -> None:
        """From now on this code stands for this file; what is past goes."""
        await self._unit.run(FORGET, file=file, now=milliseconds(now))
        await self._unit.run(KEEP, id=_digest(code), file=file, until=milliseconds(until))

    async def used(self, code: str, now: datetime) -> str:
        """The file that it stands for, once; empty where it stands for none."""
        rows = await self._unit.run(FIND, id=_digest(code), now=milliseconds(now))
        if rows:
            await self._unit.run(USE, id=_digest(code))
        return rows[0]["file"] if rows else ""


def _digest(code: str) -> str:
    return hashlib.sha256(f"link|{code}".encode()).hexdigest()
