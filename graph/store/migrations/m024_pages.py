"""What was found by a range of an index is found by its values: of a day, of ten minutes, of the row above, of who sends. To read
a range, ArcadeDB walks the whole index. And open files say what their body owes first, so that they are listed in that order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, LiteralString

from graph.store.casework.rows import DAY_MS, SLOT_MS
from graph.store.unit import Graph, Unit

# Those that nothing asks any more are written at each step all the same.
SCHEMA: Final[tuple[LiteralString, ...]] = (
    "CREATE INDEX figure_under IF NOT EXISTS FOR (n:Figure) ON (n.under)",
    "CREATE INDEX handoff_day IF NOT EXISTS FOR (n:Handoff) ON (n.day)",
    "CREATE INDEX need_day IF NOT EXISTS FOR (n:Need) ON (n.day)",
    "CREATE INDEX file_day IF NOT EXISTS FOR (n:File) ON (n.day)",
    "CREATE INDEX entry_slot IF NOT EXISTS FOR (n:Entry) ON (n.slot)",
    "DROP INDEX handoff_sent IF EXISTS",
    "DROP INDEX need_opened IF EXISTS",
    "DROP INDEX file_opened IF EXISTS",
    "DROP INDEX entry_at IF EXISTS",
)
# Many at once: those that were told are walked past again.
TOLD_AT_ONCE: Final = 20_000
HANDOFFS: Final[LiteralString] = """
MATCH (h:Handoff) WHERE h.sent > 0 AND h.day IS NULL
WITH h LIMIT $most SET h.day = h.sent / $day
RETURN count(h) AS told
"""
NEEDS: Final[LiteralString] = """
MATCH (n:Need) WHERE n.day IS NULL
WITH n LIMIT $most SET n.day = n.opened / $day
RETURN count(n) AS told
"""
OPENED: Final[LiteralString] = """
MATCH (f:File) WHERE f.day IS NULL
WITH f LIMIT $most SET f.day = f.opened / $day
RETURN count(f) AS told
"""
ENTRIES: Final[LiteralString] = """
MATCH (e:Entry) WHERE e.slot IS NULL
WITH e LIMIT $most SET e.slot = e.at / $slot
RETURN count(e) AS told
"""
# Next actions stand in clear: no key is asked for.
FILES: Final[LiteralString] = """
MATCH (f:File) WHERE f.id > $after
WITH f ORDER BY f.id LIMIT $most
OPTIONAL MATCH (a:NextAction {file: f.id}) WHERE a.organisation = f.leadOrganisation
WITH f.id AS id, f.state AS state, min(a.due) AS due
RETURN id, state, due ORDER BY id
"""
TELL_FILES: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (f:File {id: row.id}) SET f.due = row.due
"""
FIGURES: Final[LiteralString] = """
MATCH (f:Figure) WHERE f.id > $after
RETURN f.id AS id, f.quarter AS quarter, f.measure AS measure, f.above AS above ORDER BY id LIMIT $most
"""
TELL_FIGURES: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (f:Figure {id: row.id}) SET f.under = row.under REMOVE f.above
"""
SENDERS: Final[LiteralString] = """
MATCH (s:Organisation)-[r:HANDED_TO]->(:Organisation)
WITH r.month AS month, collect(DISTINCT s.id) AS senders
MATCH (m:FlowMonth {id: month}) SET m.senders = senders
"""
AT_ONCE: Final = 2000
SECONDS: Final = 60.0


async def run(graph: Graph) -> None:
    """Tell each, some at a time."""
    for statement in SCHEMA:
        await graph.define(statement)
    for query in (HANDOFFS, NEEDS, OPENED, ENTRIES):
        while await graph.write(lambda unit, query=query: _told(unit, query), SECONDS):
            continue
    await graph.write(lambda unit: unit.run(SENDERS), SECONDS)
    for page in (_files, _figures):
        await _all(graph, page)


async def _told(unit: Unit, query: LiteralString) -> int:
    rows = await unit.run(query, most=TOLD_AT_ONCE, day=DAY_MS, slot=SLOT_MS)
    return rows[0]["told"]


async def _all(graph: Graph, page: Callable[[Unit, str], Awaitable[str | None]]) -> None:
    after: str | None = ""
    while after is not None:
        after = await graph.write(lambda unit, after=after: page(unit, after), SECONDS)


async def _files(unit: Unit, after: str) -> str | None:
    """What the files past this id owe; the last id, None where there is none."""
    found = await unit.run(FILES, after=after, most=AT_ONCE)
    told = [{"id": row["id"], "due": row["due"]} for row in found if row["state"] == "open" and row["due"]]
    if told:
        await unit.run(TELL_FILES, rows=told)
    return found[-1]["id"] if found else None


async def _figures(unit: Unit, after: str) -> str | None:
    """Which row each row past this id is a part of; the last id, None where there is none."""
    found = await unit.run(FIGURES, after=after, most=AT_ONCE)
    told = [
        {"id": row["id"], "under": f"{row['quarter']}|{row['measure']}|{row['above']}"}
        for row in found
        # The whole is a part of nothing.
        if row["above"] not in {None, "-"}
    ]
    if told:
        await unit.run(TELL_FIGURES, rows=told)
    return found[-1]["id"] if found else None
