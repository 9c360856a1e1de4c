"""Files within one unit: one log each, and what is read of it. Two who write the same file insert the same next entry; one of
them meets the constraint, and decides again on what the other wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString
from uuid import uuid4

import structlog

from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.chain import START, Link, linked
from graph.model.casework.file import Actor, File, FileState
from graph.model.casework.owed import owed
from graph.model.figures.of_deliveries import struck_by
from graph.store.casework import sealing
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.rows import (
    action_row,
    delivery_row,
    entry_row,
    file_row,
    handoff_row,
    milliseconds,
    moment_of,
    need_row,
    no_relay_row,
)
from graph.store.outbox import CASEWORK

if TYPE_CHECKING:
    from graph.store.unit import Unit

MOST_ENTRIES: Final = 500

LOAD: Final[LiteralString] = """
MATCH (f:File {id: $id}) RETURN f.id AS id, f.seq AS seq, f.state AS state, f.sealed AS sealed
"""
HOLDING: Final[LiteralString] = """
MATCH (h:Handoff {id: $id})
MATCH (f:File {id: h.file}) RETURN f.id AS id, f.seq AS seq, f.state AS state, f.sealed AS sealed
"""
LOG: Final[LiteralString] = """
MATCH (e:Entry {file: $id}) WHERE e.seq > $after
RETURN e.seq AS seq, e.at AS at, e.sealed AS sealed, e.commitment AS commitment ORDER BY e.seq LIMIT $most
"""
LINKS: Final[LiteralString] = """
MATCH (e:Entry {file: $id})
RETURN e.id AS key, e.act AS act, e.at AS at, e.commitment AS commitment, e.hash AS hash ORDER BY e.seq
"""
# All at once: six statements took 19 ms on either engine where this one takes 11 (ArcadeDB) or 8 (Neo4j). What is new is
# created, never merged: an entry so that a second writer of its number meets the constraint, a need or a handoff so that an
# id which another file has already is refused and not taken over.
WRITE: Final[LiteralString] = """
CREATE (o:Outbox {id: $effect, kind: $kind, subjects: $subjects, written: timestamp(), due: timestamp(), attempts: 0})
FOREACH (row IN $entries | CREATE (e:Entry) SET e = row)
FOREACH (row IN $files_added | CREATE (f:File) SET f = row SET f.changed = timestamp())
FOREACH (row IN $files_changed | MERGE (f:File {id: row.id}) SET f = row SET f.changed = timestamp())
FOREACH (row IN $needs_added | CREATE (n:Need) SET n = row)
FOREACH (row IN $needs_changed | MERGE (n:Need {id: row.id}) SET n = row)
FOREACH (row IN $handoffs_added | CREATE (h:Handoff) SET h = row)
FOREACH (row IN $handoffs_changed | MERGE (h:Handoff {id: row.id}) SET h = row)
FOREACH (row IN $no_relays | MERGE (n:NoRelay {id: row.id}) SET n = row)
FOREACH (row IN $deliveries | CREATE (d:Delivery) SET d = row)
FOREACH (row IN $actions | MERGE (a:NextAction {id: row.id}) SET a = row)
WITH o
UNWIND $settled AS id
MATCH (a:NextAction {id: id}) DELETE a
"""
RELAYED: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:NoRelay {id: id}) DELETE n"
STRUCK: Final[LiteralString] = "UNWIND $ids AS id MATCH (d:Delivery {id: id}) DELETE d"
# A reading that falls into a commit may hold one property of before and one of after: it does not open, and is read again. The
# hash that the next entry follows from is sealed with the file, for the same reason.
READINGS: Final = 5

log = structlog.get_logger(__name__)


class Files:
    """The logs and their projections within one unit. A file that was loaded is appended to by the same unit alone."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._heads: dict[str, str] = {}

    async def load(self, id_: str) -> File | None:
        """A file as it stands; None when there is none, or nothing is left of it. Raises sealing.Unreadable."""
        return await self._opened(LOAD, id_)

    async def readable(self, id_: str) -> File | None:
        """The same, and None, logged, where it does not open: for lists, of which one file breaks none."""
        try:
            return await self.load(id_)
        except (sealing.Unreadable, KeyUnavailable) as fault:
            log.error("file_not_listed", fault=type(fault).__name__)
            return None

    async def holding(self, handoff: str) -> File | None:
        """The file of a handoff; None when there is none. Raises sealing.Unreadable."""
        return await self._opened(HOLDING, handoff)

    async def _opened(self, query: LiteralString, id_: str) -> File | None:
        for reading in range(1, READINGS + 1):
            rows = await self._unit.run(query, id=id_)
            if not rows or rows[0]["state"] == FileState.ERASED:
                return None
            row = rows[0]
            key = await self._key(row["id"])
            if key is None:
                return None
            try:
                file, head = sealing.open_headed(key, row["id"], row["seq"], row["sealed"])
            except sealing.Unreadable:
                if reading == READINGS:
                    raise
                continue
            self._heads[file.id] = head
            return file
        raise AssertionError("unreachable")

    async def _key(self, id_: str) -> bytes | None:
        """Off the loop: a mounted folder may be slow to answer."""
        return await asyncio.to_thread(self._unit.keyring.of, id_)

    async def stood(self, id_: str, seq: int) -> File | None:
        """A file as it stood after entry `seq`; None when there is none, it has no such entry, or nothing is left of it."""
        file = await self.load(id_)
        if file is None or file.seq <= seq:
            return file if file and file.seq == seq else None
        then: File | None = None
        while page := await self.log(id_, then.seq if then else 0):
            for entry in page:
                if entry.seq <= seq:
                    then = applied(then, entry)
            if page[-1].seq >= seq:
                break
        return then

    async def log(self, id_: str, after: int = 0, most: int = MOST_ENTRIES) -> list[Entry]:
        """Entries past number `after`, the first first; none where the key is gone. Raises sealing.Unreadable."""
        key = await self._key(id_)
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
        key = await self._key(name) if file else await asyncio.to_thread(self._unit.keyring.make, name)
        if key is None:
            raise sealing.Unreadable(name)
        if not events:
            raise ValueError("nothing to append")
        # To the millisecond, as it is kept.
        at, first = moment_of(milliseconds(at)), file.seq + 1 if file else 1
        entries = [Entry(file=name, seq=seq, at=at, by=by, event=event) for seq, event in enumerate(events, first)]
        made = made_of(key, file, self._head(file), entries)
        await self._unit.run(WRITE, effect=made.effect, kind=CASEWORK, subjects=[f"file:{name}"], **made.rows)
        if file and (relayed := file.no_relay.keys() - made.file.no_relay.keys()):
            await self._unit.run(RELAYED, ids=[f"{name}|{need}" for need in sorted(relayed)])
        if struck := [key for entry in entries if (key := struck_by(entry))]:
            await self._unit.run(STRUCK, ids=struck)
        await self._unit.lookups.keep(file, made.file)
        self._heads[name] = made.head
        return made.file

    def _head(self, file: File | None) -> str:
        """The hash of the file's last entry, as this unit has read it. Raises KeyError for a file that it has not loaded."""
        return self._heads[file.id] if file else START


