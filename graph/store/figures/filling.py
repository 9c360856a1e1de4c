"""Files written before their rows told a commune, a contact and how many they count: told now, from what is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.figures.of_files import commune_of, persons_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

SILENT: Final[LiteralString] = """
MATCH (f:File) WHERE f.persons IS NULL
RETURN f.id AS id ORDER BY id LIMIT $most
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


async def fill(unit: Unit, most: int) -> int:
    """Some of them; how many. Raises Unavailable where the keyring is away."""
    ids = [row["id"] for row in await unit.run(SILENT, most=most)]
    rows = []
    for id_ in ids:
        file = await unit.files.readable(id_)
        told = {"commune": commune_of(file), "request": file.request, "persons": persons_of(file)} if file else {}
        rows.append({"id": id_, "commune": "", "request": "", "persons": 1} | told)
    if rows:
        await unit.run(TELL, rows=rows)
        await unit.run(NO_TEXT, ids=ids)
    return len(rows)
