"""A file's log and what is read of it: written together, replayed to the same, sealed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import LiteralString

import pytest

from graph.model.casework.applying import replayed
from graph.model.casework.chain import broken
from graph.model.casework.file import File
from graph.model.casework.handoff import State, Step
from graph.model.casework.owed import owed
from graph.model.casework.said import NOTHING, Taking
from graph.model.casework.taking import take
from graph.store.unit import Graph, Unit
from tests.cases import AT, BEN, Log

ROWS: LiteralString = "MATCH (n) WHERE n.file = $id RETURN labels(n)[0] AS label, n{.*} AS node ORDER BY n.id"


async def test_what_is_loaded_is_what_the_entries_make(empty_graph: Graph) -> None:
    file = await Log(empty_graph).sent()
    async with empty_graph.reading() as unit:
        assert await unit.files.load(file.id) == file
        assert replayed(await unit.files.log(file.id)) == file
        assert broken(await unit.files.links(file.id)) is None
        rows = await unit.run(ROWS, id=file.id)
    handoffs = [row["node"] for row in rows if row["label"] == "Handoff"]
    assert [(one["state"], one["sender"], one["target"]) for one in handoffs] == [("sent", "o:desk", "o:cms")]
    assert {row["node"]["id"] for row in rows if row["label"] == "NextAction"} == {one.id for one in owed(file)}
    assert len([row for row in rows if row["label"] == "Entry"]) == file.seq == 5


async def test_no_word_of_it_is_in_the_graph(empty_graph: Graph) -> None:
    file = await Log(empty_graph).sent()
    async with empty_graph.reading() as unit:
        rows = await unit.run("MATCH (n) WHERE n.file = $id OR n.id = $id RETURN n{.*} AS node", id=file.id)
    assert rows
    for told in ("Odile", "Martin", "ouvrir ses droits", "Anne"):
        assert told not in str(rows)


async def test_of_two_who_accept_at_once_one_decides_again(empty_graph: Graph) -> None:
    file = await Log(empty_graph).sent()
    seen: list[State] = []

    async def accept(unit: Unit) -> File:
        stood = await unit.files.load(file.id)
        assert stood is not None
        seen.append(stood.handoffs["h1"].state)
        if stood.handoffs["h1"].state is not State.SENT:
            return stood
        return await unit.files.append(stood, BEN, AT, take(stood, "h1", Step.ACCEPT, BEN, NOTHING, Taking(at=AT)))

    both = await asyncio.gather(empty_graph.write(accept), empty_graph.write(accept))
    assert {one.seq for one in both} == {6}
    assert seen.count(State.ACCEPTED) == 1


async def test_nothing_is_written_of_a_step_that_fails(empty_graph: Graph) -> None:
    file = await Log(empty_graph).sent()

    async def fail(unit: Unit) -> None:
        stood = await unit.files.load(file.id)
        assert stood is not None
        await unit.files.append(stood, BEN, AT, take(stood, "h1", Step.ACCEPT, BEN, NOTHING, Taking(at=AT)))
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await empty_graph.write(fail)
    async with empty_graph.reading() as unit:
        assert await unit.files.load(file.id) == file
        assert len(await unit.files.log(file.id)) == 5


async def test_without_its_key_there_is_no_file(empty_graph: Graph) -> None:
    file = await Log(empty_graph).sent()
    async with empty_graph.reading() as unit:
        unit.keyring.destroy(file.id)
        assert await unit.files.load(file.id) is None
        assert await unit.files.log(file.id) == []
        assert broken(await unit.files.links(file.id)) is None


async def test_a_lead_who_does_not_work_there_leaves_it_to_the_desk(empty_graph: Graph) -> None:
    file = await Log(empty_graph).sent()
    assert file.lead is not None

    async def seat(unit: Unit) -> tuple[str, str]:
        assert file.lead is not None
        nobody = await unit.seats.taken(file.id, replace(file.lead, account="stranger"))
        await unit.run("CREATE (:Membership {id: 'anne|o:desk', state: 'active'})")
        return nobody.account, (await unit.seats.taken(file.id, file.lead)).account

    assert await empty_graph.write(seat) == ("", "anne")
