"""The directory: constraints, indexes, and the closed list of competences with their categories."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.model.vocabulary import categories, competences
from graph.store.schema import CONSTRAINTS, INDEXES
from graph.store.unit import Graph, Unit

COMPETENCES: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (c:Competence {id: row.id})
SET c.label = row.label, c.rank = row.rank
"""

BROADER: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (narrow:Competence {id: row.id}), (broad:Competence {id: row.category})
MERGE (narrow)-[:BROADER]->(broad)
"""


async def run(graph: Graph) -> None:
    """Create the schema, then the vocabulary."""
    for statement in (*CONSTRAINTS, *INDEXES):
        await graph.define(statement)
    entries = [
        {"id": entry.id, "label": entry.label, "category": entry.category, "rank": rank}
        for rank, entry in enumerate(competences().values())
    ]
    broad = [{"id": id_, "label": label, "rank": rank} for rank, (id_, label) in enumerate(categories().items())]

    async def write(unit: Unit) -> None:
        await unit.run(COMPETENCES, rows=broad + entries)
        await unit.run(BROADER, rows=entries)

    await graph.write(write)
