"""The file of a backup: whole or refused, and nothing in it can write outside the folder it is unpacked into."""

from __future__ import annotations

import io
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api import archive
from api.archive import Damaged, Manifest, Part
from graph.model.errors import InvalidInput

FILES = {"schema.json": b"{}", "Service_0.21.65536.v0.bucket": bytes(3000)}


def ignore(done: int, total: int) -> None: ...


def packed(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as out:
        for name, data in files.items():
            out.writestr(zipfile.ZipInfo(name), data, compression)
    return path


def manifest(part: Part, **values: Any) -> Manifest:
    plain: dict[str, Any] = {
        "maillage": "0.2.0",
        "engine": "26.10.2",
        "format": 1,
        "taken": datetime(2026, 11, 25, 22, 0, tzinfo=UTC),
        "migrations": ("m001_directory",),
        "counts": {"Service": 3},
        "waiting": 0,
        "graph": part,
    }
    return Manifest(**(plain | values))


def written(folder: Path, graph: Path, part: Part | None = None, **values: Any) -> Path:
    """A backup of this copy, sealed whatever its manifest says."""
    file = folder / "b.tar"
    file.unlink(missing_ok=True)
    archive.write(file, graph, manifest(part or archive.describe(graph), **values), ignore)
    return file


def unpacked(file: Path, folder: Path) -> dict[str, bytes]:
    with archive.opened(file, ignore) as backup:
        backup.unpack(folder, ignore)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return packed(tmp_path / "copy.zip", FILES)


def test_what_was_written_is_read_again(tmp_path: Path, copy: Path) -> None:
    file = written(tmp_path, copy)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with archive.opened(file, ignore) as backup:
        assert backup.manifest == manifest(archive.describe(copy))
    assert unpacked(file, tmp_path / "out") == FILES


def test_any_tar_program_opens_it(tmp_path: Path, copy: Path) -> None:
    with tarfile.open(written(tmp_path, copy)) as tar:
        assert tar.getnames() == ["graph.zip", "manifest.json", "seal"]
        inner = tar.extractfile("graph.zip")
        assert inner is not None
        assert inner.read() == copy.read_bytes()


def test_each_bit_of_the_file_counts(tmp_path: Path) -> None:
    file = written(tmp_path, packed(tmp_path / "copy.zip", {"a": b"un"}))
    whole = file.read_bytes()
    missed = []
    for place in range(len(whole)):
        for bit in (1 << n for n in range(8)):
            with file.open("r+b") as out:
                out.seek(place)
                out.write(bytes([whole[place] ^ bit]))
            try:
                with archive.opened(file, ignore):
                    missed.append((place, bit))
            except Damaged:
                pass
        with file.open("r+b") as out:
            out.seek(place)
            out.write(whole[place : place + 1])
    assert missed == []
    with archive.opened(file, ignore):
        pass


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1],
        lambda whole: whole + b"\0",
        lambda whole: whole + whole,
        lambda whole: whole[512:],
        lambda whole: os.urandom(len(whole)),
    ],
    ids=["empty", "half", "one byte less", "one byte more", "twice", "without its head", "noise"],
)
def test_a_file_that_is_not_whole_is_refused_in_words(
    tmp_path: Path, copy: Path, spoil: Callable[[bytes], bytes]
) -> None:
    file = written(tmp_path, copy)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(
        Damaged, match=r"b\.tar est abîmé, incomplet, ou n’est pas une sauvegarde.*Rien n’a été modifié"
    ):
        unpacked(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "name", ["../out", "/etc/passwd", "a/b", "..", ".", ".hidden", "a\\b", "C:a", "a..b", "", "a\0b", "x" * 300, "-r"]
)
def test_a_name_that_would_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    # The same length, so that the name can be put in place of one that zipfile writes.
    plain = "n" * len(name.encode())
    copy = packed(tmp_path / "copy.zip", {plain: b"x"}, zipfile.ZIP_STORED)
    part = archive.describe(copy) if 0 < len(plain) <= 200 else Part(bytes=0, sha256="0" * 64, files=1, unpacked=1)
    spoiled = copy.read_bytes().replace(plain.encode(), name.encode()) if plain else copy.read_bytes()
    copy.write_bytes(spoiled)
    file = written(tmp_path, copy, forged(copy, part))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Damaged, match="n’est pas celui d’un fichier du moteur"):
        unpacked(file, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def forged(copy: Path, part: Part) -> Part:
    """A part whose digest is right, as whoever forges a file would have it."""
    with copy.open("rb") as file:
        digest = archive._sha256(file)
    return part.model_copy(update={"bytes": copy.stat().st_size, "sha256": digest})


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    copy = packed(tmp_path / "copy.zip", {"a": b"1", "b": b"2"}, zipfile.ZIP_STORED)
    part = archive.describe(copy)
    for twin in (b"a", b"A"):
        copy.write_bytes(packed(copy, {"a": b"1", "b": b"2"}, zipfile.ZIP_STORED).read_bytes().replace(b"b", twin))
        with pytest.raises(Damaged, match="deux de ses fichiers ont le même nom"):
            unpacked(written(tmp_path, copy, forged(copy, part)), tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    """Ten megabytes in ten kilobytes, announced as ten bytes."""
    copy = packed(tmp_path / "copy.zip", {"bomb": bytes(10_000_000)})
    part = archive.describe(copy).model_copy(update={"unpacked": 10})
    with pytest.raises(Damaged, match="n’est pas celui que son manifeste annonce"):
        unpacked(written(tmp_path, copy, part), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_entry_never_unpacks_to_more_than_it_declares(tmp_path: Path) -> None:
    """The sizes in the zip's own directory are forged as well: both say 10 for 100,000 bytes."""
    copy = packed(tmp_path / "copy.zip", {"bomb": bytes(100_000)})
    copy.write_bytes(copy.read_bytes().replace(struct.pack("<L", 100_000), struct.pack("<L", 10)))
    file = written(tmp_path, copy, archive.describe(copy))
    with pytest.raises(Damaged, match="« bomb » ne se lit pas"):
        unpacked(file, tmp_path / "out")
    assert (tmp_path / "out" / "bomb").stat().st_size <= 10


def test_a_link_comes_out_as_a_plain_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "copy.zip", "w") as out:
        out.writestr(link, "/etc/passwd")
    assert unpacked(written(tmp_path, tmp_path / "copy.zip"), tmp_path / "out") == {"link": b"/etc/passwd"}
    assert not (tmp_path / "out" / "link").is_symlink()


def test_other_members_in_the_tar_are_refused(tmp_path: Path, copy: Path) -> None:
    file = written(tmp_path, copy)
    whole = file.read_bytes()
    extra = io.BytesIO()
    with tarfile.open(fileobj=extra, mode="w", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo("../../evil")
        tar.addfile(info)
    body = extra.getvalue()[:512] + whole[: -archive.TAIL_BYTES]
    digest = archive.hashlib.sha256(body).hexdigest()
    file.write_bytes(body + archive._tail(digest))
    with pytest.raises(Damaged, match="ses parties ne sont pas celles attendues"):
        unpacked(file, tmp_path / "out")


def test_a_digest_that_the_manifest_does_not_know_is_refused(tmp_path: Path, copy: Path) -> None:
    part = archive.describe(copy).model_copy(update={"sha256": "0" * 64})
    with pytest.raises(Damaged, match=r"la somme de graph\.zip n’est pas celle du manifeste"):
        unpacked(written(tmp_path, copy, part), tmp_path / "out")


def test_a_newer_form_of_file_is_refused_as_newer(tmp_path: Path, copy: Path) -> None:
    file = written(tmp_path, copy, backup=archive.BACKUP_FORMAT + 1, maillage="9.0.0")
    with pytest.raises(InvalidInput, match=r"version plus récente de Maillage \(9\.0\.0\)") as refused:
        unpacked(file, tmp_path / "out")
    assert not isinstance(refused.value, Damaged)


def test_a_manifest_of_another_shape_is_refused_with_its_field(tmp_path: Path, copy: Path) -> None:
    file = written(tmp_path, copy)
    body = file.read_bytes()[: -archive.TAIL_BYTES].replace(b'"waiting": 0', b'"waiting":-1')
    file.write_bytes(body + archive._tail(archive.hashlib.sha256(body).hexdigest()))
    with pytest.raises(Damaged, match=r"son manifeste ne se lit pas \(waiting\)"):
        unpacked(file, tmp_path / "out")


def test_a_backup_never_overwrites(tmp_path: Path, copy: Path) -> None:
    taken = tmp_path / "b.tar"
    taken.write_text("à garder")
    with pytest.raises(FileExistsError):
        archive.write(taken, copy, manifest(archive.describe(copy)), ignore)
    assert taken.read_text() == "à garder"
