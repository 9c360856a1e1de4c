"""The chain of a log: each entry seals the one before, and holds by a salted commitment what was said in it.

What was said can be forgotten (its key destroyed, its sealed text deleted) and the chain still verifies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

START: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the chain holds of an entry: all in hexadecimal but the key, the act and the moment (ISO 8601)."""

    key: str
    act: str
    at: str
    commitment: str
    hash: str


def commitment(salt: bytes, said: bytes) -> str:
    """What binds to `said` without telling it. The salt goes where `said` goes."""
    return sha256(salt + said).hexdigest()


def linked(before: str, key: str, act: str, at: str, committed: str) -> str:
    """The hash of an entry that follows the one whose hash is `before`."""
    return sha256("\n".join((before, key, act, at, committed)).encode()).hexdigest()


def broken(links: Iterable[Link]) -> str | None:
    """The key of the first entry that does not follow from the one before; None where the whole chain holds."""
    before = START
    for link in links:
        if linked(before, link.key, link.act, link.at, link.commitment) != link.hash:
            return link.key
        before = link.hash
    return None
