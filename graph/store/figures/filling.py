"""Files written before their rows told a commune, a contact and how many they count: told now, from what is sealed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString

import structlog

from graph.model.casework.file import File
from graph.model.figures.of_files import commune_of, persons_of
from graph.store.casework import sealing
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.lists import NO_KEYS

if TYPE_CHECKING:
    from graph.store.unit import Unit

log = structlog.get_logger(__name__)

SILENT: Final[LiteralString] = """
MATCH (f:File) WHERE f.id > $after AND f.persons IS NULL
RETURN f.id AS id ORDER BY f.id LIMIT $most
"""
TELL: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (f:File {id: row.id}) WHERE f.persons IS NULL
SET f.persons = row.persons, f.commune = row.commune, f.request = row.request
"""
# Of those whose key is gone nothing more is known. An empty text is not kept: many rows under one value make an index slow.
NO_TEXT: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (f:File {id: id})
FOREACH (nothing IN CASE WHEN f.commune = '' THEN [1] ELSE [] END | REMOVE f.commune)
FOREACH (nothing IN CASE WHEN f.request = '' THEN [1] ELSE [] END | REMOVE f.request)
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Files that were looked at: the id of the `last`, how many were `told`, how many do not open now and wait (`left`)."""

    last: str
    told: int
    left: int


async def fill(unit: Unit, after: str, most: int) -> Page | None:
    """Some of them, past this id; None where there is none. Of one whose key is gone, or that does not open, nothing more is known;
    one whose key cannot be read now is left.

    Raises Unavailable where the keyring is away.
    """
    ids = [row["id"] for row in await unit.run(SILENT, after=after, most=most)]
    if not ids:
        return None
    rows, left, unread = [], 0, 0
    for id_ in ids:
        file: File | None = None
        try:
            file = await unit.files.load(id_)
        except sealing.Unreadable as fault:
            log.error("file_not_told", fault=type(fault).__name__)
        except KeyUnavailable as fault:
            log.error("file_not_told", fault=type(fault).__name__)
            left += 1
            continue
        unread += file is None
        told = {"commune": commune_of(file), "request": file.request, "persons": persons_of(file)} if file else {}
        rows.append({"id": id_, "commune": "", "request": "", "persons": 1} | told)
    if unread:
        await with_keys(unit)
    if rows:
        await unit.run(TELL, rows=rows)
        await unit.run(NO_TEXT, ids=ids)
    return Page(last=ids[-1], told=len(rows), left=left)


async def with_keys(unit: Unit) -> None:
    """Raises Unavailable where the keyring is away: that a key is gone can then be said of no file."""
    if await asyncio.to_thread(lambda: unit.keyring.away):
        raise KeyUnavailable(NO_KEYS)
