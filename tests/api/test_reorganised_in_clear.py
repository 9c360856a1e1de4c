"""What is shown of files before a reorganisation is read beside what is sealed, and is what the run does."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.actions import reorganising
from api.actions.reorganising_run import run_due
from api.rooms import Rooms
from api.settings import Settings
from graph.model.errors import Unavailable
from graph.model.reorganisation.effects import Reading, effects
from graph.model.reorganisation.facts import FileFacts, HandoffFacts
from graph.model.reorganisation.plan import Plan
from graph.store.engine import Address
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests.api.reorganised import AT, COORDINATOR, MOVES, NORTH, OLD, PARTNER, SOUTH, lay, network
from tests.reading import shared

MANY = 200
DAY = AT + timedelta(days=30)


@pytest.fixture
async def keyless(engine: Address) -> AsyncIterator[Graph]:
    """The same graph, in a process that can open no file."""
    graph = await Graph.open(engine)
    yield graph
    await graph.close()


def alike(fact: FileFacts) -> FileFacts:
    """In one order."""
    return replace(
        fact,
        competences=tuple(sorted(fact.competences)),
        handoffs=tuple(sorted(fact.handoffs, key=lambda one: one.id)),
    )


async def test_the_preview_opens_no_file_and_tells_what_the_run_does(
    empty_graph: Graph, keyless: Graph, tmp_path: Path
) -> None:
    await network(empty_graph)
    files = await lay(empty_graph, MANY)
    rooms = Rooms(Settings(data=tmp_path), empty_graph, EmbeddedIndex(tmp_path / "index"), shared())
    plan = Plan(id="p", title="Deux directions", on=DAY.date(), moves=MOVES)
    sources = Reading(plan).sources
    async with keyless.reading() as unit:
        with pytest.raises(Unavailable):
            await unit.files.load(files[0])
        seen = await unit.reorganisations.facts_held(sources)
        known = await unit.reorganisations.facts(plan)
    async with empty_graph.reading(60) as unit:
        held = [await unit.files.load(id_) for id_ in files]
        opened = [await unit.reorganisations.facts_of(file) for file in held if file]
    assert list(map(alike, seen)) == sorted(map(alike, opened), key=lambda one: one.id)

    told = effects(plan, known, seen)
    assert Counter(one.after.organisation for one in told.files) == {NORTH: 50, SOUTH: 50}
    assert Counter(one.side for one in told.handoffs) == {"sender": 100, "target": 100}
    made = await reorganising.create(rooms, COORDINATOR, plan.title, plan.on, key="c", moves=MOVES)
    await reorganising.publish(rooms, COORDINATOR, made.id, key="p", at=AT)
    assert await run_due(empty_graph, DAY) == MANY
    async with keyless.reading() as unit:
        after = {one.id: one for one in await unit.reorganisations.facts_held({NORTH, SOUTH, PARTNER, OLD})}
    assert {one.file: (one.after.organisation, one.after.account) for one in told.files} == {
        one.file: (after[one.file].organisation, after[one.file].account) for one in told.files
    }
    ends = {(one.id, side): who for fact in after.values() for one in fact.handoffs for side, who in _ends(one)}
    assert {(one.handoff, one.side): one.after.organisation for one in told.handoffs}.items() <= ends.items()


def _ends(one: HandoffFacts) -> tuple[tuple[str, str], ...]:
    return (("sender", one.sender), ("target", one.target))
