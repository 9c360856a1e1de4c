"""Mail while its senders are killed and its server comes and goes: none is lost, and each kill makes one more copy at most."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from psutil import NoSuchProcess, Process

from graph.model.listing import FieldGroup
from graph.model.mail import Item, Template
from graph.store.correspondents import Correspondents
from graph.store.engine import Address
from graph.store.loading import Loader
from graph.store.mails import Mails
from graph.store.outbox import MAIL_KINDS
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from tests import make
from tests.mail_server import MailServer, mail_server
from tests.outside import PATIENCE, free_port

MAILS = 40
KILLS = 8
# A poster as the worker runs it, impatient: what waits for a server that is away is due again at once.
POSTER = """
import asyncio, sys
from api.mail import sending
from api.settings import Settings
from graph.store.engine import Address
from graph.store.unit import Graph
sending.POLL_SECONDS = sending.PAUSE_AFTER_FAULT_SECONDS = 0.05
sending.PAUSES = (0,)
async def main():
    uri, user, password, database = sys.argv[1:]
    graph = await Graph.open(Address(uri, user, password, database))
    await sending.Post(graph, Settings()).work()
asyncio.run(main())
"""


class Poster:
    """A process that posts, which can be killed and started again."""

    def __init__(self, address: Address, settings: dict[str, str]) -> None:
        self._start = lambda: subprocess.Popen(
            [sys.executable, "-c", POSTER, address.uri, address.user, address.password, address.database],
            env={**os.environ, **settings},
            stderr=subprocess.DEVNULL,
        )
        self.process = self._start()

    def kill(self) -> None:
        with suppress(NoSuchProcess):
            Process(self.process.pid).send_signal(signal.SIGKILL)

    def again(self) -> None:
        self.kill()
        self.process.wait(PATIENCE)
        self.process = self._start()


async def fill(graph: Graph) -> list[str]:
    """Mails to as many correspondents; their Message-IDs."""
    loader = Loader(graph, "essai")
    bodies = [make.organisation(f"t:{number}", covers=()) for number in range(MAILS)]
    await loader.load(await loader.plan_batch(make.batch(*bodies)), lambda done: None)

    async def write(unit: Unit) -> list[str]:
        found = []
        for body in bodies:
            recipient = await Correspondents(unit).appoint(body.id, f"{body.id[2:]}@example.org", "compte:1")
            item = Item(listing=f"organisation:{body.id}", group=FieldGroup.IDENTITY)
            link = await SignedLinks(unit).make(body.id, recipient, [item], datetime.now(UTC))
            id_ = await Mails(unit).write(Template.LINK, recipient, subjects=[link], site="example.org")
            found.append(f"<{id_}@example.org>")
        return found

    return await graph.write(write)


async def end_leases(graph: Graph) -> None:
    """A killed poster's mail waits a minute for its lease; here it does not."""
    await graph.write(lambda unit: unit.run("MATCH (o:Outbox {kind: 'mail'}) WHERE o.parked IS NULL SET o.due = 0"))


async def waiting(graph: Graph) -> tuple[int, int]:
    async with graph.reading() as unit:
        held = await unit.outbox.backlog(MAIL_KINDS)
    return held.waiting, held.parked


async def test_posters_are_killed_in_the_middle_and_the_server_comes_and_goes(
    empty_graph: Graph, engine: Address, tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected = await fill(empty_graph)
    port, chance = free_port(), random.Random(20260310)
    named = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "SENDER": "maillage@example.org",
        "SITE": "https://example.org",
    }
    poster = Poster(engine, {f"MAILLAGE_{name}": value for name, value in named.items()})
    taken: list[str] = []
    kills = 0
    try:
        # Nobody listens yet.
        await asyncio.sleep(1)
        assert await waiting(empty_graph) == (MAILS, 0)
        end = time.monotonic() + 2 * PATIENCE
        while (left := await waiting(empty_graph)) != (0, 0):
            assert time.monotonic() < end, left
            with mail_server(port) as server:
                kills += await until_killed_or_done(empty_graph, server, poster, chance, last=kills >= KILLS)
                taken += [str(message["Message-ID"]) for message in server.taken]
            poster.again()
            await end_leases(empty_graph)
    finally:
        poster.kill()
        poster.process.wait(PATIENCE)
    copies = Counter(taken)
    assert sorted(copies) == sorted(expected)
    assert kills >= KILLS
    assert sum(count - 1 for count in copies.values()) == kills


async def until_killed_or_done(
    graph: Graph, server: MailServer, poster: Poster, chance: random.Random, *, last: bool
) -> int:
    """Kill the poster while it hands over a mail, after a few: the server has that one, and nobody hears so. 1 when killed."""
    fatal = chance.randint(1, 4)
    killed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def strike(_: object) -> None:
        if not last and len(server.taken) == fatal:
            poster.kill()
            loop.call_soon_threadsafe(killed.set)

    server.on_data = strike
    end = time.monotonic() + PATIENCE
    while not killed.is_set() and await waiting(graph) != (0, 0):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    return int(killed.is_set())
