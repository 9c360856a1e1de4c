"""Lists of files without opening them: whose they are, when something is next owed about each; then those of one page, opened."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.file import File
from graph.store.casework import sealing
from graph.store.casework.keyring import KeyUnavailable

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Open ones by whoever leads; hers are those that she leads, or works on beside the lead.
OPEN: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {leadOrganisation: organisation})
WHERE f.state = 'open'
RETURN f.id AS id, organisation, coalesce(f.leadAccount, '') AS account, coalesce(f.workers, []) AS workers
"""
DUE: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (a:NextAction {organisation: organisation})
RETURN a.file AS file, min(a.due) AS due
"""
ENDED: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {lastOrganisation: organisation})
WHERE f.state = 'closed' OR f.state = 'linked'
RETURN f.id AS id, organisation, coalesce(f.lastAccount, '') AS account, coalesce(f.workers, []) AS workers, f.closed AS due
"""
# UNWIND, not IN: ids are looked up one by one.
OPENED: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (f:File {id: id})
RETURN f.id AS id, f.seq AS seq, f.state AS state, f.sealed AS sealed
"""
NO_KEYS: Final = (
    "Le trousseau des clés n’est pas accessible : les dossiers existent, mais aucun ne peut être lu pour l’instant. "
    "Rien n’est perdu."
)
# Later than any moment: nothing is owed by these bodies.
LAST: Final = 2**53


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in a list: who leads (or led last), who works with her, and when something is owed (or when it ended), in epoch
    milliseconds.
    """

    id: str
    organisation: str
    account: str
    workers: frozenset[str]
    due: int

    @classmethod
    def of(cls, row: Mapping[str, Any], due: int) -> Listed:
        """As its row has it."""
        return cls(row["id"], row["organisation"], row["account"], frozenset(row["workers"]), due)


class FileLists:
    """Lists within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def open(self, organisations: Sequence[str]) -> list[Listed]:
        """All open files that these bodies lead: what is owed first comes first."""
        given = list(organisations)
        due = {row["file"]: row["due"] for row in await self._unit.run(DUE, organisations=given)}
        rows = await self._unit.run(OPEN, organisations=given)
        found = [Listed.of(row, due.get(row["id"], LAST)) for row in rows]
        return sorted(found, key=lambda one: (one.due, one.id))

    async def ended(self, organisations: Sequence[str]) -> list[Listed]:
        """All files that these bodies led last and that are closed, the latest first."""
        rows = await self._unit.run(ENDED, organisations=list(organisations))
        found = [Listed.of(row, row["due"]) for row in rows]
        return sorted(found, key=lambda one: (-one.due, one.id))

    async def opened(self, ids: Sequence[str]) -> list[File]:
        """These files, in this order; those whose key is gone, or that do not open, are left out.

        Raises Unavailable where all are, for want of any key.
        """
        rows = {row["id"]: row for row in await self._unit.run(OPENED, ids=list(ids))}
        found = [await self._opened(rows[id_]) for id_ in dict.fromkeys(ids) if id_ in rows]
        files = [file for file in found if file is not None]
        if rows and not files and await asyncio.to_thread(lambda: self._unit.keyring.away):
            raise KeyUnavailable(NO_KEYS)
        return files

    async def _opened(self, row: Mapping[str, Any]) -> File | None:
        try:
            key = self._unit.keyring.of(row["id"])
            return sealing.open_file(key, row["id"], row["seq"], row["sealed"]) if key else None
        except (sealing.Unreadable, KeyUnavailable):
            # A reading that fell into a commit: read alone, it opens.
            return await self._unit.files.readable(row["id"])
