"""Clients that race for files: what was acknowledged, the entries, the rows of the outbox and the leads are compared, never the end
state alone. Processes are killed in the middle, and ask again under the same keys.

`MAILLAGE_TEST_RACES=500` races for so many files.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.actions.casework import handoffs
from api.actions.casework.filing import seated
from api.rooms import Rooms
from graph.model.casework import deciding
from graph.model.casework.file import Actor, ActorKind, Lead, LeadCause
from graph.model.casework.handoff import Step
from graph.model.casework.said import Said
from graph.model.errors import Conflict, InvalidInput, StepNotAllowed
from graph.store.casework.seats import SeatState
from graph.store.engine import Address
from graph.store.unit import Graph, Unit
from tests.conftest import free_port
from tests.faults.house import House
from tests.store.casework.raced import (
    CLIENTS,
    LEADS,
    PROCESSES,
    SEED,
    STEPS,
    Racers,
    clients,
    compare,
    flaws,
    laid,
    rooms_of,
    signed_in,
    watch,
)
from tests.store.casework.racing import Client

FILES = int(os.environ.get("MAILLAGE_TEST_RACES", "12"))

LED = "MATCH (f:File {leadAccount: $account}) WHERE f.state = 'open' RETURN f.id AS id ORDER BY id"

log = logging.getLogger(__name__)


@pytest.fixture
async def house(
    empty_graph: Graph, engine: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A whole site over the store's engine and keyring: its web processes and its worker."""
    async with empty_graph.reading() as unit:
        keyring = unit.keyring.folder
    for name, value in {
        "GRAPH_URI": engine.uri,
        "GRAPH_USER": engine.user,
        "GRAPH_PASSWORD": engine.password,
        "GRAPH_DATABASE": engine.database,
        "KEYRING": str(keyring),
        "ANCHORS": str(tmp_path / "anchors.log"),
        # A machine that is busy with all of it takes its time.
        "GRAPHQL_SECONDS": "30",
    }.items():
        monkeypatch.setenv(f"MAILLAGE_{name}", value)
    house = House(tmp_path / "data", free_port())
    await asyncio.to_thread(house.wait, 120)
    yield house
    if house.process.poll() is None:
        house.end()


async def test_of_many_who_accept_one_is_acknowledged(empty_graph: Graph, house: House, tmp_path: Path) -> None:
    files = await laid(empty_graph, FILES)
    racers, seen = Racers(house.address, await signed_in(empty_graph), files, tmp_path), Counter[str]()
    chance, begun = random.Random(SEED), time.monotonic()
    watching = asyncio.create_task(watch(empty_graph, list(files), seen))
    racers.processes = [racers.start(number) for number in range(PROCESSES)]
    try:
        # One of them is killed in the middle, and asks all again from the first file on.
        while racers.answered() < CLIENTS * FILES // 3:
            assert not watching.done()
            await asyncio.sleep(0.2)
        struck = chance.randrange(PROCESSES)
        racers.processes[struck].kill()
        racers.processes[struck].wait()
        racers.processes[struck] = racers.start(struck)
        await racers.end()
    finally:
        racers.kill()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    told = racers.told()
    asked = Counter((one["step"], one["answer"]) for one in told)
    log.warning("seed %d: %d files in %.0f s: %s, %s", SEED, FILES, time.monotonic() - begun, dict(asked), dict(seen))
    assert not [one for one in told if one["answer"] == "unavailable"]
    assert seen["no lead"] == 0
    assert seen["one lead"]
    await compare(empty_graph, files, told)


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    return rooms_of(empty_graph)


async def test_the_same_key_at_once_and_later_has_one_effect(empty_graph: Graph, rooms: Rooms) -> None:
    ((file, to),) = (await laid(empty_graph, 1)).items()
    ben = clients()[0]

    async def accept(key: str = "k", said: Said = Said()) -> int:  # noqa: B008 - frozen
        done = await handoffs.step(rooms, ben.viewer, to[ben.organisation], Step.ACCEPT, said, key=key)
        return done.seq

    first = set(await asyncio.gather(*(accept() for _ in range(16))))
    assert len(first) == 1
    await handoffs.step(rooms, ben.viewer, to[ben.organisation], Step.CONTACT, key="met")
    # Done once: asked again, the file as it stands now.
    assert {await accept() - 1} == first
    with pytest.raises(InvalidInput, match="déjà servi"):
        await accept(said=Said(text="autre"))
    with pytest.raises(StepNotAllowed):
        await accept("another")
    async with empty_graph.reading() as unit:
        assert [row["act"] for row in await unit.run(STEPS)] == ["accept", "contact"]
        assert (await unit.files.load(file)) is not None


