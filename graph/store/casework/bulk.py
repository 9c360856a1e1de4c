"""Whole logs written at once: the rows that appending entry by entry would have left, without what it would have set going.

For files that were lived elsewhere (an invented life, one day another product's archive): nothing of them is news, so nobody is
told of it, and what is told later begins after their last entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.acts import Entry
from graph.model.casework.applying import replayed
from graph.model.casework.chain import START, linked
from graph.model.casework.file import File
from graph.model.casework.owed import owed
from graph.store.casework import sealing
from graph.store.casework.rows import Row, action_row, entry_row, file_row, handoff_row, milliseconds, need_row

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Rows of one statement: more of them are no faster, and hold a transaction of the engine longer.
AT_ONCE: Final = 2000

THERE: Final[LiteralString] = "UNWIND $ids AS id MATCH (f:File {id: id}) RETURN f.id AS id"
ENTRIES: Final[LiteralString] = "UNWIND $rows AS row CREATE (e:Entry) SET e = row"
FILES: Final[LiteralString] = "UNWIND $rows AS row CREATE (f:File) SET f = row"
NEEDS: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:Need) SET n = row"
HANDOFFS: Final[LiteralString] = "UNWIND $rows AS row CREATE (h:Handoff) SET h = row"
ACTIONS: Final[LiteralString] = "UNWIND $rows AS row CREATE (a:NextAction) SET a = row"
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
        keys = await asyncio.to_thread(self._unit.keyring.make_many, whole)
        rows: dict[LiteralString, list[Row]] = {query: [] for query in (FILES, ENTRIES, NEEDS, HANDOFFS, ACTIONS, TOLD)}
        files = []
        for id_, log in whole.items():
            file = replayed(log)
            head = _entries(keys[id_], log, rows[ENTRIES])
            rows[FILES].append(file_row(file, head, sealing.seal_file(keys[id_], file)))
            rows[NEEDS] += [need_row(file, need) for need in file.needs.values()]
            rows[HANDOFFS] += [handoff_row(file, handoff) for handoff in file.handoffs.values()]
            rows[ACTIONS] += [action_row(action) for action in owed(file)]
            rows[TOLD].append({"id": id_, "seq": file.seq})
            files.append(file)
        for query, some in rows.items():
            await self._write(query, some)
        return files

    async def _write(self, query: LiteralString, rows: list[dict[str, Any]]) -> None:
        for start in range(0, len(rows), AT_ONCE):
            await self._unit.run(query, rows=rows[start : start + AT_ONCE])


def _entries(key: bytes, log: Sequence[Entry], rows: list[Row]) -> str:
    """Adds the rows of a log, chained; the hash of its last entry."""
    head = START
    for entry in log:
        sealed, committed = sealing.seal_entry(key, entry)
        head = linked(head, entry.key, entry.act, str(milliseconds(entry.at)), committed)
        rows.append(entry_row(entry, committed, head, sealed))
    return head
