"""Children that nobody told, that hear nothing, that come back from before; starts and stops at the worst moment."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil
import pytest

from api.folder import Folder
from graph.store.engine import Engine
from tests.faults.house import House, gone, processes_of, refused
from tests.outside import PATIENCE, free_port

SEED = 20260310
# Five ends within this time are a fault, however slowly a process starts here.
QUICK = "import api.supervisor as supervisor; supervisor.QUICK_SECONDS = 3600.0"
STALL_SOON = "import graph.store.pulse as pulse; pulse.STALLED_SECONDS = 2.0; pulse.EVERY_SECONDS = 0.5"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@dataclass
class Alone:
    """A child with nobody behind it that the kernel would tell: the pipes are in the test's hand."""

    process: psutil.Popen
    gate: IO[bytes]
    life: IO[bytes]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    """A web process at the gate, over `tmp_path`."""
    door = socket.create_server(("127.0.0.1", 0))
    (gate, latch), (life, held) = os.pipe(), os.pipe()
    numbers = [str(number) for number in (door.fileno(), gate, life)]
    process = psutil.Popen(
        [sys.executable, "-m", "api.child", "web", *numbers, str(tmp_path.resolve())],
        pass_fds=[door.fileno(), gate, life],
        env={**os.environ, "MAILLAGE_DATA": str(tmp_path), "MAILLAGE_GRAPH_URI": "bolt://127.0.0.1:9"},
        stderr=subprocess.DEVNULL,
    )
    with os.fdopen(latch, "wb") as opening, os.fdopen(held, "wb") as living:
        yield Alone(process, opening, living)
    for number in (gate, life):
        os.close(number)
    door.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def test_a_child_ends_when_the_other_end_of_its_life_closes(alone: Alone) -> None:
    time.sleep(0.3)
    assert alone.process.is_running()
    alone.life.close()
    assert gone([alone.process]) == []


def test_a_child_does_not_pass_a_gate_that_a_dead_supervisor_left_open(alone: Alone) -> None:
    alone.process.suspend()
    alone.life.close()
    alone.gate.close()
    alone.process.resume()
    assert gone([alone.process]) == []
    # Neither a site (which would wait for its graph for half a minute) nor a success.
    assert alone.process.wait() != 0


def test_a_child_of_before_that_hears_nothing_is_ended(alone: Alone, tmp_path: Path) -> None:
    alone.process.suspend()
    house = House(tmp_path, free_port())
    house.wait()
    assert gone([alone.process], 1) == []
    assert len(house.of("web")) == 1
    house.end()
    assert house.process.returncode == 0


def test_children_and_engine_that_hear_nothing_are_ended_all_the_same(data: Path) -> None:
    house = House(data, free_port(), "serve", "--web", "2")
    house.wait()
    children = house.children()
    assert len(children) == 4
    for child in children:
        child.suspend()
    house.end()
    assert house.process.returncode == 0
    assert gone(children, 1) == []

    again = House(data, free_port())
    again.wait()
    again.end()


def test_an_engine_that_stalls_for_long_is_started_again(data: Path) -> None:
    house = House(data, free_port(), before=STALL_SOON)
    house.wait()
    stalled = house.engine()
    stalled.suspend()
    assert gone([stalled], PATIENCE) == []
    house.started = time.monotonic()
    house.wait()
    assert house.engine().pid != stalled.pid
    assert '"stalled": true' in house.end()


def _taken_by_each(house: House, port: int, end: float) -> list[int]:
    """How many of 16 clients that come together each web process takes."""
    with ExitStack() as open_lines:
        for _ in range(16):
            open_lines.enter_context(socket.create_connection(("127.0.0.1", port)))
        while sum(taken := [len(web.net_connections()) - 1 for web in house.of("web")]) < 16 + 2:
            assert time.monotonic() < end, taken
            time.sleep(0.2)
    return taken


def test_clients_that_come_together_and_stay_are_shared_by_the_web_processes(data: Path) -> None:
    port = free_port()
    house = House(data, port, "serve", "--web", "2")
    try:
        house.wait()
        end = time.monotonic() + PATIENCE
        # The site is there when one of the two is: until the other is too, all clients are the first one's.
        while min(taken := _taken_by_each(house, port, end)) <= 4:
            assert time.monotonic() < end, taken
    finally:
        house.end()


def test_a_supervisor_told_to_stop_while_it_starts_stops(data: Path) -> None:
    chance = random.Random(SEED)
    for _ in range(2):
        house = House(data, free_port())
        time.sleep(chance.uniform(0.8, 4))
        house.process.terminate()
        house.ended()
        # Before Python has our handlers in place, the signal ends it as it ends anything.
        assert house.process.returncode in (0, -signal.SIGTERM)
        assert processes_of(data) == []


def test_a_supervisor_killed_while_it_starts_leaves_nothing_that_hinders_the_next(data: Path) -> None:
    chance = random.Random(SEED)
    for _ in range(2):
        house = House(data, free_port())
        time.sleep(chance.uniform(0.5, 4))
        house.process.kill()
        house.ended()
    again = House(data, free_port())
    again.wait()
    again.end()
    assert processes_of(data) == []


def test_a_child_that_fails_again_and_again_ends_the_house_with_a_code(data: Path) -> None:
    house = House(data, free_port(), before=QUICK)
    house.wait()
    # What the worker opens first is no folder any more: it fails by its own doing, each time.
    index = data / "index"
    index.rename(data / "aside")
    index.write_text("")
    try:
        house.of("work")[0].kill()
        said = house.ended()
    finally:
        index.unlink()
        (data / "aside").rename(index)
    assert house.process.returncode == 1
    assert "Le processus « work » s’arrête dès son démarrage" in said
    assert processes_of(data) == []


def test_a_folder_in_use_by_a_command_is_not_served(tmp_path: Path) -> None:
    with Folder(tmp_path):
        code, said = refused("serve", "--port", str(free_port()), "--data", str(tmp_path))
    assert code == 1
    assert f"est déjà utilisé par un autre processus (numéro {os.getpid()})" in said
    assert not (tmp_path / "engine").exists()


def test_an_engine_left_behind_is_stopped_by_its_mark(tmp_path: Path) -> None:
    left = Engine(tmp_path, heap="256m")
    left.start()
    assert left.process is not None
    orphan = psutil.Process(left.process.pid)
    orphan.suspend()
    following = Engine(tmp_path, heap="256m")
    try:
        following.start()
        assert gone([orphan], 1) == []
        assert following.alive()
    finally:
        following.stop()
        left.stop(1)