async def test_who_answers_what_has_moved_is_told_how_it_stands(empty_graph: Graph, rooms: Rooms) -> None:
    ((file, to),) = (await laid(empty_graph, 1)).items()
    ben, cleo = clients()[:2]
    async with empty_graph.reading() as unit:
        seq = len(await unit.files.links(file))
    theirs = to[cleo.organisation]
    # What is about another handoff does not move this one, until it takes it back.
    await handoffs.step(rooms, ben.viewer, to[ben.organisation], Step.OPEN, key="1", expected_seq=seq)
    await handoffs.step(rooms, cleo.viewer, theirs, Step.OPEN, key="2", expected_seq=seq)
    for key, step in (("3", Step.ACCEPT), ("4", Step.CONTACT)):
        await handoffs.step(rooms, ben.viewer, to[ben.organisation], step, key=key)
    for expected in (seq, seq + 2, seq + 99):
        with pytest.raises(Conflict) as conflict:
            await handoffs.step(rooms, cleo.viewer, theirs, Step.ACCEPT, key=f"late{expected}", expected_seq=expected)
        async with empty_graph.reading() as unit:
            assert conflict.value.current == await unit.files.load(file)
    async with empty_graph.reading() as unit:
        assert len(await unit.files.links(file)) == seq + 4


async def test_nobody_who_leaves_is_left_with_a_file(empty_graph: Graph, rooms: Rooms) -> None:
    """Files reach her by first contacts while she is switched off."""
    number = max(FILES, 16)
    files = await laid(empty_graph, number)
    ben = clients()[0]
    for file, to in files.items():
        await handoffs.step(rooms, ben.viewer, to[ben.organisation], Step.ACCEPT, key=f"a{file}")
    half, met = asyncio.Event(), list[str]()
    four_at_once = asyncio.Semaphore(4)

    async def meet(file: str, to: dict[str, str]) -> None:
        async with four_at_once:
            done = await handoffs.step(rooms, ben.viewer, to[ben.organisation], Step.CONTACT, key=f"c{file}")
        assert done.lead is not None
        met.append(done.lead.account)
        if len(met) == number // 3:
            half.set()

    async def leave() -> None:
        await half.wait()
        await empty_graph.write(lambda unit: unit.seats.turn(ben.organisation, ben.account, SeatState.LEAVING))
        async with empty_graph.reading() as unit:
            held = [row["id"] for row in await unit.run(LED, account=ben.account)]
        for id_ in held:
            await empty_graph.write(departing(ben, id_))
        await empty_graph.write(lambda unit: unit.seats.turn(ben.organisation, ben.account, SeatState.OFF))

    await asyncio.gather(leave(), *(meet(file, to) for file, to in files.items()))
    led = Counter(met)
    log.warning("who led after the contact: %s", dict(led))
    assert led[ben.account] >= number // 3
    assert led.total() == number
    async with empty_graph.reading() as unit:
        assert await unit.run(LED, account=ben.account) == []
        leads = await unit.run(LEADS)
    assert Counter((row["organisation"], row["account"]) for row in leads) == {(ben.organisation, None): number}
    assert await flaws(empty_graph) == []


def departing(who: Client, id_: str) -> Callable[[Unit], Awaitable[None]]:
    async def depart(unit: Unit) -> None:
        file = await unit.files.load(id_)
        assert file is not None
        at = datetime.now(UTC)
        to = Lead(organisation=who.organisation, account="", since=at, cause=LeadCause.DEPARTURE)
        by = Actor(kind=ActorKind.SYSTEM, organisation=who.organisation)
        await unit.files.append(file, by, at, *await seated(unit, id_, [deciding.departed(file, to, "départ")]))

    return depart
