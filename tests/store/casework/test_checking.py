"""What `maillage doctor` finds: each thing broken by hand in the graph is named, and an honest graph has no flaw."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, LiteralString

import pytest

from graph.model.casework import deciding
from graph.model.casework.file import Outcome
from graph.model.casework.handoff import Kind
from graph.store.casework import checking
from graph.store.casework.checking import check_files, orphans
from graph.store.casework.keyring import Keyring
from graph.store.casework.proving import Flaw, FlawKind
from graph.store.casework.seats import SeatState
from graph.store.unit import Graph, Unit
from tests.store.casework.lives import DESK, Life, lay, seat


async def keyring_of(graph: Graph) -> Keyring:
    async with graph.reading() as unit:
        return unit.keyring


async def flaws(graph: Graph) -> list[Flaw]:
    found: list[Flaw] = []
    await check_files(graph, await keyring_of(graph), found.append, lambda done, total: None)
    return sorted(found)


async def two_lives(graph: Graph) -> tuple[str, str]:
    """A file with a transfer, and another that nobody touches."""
    await seat(graph, "anne", DESK)
    one, other = await lay(graph, 2, ("o:cms",))
    return one, other


async def broken_by(graph: Graph, query: LiteralString, **parameters: Any) -> None:
    await graph.write(lambda unit: unit.run(query, **parameters))


async def test_an_honest_graph_has_none(empty_graph: Graph) -> None:
    await two_lives(empty_graph)
    life = Life(datetime.now(UTC)).opened()
    life.sent("o:ccas", Kind.REFER)
    life.then(deciding.closed(life.now, Outcome.DECEASED, "décès"))
    await empty_graph.write(lambda unit: unit.files.append(None, life.by, life.at, *life.events, id_=life.id))
    assert await flaws(empty_graph) == []


BREAKS: dict[str, tuple[LiteralString, FlawKind, str, str]] = {
    "a row of the file": (
        "MATCH (f:File {id: $id}) SET f.leadOrganisation = 'o:other'",
        FlawKind.ROW,
        "{id}",
        "leadOrg",
    ),
    "what it owes first": ("MATCH (f:File {id: $id}) SET f.due = 1", FlawKind.ROW, "{id}", "due"),
    "a state": ("MATCH (h:Handoff {file: $id}) SET h.state = 'accepted'", FlawKind.ROW, "{handoff}", "state"),
    "a need's date": ("MATCH (n:Need {file: $id}) SET n.urgent = true", FlawKind.ROW, "{need}", "urgent"),
    "a need that is gone": ("MATCH (n:Need {file: $id}) DELETE n", FlawKind.ROW_MISSING, "{need}", ""),
    "a handoff that is gone": ("MATCH (n:Handoff {file: $id}) DELETE n", FlawKind.ROW_MISSING, "{handoff}", ""),
    "a handoff too many": (
        "CREATE (:Handoff {id: 'extra', file: $id, state: 'sent'})",
        FlawKind.ROW_SURPLUS,
        "extra",
        "",
    ),
    "an action that is gone": (
        "MATCH (n:NextAction {file: $id}) WHERE n.what = 'answer' DELETE n",
        FlawKind.ROW_MISSING,
        "{id}|answer|{handoff}|worker",
        "",
    ),
    "an action too many": (
        "CREATE (:NextAction {id: 'extra', file: $id, organisation: 'o:x'})",
        FlawKind.ROW_SURPLUS,
        "extra",
        "",
    ),
    "an entry's act": ("MATCH (e:Entry {id: $id + ':2'}) SET e.act = 'Noted'", FlawKind.CHAIN_BROKEN, "{id}:2", ""),
    "an entry's actor": ("MATCH (e:Entry {id: $id + ':2'}) SET e.account = 'ben'", FlawKind.ROW, "{id}:2", "account"),
    "an entry that is gone": ("MATCH (e:Entry {id: $id + ':3'}) DELETE e", FlawKind.ENTRY_MISSING, "{id}:3", ""),
    "the last entry gone": ("MATCH (e:Entry {id: $id + ':5'}) DELETE e", FlawKind.HEAD, "{id}:5", ""),
    "what an entry holds": (
        "MATCH (a:Entry {id: $id + ':2'}), (b:Entry {id: $id + ':3'}) SET a.sealed = b.sealed",
        FlawKind.UNREADABLE,
        "{id}:2",
        "",
    ),
    "a commitment": (
        "MATCH (e:Entry {id: $id + ':2'}) SET e.commitment = 'f' + substring(e.commitment, 1) + 'f'",
        FlawKind.COMMITMENT,
        "{id}:2",
        "",
    ),
    "the snapshot": ("MATCH (f:File {id: $id}) SET f.sealed = 'AAAA'", FlawKind.UNREADABLE, "{id}", ""),
    "the head": ("MATCH (f:File {id: $id}) SET f.hash = 'f'", FlawKind.HEAD, "{id}:5", ""),
    "the lead's place": ("MATCH (m:Membership) SET m.state = 'ended'", FlawKind.LEAD_GONE, "anne|o:desk", ""),
    "the effect": ("MATCH (o:Outbox {id: $id + ':5'}) DELETE o", FlawKind.NO_EFFECT, "{id}:5", ""),
    "the file": ("MATCH (f:File {id: $id}) DELETE f", FlawKind.NO_FILE, "{id}:1", ""),
}


@pytest.mark.parametrize("what", BREAKS)
async def test_what_is_broken_by_hand_is_named(empty_graph: Graph, what: str) -> None:
    one, _ = await two_lives(empty_graph)
    async with empty_graph.reading() as unit:
        file = await unit.files.load(one)
    assert file is not None
    query, kind, where, named = BREAKS[what]
    await broken_by(empty_graph, query, id=one)
    place = where.format(id=one, need=next(iter(file.needs)), handoff=next(iter(file.handoffs)))
    found = await flaws(empty_graph)
    assert [flaw for flaw in found if flaw.kind is kind and flaw.where == place and named in flaw.what], found
    touched = {flaw.file for flaw in found}
    # Of the lead's place, both files have a flaw; of all else, the broken one alone.
    assert touched == ({one, _} if kind is FlawKind.LEAD_GONE else {one})


async def test_a_lead_who_was_switched_off_is_named(empty_graph: Graph) -> None:
    one, other = await two_lives(empty_graph)
    await empty_graph.write(lambda unit: unit.seats.turn(DESK, "anne", SeatState.OFF))
    assert await flaws(empty_graph) == [Flaw(FlawKind.LEAD_OFF, id_, "anne|o:desk") for id_ in sorted((one, other))]


async def test_keys_that_are_not_there_and_keys_of_nothing(empty_graph: Graph) -> None:
    one, _ = await two_lives(empty_graph)
    keyring = await keyring_of(empty_graph)
    before = await orphans(empty_graph, keyring)
    keyring.make("0" * 32)
    keyring.make("desk-" + "0" * 32)
    assert await orphans(empty_graph, keyring) == before + 1
    assert await flaws(empty_graph) == []
    keyring.destroy("0" * 32)
    keyring.destroy(one)
    assert await flaws(empty_graph) == [Flaw(FlawKind.NO_KEY, one)]


async def test_a_long_file_and_many_are_read_piece_by_piece(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("PAGE", 2), ("LONG", 3), ("PIECE", 2), ("ROWS", 3)):
        monkeypatch.setattr(checking, name, size)
    await seat(empty_graph, "anne", DESK)
    files = await lay(empty_graph, 5, ("o:cms", "o:ccas"))
    assert await flaws(empty_graph) == []
    last = max(files)
    await broken_by(empty_graph, "MATCH (e:Entry {id: $id + ':4'}) SET e.act = 'Noted'", id=last)
    assert Flaw(FlawKind.CHAIN_BROKEN, last, f"{last}:4") in await flaws(empty_graph)


async def test_a_file_that_is_written_to_meanwhile_has_no_flaw(empty_graph: Graph) -> None:
    one, _ = await two_lives(empty_graph)
    keyring, found = await keyring_of(empty_graph), list[Flaw]()
    async with empty_graph.reading() as unit:
        stale = [row["row"] for row in await unit.run(checking.THESE, ids=[one])]

    async def add(unit: Unit) -> None:
        file = await unit.files.load(one)
        assert file is not None
        need = next(iter(file.needs.values()))
        await unit.files.append(file, Life(file.opened).by, datetime.now(UTC), deciding.need_set(file, need))

    await empty_graph.write(add)
    async with empty_graph.reading() as unit:
        found = (await checking._flaws(unit, keyring, stale))[one]  # pyright: ignore[reportPrivateUsage]
    assert FlawKind.HEAD in {flaw.kind for flaw in found}
    assert await checking._standing(empty_graph, keyring, one, found) == []  # pyright: ignore[reportPrivateUsage]
