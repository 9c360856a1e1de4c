"""Sealing with a file's key (AES-256-GCM): what is sealed opens with the key, in the place where it was put, and nowhere else."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.model.casework.acts import EVENTS, Entry, Event
from graph.model.casework.chain import commitment
from graph.model.casework.file import Actor, File

NONCE_BYTES: Final = 12
SALT_BYTES: Final = 16
HASH_CHARACTERS: Final = 64


class Unreadable(Exception):
    """What is kept does not open with its key, in its place: it was changed, or put elsewhere. Names the place."""


class _Said(msgspec.Struct, array_like=True):
    """What an entry holds that nobody reads without the key."""

    salt: bytes
    by: Actor
    kind: str
    event: msgspec.Raw


_FILE: Final = msgspec.json.Decoder(File)
_EVENTS: Final = {name: msgspec.json.Decoder(event) for name, event in EVENTS.items()}
_SAID: Final = msgspec.json.Decoder(_Said)


def sealed(key: bytes, place: str, said: bytes) -> str:
    """The text that holds `said`, for this place alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, said, place.encode())).decode()


def opened(key: bytes, place: str, kept: str) -> bytes:
    """What was sealed for this place. Raises Unreadable."""
    try:
        whole = base64.b64decode(kept, validate=True)
        return AESGCM(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as fault:
        raise Unreadable(place) from fault


def seal_entry(key: bytes, entry: Entry) -> tuple[str, str]:
    """An entry's sealed text, and its commitment."""
    salt = secrets.token_bytes(SALT_BYTES)
    kind = type(entry.event).__name__
    said = msgspec.json.encode(
        _Said(salt=salt, by=entry.by, kind=kind, event=msgspec.Raw(msgspec.json.encode(entry.event)))
    )
    return sealed(key, entry.key, said), commitment(b"", said)


def open_entry(key: bytes, file: str, seq: int, at: datetime, kept: str) -> tuple[Entry, str]:
    """The entry, and the commitment of what was opened: the chain holds the same. Raises Unreadable."""
    said = opened(key, f"{file}:{seq}", kept)
    told = _SAID.decode(said)
    event: Event = _EVENTS[told.kind].decode(told.event)
    return Entry(file=file, seq=seq, at=at, by=told.by, event=event), commitment(b"", said)


def seal_file(key: bytes, file: File, head: str) -> str:
    """The file as it stands after its last entry, with the hash of that entry."""
    return sealed(key, f"{file.id}@{file.seq}", head.encode() + msgspec.json.encode(file))


def open_file(key: bytes, id_: str, seq: int, kept: str) -> File:
    """The file that was sealed after entry `seq`. Raises Unreadable."""
    return open_headed(key, id_, seq, kept)[0]


def open_headed(key: bytes, id_: str, seq: int, kept: str) -> tuple[File, str]:
    """The same, and the hash of its last entry. Raises Unreadable."""
    said = opened(key, f"{id_}@{seq}", kept)
    return _FILE.decode(said[HASH_CHARACTERS:]), said[:HASH_CHARACTERS].decode()


def seal_words(key: bytes, place: str, words: Any) -> str:
    """Other values that are kept with a key: JSON, for this place."""
    return sealed(key, place, msgspec.json.encode(words))
