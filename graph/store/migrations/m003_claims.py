"""Claims and the ids under which other sources tell a body; what bodies are looked for by."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.model.likeness import likeness
from graph.store.unit import Graph, Unit

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT claim_id IF NOT EXISTS FOR (n:Claim) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT localid_id IF NOT EXISTS FOR (n:LocalId) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX organisation_siret IF NOT EXISTS FOR (n:Organisation) ON (n.siret)",
    "CREATE INDEX organisation_likeness IF NOT EXISTS FOR (n:Organisation) ON (n.likeness)",
)
# What a source told is read in spans of ids; an index with one entry a source only slowed its writing.
NO_LONGER: Final[tuple[LiteralString, ...]] = (
    "DROP INDEX organisation_origin IF EXISTS",
    "DROP INDEX service_origin IF EXISTS",
)
PAGE: Final = 500
SET_LIKENESS: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (o:Organisation {id: row.id})
SET o.likeness = row.likeness
"""


async def run(graph: Graph) -> None:
    """Create the schema, and give their likeness to the bodies that are there."""
    for statement in (*SCHEMA, *NO_LONGER):
        await graph.define(statement)
    after = ""
    while after is not None:
        after = await graph.write(lambda unit, after=after: _page(unit, after))


async def _page(unit: Unit, after: str) -> str | None:
    """The next bodies in order of id; the last of them, None at the end."""
    ids = await unit.relays.organisation_ids(after, PAGE)
    rows = [
        {"id": id_, "likeness": likeness(body.kind, body.place.territory, body.name)}
        for id_, body in (await unit.directory.organisations(ids)).items()
        if body.place and body.place.territory
    ]
    await unit.run(SET_LIKENESS, rows=rows)
    return ids[-1] if ids else None
