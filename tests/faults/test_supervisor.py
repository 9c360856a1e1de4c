"""The whole thing as processes: started, stopped, killed, refused."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House, gone, refused
from tests.outside import PATIENCE, free_port, loopback

# A stalled engine is told of long before whoever asks gives up, on a busy machine too.
AT_ONCE = 20


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(data: Path) -> Iterator[House]:
    """One that goes on: each test leaves it healthy."""
    house = House(data / "standing", free_port())
    house.wait()
    yield house
    house.end()


def test_it_stops_cleanly_or_is_killed_and_starts_again(data: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        house = House(data / "moved", free_port())
        house.wait()
        children = house.children()
        assert sorted(child.name().rstrip("0123456789.") for child in children) == ["java", "python", "python"]
        assert "Maillage est prêt" in house.end(number)
        if number is signal.SIGKILL:
            assert gone(children) == []
        else:
            assert house.process.returncode == 0
            assert gone(children, 1) == []
    again = House(data / "moved", free_port())
    again.wait()
    again.end()


def test_a_killed_child_is_replaced(house: House) -> None:
    for child in house.children():
        before = set(house.children()) - {child}
        child.kill()
        assert gone([child]) == []
        deadline = time.monotonic() + PATIENCE
        while len(house.children()) < 3 or house.health() != 200:
            assert time.monotonic() < deadline, child
            time.sleep(0.1)
        assert before < set(house.children())


def test_an_engine_that_stalls_is_said_at_once_and_found_again(house: House) -> None:
    """Stopped, it keeps its connections and answers nothing: no request may wait for it without end."""
    engine = house.engine()
    engine.suspend()
    try:
        for _ in range(3):
            assert house.health(within=AT_ONCE) == 503
        # The worker has its own limits: let it meet them.
        time.sleep(6)
        assert house.health(within=AT_ONCE) == 503
    finally:
        engine.resume()
    deadline = time.monotonic() + PATIENCE
    while house.health() != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(house.children()) == 3


def test_the_password_is_in_no_command_line(data: Path, house: House) -> None:
    file = data / "standing" / "engine" / "secret"
    secret = file.read_text()
    commands = [" ".join(child.cmdline()) for child in house.children()]
    assert [command for command in commands if secret in command] == []
    assert file.stat().st_mode & 0o077 == 0


def test_a_folder_in_use_is_said_in_words(data: Path, house: House) -> None:
    code, said = refused("serve", "--port", str(free_port()), "--data", str(data / "standing"))
    assert code == 1
    assert f"est déjà utilisé par un autre processus (numéro {house.process.pid})" in said
    assert house.health() == 200


def test_a_port_taken_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = refused("demo", "--port", str(port), "--data", str(tmp_path / "d"))
    assert code == 1
    assert f"Le port {port} de 127.0.0.1 n’est pas libre" in said
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["format.json", "lock"]


def test_a_folder_of_a_newer_version_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "format.json").write_text(json.dumps({"format": 99}))
    code, said = refused("demo", "--port", str(free_port()), "--data", str(tmp_path))
    assert code == 1
    assert "vient d’une version plus récente de Maillage (format 99, ici 1)" in said
    assert not (tmp_path / "engine").exists()


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    code, said = refused("demo", "--data", str(tmp_path), MAILLAGE_HEAP="beaucoup")
    assert code == 2
    assert "MAILLAGE_HEAP = « beaucoup » : écrivez un nombre suivi de" in said


def test_what_was_told_to_ignore_the_end_of_the_terminal_goes_on(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        house = House(tmp_path, free_port())
    finally:
        signal.signal(signal.SIGHUP, before)
    house.wait()
    house.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    assert house.health() == 200
    house.end()


def test_a_first_load_told_to_stop_stops_and_is_taken_up_again_even_when_it_was_served_meanwhile(
    tmp_path: Path,
) -> None:
    """Ctrl-C in the middle of the first load: no process stays, what is there is served, and the next demo ends the load."""
    first = House(tmp_path, free_port(), command="demo")
    end = time.monotonic() + PATIENCE
    while not list((tmp_path / "engine" / "databases" / "maillage").glob("Territory*")):
        assert time.monotonic() < end
        time.sleep(0.1)
    children = first.children()
    first.end(signal.SIGINT)
    assert first.process.returncode == 0
    assert gone(children, 1) == []
    assert not (tmp_path / "index" / "current").exists()

    served = House(tmp_path, free_port())
    served.wait()
    assert "Premier démarrage" not in served.end()
    assert (tmp_path / "index" / "current").exists()

    full = House(tmp_path, free_port(), command="demo")
    full.wait(2 * PATIENCE)
    answer = loopback().get(f"{full.address}/chercher", params={"q": "EDAS", "ou": "Châtillon"}, timeout=60)
    assert "Service des solidarités territoriales de Châtillon" in answer.text
    assert "Premier démarrage" in full.end()
    again = House(tmp_path, free_port(), command="demo")
    again.wait()
    assert "Premier démarrage" not in again.end()
