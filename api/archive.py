"""The file of a backup: a tar of three members, of which every bit is covered by a checksum.

`graph.zip` is the engine's copy of its own files, `manifest.json` says what it is, and `seal` is the SHA-256 of all bytes
before it; what comes after those bytes can only be written in one way. The seal finds damage; it is no signature.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from api.switching import sync
from graph.model.errors import InvalidInput

BACKUP_FORMAT: Final = 1
GRAPH, MANIFEST, SEAL = "graph.zip", "manifest.json", "seal"
CHUNK: Final = 1 << 20
BLOCK: Final = tarfile.BLOCKSIZE
# The seal's header, its one block, and the two empty blocks that end a tar.
TAIL_BYTES: Final = 4 * BLOCK
MOST_MANIFEST_BYTES: Final = 1_000_000
# The engine names its files flatly: no folder, no leading dot.
PLAIN_NAME: Final = re.compile(r"\w[\w.~-]{0,200}")
ENCRYPTED: Final = 0x1

Progress = Callable[[int, int], None]


class Part(BaseModel):
    """The engine's copy: its size and digest, how many files it unpacks to, and how many bytes they take."""

    model_config = ConfigDict(frozen=True)

    bytes: NonNegativeInt
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    files: NonNegativeInt
    unpacked: NonNegativeInt


class Manifest(BaseModel):
    """What a backup holds. `format` is that of the data folder; `counts` goes by the graph's labels."""

    model_config = ConfigDict(frozen=True)

    backup: int = BACKUP_FORMAT
    maillage: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    engine: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]
    format: NonNegativeInt
    taken: datetime
    migrations: tuple[str, ...]
    counts: dict[str, NonNegativeInt]
    waiting: NonNegativeInt
    graph: Part


class Damaged(InvalidInput):
    """The file is not what was written; nothing was touched."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"Le fichier {path} est abîmé, incomplet, ou n’est pas une sauvegarde de Maillage : {why}. "
            "Rien n’a été modifié ; prenez une autre copie de ce fichier, ou une autre sauvegarde."
        )


class Backup:
    """An open backup whose checksums hold, and whose engine's files have plain names and the announced size."""

    def __init__(self, path: Path, manifest: Manifest, graph: ZipFile) -> None:
        self.path = path
        self.manifest = manifest
        self._graph = graph
        self._entries = plan(path, graph)
        found = (len(self._entries), sum(entry.file_size for entry in self._entries))
        if found != (manifest.graph.files, manifest.graph.unpacked):
            raise Damaged(path, "son contenu n’est pas celui que son manifeste annonce")

    def unpack(self, folder: Path, progress: Progress) -> None:
        """Write the engine's files into a new folder, down to the disk. Raises Damaged."""
        unpack(self.path, self._graph, self._entries, folder, progress)


def write(path: Path, graph: Path, manifest: Manifest, progress: Progress) -> None:
    """Write a backup, readable by its owner alone and down to the disk. Raises FileExistsError, OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, graph.open("rb") as source:
        digest = hashlib.sha256()
        when = int(manifest.taken.timestamp())
        text = manifest.model_dump_json(indent=2).encode()
        for data in (
            _header(GRAPH, manifest.graph.bytes, when),
            *_padded(_chunks(source, manifest.graph.bytes, progress), manifest.graph.bytes),
            _header(MANIFEST, len(text), when),
            *_padded(iter([text]), len(text)),
        ):
            digest.update(data)
            file.write(data)
        file.write(_tail(digest.hexdigest()))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[Backup]:
    """A backup, read through once and found whole. Raises Damaged, InvalidInput when its format is newer, OSError."""
    with path.open("rb") as file:
        _check_seal(path, file, progress)
        try:
            with tarfile.open(fileobj=file, mode="r:") as tar:
                members = tar.getmembers()
        except tarfile.TarError as fault:
            raise Damaged(path, "ce n’est pas une archive tar") from fault
        if [(m.name, m.isreg()) for m in members] != [(GRAPH, True), (MANIFEST, True), (SEAL, True)]:
            raise Damaged(path, "ses parties ne sont pas celles attendues")
        graph, text = members[0], members[1]
        if text.size > MOST_MANIFEST_BYTES:
            raise Damaged(path, "son manifeste est démesuré")
        file.seek(text.offset_data)
        manifest = _manifest(path, file.read(text.size))
        inner = _Window(file, graph.offset_data, graph.size)
        if (graph.size, _sha256(inner)) != (manifest.graph.bytes, manifest.graph.sha256):
            raise Damaged(path, f"la somme de {GRAPH} n’est pas celle du manifeste")
        with _zip(path, inner) as packed:
            yield Backup(path, manifest, packed)


def describe(path: Path) -> Part:
    """The part that the engine's copy at this path will be. Raises Damaged."""
    with path.open("rb") as file, _zip(path, file) as packed:
        entries = plan(path, packed)
        unpacked = sum(entry.file_size for entry in entries)
        return Part(bytes=path.stat().st_size, sha256=_sha256(file), files=len(entries), unpacked=unpacked)


