"""What races are run with, and how they are judged: acknowledged answers, entries, rows of the outbox and leads are compared, never
the end state alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

from api.actions.sessions import SignedBy, open_session
from api.auth.signed_in import now_ms
from api.rooms import Rooms
from api.settings import Settings
from graph.model.account import Account
from graph.model.casework.applying import replayed
from graph.model.errors import Unavailable
from graph.store.casework.checking import check_files
from graph.store.casework.proving import Flaw
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make
from tests.store.casework.lives import DESK, lay, seat
from tests.store.casework.racing import Client, answers

SEED = int(os.environ.get("MAILLAGE_TEST_SEED", "20260310"))
CLIENTS, PROCESSES = 32, 2
SIDES = ("o:cms", "o:ccas")
# Seconds without one answer more, after which nothing comes.
PATIENCE = 240

STEPS = """
MATCH (e:Entry) WHERE e.act IN ['accept', 'contact']
RETURN e.act AS act, e.handoff AS handoff, e.file AS file, e.account AS account, e.id AS id ORDER BY file, e.seq
"""
EFFECTS = """
UNWIND $ids AS id
OPTIONAL MATCH (o:Outbox {id: id})
OPTIONAL MATCH (d:Delivered {id: id})
RETURN id, count(o) + count(d) AS rows ORDER BY id
"""
LEADS = "MATCH (f:File) RETURN f.id AS id, f.leadOrganisation AS organisation, f.leadAccount AS account ORDER BY id"
REVIEWS = """
MATCH (a:NextAction {what: 'review_file'})
RETURN a.file AS id, count(a) AS reviews, min(a.organisation) AS organisation ORDER BY id
"""


def clients(number: int = CLIENTS) -> list[Client]:
    return [Client(f"c{n}", f"worker{n}", SIDES[n % len(SIDES)]) for n in range(number)]


def rooms_of(graph: Graph) -> Rooms:
    """What these actions are given: they touch the graph alone."""
    return Rooms(settings=Settings(), graph=graph, index=cast("Any", None), reader=cast("Any", None))


async def laid(graph: Graph, number: int) -> dict[str, dict[str, str]]:
    loader = Loader(graph, "essai")
    bodies = make.batch(*(make.organisation(id_, covers=()) for id_ in (DESK, *SIDES)))
    await loader.load(await loader.plan_batch(bodies), lambda done: None)
    await seat(graph, "anne", DESK)
    for client in clients():
        await seat(graph, client.account, client.organisation)
    return await lay(graph, number, SIDES)


async def signed_in(graph: Graph) -> list[Client]:
    """The clients, each with a session of a site over this graph."""
    found: list[Client] = []
    for client in clients():
        account = Account(id=client.account, email=f"{client.account}@example.org", name=client.account)
        await graph.write(lambda unit, account=account: unit.accounts.put(account))
        token = await open_session(rooms_of(graph), account, SignedBy(issuer="essai"), "", now_ms())
        found.append(replace(client, token=token))
    return found


class Racers:
    """The processes, and what they told."""

    def __init__(self, site: str, clients: Sequence[Client], files: dict[str, dict[str, str]], folder: Path) -> None:
        self._site, self._clients, self._files, self._folder = site, clients, files, folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def told(self) -> list[dict[str, Any]]:
        return answers([self._folder / f"told{number}" for number in range(PROCESSES)])

    def answered(self) -> int:
        """How often they were told yes or no, without reading what: it is asked all the time."""
        told = b"".join(path.read_bytes() for path in self._folder.glob("told*"))
        return told.count(b"\n") - told.count(b'"unavailable"')

    def start(self, number: int) -> subprocess.Popen[bytes]:
        orders = {
            "site": self._site,
            "clients": [asdict(client) for client in self._clients[number::PROCESSES]],
            "files": self._files,
            "told": str(self._folder / f"told{number}"),
        }
        with (self._folder / f"log{number}").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.store.casework.racing"], stdin=subprocess.PIPE, stdout=said, stderr=said
            )
        assert process.stdin is not None
        process.stdin.write(json.dumps(orders).encode())
        process.stdin.close()
        return process

    def at_work(self) -> bool:
        """Whether any still asks."""
        return any(process.poll() is None for process in self.processes)

    async def end(self) -> None:
        """Until each has asked all that it has to ask, however many files there are."""
        answered, last = self.answered(), time.monotonic()
        while self.at_work():
            if (now := self.answered()) != answered:
                answered, last = now, time.monotonic()
            assert time.monotonic() < last + PATIENCE, f"{answered} answers, and no more"
            await asyncio.sleep(0.5)
        said = "\n".join(path.read_text()[-2000:] for path in sorted(self._folder.glob("log*")))
        assert [process.returncode for process in self.processes] == [0] * PROCESSES, said

    def kill(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


async def watch(graph: Graph, files: Sequence[str], seen: Counter[str]) -> None:
    """Read files for ever: each has one lead at each reading, the one that its log gives."""
    chance = random.Random(SEED)
    while True:
        await asyncio.sleep(0.02)
        try:
            async with graph.reading(30) as unit:
                file = await unit.files.load(chance.choice(files))
                assert file is not None
                entries = await unit.files.log(file.id)
        except Unavailable:
            seen["unavailable"] += 1
            continue
        stood = replayed(entry for entry in entries if entry.seq <= file.seq)
        assert stood == file
        seen["one lead" if file.open and file.lead is not None else "no lead"] += 1


async def compare(graph: Graph, files: dict[str, dict[str, str]], told: list[dict[str, Any]]) -> None:
    """Acknowledged answers = entries = rows of the outbox = leads."""
    acknowledged = {(one["step"], one["handoff"], one["client"]) for one in told if one["answer"] == "done"}
    accounts = {client.name: client.account for client in clients()}
    async with graph.reading(60) as unit:
        entries = await unit.run(STEPS)
        effects = await unit.run(EFFECTS, ids=[entry["id"] for entry in entries])
        leads = {row["id"]: (row["organisation"], row["account"]) for row in await unit.run(LEADS)}
        reviews = {row["id"]: (row["reviews"], row["organisation"]) for row in await unit.run(REVIEWS)}
    written = Counter((entry["act"], entry["handoff"], entry["account"]) for entry in entries)
    assert written == Counter((step, handoff, accounts[client]) for step, handoff, client in acknowledged)
    assert Counter((entry["act"], entry["file"]) for entry in entries) == Counter(
        (act, file) for act in ("accept", "contact") for file in files
    )
    assert [row["rows"] for row in effects] == [1] * len(entries) == [1] * (2 * len(files))
    sides = {handoff: (file, side) for file, to in files.items() for side, handoff in to.items()}
    met = {sides[h][0]: (sides[h][1], accounts[c]) for step, h, c in acknowledged if step == "contact"}
    assert leads == met
    assert reviews == {file: (1, side) for file, (side, _) in met.items()}
    assert await flaws(graph) == []


async def flaws(graph: Graph) -> list[Flaw]:
    """What doctor finds."""
    found: list[Flaw] = []
    async with graph.reading() as unit:
        keyring = unit.keyring
    await check_files(graph, keyring, found.append, lambda done, total: None)
    return found
