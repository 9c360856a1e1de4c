"""Files within one unit: one log each, and what is read of it. Two who write the same file insert the same next entry; one of
them meets the constraint, and decides again on what the other wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString
from uuid import uuid4

from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.chain import START, Link, linked
from graph.model.casework.file import Actor, File, FileState
from graph.model.casework.owed import owed
from graph.store.casework import sealing
from graph.store.casework.rows import (
    action_row,
    entry_row,
    file_row,
    handoff_row,
    milliseconds,
    moment_of,
    need_row,
)
from graph.store.outbox import CASEWORK

if TYPE_CHECKING:
    from graph.store.unit import Unit

MOST_ENTRIES: Final = 500

LOAD: Final[LiteralString] = """
MATCH (f:File {id: $id}) RETURN f.seq AS seq, f.hash AS hash, f.state AS state, f.sealed AS sealed
"""
LOG: Final[LiteralString] = """
MATCH (e:Entry {file: $id}) WHERE e.seq > $after
RETURN e.seq AS seq, e.at AS at, e.sealed AS sealed, e.commitment AS commitment ORDER BY e.seq LIMIT $most
"""
LINKS: Final[LiteralString] = """
MATCH (e:Entry {file: $id})
RETURN e.id AS key, e.act AS act, e.at AS at, e.commitment AS commitment, e.hash AS hash ORDER BY e.seq
"""
ADD_ENTRIES: Final[LiteralString] = "UNWIND $rows AS row CREATE (e:Entry) SET e = row"
ADD_FILE: Final[LiteralString] = "CREATE (f:File) SET f = $row"
SET_FILE: Final[LiteralString] = "MATCH (f:File {id: $row.id}) SET f = $row"
ADD_NEEDS: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:Need) SET n = row"
SET_NEEDS: Final[LiteralString] = "UNWIND $rows AS row MATCH (n:Need {id: row.id}) SET n = row"
ADD_HANDOFFS: Final[LiteralString] = "UNWIND $rows AS row CREATE (h:Handoff) SET h = row"
SET_HANDOFFS: Final[LiteralString] = "UNWIND $rows AS row MATCH (h:Handoff {id: row.id}) SET h = row"
ADD_ACTIONS: Final[LiteralString] = "UNWIND $rows AS row CREATE (a:NextAction) SET a = row"
SET_ACTIONS: Final[LiteralString] = "UNWIND $rows AS row MATCH (a:NextAction {id: row.id}) SET a = row"
END_ACTIONS: Final[LiteralString] = "UNWIND $ids AS id MATCH (a:NextAction {id: id}) DELETE a"
HOLDING: Final[LiteralString] = "MATCH (h:Handoff {id: $id}) RETURN h.file AS file"


class Files:
    """The logs and their projections within one unit. A file that was loaded is appended to by the same unit alone."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._heads: dict[str, str] = {}

    async def load(self, id_: str) -> File | None:
        """A file as it stands; None when there is none, or nothing is left of it. Raises sealing.Unreadable."""
        rows = await self._unit.run(LOAD, id=id_)
        if not rows or rows[0]["state"] == FileState.ERASED:
            return None
        key = self._unit.keyring.of(id_)
        if key is None:
            return None
        self._heads[id_] = rows[0]["hash"]
        return sealing.open_file(key, id_, rows[0]["seq"], rows[0]["sealed"])

    async def holding(self, handoff: str) -> File | None:
        """The file of a handoff; None when there is none."""
        rows = await self._unit.run(HOLDING, id=handoff)
        return await self.load(rows[0]["file"]) if rows else None

    async def log(self, id_: str, after: int = 0, most: int = MOST_ENTRIES) -> list[Entry]:
        """Entries past number `after`, the first first; none where the key is gone. Raises sealing.Unreadable."""
        key = self._unit.keyring.of(id_)
        if key is None:
            return []
        found = []
        for row in await self._unit.run(LOG, id=id_, after=after, most=most):
            entry, committed = sealing.open_entry(key, id_, row["seq"], moment_of(row["at"]), row["sealed"])
            if committed != row["commitment"]:
                raise sealing.Unreadable(entry.key)
            found.append(entry)
        return found

    async def logs(self, ids: Iterable[str]) -> dict[str, tuple[Entry, ...]]:
        """The whole logs of these files. Raises sealing.Unreadable."""
        found: dict[str, tuple[Entry, ...]] = {}
        for id_ in ids:
            whole = some = await self.log(id_)
            while len(some) == MOST_ENTRIES:
                some = await self.log(id_, after=some[-1].seq)
                whole += some
            found[id_] = tuple(whole)
        return found

    async def links(self, id_: str) -> list[Link]:
        """The chain of a file, which needs no key."""
        return [
            Link(key=row["key"], act=row["act"], at=str(row["at"]), commitment=row["commitment"], hash=row["hash"])
            for row in await self._unit.run(LINKS, id=id_)
        ]

    async def append(self, file: File | None, by: Actor, at: datetime, *events: Event, id_: str = "") -> File:
        """The file after these events, which are written with all that follows from them. `id_` is that of a new file."""
        name = file.id if file else id_ or uuid4().hex
        key = self._unit.keyring.of(name) if file else await asyncio.to_thread(self._unit.keyring.make, name)
        if key is None:
            raise sealing.Unreadable(name)
        # To the millisecond, as it is kept.
        at = moment_of(milliseconds(at))
        head, before, after, rows = self._heads.get(name, START), file, file, []
        for event in events:
            entry = Entry(file=name, seq=after.seq + 1 if after else 1, at=at, by=by, event=event)
            after = applied(after, entry)
            sealed, committed = sealing.seal_entry(key, entry)
            head = linked(head, entry.key, entry.act, str(milliseconds(at)), committed)
            rows.append(entry_row(entry, committed, head, sealed))
        if after is None:
            raise ValueError("nothing to append")
        await self._unit.run(ADD_ENTRIES, rows=rows)
        await self._unit.run(SET_FILE if before else ADD_FILE, row=file_row(after, head, sealing.seal_file(key, after)))
        await self._project(before, after)
        await self._unit.outbox.add(CASEWORK, [f"file:{name}"])
        self._heads[name] = head
        return after

    async def _project(self, before: File | None, after: File) -> None:
        """What changed of needs, handoffs and next actions, and nothing else."""
        needs, handoffs = (before.needs, before.handoffs) if before else ({}, {})
        await self._put(ADD_NEEDS, SET_NEEDS, needs, [(n.id, n, need_row(after, n)) for n in after.needs.values()])
        await self._put(
            ADD_HANDOFFS, SET_HANDOFFS, handoffs, [(h.id, h, handoff_row(after, h)) for h in after.handoffs.values()]
        )
        was = {action.id: action for action in owed(before)} if before else {}
        now = {action.id: action for action in owed(after)}
        await self._put(ADD_ACTIONS, SET_ACTIONS, was, [(id_, one, action_row(one)) for id_, one in now.items()])
        if gone := sorted(was.keys() - now.keys()):
            await self._unit.run(END_ACTIONS, ids=gone)

    async def _put(
        self,
        add: LiteralString,
        change: LiteralString,
        before: Any,
        after: Iterable[tuple[str, Any, dict[str, Any]]],
    ) -> None:
        made = list(after)
        added = [row for id_, _, row in made if id_ not in before]
        changed = [row for id_, one, row in made if id_ in before and before[id_] != one]
        if added:
            await self._unit.run(add, rows=added)
        if changed:
            await self._unit.run(change, rows=changed)
