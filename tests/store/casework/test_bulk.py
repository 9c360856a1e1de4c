"""Whole logs written at once leave what appending entry by entry leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, LiteralString

from graph.model.casework.acts import Entry
from graph.model.casework.applying import replayed
from graph.model.casework.chain import broken
from graph.model.casework.file import File
from graph.store.casework.rows import milliseconds
from graph.store.unit import Graph, Unit
from importers.invented.courses import lived
from importers.invented.generated import generated
from importers.invented.loading import Loaded, load
from tests.cases import Log

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROWS: LiteralString = """
MATCH (n) WHERE n:File OR n:Entry OR n:Need OR n:Handoff OR n:NextAction
RETURN labels(n)[0] AS label, n{.*} AS node
"""
# Sealed anew each time, and what follows from it; the batch, and the moment at which the graph was written.
EACH_ITS_OWN = ("sealed", "commitment", "hash", "effect", "changed")


def logs(number: int) -> list[list[Entry]]:
    network = generated("bulk", 1, END)
    return [lived(network, "bulk", one, END - timedelta(days=300), END) for one in range(number)]


async def rows(graph: Graph) -> dict[tuple[str, str], dict[str, Any]]:
    async with graph.reading() as unit:
        found = await unit.run(ROWS)
    return {
        (row["label"], row["node"]["id"]): {
            name: value for name, value in row["node"].items() if name not in EACH_ITS_OWN
        }
        for row in found
    }


async def appended(unit: Unit, log: list[Entry]) -> None:
    """As it was lived: those of one moment and one actor together."""
    file: File | None = None
    for (at, by), some in groupby(log, lambda entry: (entry.at, entry.by)):
        file = await unit.files.append(file, by, at, *(entry.event for entry in some), id_=log[0].file)


async def test_the_rows_are_those_of_appending(empty_graph: Graph) -> None:
    some = [log for log in logs(4) if len(log) > 5]
    assert len(some) >= 3
    for log in some:
        await empty_graph.write(lambda unit, log=log: appended(unit, log))
    before = await rows(empty_graph)
    await empty_graph.write(
        lambda unit: unit.run("MATCH (n) WHERE NOT n:Competence AND NOT n:Migration DETACH DELETE n")
    )
    assert await rows(empty_graph) == {}
    await empty_graph.write(lambda unit: unit.bulk.put(some))
    assert await rows(empty_graph) == before


async def test_they_open_follow_each_other_and_are_news_for_nobody(empty_graph: Graph) -> None:
    [log] = logs(1)
    [file] = await empty_graph.write(lambda unit: unit.bulk.put([log]))
    assert file == replayed(log)
    async with empty_graph.reading() as unit:
        assert await unit.files.load(file.id) == file
        assert await unit.files.log(file.id) == log
        assert broken(await unit.files.links(file.id)) is None
        assert await unit.timing.told(file.id) == file.seq
        assert await unit.run("MATCH (o:Outbox) RETURN o.id AS id") == []
    assert milliseconds(file.opened) == milliseconds(log[0].at)


async def test_what_is_there_stays(empty_graph: Graph) -> None:
    mine = await Log(empty_graph).opened()
    first = await load(empty_graph, logs(2))
    before = await rows(empty_graph)
    assert first.files == 2
    assert await load(empty_graph, logs(2)) == Loaded()
    assert await rows(empty_graph) == before
    assert await Log(empty_graph).read(mine.id) == mine
