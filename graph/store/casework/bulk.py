"""Whole logs written at once: the rows that appending entry by entry would have left, without what it would have set going.

For files that were lived elsewhere (an invented life, one day another product's archive): nothing of them is news, so nobody is
told of it, and what is told later begins after their last entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.acts import Entry
from graph.model.casework.chain import START
from graph.model.casework.file import File
from graph.store.casework.files import made_of
from graph.store.casework.rows import Row

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Rows of one statement: more of them are no faster, and hold a transaction of the engine longer.
AT_ONCE: Final = 2000

THERE: Final[LiteralString] = "UNWIND $ids AS id MATCH (f:File {id: id}) RETURN f.id AS id"
# Their effects have been, whatever they were.
ENTRIES: Final[LiteralString] = "UNWIND $rows AS row CREATE (e:Entry) SET e = row REMOVE e.effect"
FILES: Final[LiteralString] = "UNWIND $rows AS row CREATE (f:File) SET f = row SET f.changed = timestamp()"
NEEDS: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:Need) SET n = row"
HANDOFFS: Final[LiteralString] = "UNWIND $rows AS row CREATE (h:Handoff) SET h = row"
ACTIONS: Final[LiteralString] = "UNWIND $rows AS row CREATE (a:NextAction) SET a = row"
DELIVERIES: Final[LiteralString] = "UNWIND $rows AS row CREATE (d:Delivery) SET d = row"
NO_RELAYS: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:NoRelay) SET n = row"
# What each writes, by the name that `made_of` gives it.
PARTS: Final[Mapping[LiteralString, str]] = {
    FILES: "files_added",
    ENTRIES: "entries",
    NEEDS: "needs_added",
    HANDOFFS: "handoffs_added",
    NO_RELAYS: "no_relays",
    DELIVERIES: "deliveries",
    ACTIONS: "actions",
}
# What is lived in the past is not found among what has moved: all months are added up anew.
FLOWS_UNKNOWN: Final[LiteralString] = "MATCH (m:Mark {id: 'flows-made-until'}) DELETE m"
TOLD: Final[LiteralString] = "UNWIND $rows AS row CREATE (t:Told) SET t = row"


class Bulk:
    """Whole logs within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def put(self, logs: Iterable[Sequence[Entry]]) -> list[File]:
        """Write the files that these logs make, each from its opening, and give them. Moments are kept to the millisecond. A file
        that is there already stays as it is, and is not given.
        """
        whole = {log[0].file: log for log in logs}
        for row in await self._unit.run(THERE, ids=list(whole)):
            del whole[row["id"]]
        keys = await asyncio.to_thread(lambda: {id_: self._unit.keyring.make(id_) for id_ in whole})
        rows: dict[LiteralString, list[Row]] = {query: [] for query in (*PARTS, TOLD)}
        files = []
        for id_, log in whole.items():
            made = made_of(keys[id_], None, START, log)
            for query, part in PARTS.items():
                rows[query] += made.rows[part]
            rows[TOLD].append({"id": id_, "seq": made.file.seq})
            files.append(made.file)
        for query, some in rows.items():
            await self._write(query, some)
        await self._unit.run(FLOWS_UNKNOWN)
        for file in files:
            await self._unit.lookups.keep(None, file)
        return files

    async def _write(self, query: LiteralString, rows: list[dict[str, Any]]) -> None:
        for start in range(0, len(rows), AT_ONCE):
            await self._unit.run(query, rows=rows[start : start + AT_ONCE])
