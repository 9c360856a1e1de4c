"""Lists of files: how many are whose, and one page of them, in order, without opening any; then those of the page, opened."""

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

# Hers are those that she leads, or works on beside the lead. A desk's are led by no account.
OPEN: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {leadOrganisation: organisation})
WHERE f.state = 'open' AND ($every OR coalesce(f.leadAccount, '') IN $accounts OR $worker IN coalesce(f.workers, []))
RETURN f.id AS id, f.due AS due ORDER BY due, id SKIP $skip LIMIT $most
"""
ENDED: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {lastOrganisation: organisation})
WHERE (f.state = 'closed' OR f.state = 'linked')
  AND ($every OR coalesce(f.lastAccount, '') IN $accounts OR $worker IN coalesce(f.workers, []))
RETURN f.id AS id, f.closed AS due ORDER BY due DESC, id SKIP $skip LIMIT $most
"""
OPEN_COUNTS: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {leadOrganisation: organisation})
WHERE f.state = 'open'
WITH organisation, coalesce(f.leadAccount, '') AS account, coalesce(f.workers, []) AS workers
RETURN organisation, count(account) AS every, sum(CASE WHEN account = '' THEN 1 ELSE 0 END) AS desk,
  sum(CASE WHEN account IN $accounts OR $worker IN workers THEN 1 ELSE 0 END) AS hers
"""
ENDED_COUNTS: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {lastOrganisation: organisation})
WHERE f.state = 'closed' OR f.state = 'linked'
WITH organisation, coalesce(f.lastAccount, '') AS account, coalesce(f.workers, []) AS workers
RETURN organisation, count(account) AS every, sum(CASE WHEN account = '' THEN 1 ELSE 0 END) AS desk,
  sum(CASE WHEN account IN $accounts OR $worker IN workers THEN 1 ELSE 0 END) AS hers
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


@dataclass(frozen=True, slots=True)
class Part:
    """Some files of these bodies: all, or those led by one of `accounts` ("" is the duty desk) or worked on by `worker`."""

    organisations: tuple[str, ...]
    accounts: tuple[str, ...] = ()
    worker: str = ""
    every: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many files a body leads (or led last): all, its duty desk's, those that a part holds."""

    every: int
    desk: int
    hers: int


class FileLists:
    """Lists within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def open(self, part: Part, most: int, skip: int = 0) -> list[str]:
        """The ids of open files, what is owed first (by the body that leads) before what is owed later."""
        return await self._ids(OPEN, part, skip=skip, most=most)

    async def ended(self, part: Part, most: int, skip: int = 0) -> list[str]:
        """The ids of files that ended, the latest first; theirs who led last."""
        return await self._ids(ENDED, part, skip=skip, most=most)

    async def open_counts(self, part: Part) -> dict[str, Counted]:
        """Open files by the body that leads; a body without any is left out."""
        return await self._counts(OPEN_COUNTS, part)

    async def ended_counts(self, part: Part) -> dict[str, Counted]:
        """Files that ended, by the body that led last; a body without any is left out."""
        return await self._counts(ENDED_COUNTS, part)

    async def _ids(self, query: LiteralString, part: Part, **window: int) -> list[str]:
        rows = await self._unit.run(query, every=part.every, **_whose(part), **window)
        return [row["id"] for row in rows]

    async def _counts(self, query: LiteralString, part: Part) -> dict[str, Counted]:
        rows = await self._unit.run(query, **_whose(part))
        return {row["organisation"]: Counted(row["every"], row["desk"], row["hers"]) for row in rows}

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


def _whose(part: Part) -> dict[str, Any]:
    return {"organisations": list(part.organisations), "accounts": list(part.accounts), "worker": part.worker}
