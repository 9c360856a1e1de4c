"""Worker, web processes and engine are killed and put to sleep at random while thousands of changes are written.

`MAILLAGE_TEST_CHAOS=10` writes ten times as many, `MAILLAGE_TEST_SEED=…` runs a schedule again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil
from neo4j.exceptions import TransientError

from api.folder import Folder
from api.premises import premises
from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store.engine import Address
from graph.store.loading import Loader
from graph.store.outbox import INDEX_LISTINGS
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from search.indexer import differences
from tests import make
from tests.conftest import free_port
from tests.faults.house import House, processes_of, refused

DOSE = int(os.environ.get("MAILLAGE_TEST_CHAOS", "1"))
SEED = int(os.environ.get("MAILLAGE_TEST_SEED", "20260310"))
WRITERS = 4
RENAMED_EACH = 500 * DOSE
BODIES_EACH = 40
BATCHES = 10 * DOSE
BATCH = 50
ASKED_AT_THE_END = 100
PATIENCE = 240
FIXED = "t:fixe"
BLOWS = [(role, blow) for role in ("work", "web", "engine") for blow in (signal.SIGKILL, signal.SIGSTOP)]

log = logging.getLogger(__name__)

RENAME = "MATCH (o:Organisation {id: $id}) SET o.name = $name"
NAMES = "MATCH (o:Organisation) WHERE o.id IN $ids RETURN o.id AS id, o.name AS name"
FIND = """
query ($text: String!) {
  relays(question: {text: $text, territory: "25056"}, first: 5) {
    __typename
    ... on RelayConnection { edges { node { organisation { id } } } }
  }
}
"""


@dataclass
class Told:
    """What was acknowledged, and what was seen on the way."""

    names: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    begun: float = field(default_factory=time.monotonic)
    blows: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def reaches(self, changes: int) -> None:
        while self.changes < changes:  # noqa: ASYNC110 - counted by several, at any moment
            await asyncio.sleep(0.02)


def word(number: int) -> str:
    """A word of its own for each number, far from all others: two typos are forgiven."""
    chance = random.Random(number)
    return "".join(chance.choice("bcdfghjklmnprstv") + chance.choice("aeiou") for _ in range(8))


async def until_acknowledged(act: Callable[[], Awaitable[object]]) -> None:
    """Again, until someone says that it is done: a change is the same when it is made twice."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            await act()
        except (Unavailable, TransientError):
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        else:
            return


async def prepare(data: Path) -> None:
    """A folder with the bodies that will be renamed, and one that will not."""
    async with premises(Settings(data=data, heap="384m")) as house:
        loader = Loader(house.graph, "carte")
        await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
        bodies = [make.organisation(f"t:{w}-{n}", name="Autrefois") for w in range(WRITERS) for n in range(BODIES_EACH)]
        fixed = make.organisation(FIXED, name="Quetzal Immobile")
        loader = Loader(house.graph, "essai")
        await loader.load(await loader.plan_batch(make.batch(fixed, *bodies)), lambda done: None)


async def rename(graph: Graph, told: Told, writer: int) -> None:
    """One record and its effect in one transaction, many times."""
    for number in range(RENAMED_EACH):
        id_, name = f"t:{writer}-{number % BODIES_EACH}", f"Zibeline {word(writer * RENAMED_EACH + number)}"

        async def change(unit: Unit, id_: str = id_, name: str = name) -> None:
            await unit.run(RENAME, id=id_, name=name)
            await unit.outbox.add(INDEX_LISTINGS, [id_])

        await until_acknowledged(lambda change=change: graph.write(change))
        told.names[id_] = name
        told.changes += 1
        if told.changes % 1000 == 0:
            log.warning("%d changes at %.0f s", told.changes, time.monotonic() - told.begun)


async def load(graph: Graph, told: Told) -> None:
    """Whole batches, as an import writes them."""
    for number in range(BATCHES):
        bodies = [
            make.organisation(f"t:b{number}-{n}", name=f"Ocarina {word(500_000 + number * BATCH + n)}")
            for n in range(BATCH)
        ]
        loader = Loader(graph, f"essai-{number}")

        async def once(loader: Loader = loader, bodies: list[make.Organisation] = bodies) -> None:
            await loader.load(await loader.plan_batch(make.batch(*bodies)), lambda done: None)

        await until_acknowledged(once)
        told.names |= {body.id: body.name for body in bodies}
        told.changes += BATCH


async def ask(address: str, told: Told) -> None:
    """Page and API for what never changes: the right answer, or that there is none now."""
    async with httpx2.AsyncClient(base_url=address, timeout=60) as client:
        while True:
            for question in (page, api):
                try:
                    seen = await question(client)
                except httpx2.HTTPError:
                    seen = "cut off"
                told.answers[seen.partition(":")[0]] += 1
                if seen.startswith("wrong"):
                    told.wrong.append(seen)
            await asyncio.sleep(0.05)


async def page(client: httpx2.AsyncClient) -> str:
    answer = await client.get("/chercher", params={"q": "quetzal immobile", "ou": "Besançon"})
    if "Traceback" in answer.text or answer.status_code not in (200, 503):
        return f"wrong: {answer.status_code} {answer.text[:500]}"
    if answer.status_code == 200 and f"/organisme/{FIXED}" not in answer.text:
        return f"wrong: {answer.text[-3000:]}"
    return "right" if answer.status_code == 200 else "unavailable"


