"""What was given stands in clear beside the files, without its words; files that have given before are told to be read again."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

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


async def run(graph: Graph) -> None:
    """Create them, and name the files."""
    for statement in SCHEMA:
        await graph.define(statement)
    await graph.write(lambda unit: unit.run(DUE))
