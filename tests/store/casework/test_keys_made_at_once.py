"""Many keys made in one go are keys like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.model.errors import Unavailable
from graph.store.casework.keyring import KEY_BYTES, Keyring


def test_each_is_there_is_its_own_and_stands(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    first = keyring.make("aa-1")
    ids = [f"aa-{number}" for number in range(1, 40)]
    made = keyring.make_many(ids)
    assert made == {id_: keyring.of(id_) for id_ in ids}
    assert made["aa-1"] == first
    assert len(set(made.values())) == len(ids)
    assert {len(key) for key in made.values()} == {KEY_BYTES}
    assert keyring.make_many(ids) == made
    assert [one.name for one in tmp_path.rglob(".*")] == []


def test_a_folder_that_cannot_be_written_gives_none(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        Keyring(tmp_path / "keys").make_many(["aa-1", "aa-2"])
    assert (tmp_path / "keys").read_text() == "a file where the folder should be"


def test_an_id_that_is_none_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the id of a key"):
        Keyring(tmp_path).make_many(["aa-1", "../aa-2"])
    assert list(tmp_path.iterdir()) == []
