"""Searches that someone keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.alerts import Pace, SavedSearch, Sought

if TYPE_CHECKING:
    from graph.store.unit import Unit

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (s:SavedSearch) SET s = row"
GET: Final[LiteralString] = "MATCH (s:SavedSearch {id: $id}) RETURN s{.*} AS search"
OF: Final[LiteralString] = """
MATCH (s:SavedSearch {account: $account}) WHERE s.removed = false
RETURN s{.*} AS search ORDER BY s.name, s.id
"""
ALERTED: Final[LiteralString] = """
MATCH (s:SavedSearch) WHERE s.removed = false AND s.pace <> 'never' AND s.id > $after
RETURN s{.*} AS search ORDER BY s.id LIMIT $most
"""
RENAME: Final[LiteralString] = "MATCH (s:SavedSearch {id: $id}) SET s.name = $name"
# Whoever asks anew is told anew how many there are.
SET_PACE: Final[LiteralString] = "MATCH (s:SavedSearch {id: $id}) SET s.pace = $pace, s.told = [] REMOVE s.toldOn"
REMOVE: Final[LiteralString] = "MATCH (s:SavedSearch {id: $id}) SET s.removed = $removed"
# Lock first: of two passes at once, the second finds it told.
LOCK: Final[LiteralString] = "MATCH (s:SavedSearch {id: $id}) SET s.locked = $by WITH s RETURN s{.*} AS search"
TELL: Final[LiteralString] = "MATCH (s:SavedSearch {id: $id}) SET s.told = $told, s.toldOn = $on"
FORGET: Final[LiteralString] = """
MATCH (s:SavedSearch {account: $account}) WHERE s.removed = true AND s.id <> $but
DELETE s
"""


class Searches:
    """Kept searches within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, search: SavedSearch) -> None:
        """A new one."""
        await self._unit.run(ADD, rows=[_row(search)])

    async def get(self, id_: str) -> SavedSearch | None:
        """One of them, removed ones too."""
        rows = await self._unit.run(GET, id=id_)
        return _search(rows[0]["search"]) if rows else None

    async def of(self, account: str) -> list[SavedSearch]:
        """Those of an account, by name."""
        return [_search(row["search"]) for row in await self._unit.run(OF, account=account)]

    async def alerted(self, after: str, most: int) -> list[SavedSearch]:
        """Those of which someone wants news, in order of id, past one of them."""
        return [_search(row["search"]) for row in await self._unit.run(ALERTED, after=after, most=most)]

    async def rename(self, id_: str, name: str) -> None:
        """Another name."""
        await self._unit.run(RENAME, id=id_, name=name)

    async def set_pace(self, id_: str, pace: Pace) -> None:
        """How often news of it is told, from now on."""
        await self._unit.run(SET_PACE, id=id_, pace=pace.value)

    async def remove(self, search: SavedSearch, *, removed: bool) -> None:
        """Take it away, or bring it back: the last one that was taken away can come back."""
        await self._unit.run(REMOVE, id=search.id, removed=removed)
        await self._unit.run(FORGET, account=search.account, but=search.id)

    async def lock(self, id_: str, by: str) -> SavedSearch | None:
        """The search, which no other unit changes before this one ends."""
        rows = await self._unit.run(LOCK, id=id_, by=by)
        return _search(rows[0]["search"]) if rows else None

    async def tell(self, id_: str, told: Sequence[str], on: date) -> None:
        """These were there on that day."""
        await self._unit.run(TELL, id=id_, told=list(told), on=on.isoformat())


def _row(search: SavedSearch) -> dict[str, Any]:
    return {
        "id": search.id,
        "account": search.account,
        "name": search.name,
        "sought": msgspec.json.encode(search.sought).decode(),
        "key": search.key,
        "pace": search.pace.value,
        "told": list(search.told),
        "removed": search.removed,
    }


def _search(row: dict[str, Any]) -> SavedSearch:
    return SavedSearch(
        id=row["id"],
        account=row["account"],
        name=row["name"],
        sought=msgspec.json.decode(row["sought"], type=Sought),
        key=row["key"],
        pace=Pace(row["pace"]),
        told=tuple(row.get("told") or ()),
        told_on=date.fromisoformat(row["toldOn"]) if row.get("toldOn") else None,
        removed=row["removed"],
    )
