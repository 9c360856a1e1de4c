"""A site whose quarter is published, for the tests of coordination: a made-up network in the Doubs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import orjson

from graph.model.casework.applying import replayed
from graph.model.figures.facts import Facts
from graph.model.figures.lattice import Measure, Published
from graph.model.figures.networked import NetworkTold, bodies_judged, bodies_told, network_told
from graph.model.figures.of_files import facts_of
from graph.model.figures.periods import Quarter
from graph.model.figures.publication import publish
from graph.model.territory import Territory
from graph.store.unit import Graph
from importers.invented.courses import lived
from importers.invented.generated import generated
from importers.invented.loading import load
from importers.sources.territory.get import read
from importers.sources.territory.transform import transform
from search.embedded import EmbeddedEngine
from tests import make
from tests.api.inside import Inside, inside

END: Final = datetime(2026, 1, 20, 9, tzinfo=UTC)
QUARTER: Final = Quarter(2025, 4)
NETWORK: Final = generated("coordination", 1, END)
FILES: Final = 90
WRITTEN: Final = 25
# What is told of each file counts several times: a network of some hundreds, made in a second.
TIMES: Final = 8
DOUBS: Final = "departement:25"
ROW: Final = ("region=region:27", "departement=departement:25")
DOOR: Final = NETWORK.doors[0]


@cache
def logs() -> list[list[object]]:
    """Files of the network, those of the last months."""
    begin = END - timedelta(days=220)
    return [log for number in range(FILES) if (log := lived(NETWORK, "coordination", number, begin, END))]  # type: ignore[misc]


@cache
def facts() -> Facts:
    """All that is counted, each file as several."""
    found = [facts_of(replayed(log)) for log in logs()]  # type: ignore[arg-type]
    return Facts(
        handoffs=tuple(
            replace(one, id=f"{one.id}-{n}", file=f"{one.file}-{n}", commune="25056")
            for facts in found
            for one in facts.handoffs
            for n in range(TIMES)
        ),
        needs=tuple(
            replace(one, id=f"{one.id}-{n}", file=f"{one.file}-{n}", commune="25056")
            for facts in found
            for one in facts.needs
            for n in range(TIMES)
        ),
    )


@cache
def territories() -> tuple[Territory, ...]:
    """The Doubs of the shipped map, and what is around it."""
    found, _ = transform(read())
    around = {zone for one in found if DOUBS in one.zones for zone in one.zones}
    return tuple(one for one in found if one.id in around)


def zones(commune: str) -> tuple[str, ...]:
    """What contains a commune."""
    return next((one.zones for one in territories() if one.id == commune), ())


@cache
def told(measure: Measure) -> Published:
    """What is published of a measure."""
    return publish(measure, facts(), QUARTER, zones)


@cache
def network() -> NetworkTold:
    """What is told of the network as a whole."""
    known = bodies_told(told(Measure.SENT), told(Measure.ANSWERED))
    return replace(network_told(facts(), QUARTER, known), bodies=bodies_judged(facts().handoffs, QUARTER, known))


@asynccontextmanager
async def coordinated(graph: Graph, folder: Path, *, published: bool = True) -> AsyncIterator[Inside]:
    """The site over this graph, its quarter published."""
    bodies = [make.organisation(id_, name=f"Organisme {id_}", source="dila") for id_ in NETWORK.bodies]
    async with inside(graph, folder, *bodies) as site:
        writer = await EmbeddedEngine(folder / "index").aside()
        await writer.keep_places(territories())
        await writer.replace((), (make.listing(covers=("25056", "25462")),))
        await writer.commit()
        await writer.switch()
        await writer.close()
        await site.rooms.index.follow()
        await load(graph, logs()[:WRITTEN])  # type: ignore[arg-type]
        if published:
            for measure in Measure:
                rows = {row: orjson.dumps(told(measure).data_of_row(row)).decode() for row in told(measure).rows}
                await graph.write(lambda unit, measure=measure, rows=rows: unit.figures.put(QUARTER, measure, rows))
            text = msgspec.json.encode(network()).decode()
            await graph.write(lambda unit: unit.figures.publish(QUARTER, END, text))
        yield site
