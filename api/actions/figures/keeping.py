"""What keeps figures up to date, by itself: flows made anew where a handoff has moved, a quarter published once it has closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from api.actions.figures.texts import table_of, texts_of
from graph.model.figures.facts import Facts, FileFact
from graph.model.figures.lattice import Measure, Published
from graph.model.figures.networked import NetworkTold, bodies_judged, bodies_told, network_told
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

    Where the last one is, those before are taken to be: what is loaded later of years before waits for the next quarter to close.
    Raises Unavailable.
    """
    async with graph.reading(SECONDS) as unit:
        published = await unit.figures.quarters()
        # Looked up among all files: not each time.
        first = None if closed_before(at) in published else await unit.facts.first()
    quarter, made = quarter_of(first) if first else quarter_of(at), []
    while quarter <= closed_before(at):
        if quarter not in published:
            await _publish(graph, quarter, at)
            made.append(quarter)
        quarter = quarter.next
    return made


class _Publishing:
    """A quarter while it is published. What is counted of files, of needs, of handoffs is read in turn, and let go: of a country's
    quarter, only one of them is held at a time.
    """

    def __init__(self, graph: Graph, quarter: Quarter, before: Mapping[Measure, Published]) -> None:
        self._graph, self._quarter, self._before = graph, quarter, before
        self._places: dict[str, Territory] = {}

    async def counted(self) -> NetworkTold:
        """Counts and writes every table; gives what is told of the network."""
        closed = await self._files()
        await self._needs()
        told, known = await self._handoffs(closed)
        since = self._quarter.before.before.before.begin
        async with self._graph.reading(SECONDS) as unit:
            year = [one async for one in unit.facts.between(since, self._quarter.end)]
        return replace(told, bodies=await asyncio.to_thread(bodies_judged, year, self._quarter, known))

    async def _files(self) -> tuple[FileFact, ...]:
        """Those that have closed."""
        async with self._graph.reading(SECONDS) as unit:
            files = tuple([one async for one in unit.facts.files(self._quarter.begin, self._quarter.end)])
        its = (Measure.FILES_OPENED, Measure.FILES_CLOSED, Measure.FILES_OPEN, Measure.TRANSITIONAL)
        await self._publish(Facts(files=files), *its)
        return tuple(one for one in files if one.closed)

    async def _needs(self) -> None:
        begin, end = self._quarter.begin, self._quarter.end
        async with self._graph.reading(SECONDS) as unit:
            needs = tuple([one async for one in unit.facts.needs(begin, end)])
            requests = tuple([one async for one in unit.facts.requests(begin, end)])
        its = (Measure.NEEDS_OPENED, Measure.NEEDS_ENDED, Measure.NEEDS_OPEN, Measure.UNMET, Measure.REQUESTS)
        await self._publish(Facts(needs=needs, requests=requests), *its)

    async def _handoffs(self, closed: tuple[FileFact, ...]) -> tuple[NetworkTold, frozenset[str]]:
        """What is told of the network but for its bodies, and the bodies of which enough is published."""
        async with self._graph.reading(SECONDS) as unit:
            found = tuple([one async for one in unit.facts.handoffs(self._quarter.begin, self._quarter.end)])
        facts = Facts(handoffs=found, files=closed)
        sent, answered, _ = await self._publish(facts, Measure.SENT, Measure.ANSWERED, Measure.CONTACTED)
        known = bodies_told(sent, answered)
        return await asyncio.to_thread(network_told, facts, self._quarter, known), known

    async def _publish(self, facts: Facts, *measures: Measure) -> list[Published]:
        """Tables that bound each other, together."""
        await self._know(facts)
        publication, found = Publication(facts, self._quarter, self._zones, self._before), list[Published]()
        for measure in measures:
            # Off the loop: a country's quarter takes its time.
            told = await asyncio.to_thread(publication.of, measure)
            texts = texts_of(told)
            await self._graph.write(
                lambda unit, measure=measure, texts=texts: unit.figures.put(self._quarter, measure, texts), SECONDS
            )
            found.append(told)
        return found

    async def _know(self, facts: Facts) -> None:
        """The places that these name."""
        every = (facts.handoffs, facts.needs, facts.files, facts.requests)
        communes = {one.commune for some in every for one in some if one.commune} - self._places.keys()
        async with self._graph.reading(SECONDS) as unit:
            self._places |= await unit.territories.by_ids(sorted(communes)) if communes else {}

    def _zones(self, commune: str) -> tuple[str, ...]:
        return self._places[commune].zones if commune in self._places else ()


async def _publish(graph: Graph, quarter: Quarter, at: datetime) -> None:
    await graph.write(lambda unit: unit.figures.clear(quarter), SECONDS)
    told = await _Publishing(graph, quarter, await _before(graph, quarter)).counted()
    await graph.write(lambda unit: unit.figures.publish(quarter, at, orjson.dumps(told).decode()))


async def _before(graph: Graph, quarter: Quarter) -> dict[Measure, Published]:
    """What was told a quarter earlier, as far as it counts; nothing where there was nobody."""
    found: dict[Measure, Published] = {}
    async with graph.reading(SECONDS) as unit:
        if quarter.before in await unit.figures.quarters():
            for measure in sorted(REMEMBERED):
                texts = await unit.figures.every(quarter.before, measure)
                found[measure] = table_of(texts)
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