async def api(client: httpx2.AsyncClient) -> str:
    answer = await client.post("/graphql", json={"query": FIND, "variables": {"text": "quetzal immobile"}})
    if answer.status_code == 503:
        return "unavailable"
    said = answer.json()
    if answer.status_code != 200 or "errors" in said:
        return f"wrong: {answer.status_code} {answer.text[:500]}"
    if said["data"]["relays"]["__typename"] == "Unavailable":
        return "unavailable"
    found = [edge["node"]["organisation"]["id"] for edge in said["data"]["relays"]["edges"]]
    return "right" if found == [FIXED] else f"wrong: {answer.text[:500]}"


async def strike(house: House, told: Told) -> None:
    """All blows in some order, then in another, until the changes are written. The next one falls after so many changes, not
    seconds: a slow machine gets as many. Sometimes it falls soon after the last, on what is only starting.
    """
    chance = random.Random(SEED)
    while True:
        for role, blow in chance.sample(BLOWS, len(BLOWS)):
            if chance.random() < 0.8:
                await told.reaches(told.changes + chance.randint(60, 240))
            else:
                await asyncio.sleep(chance.uniform(0.2, 2))
            if await asyncio.to_thread(strike_one, house, role, blow, chance.uniform(0.3, 2.5), chance.random()):
                told.blows[role, blow.name] += 1


def strike_one(house: House, role: str, blow: signal.Signals, pause: float, pick: float) -> bool:
    """Whether there was one to strike: its successor may not be there yet."""
    try:
        targets = [house.engine()] if role == "engine" else house.of(role)
        target = targets[int(pick * len(targets))]
        target.send_signal(blow)
        if blow is signal.SIGSTOP:
            time.sleep(pause)
            target.send_signal(signal.SIGCONT)
    except (psutil.Error, StopIteration, IndexError):
        return False
    return True


async def write_through_it_all(house: House, graph: Graph, told: Told) -> None:
    around = [asyncio.create_task(strike(house, told)), asyncio.create_task(ask(house.address, told))]
    try:
        async with asyncio.TaskGroup() as writers:
            for writer in range(WRITERS):
                writers.create_task(rename(graph, told, writer))
            writers.create_task(load(graph, told))
    finally:
        for task in around:
            task.cancel()
        await asyncio.wait(around)
    for task in around:
        if not task.cancelled():
            task.result()


async def drained(graph: Graph) -> None:
    end = time.monotonic() + PATIENCE
    waiting = -1
    while waiting:
        assert time.monotonic() < end, waiting
        await asyncio.sleep(0.3)
        try:
            async with graph.reading() as unit:
                waiting = await unit.outbox.pending() + await unit.outbox.parked()
        except Unavailable:
            continue


async def compare(house: House, graph: Graph, told: Told, data: Path) -> None:
    """Acknowledged = in the graph = in the index = found through the site."""
    async with graph.reading(60) as unit:
        rows = await unit.run(NAMES, ids=sorted(told.names))
    assert {row["id"]: row["name"] for row in rows} == told.names
    assert await differences(graph, EmbeddedIndex(data / "index")) == {}
    asked = random.Random(SEED).sample(sorted(told.names), ASKED_AT_THE_END)
    async with httpx2.AsyncClient(base_url=house.address, timeout=60) as client:
        for id_ in asked:
            variables = {"text": told.names[id_]}
            answer = (await client.post("/graphql", json={"query": FIND, "variables": variables})).json()
            assert answer["data"]["relays"]["edges"][0]["node"]["organisation"]["id"] == id_, told.names[id_]
    assert refused("doctor", "--data", str(data)) == (
        0,
        "Effets en attente : 0. Différences entre graphe et index : 0.",
    )


async def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    log.warning("seed %d, dose %d", SEED, DOSE)
    told = Told()
    await prepare(tmp_path)
    house = House(tmp_path, free_port(), "serve", "--web", "2")
    async with AsyncExitStack() as stack:
        stack.callback(lambda: log.warning("%s", house.end()[-3000:]))
        house.wait(PATIENCE)
        running = Folder(tmp_path).running()
        assert running is not None
        graph = await Graph.open(Address(running.uri, "root", (tmp_path / "engine" / "secret").read_text()))
        stack.push_async_callback(graph.close)
        begun = time.monotonic()
        await write_through_it_all(house, graph, told)
        written = time.monotonic()
        await drained(graph)
        drain = time.monotonic() - written
        log.warning("%d changes in %.0f s, drained %.1f s later", told.changes, written - begun, drain)
        log.warning("%s, %s", dict(told.blows), dict(told.answers))
        house.started = time.monotonic()
        house.wait(PATIENCE)
        await compare(house, graph, told, tmp_path)
    assert told.wrong == []
    assert told.changes == WRITERS * RENAMED_EACH + BATCHES * BATCH
    assert {role for role, _ in told.blows} == {"work", "web", "engine"}
    assert house.process.returncode == 0
    assert processes_of(tmp_path) == []