def unpack_copy(path: Path, folder: Path, progress: Progress) -> None:
    """Write the files of the engine's copy at this path into a new folder. Raises Damaged."""
    with path.open("rb") as file, _zip(path, file) as packed:
        unpack(path, packed, plan(path, packed), folder, progress)


def plan(path: Path, packed: ZipFile) -> list[ZipInfo]:
    """The entries to unpack, each a file of its own with a plain name. Raises Damaged before anything is written."""
    entries = packed.infolist()
    names = [entry.filename for entry in entries]
    for entry in entries:
        # ZipInfo cuts a name at a zero byte; the name as it stands in the file is what counts.
        if not PLAIN_NAME.fullmatch(entry.orig_filename) or ".." in entry.orig_filename:
            raise Damaged(path, f"le nom « {entry.orig_filename[:80]} » n’est pas celui d’un fichier du moteur")
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Damaged(path, f"« {entry.filename} » est chiffré ou compressé autrement qu’attendu")
    if not names or len({name.casefold() for name in names}) != len(names):
        raise Damaged(path, "il est vide, ou deux de ses fichiers ont le même nom")
    return entries


def unpack(path: Path, packed: ZipFile, entries: list[ZipInfo], folder: Path, progress: Progress) -> None:
    """Write these entries into a new folder: never more than each declares, every file down to the disk. Raises Damaged."""
    folder.mkdir(parents=True)
    done, total = 0, sum(entry.file_size for entry in entries)
    for entry in entries:
        try:
            with packed.open(entry) as source, (folder / entry.filename).open("xb") as target:
                while data := source.read(CHUNK):
                    target.write(data)
                    done += len(data)
                    progress(done, total)
                target.flush()
                os.fsync(target.fileno())
        except (BadZipFile, zlib.error, EOFError) as fault:
            raise Damaged(path, f"« {entry.filename} » ne se lit pas") from fault
    sync(folder)


class _Window:
    """A part of an open file as a file of its own, for ZipFile. Not for two readers at once."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._at
        self._file.seek(self._start + self._at)
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = min(max(0, base + offset), self._size)
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True


def _manifest(path: Path, text: bytes) -> Manifest:
    try:
        told = json.loads(text)
        if int(told["backup"]) > BACKUP_FORMAT:
            raise InvalidInput(
                f"La sauvegarde {path} vient d’une version plus récente de Maillage ({str(told.get('maillage'))[:20]}). "
                "Installez cette version-là pour la restaurer : rien n’a été modifié."
            )
        return Manifest.model_validate(told)
    except (ValueError, LookupError, TypeError) as fault:
        if not isinstance(fault, ValidationError):
            raise Damaged(path, "son manifeste ne se lit pas") from fault
        field = ".".join(map(str, fault.errors()[0]["loc"])) or "tout"
        raise Damaged(path, f"son manifeste ne se lit pas ({field})") from fault


def _zip(path: Path, file: IO[bytes] | _Window) -> ZipFile:
    try:
        return ZipFile(file)  # pyright: ignore[reportArgumentType] - it only reads and seeks
    except (BadZipFile, ValueError, NotImplementedError) as fault:
        raise Damaged(path, f"{GRAPH} ne se lit pas") from fault


def _check_seal(path: Path, file: IO[bytes], progress: Progress) -> None:
    size = os.fstat(file.fileno()).st_size
    if size < 2 * TAIL_BYTES:
        raise Damaged(path, f"il n’a que {size} octets")
    digest = hashlib.sha256()
    for data in _chunks(file, size - TAIL_BYTES, progress):
        digest.update(data)
    if file.read() != _tail(digest.hexdigest()):
        raise Damaged(path, "son sceau ne correspond pas à ce qu’il contient")
    file.seek(0)


def _chunks(file: IO[bytes], size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    while done < size and (data := file.read(min(CHUNK, size - done))):
        done += len(data)
        yield data
        progress(done, size)
    if done != size:
        raise OSError(f"{file.name} became shorter while it was read")


def _padded(data: Iterator[bytes], size: int) -> Iterator[bytes]:
    yield from data
    yield bytes(-size % BLOCK)


def _header(name: str, size: int, when: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, when, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _tail(digest: str) -> bytes:
    text = f"{digest}\n".encode()
    return b"".join((_header(SEAL, len(text), 0), *_padded(iter([text]), len(text)), bytes(2 * BLOCK)))


def _sha256(file: IO[bytes] | _Window) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while data := file.read(CHUNK):
        digest.update(data)
    file.seek(0)
    return digest.hexdigest()
