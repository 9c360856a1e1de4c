"""Erasing a file: in one transaction its log keeps its chain and loses its words; then its key is destroyed, for good.

What is left are codes and moments without a name, so that figures stay true. A key that could not be destroyed yet is written
down in that same transaction, and destroyed at the next look: an erasure is done whole, or will be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.casework.acts import Entry, Erased
from graph.model.casework.chain import commitment, linked
from graph.model.casework.file import Actor, File, FileState
from graph.store.casework.rows import entry_row, milliseconds, moment_of
from graph.store.outbox import CASEWORK

if TYPE_CHECKING:
    from graph.store.unit import Unit

AT_ONCE: Final = 200

HEAD: Final[LiteralString] = "MATCH (f:File {id: $id}) RETURN f.hash AS hash, f.seq AS seq"
ADD_ENTRY: Final[LiteralString] = "CREATE (e:Entry) SET e = $row"
UNSEAL_LOG: Final[LiteralString] = "MATCH (e:Entry {file: $id}) REMOVE e.sealed"
FORGET_FILE: Final[LiteralString] = """
MATCH (f:File {id: $id})
SET f.state = $state, f.seq = $seq, f.hash = $hash, f.leadOrganisation = '', f.leadAccount = '', f.forgottenOn = 0,
    f.changed = timestamp()
REMOVE f.sealed, f.due
"""
# The front desk's words, with whatever was said of her there: codes and moments stay. By both ends, for a contact names its file
# in a transaction after the file's own.
UNSEAL_REQUESTS: Final[LiteralString] = "MATCH (r:Request {file: $id}) REMOVE r.sealed"
UNSEAL_REQUEST: Final[LiteralString] = "MATCH (r:Request {id: $request}) REMOVE r.sealed"
# What leads to the person, or shows what she wrote: gone. Every label with a `file` is named here or in KEPT (a test compares).
GONE: Final[dict[str, LiteralString]] = {
    "NextAction": "MATCH (n:NextAction {file: $id}) DELETE n",
    "PageDoor": "MATCH (n:PageDoor {file: $id}) DELETE n",
    "PageSession": "MATCH (n:PageSession {file: $id}) DELETE n",
    "LookupToken": "MATCH (n:LookupToken {file: $id}) DELETE n",
    "LookupHit": "MATCH (n:LookupHit {file: $id}) DELETE n",
    "FileRead": "MATCH (n:FileRead {file: $id}) DELETE n",
    "Told": "MATCH (n:Told {id: $id}) DELETE n",
}
# Codes and moments, under ids that say nothing: what figures are made of, and the chain.
KEPT: Final = frozenset({"Entry", "Need", "Handoff", "NoRelay", "Delivery", "Request"})
KEY_DUE: Final[LiteralString] = "CREATE (k:Forgotten {id: $id, at: $at})"
KEYS_DUE: Final[LiteralString] = "MATCH (k:Forgotten) RETURN k.id AS id ORDER BY id LIMIT $most"
KEY_GONE: Final[LiteralString] = "MATCH (k:Forgotten {id: $id}) DELETE k"
SILENT: Final[LiteralString] = """
MATCH (f:File) WHERE f.lastContact <= $before AND f.lastContact >= $contact AND f.state IN $states
  AND (f.lastContact > $contact OR f.id > $id)
RETURN f.id AS id, f.state AS state, f.organisation AS organisation, f.lastContact AS contact, f.forgottenOn AS told
ORDER BY contact, id LIMIT $most
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A file whose person nobody has met for long. `told` is the day on which it is to be erased, None where nobody was told."""

    id: str
    state: FileState
    organisation: str
    contact: datetime
    told: datetime | None


class Forgetting:
    """Erasure within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def erase(self, file: File, by: Actor, at: datetime, event: Erased) -> None:
        """Its words are gone when the unit commits; its key is to be destroyed afterwards. Its reasons stay, in plain text: they
        name nobody. Two who write the same file meet the constraint on its next entry.
        """
        head = (await self._unit.run(HEAD, id=file.id))[0]
        at = moment_of(milliseconds(at))
        entry = Entry(file=file.id, seq=head["seq"] + 1, at=at, by=by, event=event)
        committed = commitment(b"", said_of(event))
        hashed = linked(head["hash"], entry.key, entry.act, str(milliseconds(at)), committed)
        row = entry_row(entry, committed, hashed, "") | {"visa": event.visa, "why": event.why}
        await self._unit.run(ADD_ENTRY, row=row)
        await self._unit.run(UNSEAL_LOG, id=file.id)
        await self._unit.run(FORGET_FILE, id=file.id, seq=entry.seq, hash=hashed, state=FileState.ERASED.value)
        for statement in GONE.values():
            await self._unit.run(statement, id=file.id)
        await self._unit.run(UNSEAL_REQUESTS, id=file.id)
        if file.request:
            await self._unit.run(UNSEAL_REQUEST, request=file.request)
        await self._unit.run(KEY_DUE, id=file.id, at=milliseconds(at))
        await self._unit.outbox.add(CASEWORK, [f"file:{file.id}"])

    async def keys_due(self, most: int = AT_ONCE) -> list[str]:
        """Files that are erased, and whose key may still be there."""
        return [row["id"] for row in await self._unit.run(KEYS_DUE, most=most)]

    async def key_gone(self, id_: str) -> None:
        """Its key is destroyed."""
        await self._unit.run(KEY_GONE, id=id_)

    async def silent(
        self, before: datetime, states: Sequence[FileState], after: Silent | None = None, most: int = AT_ONCE
    ) -> list[Silent]:
        """Files in one of these states whose person nobody has met since `before`; the longest first, from past `after`."""
        rows = await self._unit.run(
            SILENT,
            before=milliseconds(before),
            contact=milliseconds(after.contact) if after else 1,
            id=after.id if after else "",
            states=[state.value for state in states],
            most=most,
        )
        return [
            Silent(
                id=row["id"],
                state=FileState(row["state"]),
                organisation=row["organisation"],
                contact=moment_of(row["contact"]),
                told=moment_of(row["told"]) if row["told"] else None,
            )
            for row in rows
        ]


def said_of(event: Erased) -> bytes:
    """What the last entry's commitment binds to: it is kept in plain text beside it."""
    return f"{event.visa}\n{event.why}".encode()
