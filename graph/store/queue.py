"""What waits for a moderator, as far as the graph alone can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.account import Membership
from graph.model.keeping import ListingKind, Target
from graph.store.accounts import membership_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Through the claims, which are few: nearly all listings have one source, and no claim.
CONTESTED_ORGANISATIONS: Final[LiteralString] = """
MATCH (c:Claim)-[:ABOUT]->(o:Organisation)
WHERE o.state = 'published' AND o.closedOn IS NULL
WITH o.id AS id, count(c) AS voices
WHERE voices > 1
RETURN id ORDER BY id
"""
CONTESTED_SERVICES: Final[LiteralString] = """
MATCH (c:Claim)-[:ABOUT]->(s:Service)
WHERE s.state = 'published'
WITH s.id AS id, count(c) AS voices
WHERE voices > 1
RETURN id ORDER BY id
"""
SERVICE_NAMES: Final[LiteralString] = (
    "UNWIND $ids AS id MATCH (s:Service {id: id}) RETURN s.id AS id, s.name AS name ORDER BY id"
)
NAMES: Final[LiteralString] = "UNWIND $ids AS id MATCH (o:Organisation {id: id}) RETURN o.id AS id, o.name AS name"
ADMINISTERED: Final[LiteralString] = """
MATCH (m:Membership) WHERE m.state = 'active' AND 'organisation_administrator' IN m.roles
RETURN DISTINCT m.organisation AS id ORDER BY id
"""
ASKING: Final[LiteralString] = """
MATCH (m:Membership) WHERE m.state = 'asked'
RETURN m{.*} AS membership ORDER BY m.since, m.id LIMIT $most
"""


class Queue:
    """The moderators' queue within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def contested(self) -> list[str]:
        """Keys of the published listings of which several voices speak, organisations first."""
        organisations = await self._unit.run(CONTESTED_ORGANISATIONS)
        services = await self._unit.run(CONTESTED_SERVICES)
        return [f"organisation:{row['id']}" for row in organisations] + [f"service:{row['id']}" for row in services]

    async def administered(self) -> set[str]:
        """Ids of the organisations that have an administrator."""
        return {row["id"] for row in await self._unit.run(ADMINISTERED)}

    async def asking(self, most: int) -> list[Membership]:
        """Requests to join that nobody answered, the oldest first."""
        return [membership_of(row["membership"]) for row in await self._unit.run(ASKING, most=most)]

    async def listing_names(self, keys: Sequence[str]) -> dict[str, str]:
        """Names of listings ("service:…", "organisation:…") by key; those that are gone are left out."""
        targets = [Target.named(key) for key in dict.fromkeys(keys)]
        ids: dict[ListingKind, list[str]] = {
            kind: [one.id for one in targets if one.kind is kind] for kind in ListingKind
        }
        services = await self._unit.run(SERVICE_NAMES, ids=ids[ListingKind.SERVICE])
        bodies = await self._unit.run(NAMES, ids=ids[ListingKind.ORGANISATION])
        found = {Target(ListingKind.SERVICE, row["id"]).key: row["name"] for row in services}
        return found | {Target(ListingKind.ORGANISATION, row["id"]).key: row["name"] for row in bodies}

    async def names(self, organisations: list[str]) -> dict[str, str]:
        """Names by id."""
        return {row["id"]: row["name"] for row in await self._unit.run(NAMES, ids=sorted(set(organisations)))}
