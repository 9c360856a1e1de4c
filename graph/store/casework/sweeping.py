"""What nobody may keep for ever beside files: contacts, who looked, links and codes that have ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.casework.remembering import silent_since
from graph.store.casework.rows import milliseconds

if TYPE_CHECKING:
    from graph.store.unit import Unit

SWEPT_AT_ONCE: Final = 1000
LOOKUPS_KEPT: Final = timedelta(days=365)
# Longer than the hour that is counted, whatever the clocks of two processes say.
HOURS_KEPT: Final = timedelta(days=1)

OLD_REQUESTS: Final[LiteralString] = "MATCH (r:Request) WHERE r.at < $before RETURN r.id AS id ORDER BY id LIMIT $most"
DELETE_ENTRIES: Final[LiteralString] = "UNWIND $ids AS id MATCH (e:RequestEntry {request: id}) DELETE e"
DELETE_REQUESTS: Final[LiteralString] = "UNWIND $ids AS id MATCH (r:Request {id: id}) DELETE r"
# Each with the moment before which it is past.
PAST: Final[dict[str, LiteralString]] = {
    "Lookup": "MATCH (n:Lookup) WHERE n.at < $before WITH n ORDER BY n.id LIMIT $most DELETE n RETURN count(*) AS gone",
    "LookupHit": "MATCH (n:LookupHit) WHERE n.at < $before WITH n ORDER BY n.id LIMIT $most DELETE n RETURN count(*) AS gone",
    "LookupHour": "MATCH (n:LookupHour) WHERE n.at < $before WITH n ORDER BY n.id LIMIT $most DELETE n RETURN count(*) AS gone",
    "HandoffLink": "MATCH (n:HandoffLink) WHERE n.ends < $before WITH n ORDER BY n.id LIMIT $most DELETE n RETURN count(*) AS gone",
    "LinkCode": "MATCH (n:LinkCode) WHERE n.until < $before WITH n ORDER BY n.id LIMIT $most DELETE n RETURN count(*) AS gone",
}


class Sweeping:
    """Sweeps within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def sweep(self, at: datetime) -> int:
        """Forget some of what is past at this moment, as docs/data-map.md says; how many, 0 when all is swept.

        Of contacts what figures are made of stays: their needs, and those for which nothing was found.
        """
        swept = await self._requests(silent_since(at))
        before = {"Lookup": at - LOOKUPS_KEPT, "LookupHit": at - LOOKUPS_KEPT, "LookupHour": at - HOURS_KEPT}
        for label, statement in PAST.items():
            moment = milliseconds(before.get(label, at))
            swept += (await self._unit.run(statement, before=moment, most=SWEPT_AT_ONCE))[0]["gone"]
        return swept

    async def _requests(self, before: datetime) -> int:
        rows = await self._unit.run(OLD_REQUESTS, before=milliseconds(before), most=SWEPT_AT_ONCE)
        ids = [row["id"] for row in rows]
        if ids:
            await self._unit.run(DELETE_ENTRIES, ids=ids)
            await self._unit.run(DELETE_REQUESTS, ids=ids)
        return len(ids)
