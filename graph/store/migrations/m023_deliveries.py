"""What was given stands in clear beside the files, without its words; files that have given before are told to be read again."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.model.casework.handoff import Step
from graph.store.casework.rows import moment_of, tally_of
from graph.store.unit import Graph, Unit

SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE CONSTRAINT delivery_id IF NOT EXISTS FOR (n:Delivery) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX delivery_file IF NOT EXISTS FOR (n:Delivery) ON (n.file)",
    "CREATE INDEX delivery_agreement IF NOT EXISTS FOR (n:Delivery) ON (n.agreement)",
    "CREATE INDEX delivery_organisation IF NOT EXISTS FOR (n:Delivery) ON (n.organisation)",
    "CREATE CONSTRAINT deliverydue_id IF NOT EXISTS FOR (n:DeliveryDue) REQUIRE n.id IS UNIQUE",
)
# Acts stand in clear; what was given is sealed, and the keyring may be away while a graph is brought up to date.
DUE: Final[LiteralString] = """
MATCH (e:Entry) WHERE e.act = 'Delivered'
WITH DISTINCT e.file AS id
MERGE (:DeliveryDue {id: id})
"""
# Appointments to which nobody came are counted by the month of the front door, as visits are.
MISSED: Final[LiteralString] = """
MATCH (e:Entry) WHERE e.act = $act AND e.tally IS NULL
RETURN e.id AS id, e.organisation AS organisation, e.at AS at ORDER BY id LIMIT $most
"""
TALLY: Final[LiteralString] = "UNWIND $rows AS row MATCH (e:Entry {id: row.id}) SET e.tally = row.tally"
AT_ONCE: Final = 1000


async def run(graph: Graph) -> None:
    """Create them, and name the files."""
    for statement in SCHEMA:
        await graph.define(statement)
    await graph.write(lambda unit: unit.run(DUE))
    while await graph.write(_tally):
        continue


async def _tally(unit: Unit) -> int:
    found = await unit.run(MISSED, act=Step.MISS.value, most=AT_ONCE)
    rows = [
        {"id": row["id"], "tally": tally_of("miss", row["organisation"] or "", moment_of(row["at"]))} for row in found
    ]
    await unit.run(TALLY, rows=rows)
    return len(rows)
