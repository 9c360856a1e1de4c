"""Finding a caller again within one unit: tokens are hashes made with a key of the organisation that leads the file, so that the
graph alone tells nothing, not even that two organisations know the same person. And who looked, for whom, on which ground.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, LiteralString
from uuid import uuid4

from graph.model.casework.file import File
from graph.model.casework.finding_again import holder, marks_of
from graph.store.casework.keyring import Keyring
from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

TOKEN_BYTES: Final = 16

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (t:LookupToken) SET t = row"
FORGET: Final[LiteralString] = "MATCH (t:LookupToken {file: $file}) DELETE t"
OPEN_BOOK: Final[LiteralString] = "MERGE (b:LookupBook {id: $organisation})"
BOOKS: Final[LiteralString] = "MATCH (b:LookupBook) RETURN b.id AS id ORDER BY id"
# UNWIND, not IN: each token is looked up in the index.
FIND: Final[LiteralString] = """
UNWIND $tokens AS token
MATCH (t:LookupToken {token: token})
RETURN DISTINCT t.file AS file ORDER BY file LIMIT $most
"""
ADD_LOOKUP: Final[LiteralString] = "CREATE (l:Lookup) SET l = $row"
ADD_HITS: Final[LiteralString] = "UNWIND $rows AS row CREATE (h:LookupHit) SET h = row"
HIT: Final[LiteralString] = "MATCH (h:LookupHit {id: $id}) RETURN h{.*} AS hit"
# What is counted stands in the node that is locked: of two who look at once, one must begin anew, and sees the other's look. Looks
# counted one by one may be read from before the other's commit, though the lock is read from after it.
LOCK_HOUR: Final[LiteralString] = """
MERGE (h:LookupHour {id: $id}) SET h.at = $at
WITH h
RETURN coalesce(h.looks, []) AS looks
"""
SET_HOUR: Final[LiteralString] = "MATCH (h:LookupHour {id: $id}) SET h.looks = $looks"
HITS_ON: Final[LiteralString] = """
MATCH (h:LookupHit {file: $file})
RETURN h{.*} AS hit ORDER BY h.at DESC, h.id LIMIT $most
"""
MOST_FOUND: Final = 20
MOST_HITS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Someone looked, and this file was told: who, for which organisation, on which ground (empty within her own)."""

    id: str
    file: str
    at: datetime
    account: str
    organisation: str
    ground: str = ""
    request: str = ""


class Lookups:
    """Tokens, and the log of who looked, within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def keep(self, before: File | None, after: File) -> None:
        """Bring the tokens of a file up to date with who is in it and who leads it. Nothing is run where neither moved."""
        was = (holder(before), marks_of(before)) if before else ("", frozenset[str]())
        now = (holder(after), marks_of(after))
        if was == now or not (was[1] or now[1]):
            return
        if was[1]:
            await self._unit.run(FORGET, file=after.id)
        if now[1]:
            await self.remember(after, now[0])

    async def remember(self, file: File, organisation: str) -> None:
        """Write the tokens of a file that has none, under the key of this organisation."""
        key = await self._key(organisation)
        rows = [
            {"id": f"{token}|{file.id}", "token": token, "file": file.id}
            for token in sorted(hashed(key, mark) for mark in marks_of(file))
        ]
        await self._unit.run(ADD, rows=rows)
        await self._unit.run(OPEN_BOOK, organisation=organisation)

    async def books(self) -> list[str]:
        """The organisations that may have someone to be found."""
        return [row["id"] for row in await self._unit.run(BOOKS)]

    async def found(self, marks: Iterable[str], organisations: Iterable[str]) -> list[str]:
        """The files under one of these marks, at one of these organisations."""
        told = list(marks)
        keyring = self._unit.keyring
        tokens = await asyncio.to_thread(_tokens, keyring, told, list(organisations))
        rows = await self._unit.run(FIND, tokens=tokens, most=MOST_FOUND) if tokens else []
        return [row["file"] for row in rows]

    async def note(
        self, account: str, organisation: str, at: datetime, *, ground: str, request: str, files: Iterable[str]
    ) -> dict[str, str]:
        """Write down who looked, on which ground, and which files were told: the id of each hit, by file."""
        lookup = uuid4().hex
        row = {
            "id": lookup,
            "account": account,
            "organisation": organisation,
            "at": milliseconds(at),
            "ground": ground,
            "request": request,
        }
        hits = {file: uuid4().hex for file in files}
        await self._unit.run(ADD_LOOKUP, row=row | {"found": len(hits)})
        if hits:
            rows = [row | {"id": hit, "lookup": lookup, "file": file} for file, hit in hits.items()]
            await self._unit.run(ADD_HITS, rows=rows)
        return hits

    async def hit(self, id_: str) -> Hit | None:
        """One answer that was given; None when there is none."""
        rows = await self._unit.run(HIT, id=id_)
        return _hit(rows[0]["hit"]) if rows else None

    async def hits_on(self, file: str, most: int = MOST_HITS) -> list[Hit]:
        """Who was told of this file, the latest first: the person may see it."""
        return [_hit(row["hit"]) for row in await self._unit.run(HITS_ON, file=file, most=most)]

    async def asked_within(self, account: str, at: datetime, span: timedelta, *, network: bool) -> int:
        """How often this account looked lately, through the network or in its own organisation's files, before this time, which
        counts from now on if the unit ends well.
        """
        now, id_ = milliseconds(at), f"{account}|{'network' if network else 'own'}"
        rows = await self._unit.run(LOCK_HOUR, id=id_, at=now)
        lately = [look for look in rows[0]["looks"] if look > milliseconds(at - span)]
        await self._unit.run(SET_HOUR, id=id_, looks=[*lately, now])
        return len(lately)

    async def _key(self, organisation: str) -> bytes:
        name = lookup_key(organisation)
        return self._unit.keyring.of(name) or await asyncio.to_thread(self._unit.keyring.make, name)


def lookup_key(organisation: str) -> str:
    """The name of the key, in the keyring, that an organisation's tokens are made with."""
    return f"lookup-{hashlib.sha256(organisation.encode()).hexdigest()[:32]}"


def hashed(key: bytes, mark: str) -> str:
    """A mark as it is kept."""
    return hmac.new(key, mark.encode(), hashlib.sha256).digest()[:TOKEN_BYTES].hex()


def _tokens(keyring: Keyring, marks: list[str], organisations: list[str]) -> list[str]:
    keys = [key for organisation in organisations if (key := keyring.of(lookup_key(organisation)))]
    return sorted(hashed(key, mark) for key in keys for mark in marks)


def _hit(row: dict[str, object]) -> Hit:
    return Hit(
        id=str(row["id"]),
        file=str(row["file"]),
        at=moment_of(int(str(row["at"]))),
        account=str(row["account"]),
        organisation=str(row["organisation"]),
        ground=str(row["ground"] or ""),
        request=str(row["request"] or ""),
    )
