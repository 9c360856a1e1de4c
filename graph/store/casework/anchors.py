"""Heads of logs written down outside the graph, each line signed and bound to the one before: who rewrites the graph, with chains
that hold, cannot rewrite these.

A line is a signature (Ed25519, base64), a space, and JSON: {"at", "until", "by", "before", "heads": [[file, seq, hash], …]}.
Lines are appended and settled on the disk; one that was cut is followed by the next on a line of its own, and is bound to none.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, LiteralString

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.model.casework.chain import START
from graph.model.errors import Unavailable
from graph.store.unit import Unit

MOST_HEADS: Final = 500
# A write may end so long after the engine's clock was read for it (milliseconds): what is written down goes over that again.
OVERLAP: Final = 600_000

CHANGED: Final[LiteralString] = """
MATCH (f:File) WHERE f.changed >= $since AND (f.changed > $since OR f.id > $after)
RETURN f.id AS id, f.seq AS seq, f.hash AS hash, f.changed AS changed ORDER BY changed, id LIMIT $most
"""
HASHES: Final[LiteralString] = "UNWIND $ids AS id MATCH (e:Entry {id: id}) RETURN id, e.hash AS hash"

Head = tuple[str, int, str]


class Line(msgspec.Struct, frozen=True):
    """What a line says: heads of logs as they stood at `at`, those of files that changed up to `until` (epoch milliseconds).

    `by` is the public key that signed it, `before` the digest of the line before; both in hexadecimal.
    """

    at: int
    until: int
    by: str
    before: str
    heads: list[Head]


@dataclass(frozen=True, slots=True)
class Read:
    """A line as it was read: its number, what it says (None where it cannot be read), whether it is signed by `by`, and whether
    it follows from the last that could be read.
    """

    number: int
    line: Line | None
    signed: bool
    follows: bool


class Anchors:
    """The log of heads, at a path, written by whoever has the key."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self.by = self._key.public_key().public_bytes_raw().hex()

    def append(self, at: int, until: int, heads: Sequence[Head]) -> None:
        """One line more, on the disk when it returns. Raises Unavailable."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                said = msgspec.json.encode(Line(at, until, self.by, _last_digest(self._path), list(heads)))
                line = base64.b64encode(self._key.sign(said)) + b" " + said + b"\n"
                size = os.fstat(descriptor).st_size
                cut = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                whole = b"\n" + line if cut else line
                if os.write(descriptor, whole) != len(whole):
                    raise OSError("half a line was written")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as fault:
            raise Unavailable("Le registre des têtes de dossiers (anchors.log) ne peut pas être écrit.") from fault

    def recent(self, since: int) -> list[Line]:
        """The last lines, the first first, back to the first that ends before `since`; that one too. Raises Unavailable."""
        found: list[Line] = []
        for raw in _backwards(self._path):
            line = _line(raw)
            if line is None:
                continue
            found.append(line)
            if line.until < since:
                break
        return found[::-1]

    def last(self) -> Line | None:
        """The last line; None where there is none. Raises Unavailable."""
        return next((line for raw in _backwards(self._path) if (line := _line(raw))), None)


def read(path: Path) -> Iterator[Read]:
    """Every line, the first first. One that was cut is passed over when the next follows from the one before it."""
    before, cut = START, 0
    try:
        with path.open("rb") as lines:
            for number, raw in enumerate(lines, 1):
                line = _line(raw.rstrip(b"\n"))
                if line is None:
                    cut = number
                    continue
                follows = line.before == before
                if cut and not follows:
                    yield Read(cut, None, signed=False, follows=False)
                yield Read(number, line, _signed(raw.rstrip(b"\n"), line.by), follows)
                before, cut = _digest(raw.rstrip(b"\n")), 0
    except FileNotFoundError:
        return
    except OSError as fault:
        raise Unavailable("Le registre des têtes de dossiers (anchors.log) ne peut pas être lu.") from fault


async def changed(unit: Unit, since: int, after: str) -> list[tuple[Head, int]]:
    """Heads of some files that changed at `since` (epoch milliseconds) or later, the earliest first, each with that moment."""
    rows = await unit.run(CHANGED, since=since, after=after, most=MOST_HEADS)
    return [((row["id"], row["seq"], row["hash"]), row["changed"]) for row in rows]


async def hashes(unit: Unit, keys: Sequence[str]) -> dict[str, str]:
    """The hashes of these entries; without those that are not there."""
    return {row["id"]: row["hash"] for row in await unit.run(HASHES, ids=list(keys))}


def _line(raw: bytes) -> Line | None:
    _, space, said = raw.partition(b" ")
    try:
        return msgspec.json.decode(said, type=Line) if space else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _signed(raw: bytes, by: str) -> bool:
    signature, _, said = raw.partition(b" ")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(by)).verify(base64.b64decode(signature, validate=True), said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def _last_digest(path: Path) -> str:
    return next((_digest(raw) for raw in _backwards(path) if _line(raw)), START)


def _backwards(path: Path, block: int = 65_536) -> Iterator[bytes]:
    """Whole lines, the last first, without their ends; what was cut at the very end is among them."""
    try:
        with path.open("rb") as lines:
            place, kept = lines.seek(0, os.SEEK_END), b""
            while place:
                step = min(block, place)
                place -= step
                lines.seek(place)
                first, *rest = (lines.read(step) + kept).split(b"\n")
                yield from (line for line in reversed(rest) if line)
                kept = first
            if kept:
                yield kept
    except FileNotFoundError:
        return
    except OSError as fault:
        raise Unavailable("Le registre des têtes de dossiers (anchors.log) ne peut pas être lu.") from fault
