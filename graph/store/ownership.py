"""Which index the outbox feeds. There is one: each of two would get a part of the changes only.

Whoever writes an index holds a lease in its name, renewed while it works. Another index is refused meanwhile; one that takes
over later did not get what was carried out before, so taking over asks for its rebuild.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, LiteralString

from graph.model.errors import Unavailable
from graph.store.outbox import REBUILD_INDEX
from graph.store.unit import Graph, Unit

LEASE_SECONDS: Final = 60
RENEW_SECONDS: Final = 15.0
LEAVE_SECONDS: Final = 2.0

# Lock first (the SET), then read. The engine's clock counts: machines do not agree on theirs.
TAKE: Final[LiteralString] = """
MERGE (m:Mark {id: 'index-owner'})
SET m.asked = $place
WITH m
WHERE m.until IS NULL OR m.until < timestamp() OR (m.index = $index AND m.host = $host)
SET m.index = $index, m.host = $host, m.place = $place, m.until = timestamp() + $lease, m.fed = coalesce(m.fed, $index)
RETURN m.fed AS fed
"""

FEED: Final[LiteralString] = "MATCH (m:Mark {id: 'index-owner'}) SET m.fed = $index"

LEAVE: Final[LiteralString] = (
    "MATCH (m:Mark {id: 'index-owner'}) WHERE m.index = $index AND m.host = $host SET m.until = 0"
)

FREE: Final[LiteralString] = "MATCH (m:Mark) WHERE m.until > 0 SET m.until = 0"

OWNER: Final[LiteralString] = "MATCH (m:Mark {id: 'index-owner'}) RETURN m.place AS place"


class AnotherIndex(Unavailable):
    """The outbox feeds an index elsewhere, whose worker is alive."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An index: its name, kept as long as what it holds; the machine that holds it, empty for a server's; where, in words."""

    index: str
    host: str
    place: str


async def free(graph: Graph) -> None:
    """Nobody feeds an index from this graph, and nobody has a turn (turns.py): known by whoever starts its engine, and holds
    the lock of its folder.
    """
    await graph.write(lambda unit: unit.run(FREE))


class Ownership:
    """The claim of one index to the outbox of one graph."""

    def __init__(self, graph: Graph, identity: Identity) -> None:
        self._graph = graph
        self._identity = identity

    async def take(self) -> None:
        """Be the index that is fed, or stay it, for a minute more. Raises AnotherIndex, in words, while there is another."""
        owner = await self._graph.write(self._take)
        if owner is not None:
            raise AnotherIndex(
                f"Ce graphe nourrit déjà un autre index ({owner}), et son worker est en vie. Deux index n’en recevraient chacun "
                "qu’une partie : celui-ci n’a pas été touché. Arrêtez l’autre worker puis relancez ; s’il a été tué, attendez "
                "une minute. Pour plusieurs machines, prenez un serveur de recherche (MAILLAGE_SEARCH_URL)."
            )

    async def leave(self) -> None:
        """Let another index take over now, and not in a minute. What a server holds may have other workers: it stays."""
        if self._identity.host:
            await self._graph.write(
                lambda unit: unit.run(LEAVE, index=self._identity.index, host=self._identity.host), LEAVE_SECONDS
            )

    async def _take(self, unit: Unit) -> str | None:
        """None once taken, or else where the other index is."""
        mine = self._identity
        rows: list[dict[str, Any]] = await unit.run(
            TAKE, index=mine.index, host=mine.host, place=mine.place, lease=LEASE_SECONDS * 1000
        )
        if not rows:
            return (await unit.run(OWNER))[0]["place"]
        if rows[0]["fed"] != mine.index:
            await unit.run(FEED, index=mine.index)
            await unit.outbox.add(REBUILD_INDEX, ())
        return None
