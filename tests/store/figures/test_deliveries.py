"""What was given stands in clear without its words; what was struck counts no more; older files are read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.actions.figures.keeping import fill_deliveries
from graph.model.casework import deciding
from graph.model.casework.file import File
from graph.model.casework.writings import Delivered, Struck
from graph.model.errors import Unavailable
from graph.model.figures.of_deliveries import GivenUnit, unit_of
from graph.store.casework.checking import check_files
from graph.store.casework.proving import Flaw
from graph.store.migrations import m023_deliveries
from graph.store.unit import Graph
from tests.cases import AT, BEN, CMS, MEMBER, NEED, Log

STAY = Delivered(
    what="hôtel du Nord, chambre de Mme Martin",
    since=date(2026, 3, 2),
    until=date(2026, 4, 1),
    quantity=30,
    unit="Nuitées",
    unit_cents=7_000,
    agreement="mandat:hotel",
    minutes=20,
)
BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


async def lodged(graph: Graph) -> File:
    log = Log(graph)
    file = await log.append(None, BEN, deciding.opened(BEN, (MEMBER,), AT))
    return await log.append(
        file, BEN, deciding.need_added(file, NEED), STAY, replace(STAY, quantity=2, agreement="M. Martin")
    )


async def flaws(graph: Graph) -> list[Flaw]:
    found: list[Flaw] = []
    async with graph.reading() as unit:
        await check_files(graph, unit.keyring, found.append, lambda done, of: None)
    return [flaw for flaw in found if "Delivery" in flaw.where or flaw.kind.value.startswith("row")]


async def clear(graph: Graph) -> list[dict[str, Any]]:
    async with graph.reading() as unit:
        return [row["row"] for row in await unit.run("MATCH (d:Delivery) RETURN d{.*} AS row ORDER BY d.id")]


async def test_what_was_given_is_told_without_its_words(empty_graph: Graph) -> None:
    file = await lodged(empty_graph)
    rows = await clear(empty_graph)
    assert rows[0] == {
        "id": f"{file.id}:3",
        "file": file.id,
        "organisation": CMS,
        "on": 1772409600000,
        "until": 1775001600000,
        "quantity": 30,
        "unit": "night",
        "unitCents": 7_000,
        "minutes": 20,
        "competence": NEED.competence,
        "agreement": "mandat:hotel",
    }
    # What is no id may be a name: it is not told.
    assert "agreement" not in rows[1]
    assert "Martin" not in str(rows)
    async with empty_graph.reading() as unit:
        [fact] = await unit.deliveries.under("mandat:hotel", BEGIN, END)
        assert [one.quantity for one in await unit.deliveries.by([CMS], BEGIN, END)] == [30, 2]
        assert await unit.deliveries.by([CMS], BEGIN, BEGIN + timedelta(days=1)) == []
    assert (fact.unit, fact.lead, fact.quantity, fact.unit_cents) == (GivenUnit.NIGHT, CMS, 30, 7_000)


async def test_what_was_struck_counts_no_more(empty_graph: Graph) -> None:
    file = await lodged(empty_graph)
    await Log(empty_graph).append(file, BEN, Struck(entry=3, why="saisi deux fois"))
    assert [row["quantity"] for row in await clear(empty_graph)] == [2]
    assert await flaws(empty_graph) == []


async def test_the_doctor_compares_and_older_files_are_told_once(empty_graph: Graph) -> None:
    file = await lodged(empty_graph)
    before = await clear(empty_graph)
    assert await flaws(empty_graph) == []
    await empty_graph.write(lambda unit: unit.run("MATCH (d:Delivery) DELETE d"))
    assert [(flaw.kind.value, flaw.where) for flaw in await flaws(empty_graph)] == [
        ("row_missing", f"{file.id}:3"),
        ("row_missing", f"{file.id}:4"),
    ]
    assert await fill_deliveries(empty_graph) == 0
    await m023_deliveries.run(empty_graph)
    assert await fill_deliveries(empty_graph) == 1
    assert await clear(empty_graph) == before
    assert await fill_deliveries(empty_graph) == 0


async def test_without_a_keyring_nothing_is_told_and_all_stay_due(empty_graph: Graph) -> None:
    await lodged(empty_graph)
    before = await clear(empty_graph)
    await empty_graph.write(lambda unit: unit.run("MATCH (d:Delivery) DELETE d"))
    await m023_deliveries.run(empty_graph)
    async with empty_graph.reading() as unit:
        folder = unit.keyring.folder
    aside = folder.rename(folder.with_name("elsewhere"))
    try:
        with pytest.raises(Unavailable, match="trousseau"):
            await fill_deliveries(empty_graph)
    finally:
        aside.rename(folder)
    assert await clear(empty_graph) == []
    assert await fill_deliveries(empty_graph) == 1
    assert await clear(empty_graph) == before


async def test_a_file_that_does_not_open_keeps_no_other_waiting(empty_graph: Graph) -> None:
    log, opened = Log(empty_graph), deciding.opened(BEN, (MEMBER,), AT)
    files = [await log.append(None, BEN, opened, STAY) for _ in range(2)]
    damaged, sound = sorted(file.id for file in files)
    before = await clear(empty_graph)
    await empty_graph.write(lambda unit: unit.run("MATCH (d:Delivery) DELETE d"))
    await m023_deliveries.run(empty_graph)
    await empty_graph.write(
        lambda unit: unit.run("MATCH (e:Entry {id: $id}) SET e.commitment = 'other'", id=f"{damaged}:2")
    )
    assert await fill_deliveries(empty_graph) == 1
    assert await clear(empty_graph) == [row for row in before if row["file"] == sound]
    async with empty_graph.reading() as unit:
        assert [row["id"] for row in await unit.run("MATCH (n:DeliveryDue) RETURN n.id AS id")] == [damaged]


def test_units_in_words() -> None:
    said = {
        "nuitées par jour": "night",
        "Nuitée": "night",
        "euros": "euro",
        "repas": "meal",
        "chambre de M. X": "other",
    }
    assert {words: unit_of(words).value for words in said} == said