@dataclass(frozen=True, slots=True)
class Made:
    """What new entries make of a file: as it then stands, the hash of its last entry, which names their effect, and all rows."""

    file: File
    head: str
    effect: str
    rows: dict[str, Any]


def made_of(key: bytes, before: File | None, head: str, entries: Sequence[Entry]) -> Made:
    """What these entries, one at least, make of a file whose last entry has the hash `head`; sealed with its key."""
    after, rows, effect, given = before, [], entries[-1].key, dict[str, Any]()
    for entry in entries:
        after = applied(after, entry)
        if delivered := delivery_row(after, entry):
            given[entry.key] = delivered
        given.pop(struck_by(entry), None)
        sealed, committed = sealing.seal_entry(key, entry)
        head = linked(head, entry.key, entry.act, str(milliseconds(entry.at)), committed)
        rows.append(entry_row(entry, committed, head, sealed) | {"effect": effect})
    assert after is not None
    row = file_row(after, head, sealing.seal_file(key, after, head))
    files = {"files_added": [] if before else [row], "files_changed": [row] if before else []}
    return Made(
        after, head, effect, {"entries": rows, "deliveries": list(given.values()), **files, **_projected(before, after)}
    )


def _projected(before: File | None, after: File) -> dict[str, Any]:
    """What changed of needs, handoffs and next actions, and nothing else, as the parameters of WRITE."""
    needs, handoffs = (before.needs, before.handoffs) if before else ({}, {})
    known, unmet = before.no_relay if before else {}, after.no_relay.items()
    was = {action.id: action for action in owed(before)} if before else {}
    now = {action.id: action for action in owed(after)}
    new_handoffs = [handoff for id_, handoff in after.handoffs.items() if id_ not in handoffs]
    moved = [handoff for id_, handoff in after.handoffs.items() if id_ in handoffs and handoffs[id_] != handoff]
    return {
        "needs_added": [need_row(after, need) for id_, need in after.needs.items() if id_ not in needs],
        "needs_changed": [need_row(after, n) for id_, n in after.needs.items() if id_ in needs and needs[id_] != n],
        "handoffs_added": [handoff_row(after, handoff) for handoff in new_handoffs],
        "handoffs_changed": [handoff_row(after, handoff) for handoff in moved],
        "no_relays": [no_relay_row(after, need, cause) for need, cause in unmet if known.get(need) != cause],
        "actions": [action_row(action) for id_, action in now.items() if was.get(id_) != action],
        "settled": sorted(was.keys() - now.keys()),
    }
