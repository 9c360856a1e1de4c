"""Flows follow what is done, and what differs is found; rows of an older version are brought up to date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.actions.figures.keeping import fill_rows, keep_flows, wrong_flows
from graph.model.casework import deciding
from graph.model.casework.applying import replayed
from graph.model.casework.file import Outcome
from graph.model.errors import Unavailable
from graph.model.figures.flows import added_up
from graph.model.figures.of_files import facts_of
from graph.store.migrate import change_mark, mark, marked
from graph.store.unit import Graph
from importers.invented.courses import lived
from importers.invented.generated import generated
from importers.invented.loading import load
from tests.cases import ANNE, AT, CMS, DESK, Log

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
NETWORK = generated("keeping", 1, END)
LOGS = [log for number in range(12) if (log := lived(NETWORK, "keeping", number, END - timedelta(days=200), END))]


async def rows(graph: Graph) -> list[dict[str, Any]]:
    async with graph.reading() as unit:
        return await unit.run("MATCH (f:File) RETURN f{.*, sealed: ''} AS row ORDER BY f.id")


async def test_flows_are_those_of_the_handoffs_and_a_difference_is_found(empty_graph: Graph) -> None:
    await empty_graph.write(
        lambda unit: unit.run("UNWIND $ids AS id MERGE (o:Organisation {id: id})", ids=list(NETWORK.bodies))
    )
    await load(empty_graph, LOGS)
    at = END + timedelta(hours=1)
    assert await keep_flows(empty_graph, at) > 1
    expected = added_up(one for log in LOGS for one in facts_of(replayed(log)).handoffs)
    async with empty_graph.reading() as unit:
        months = list(await unit.flows.months())
        assert sorted(await unit.flows.read(months), key=repr) == sorted(expected, key=repr)
    assert expected
    # Nothing has moved since.
    assert await keep_flows(empty_graph, at + timedelta(days=1)) == 0
    assert await wrong_flows(empty_graph) == []
    await empty_graph.write(
        lambda unit: unit.run("MATCH ()-[r:HANDED_TO {month: $month}]->() SET r.count = r.count + 1", month=months[0])
    )
    assert await wrong_flows(empty_graph) == [months[0]]


async def test_rows_of_an_older_version_are_brought_up_to_date_once(empty_graph: Graph) -> None:
    await load(empty_graph, LOGS)
    before = await rows(empty_graph)
    assert any(row["row"].get("commune") for row in before)
    await empty_graph.write(lambda unit: unit.run("MATCH (f:File) REMOVE f.commune, f.persons, f.request"))
    assert await fill_rows(empty_graph) == len(LOGS)
    assert await rows(empty_graph) == before
    assert await fill_rows(empty_graph) == 0


async def test_without_a_keyring_no_row_is_touched(empty_graph: Graph) -> None:
    await load(empty_graph, LOGS)
    await empty_graph.write(lambda unit: unit.run("MATCH (f:File) REMOVE f.commune, f.persons, f.request"))
    before = await rows(empty_graph)
    async with empty_graph.reading() as unit:
        folder = unit.keyring.folder
    aside = folder.rename(folder.with_name("elsewhere"))
    try:
        with pytest.raises(Unavailable, match="trousseau"):
            await fill_rows(empty_graph)
    finally:
        aside.rename(folder)
    assert await rows(empty_graph) == before
    assert await fill_rows(empty_graph) == len(LOGS)


async def test_flows_follow_a_file_that_ends_with_its_handoffs(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.run("UNWIND $ids AS id MERGE (o:Organisation {id: id})", ids=[DESK, CMS]))
    log, later = Log(empty_graph), AT + timedelta(days=3)
    file = await log.sent()
    assert await keep_flows(empty_graph, AT + timedelta(days=1)) == 1
    async with empty_graph.reading() as unit:
        [month] = await unit.flows.months()
        before = await unit.flows.read([month])
    await log.append(file, ANNE, deciding.closed(file, Outcome.MET, "Fini."), at=later)
    assert await keep_flows(empty_graph, later) > 0
    async with empty_graph.reading() as unit:
        after = await unit.flows.read([month])
        assert after == await unit.flows.made(month)
    assert [flow.ending for flow in after] != [flow.ending for flow in before]


async def test_a_mark_that_was_taken_away_is_not_put_back(empty_graph: Graph) -> None:
    await mark(empty_graph, "until", "one")
    assert await change_mark(empty_graph, "until", "one", "two")
    assert not await change_mark(empty_graph, "until", "one", "three")
    assert await marked(empty_graph, "until") == "two"
    await empty_graph.write(lambda unit: unit.run("MATCH (m:Mark {id: 'until'}) DELETE m"))
    assert not await change_mark(empty_graph, "until", "two", "three")
    assert await marked(empty_graph, "until") is None
