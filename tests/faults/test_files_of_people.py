"""Worker, web process, engine and clients are killed while files of people change hands: what was acknowledged is there, once."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from api.folder import Folder
from api.premises import premises
from api.settings import Settings
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address
from graph.store.unit import Graph
from tests.conftest import free_port
from tests.faults.house import House, processes_of, refused
from tests.store.casework.raced import CLIENTS, PROCESSES, SEED, Racers, compare, laid, signed_in, watch

FILES = int(os.environ.get("MAILLAGE_TEST_RACES", "8"))
PATIENCE = 240

log = logging.getLogger(__name__)


async def strike(house: House, racers: Racers) -> None:
    """Engine, worker, web process, a client: each after so many more answers, so that a slow machine gets as many blows."""
    chance, share = random.Random(SEED), CLIENTS * FILES // 5
    for turn, role in enumerate(("work", "engine", "client", "web"), 1):
        while racers.answered() < turn * share and racers.at_work():  # noqa: ASYNC110 - told by other processes
            await asyncio.sleep(0.05)
        if role == "client":
            struck = chance.randrange(PROCESSES)
            racers.processes[struck].kill()
            racers.processes[struck].wait()
            racers.processes[struck] = racers.start(struck)
            continue
        with suppress(psutil.Error, StopIteration, IndexError):
            (house.engine() if role == "engine" else house.of(role)[0]).send_signal(signal.SIGKILL)


async def test_files_change_hands_once_whatever_is_killed(tmp_path: Path) -> None:
    data, told = tmp_path / "data", tmp_path / "told"
    told.mkdir()
    async with premises(Settings(data=data, heap="384m")) as inside:
        files = await laid(inside.graph, FILES)
        clients = await signed_in(inside.graph)
    house = House(data, free_port())
    house.wait(PATIENCE)
    running = Folder(data).running()
    assert running is not None
    address = Address(running.uri, "root", (data / "engine" / "secret").read_text())
    graph = await Graph.open(address, Keyring(data / "keyring"))
    racers, seen = Racers(house.address, clients, files, told), Counter[str]()
    racers.processes = [racers.start(number) for number in range(PROCESSES)]
    watching = asyncio.create_task(watch(graph, list(files), seen))
    try:
        await strike(house, racers)
        await racers.end()
    finally:
        racers.kill()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    asked = Counter((one["step"], one["answer"]) for one in racers.told())
    log.warning("seed %d: %d files: %s, %s", SEED, FILES, dict(asked), dict(seen))
    house.started = asyncio.get_running_loop().time()
    await asyncio.to_thread(house.wait, PATIENCE)
    assert seen["one lead"]
    assert seen["no lead"] == 0
    await compare(graph, files, racers.told())
    await graph.close()
    code, said = refused("doctor", "--data", str(data))
    assert (code, "Différences : 0." in said) == (0, True), said
    house.end()
    assert house.process.returncode == 0
    assert processes_of(data) == []
