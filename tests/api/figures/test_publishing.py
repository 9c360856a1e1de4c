"""A quarter is published once, when it has closed; what is read is what was told, for whoever may read figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from neo4j.exceptions import ConstraintError

from api.actions.figures.keeping import publish_closed
from api.actions.figures.reading import exact, network, quarters, tables
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role, Viewer
from graph.model.casework.applying import replayed
from graph.model.errors import NotAllowed, NotSignedIn
from graph.model.figures.facts import Facts
from graph.model.figures.lattice import WHOLE, Measure, Published
from graph.model.figures.networked import bodies_judged, bodies_told, network_told
from graph.model.figures.of_files import facts_of
from graph.model.figures.periods import Quarter
from graph.model.figures.publication import Publication
from graph.store.unit import Graph
from importers.invented.courses import lived
from importers.invented.generated import generated
from importers.invented.loading import load

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
NETWORK = generated("publishing", 1, END)
LOGS = [log for number in range(60) if (log := lived(NETWORK, "publishing", number, END - timedelta(days=250), END))]
FACTS = [facts_of(replayed(log)) for log in LOGS]
COORDINATOR = Viewer(account="a:coord", roles=frozenset({Role.COORDINATOR}))
HEAD = frozenset({Role.HEAD_OF_SERVICE})


def rooms_over(graph: Graph, folder: Path) -> Rooms:
    return Rooms(Settings(data=folder), graph, cast(Any, None), cast(Any, None))


def whole() -> Facts:
    return Facts(
        handoffs=tuple(one for facts in FACTS for one in facts.handoffs),
        needs=tuple(one for facts in FACTS for one in facts.needs),
        files=tuple(one for facts in FACTS for one in facts.files),
    )


def as_told(made: list[Quarter]) -> dict[Measure, Published]:
    """The last of these quarters, each minding the one before."""
    before: dict[Measure, Published] = {}
    for quarter in made:
        publication = Publication(whole(), quarter, lambda commune: (), before)
        before = {measure: publication.of(measure) for measure in Measure}
    return before


async def published(rooms: Rooms, viewer: Viewer, measure: Measure, quarter: Quarter) -> Published | None:
    return (await tables(rooms, viewer, [(measure, quarter)])).get((measure, quarter))


async def put_quarter(graph: Graph, quarter: Quarter, cells: str) -> None:
    await graph.write(lambda unit: unit.figures.put(quarter, Measure.SENT, {WHOLE: cells}))


async def test_each_closed_quarter_is_published_once_as_the_model_tells_it(empty_graph: Graph, tmp_path: Path) -> None:
    await load(empty_graph, LOGS)
    rooms = rooms_over(empty_graph, tmp_path)
    first = min(one.opened for facts in FACTS for one in facts.files)
    assert first < Quarter(2025, 3).end
    # What a publication that was cut has left.
    await put_quarter(empty_graph, Quarter(2025, 3), orjson.dumps({"told": {}, "masked": [], "whole": []}).decode())
    assert await quarters(rooms, COORDINATOR) == {}
    made = await publish_closed(empty_graph, END)
    assert made[-1] == Quarter(2025, 4)
    assert await publish_closed(empty_graph, END) == []
    assert list(await quarters(rooms, COORDINATOR)) == made
    for measure, expected in as_told(made).items():
        told = await published(rooms, COORDINATOR, measure, Quarter(2025, 4))
        assert told is not None
        assert told.data_of_row(WHOLE) == expected.data_of_row(WHOLE), measure
        assert told.count() == expected.count()
    sent = await published(rooms, COORDINATOR, Measure.SENT, Quarter(2025, 4))
    assert sent is not None
    assert sent.count() == sum(Quarter(2025, 4).holds(one.sent) for one in whole().handoffs if one.kind != "assign")
    assert await published(rooms, COORDINATOR, Measure.SENT, Quarter(2026, 1)) is None
    begin, end = Quarter(2025, 1).begin, Quarter(2025, 4).end
    year = [one for one in whole().handoffs if one.sent and begin <= one.sent < end]
    answered = as_told(made)[Measure.ANSWERED]
    known = bodies_told(sent, answered)
    assert await network(rooms, COORDINATOR, Quarter(2025, 4)) == replace(
        network_told(whole(), Quarter(2025, 4), known), bodies=bodies_judged(year, Quarter(2025, 4), known)
    )
    assert await network(rooms, COORDINATOR, Quarter(2026, 1)) is None
    with pytest.raises(ConstraintError):
        await empty_graph.write(lambda unit: unit.figures.publish(Quarter(2025, 4), END, "{}"))


async def test_figures_are_read_by_whoever_steers_and_exactly_by_the_head_alone(
    empty_graph: Graph, tmp_path: Path
) -> None:
    await load(empty_graph, LOGS)
    rooms = rooms_over(empty_graph, tmp_path)
    with pytest.raises(NotSignedIn):
        await quarters(rooms, Viewer())
    professional = Viewer(account="a:pro", organisation="o", roles=frozenset({Role.PROFESSIONAL}))
    with pytest.raises(NotAllowed):
        await published(rooms, professional, Measure.SENT, Quarter(2025, 4))
    house = max(NETWORK.doors, key=lambda door: sum(file.lead == door for facts in FACTS for file in facts.files))
    head = Viewer(account="a:head", organisation=house, organisations=(house,), roles=HEAD)
    begin, end = END - timedelta(days=300), END + timedelta(days=1)
    found = await exact(rooms, head, begin, end)
    led = {file.id for facts in FACTS for file in facts.files if file.lead == house}
    assert {file.id for file in found.files} == led != set()
    assert {need.file for need in found.needs} <= led
    assert {one.id for one in found.handoffs} == {
        one.id for one in whole().handoffs if one.sender == house or (one.target == house and one.sent)
    }
    for viewer, asked in ((COORDINATOR, house), (head, "o:another"), (professional, "")):
        with pytest.raises(NotAllowed):
            await exact(rooms, viewer, begin, end, asked)
