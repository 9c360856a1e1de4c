"""The outbox holds what waits and nothing else: no index on `due`, and rows carried out under a label of their own."""

from __future__ import annotations

from typing import Final, LiteralString

from graph.store.unit import Graph

DROP_INDEX: Final[LiteralString] = "DROP INDEX outbox_due IF EXISTS"
DELIVERED: Final[LiteralString] = (
    "CREATE CONSTRAINT delivered_id IF NOT EXISTS FOR (n:Delivered) REQUIRE n.id IS UNIQUE"
)
MOVED_AT_ONCE: Final = 500
MOVE_DONE: Final[LiteralString] = """
MATCH (o:Outbox) WHERE o.done = true
WITH o LIMIT $most
CREATE (:Delivered {id: o.id, kind: o.kind, subjects: o.subjects, written: o.written, on: o.deliveredOn})
DELETE o
RETURN count(*) AS moved
"""
MOVE_SECONDS: Final = 60.0


async def run(graph: Graph) -> None:
    """Drop the index, keep each row delivered once, then move what was done."""
    await graph.define(DROP_INDEX)
    await graph.define(DELIVERED)
    while (await graph.write(lambda unit: unit.run(MOVE_DONE, most=MOVED_AT_ONCE), seconds=MOVE_SECONDS))[0]["moved"]:
        continue
