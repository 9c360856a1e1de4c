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
DELIVERED: Final = "Delivered"
ENTRIES: Final[LiteralString] = """
MATCH (e:Entry) WHERE e.id > $after
RETURN e.id AS id, e.file AS file, e.act AS act, e.organisation AS organisation, e.at AS at, e.tally AS tally
ORDER BY e.id LIMIT $most
"""
DUE: Final[LiteralString] = "UNWIND $ids AS id MERGE (:DeliveryDue {id: id})"
# Appointments to which nobody came are counted by the month of the front door, as visits are.
TALLY: Final[LiteralString] = "UNWIND $rows AS row MATCH (e:Entry {id: row.id}) SET e.tally = row.tally"
AT_ONCE: Final = 5000


async def run(graph: Graph) -> None:
    """Create them, and name the files."""
    for statement in SCHEMA:
        await graph.define(statement)
    after: str | None = ""
    while after is not None:
        after = await graph.write(lambda unit, after=after: _page(unit, after))


async def _page(unit: Unit, after: str) -> str | None:
    """What the entries past this id ask for; the last id, None where there is none."""
    found = await unit.run(ENTRIES, after=after, most=AT_ONCE)
    tallies = [
        {"id": row["id"], "tally": tally_of("miss", row["organisation"] or "", moment_of(row["at"]))}
        for row in found
        if row["act"] == Step.MISS and row["tally"] is None
    ]
    due = sorted({row["file"] for row in found if row["act"] == DELIVERED})
    if tallies:
        await unit.run(TALLY, rows=tallies)
    if due:
        await unit.run(DUE, ids=due)
    return found[-1]["id"] if found else None
