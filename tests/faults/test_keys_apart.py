"""Keys of people's files are in no backup: what it gives without them, and with them."""

from __future__ import annotations

import asyncio
import base64
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api import archive
from api.checkup_files import check_casework
from api.keeping import back_up
from api.premises import premises
from api.restoring import restore
from api.settings import Settings
from api.telling import console
from graph.store.casework.keyring import Keyring
from tests.store.casework.lives import DESK, lay, seat

HEAP = "384m"


@contextmanager
def quiet(title: str) -> Iterator[archive.Progress]:
    """No bar."""
    yield lambda done, total: None


async def two_files(settings: Settings) -> list[str]:
    async with premises(settings) as house:
        await seat(house.graph, "anne", DESK)
        return list(await lay(house.graph, 2, ("o:cms",)))


async def examined(settings: Settings) -> tuple[int, str]:
    """How many flaws doctor finds in the files, and what it says."""
    with console.capture() as said:
        async with premises(settings) as house:
            flaws = await check_casework(house.graph, settings)
            async with house.graph.reading() as unit:
                rows = await unit.run("MATCH (f:File) RETURN f.id AS id ORDER BY id")
                read = [await unit.files.load(row["id"]) for row in rows]
    assert len([file for file in read if file is None]) == flaws
    return flaws, said.get()


def whole(backup: Path, folder: Path) -> Iterator[bytes]:
    """All that the backup holds, unpacked."""
    yield backup.read_bytes()
    with tarfile.open(backup) as tar:
        tar.extractall(folder, filter="data")
    for member in sorted(folder.iterdir()):
        yield member.read_bytes()
    with zipfile.ZipFile(folder / "graph.zip") as graph:
        for name in graph.namelist():
            yield graph.read(name)


def test_a_backup_holds_no_key_and_without_them_tells_nothing(tmp_path: Path) -> None:
    settings, restored = (Settings(data=tmp_path / name, heap=HEAP) for name in ("data", "restored"))
    files = asyncio.run(two_files(settings))
    keyring = Keyring(settings.keyring_folder)
    keys = [keyring.of(id_) or b"" for id_ in files] + [keyring.house("anchors"), keyring.house("replies")]
    assert [len(key) for key in keys] == [32] * 4

    backup = tmp_path / "backup.tar"
    back_up(settings, backup, quiet)
    parts = list(whole(backup, tmp_path / "unpacked"))
    # The files are there, the keys are not, in any writing.
    assert any(files[0].encode() in part for part in parts)
    for key in keys:
        for written in (key, key.hex().encode(), base64.b64encode(key)):
            assert not any(written in part for part in parts)

    restore(restored, backup, quiet, replace=False)
    flaws, said = asyncio.run(examined(restored))
    assert flaws == 2
    assert said.count("sa clé manque au trousseau") == 2
    shutil.copytree(settings.keyring_folder, restored.keyring_folder, dirs_exist_ok=True)
    flaws, said = asyncio.run(examined(restored))
    assert flaws == 0
    assert "Dossiers relus : 2." in said
