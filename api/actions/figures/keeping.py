"""What keeps figures up to date, by itself: flows made anew where a handoff has moved, a quarter published once it has closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from graph.model.figures.facts import Facts, HandoffFact
from graph.model.figures.lattice import Measure, Published, published_of
from graph.model.figures.networked import network_told
from graph.model.figures.periods import Quarter, closed_before, quarter_of
from graph.model.figures.publication import REMEMBERED, Publication
from graph.model.territory import Territory
from graph.store.figures.filling import Page, fill
from graph.store.migrate import change_mark, mark, marked
from graph.store.unit import Graph, Unit

FLOWS: Final = "flows-made-until"
FILLED: Final = "files-tell-their-commune"
AT_ONCE: Final = 100
SECONDS: Final = 60.0
# Clocks of machines differ, and what was read while another wrote is read again.
OVERLAP: Final = timedelta(minutes=5)


async def keep_flows(graph: Graph, at: datetime) -> int:
    """Make anew the months of which a handoff has moved since last time; how many. Raises Unavailable.

    A bulk load takes the mark away, as its handoffs may be of any month: then all are made anew next time.
    """
    said = await marked(graph, FLOWS)
    if said is None:
        said = ""
        await mark(graph, FLOWS, said)
    since = datetime.fromisoformat(said) - OVERLAP if said else None
    async with graph.reading(SECONDS) as unit:
        months = await unit.flows.moved(since, at)
    for month in months:
        async with graph.reading(SECONDS) as unit:
            made = await unit.flows.made(month)
            before = await unit.flows.read([month])
        if made != before:
            await graph.write(lambda unit, month=month, made=made: unit.flows.put(month, made, at), SECONDS)
    await change_mark(graph, FLOWS, said, at.astimezone(UTC).isoformat())
    return len(months)


async def publish_closed(graph: Graph, at: datetime) -> list[Quarter]:
    """Publish each quarter that has closed and was not, the first first; which. A publication that was cut short is made anew.

    Raises Unavailable.
    """
    async with graph.reading(SECONDS) as unit:
        first, published = await unit.facts.first(), await unit.figures.quarters()
    quarter, made = quarter_of(first) if first else quarter_of(at), []
    while quarter <= closed_before(at):
        if quarter not in published:
            await _publish(graph, quarter, at)
            made.append(quarter)
        quarter = quarter.next
    return made


@dataclass(frozen=True, slots=True)
class _Read:
    facts: Facts
    year: list[HandoffFact]
    places: Mapping[str, Territory]


async def _read(graph: Graph, quarter: Quarter) -> _Read:
    """All that a publication counts. Files that are held to be asked for again go with their unit."""
    since = quarter.before.before.before.begin
    async with graph.reading(SECONDS) as unit:
        year = [one async for one in unit.facts.handoffs(since, quarter.end, before=timedelta(0))]
        older = [one async for one in unit.facts.handoffs(quarter.begin, since)]
        needs = tuple([one async for one in unit.facts.needs(quarter.begin, quarter.end)])
    async with graph.reading(SECONDS) as unit:
        facts = Facts(
            # Those that wait since long count too: they are on the way.
            handoffs=(*older, *year),
            needs=needs,
            files=tuple([one async for one in unit.facts.files(quarter.begin, quarter.end)]),
            requests=tuple([one async for one in unit.facts.requests(quarter.begin, quarter.end)]),
        )
        communes = {
            one.commune
            for some in (facts.handoffs, facts.needs, facts.files, facts.requests)
            for one in some
            if one.commune
        }
        places = await unit.territories.by_ids(sorted(communes))
    return _Read(facts, year, places)


async def _publish(graph: Graph, quarter: Quarter, at: datetime) -> None:
    read = await _read(graph, quarter)
    facts = read.facts

    def zones(commune: str) -> tuple[str, ...]:
        return read.places[commune].zones if commune in read.places else ()

    await graph.write(lambda unit: unit.figures.clear(quarter), SECONDS)
    publication = Publication(facts, quarter, zones, await _before(graph, quarter))
    tables: dict[Measure, Published] = {}
    for measure in Measure:
        # Off the loop: a country's quarter takes its time.
        told = tables[measure] = await asyncio.to_thread(publication.of, measure)
        texts = {row: orjson.dumps(told.data_of_row(row)).decode() for row in told.rows}
        await graph.write(lambda unit, measure=measure, texts=texts: unit.figures.put(quarter, measure, texts), SECONDS)
    whole = await asyncio.to_thread(
        network_told, facts, read.year, quarter, tables[Measure.SENT], tables[Measure.ANSWERED]
    )
    await graph.write(lambda unit: unit.figures.publish(quarter, at, orjson.dumps(whole).decode()))


async def _before(graph: Graph, quarter: Quarter) -> dict[Measure, Published]:
    """What was told a quarter earlier, as far as it counts; nothing where there was nobody."""
    found: dict[Measure, Published] = {}
    async with graph.reading(SECONDS) as unit:
        if quarter.before in await unit.figures.quarters():
            for measure in sorted(REMEMBERED):
                texts = await unit.figures.every(quarter.before, measure)
                found[measure] = published_of((row, orjson.loads(text)) for row, text in texts.items())
    return found


async def fill_rows(graph: Graph) -> int:
    """Once in the life of a graph: rows of files that an older version wrote are brought up to date. Raises Unavailable."""
    if await marked(graph, FILLED) is not None:
        return 0
    filled, left = await _page_by_page(graph, lambda unit, after: fill(unit, after, AT_ONCE))
    if not left:
        await mark(graph, FILLED)
    return filled


async def fill_deliveries(graph: Graph) -> int:
    """Once in the life of a graph: what files gave before it stood in clear is told; how many files. Raises Unavailable."""
    filled, _ = await _page_by_page(graph, lambda unit, after: unit.deliveries.fill(after, AT_ONCE))
    return filled


async def _page_by_page(graph: Graph, some: Callable[[Unit, str], Awaitable[Page | None]]) -> tuple[int, int]:
    """How many were told, and how many are left."""
    after, told, left = "", 0, 0
    while page := await graph.write(lambda unit, after=after: some(unit, after), SECONDS):
        after, told, left = page.last, told + page.told, left + page.left
    return told, left


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
