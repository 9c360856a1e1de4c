from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from api import folder as folders
from api.folder import Folder, Running
from graph.model.errors import Unavailable


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with Folder(tmp_path) as owner:
        owner.tell(Running(1, "bolt://127.0.0.1:1", 8000))
        with pytest.raises(Unavailable, match=r"déjà utilisé par un autre processus \(numéro \d+\)"), Folder(tmp_path):
            pass
        assert Folder(tmp_path).running() == Running(1, "bolt://127.0.0.1:1", 8000)
    assert Folder(tmp_path).running() is None
    with Folder(tmp_path):
        pass


def test_a_note_left_by_an_owner_that_was_killed_counts_for_nothing(tmp_path: Path) -> None:
    with Folder(tmp_path):
        pass
    (tmp_path / "running.json").write_text(json.dumps({"pid": 1, "uri": "bolt://127.0.0.1:1", "port": 8000}))
    assert Folder(tmp_path).running() is None


def test_a_new_owner_that_has_told_nothing_yet_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text(json.dumps({"pid": 1, "uri": "bolt://127.0.0.1:1", "port": 8000}))
    with Folder(tmp_path):
        assert Folder(tmp_path).running() is None


def test_a_folder_has_one_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    assert Folder(tmp_path / "alias").path == Folder(tmp_path / "real").path


def test_a_folder_of_a_newer_version_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    mark = tmp_path / "format.json"
    mark.write_text(json.dumps({"format": folders.FORMAT + 1}))
    with pytest.raises(Unavailable, match="version plus récente"), Folder(tmp_path):
        pass
    assert json.loads(mark.read_text()) == {"format": folders.FORMAT + 1}


def test_a_strange_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "format.json").write_text("bonjour")
    with pytest.raises(Unavailable, match="n’est pas un dossier de Maillage"), Folder(tmp_path):
        pass


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total, used, _ = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(total, used, 1_000_000))
    with pytest.raises(Unavailable, match=r"Le disque est presque plein : il reste 1 Mo"), Folder(tmp_path):
        pass
    assert not (tmp_path / "format.json").exists()


def test_a_file_in_place_of_the_folder_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "fichier"
    path.write_text("")
    with pytest.raises(Unavailable, match="ne peut pas être utilisé"), Folder(path):
        pass
    assert path.read_text() == ""
