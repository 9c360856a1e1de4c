"""The log of reads: who looked at which file, when, at what. One row for a person, a file and a quarter of an hour.

Ids, codes and moments, no word of the file: the function of whoever read is hers, as it stood then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

QUARTER_MS: Final = 15 * 60 * 1000
MOST_READS: Final = 500

# The row first: of two at once one meets the constraint, and runs again.
NOTE: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (r:FileRead {id: row.id})
ON CREATE SET r.file = row.file, r.account = row.account, r.organisation = row.organisation, r.function = row.function,
    r.first = row.at, r.pages = [row.page], r.groups = row.groups
SET r.last = row.at,
    r.pages = CASE WHEN row.page IN r.pages THEN r.pages ELSE r.pages + row.page END,
    r.groups = r.groups + [one IN row.groups WHERE NOT one IN r.groups]
"""
FUNCTION: Final[LiteralString] = "MATCH (a:Account {id: $id}) RETURN a.function AS function"
OF_FILE: Final[LiteralString] = """
MATCH (r:FileRead {file: $file}) WHERE r.first < $before OR (r.first = $before AND r.id < $id)
RETURN r.id AS id, r.account AS account, r.organisation AS organisation, r.function AS function, r.first AS first,
    r.last AS last, r.pages AS pages, r.groups AS groups
ORDER BY r.first DESC, r.id DESC LIMIT $most
"""
# After any moment of ours.
NO_LIMIT: Final = 2**53


class ReadPage(StrEnum):
    """Where it was read (labels in labels.csv)."""

    FILE = "file"
    LIST = "list"
    HANDOFF = "handoff"
    READERS = "readers"
    DATA = "data"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One row: `groups` are codes of grounds.ShareGroup, `function` what she was when she read it."""

    id: str
    account: str
    organisation: str
    function: str
    first: datetime
    last: datetime
    pages: tuple[ReadPage, ...]
    groups: tuple[str, ...]


class Reads:
    """The log of reads within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def note(
        self, files: Sequence[str], account: str, organisation: str, page: ReadPage, groups: Iterable[str], at: datetime
    ) -> None:
        """This account, acting for this organisation, reads these files now."""
        found = await self._unit.run(FUNCTION, id=account)
        moment, told = milliseconds(at), sorted(groups)
        common = {
            "account": account,
            "organisation": organisation,
            "function": found[0]["function"] if found else "",
            "at": moment,
            "page": page.value,
            "groups": told,
        }
        quarter = moment // QUARTER_MS
        rows = [{"id": f"{file}|{account}|{organisation}|{quarter}", "file": file, **common} for file in files]
        await self._unit.run(NOTE, rows=rows)

    async def of(self, file: str, most: int = MOST_READS, before: tuple[datetime, str] | None = None) -> list[FileRead]:
        """Who read this file, the latest first; those after a row, by its `first` and `id`, where one is given."""
        moment, id_ = (milliseconds(before[0]), before[1]) if before else (NO_LIMIT, "")
        rows = await self._unit.run(OF_FILE, file=file, before=moment, id=id_, most=most)
        return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> FileRead:
    return FileRead(
        id=row["id"],
        account=row["account"],
        organisation=row["organisation"],
        function=row["function"],
        first=moment_of(row["first"]),
        last=moment_of(row["last"]),
        pages=tuple(map(ReadPage, row["pages"])),
        groups=tuple(row["groups"]),
    )
