"""What keeps figures up to date, by itself: flows made anew where a handoff has moved, a quarter published once it has closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from graph.store.figures.filling import fill
from graph.store.migrate import mark, marked
from graph.store.unit import Graph

FLOWS: Final = "flows-made-until"
FILLED: Final = "files-tell-their-commune"
AT_ONCE: Final = 100
SECONDS: Final = 60.0
# Clocks of machines differ, and what was read while another wrote is read again.
OVERLAP: Final = timedelta(minutes=5)


async def keep_flows(graph: Graph, at: datetime) -> int:
    """Make anew the months of which a handoff has moved since last time; how many. Raises Unavailable."""
    said = await marked(graph, FLOWS)
    since = datetime.fromisoformat(said) - OVERLAP if said else None
    async with graph.reading(SECONDS) as unit:
        months = await unit.flows.moved(since, at)
    for month in months:
        async with graph.reading(SECONDS) as unit:
            made = await unit.flows.made(month)
            before = await unit.flows.read([month])
        if made != before:
            await graph.write(lambda unit, month=month, made=made: unit.flows.put(month, made, at), SECONDS)
    await mark(graph, FLOWS, at.astimezone(UTC).isoformat())
    return len(months)


async def fill_rows(graph: Graph) -> int:
    """Once in the life of a graph: rows of files that an older version wrote are brought up to date. Raises Unavailable."""
    if await marked(graph, FILLED) is not None:
        return 0
    filled = 0
    while some := await graph.write(lambda unit: fill(unit, AT_ONCE), SECONDS):
        filled += some
    await mark(graph, FILLED)
    return filled


async def wrong_flows(graph: Graph) -> list[str]:
    """Months whose flows are not those that their handoffs make; those that are waiting to be made anew are not told."""
    said = await marked(graph, FLOWS)
    if not said:
        return []
    since = datetime.fromisoformat(said)
    async with graph.reading(SECONDS) as unit:
        months = await unit.flows.moved(None, since)
        due = set(await unit.flows.moved(since - OVERLAP, since))
        return [
            month
            for month in months
            if month not in due and await unit.flows.made(month) != await unit.flows.read([month])
        ]
