"""Turns: what only one of several processes may do at a time, on whatever machine it runs.

A turn is a lease on a `Mark`: taken lock-first, prolonged by its holder, free again when it ends or is given back. It is no
fence: a holder that sleeps past its end finds out only when it asks again. The engine's clock counts: machines do not agree
on theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, LiteralString

if TYPE_CHECKING:
    from graph.store.unit import Unit

KNOW: Final[LiteralString] = "MERGE (m:Mark {id: $id}) ON CREATE SET m.by = '', m.until = 0"

# Lock first (the SET), then read: a plain WHERE is no protection on either engine.
TAKE: Final[LiteralString] = """
MATCH (m:Mark {id: $id}) SET m.locked = $by
WITH m WHERE m.until <= timestamp() OR m.by = $by
SET m.by = $by, m.until = timestamp() + $lease
RETURN m.id AS id
"""

GIVE_BACK: Final[LiteralString] = """
MATCH (m:Mark {id: $id}) SET m.locked = $by
WITH m WHERE m.by = $by
SET m.until = 0
"""

HELD: Final[LiteralString] = "MATCH (m:Mark {id: $id}) WHERE m.until > timestamp() RETURN m.by AS by"


class Turns:
    """Turns within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def take(self, id_: str, by: str, seconds: float) -> bool:
        """Take or prolong the turn `id_` for so long; False while another holds it."""
        await self._unit.run(KNOW, id=id_)
        return bool(await self._unit.run(TAKE, id=id_, by=by, lease=int(seconds * 1000)))

    async def give_back(self, id_: str, by: str) -> None:
        """Let another take it; nothing when `by` does not hold it."""
        await self._unit.run(GIVE_BACK, id=id_, by=by)

    async def holder(self, id_: str) -> str:
        """Who holds it now; empty when nobody does."""
        rows = await self._unit.run(HELD, id=id_)
        return rows[0]["by"] if rows else ""
