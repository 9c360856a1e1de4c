"""Keys made, read and destroyed by several processes at once, some of which are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.model.errors import Unavailable
from graph.store.casework import keyring as module
from graph.store.casework.keyring import KEY_BYTES, Keyring

MAKES = """
import sys
from pathlib import Path
from graph.store.casework.keyring import Keyring
keyring = Keyring(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    id_ = f"k{number:05}"
    print(id_, keyring.make(id_).hex(), flush=True)
"""


def makers(folder: Path, number: int, keys: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-c", MAKES, str(folder), str(keys)]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(number)]


def told(maker: subprocess.Popen[str]) -> dict[str, str]:
    said, _ = maker.communicate(timeout=120)
    whole = said.split("\n")[:-1]
    return dict(line.split(" ") for line in whole)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_those_who_make_the_same_keys_have_the_same_keys(tmp_path: Path) -> None:
    first, *others = [told(maker) for maker in makers(tmp_path, 3, 150)]
    assert len(first) == 150
    assert all(other == first for other in others)
    keyring = Keyring(tmp_path)
    assert {id_: (keyring.of(id_) or b"").hex() for id_ in first} == first
    assert names(tmp_path) == sorted(first)
    assert list(keyring.ids()) == sorted(first, key=lambda id_: (id_[-2:], id_))


def test_what_was_told_by_a_process_that_was_killed_stands(tmp_path: Path) -> None:
    keyring, acknowledged = Keyring(tmp_path), dict[str, str]()
    for pause in (0.02, 0.05, 0.11):
        (maker,) = makers(tmp_path, 1, 100_000)
        end = time.monotonic() + 60
        while not any(tmp_path.rglob("k*")):
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(pause)
        os.kill(maker.pid, signal.SIGKILL)
        acknowledged |= told(maker)
    assert {id_: (keyring.of(id_) or b"").hex() for id_ in acknowledged} == acknowledged
    # Nothing half made has the name of a key.
    assert all(len(keyring.of(id_) or b"") == KEY_BYTES for id_ in keyring.ids())


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.make("abcd")
    keyring.house("anchors")
    modes = {path.relative_to(tmp_path): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {
        Path("keys"): 0o700,
        Path("keys/cd"): 0o700,
        Path("keys/cd/abcd"): 0o600,
        Path("keys/anchors.key"): 0o600,
    }
    assert list(keyring.ids()) == ["abcd"]


def test_a_key_is_destroyed_where_it_lies(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    key = keyring.make("abcd")
    other = tmp_path / "held-open"
    os.link(tmp_path / "cd" / "abcd", other)
    keyring.destroy("abcd")
    assert keyring.of("abcd") is None
    assert other.read_bytes() != key
    assert names(tmp_path) == ["held-open"]
    keyring.destroy("abcd")
    keyring.destroy("never")
    assert keyring.make("abcd") != key


def test_what_was_cut_is_tidied_and_no_key_that_stands_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(tmp_path)
    key = keyring.make("abcd")
    # Cut after the key had its name: the same bytes under two names. Cut before: under one. Cut while it was destroyed.
    os.link(tmp_path / "cd" / "abcd", tmp_path / "cd" / ".abcd.0001")
    gone = tmp_path / "cd" / ".zzcd.0002"
    gone.write_bytes(b"z" * KEY_BYTES)
    assert keyring.tidy() == 0
    monkeypatch.setattr(module, "CUT_AFTER_SECONDS", -60)
    assert keyring.tidy() == 2
    assert keyring.of("abcd") == key
    assert names(tmp_path) == ["abcd"]


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keyring = Keyring(tmp_path / "file" / "keys")
    with pytest.raises(Unavailable, match="rien n’a été enregistré"):
        keyring.make("abcd")
    (tmp_path / "cd").mkdir()
    (tmp_path / "cd" / "abcd").write_bytes(b"short")
    with pytest.raises(Unavailable, match="abîmée"):
        Keyring(tmp_path).of("abcd")
    with pytest.raises(ValueError, match="not the id"):
        Keyring(tmp_path).of("../abcd")
