"""Suggestions, beside the listings that they are about; the address of whoever suggested, apart, to be forgotten.

Whoever decides holds the suggestion first (a write on its node), then reads it: of two who decide at once, the second sees
what the first decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, LiteralString, get_type_hints

import msgspec

from graph.model.directory import Contact
from graph.model.suggestion import CONTACT_PARTS, About, Suggestion, SuggestionState, forget_address, kind_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

SWEPT_AT_ONCE: Final = 500

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (s:Suggestion) SET s = row"
ADDRESS: Final[LiteralString] = "CREATE (a:SuggestionAddress {id: $id, email: $email, forget: $forget})"
# What waits says for which listing and which organisation; what was decided says neither: the two indexes hold what waits only.
COUNT_ABOUT: Final[LiteralString] = "MATCH (s:Suggestion) WHERE s.waitsAbout = $subject RETURN count(s) AS waiting"
COUNTS: Final[LiteralString] = """
UNWIND $subjects AS subject
MATCH (s:Suggestion) WHERE s.waitsAbout = subject
RETURN subject, count(s) AS waiting
"""
WAITING_FOR: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (s:Suggestion) WHERE s.waitsFor = organisation
RETURN s{.*} AS node ORDER BY node.at, node.id
"""
WAITING: Final[LiteralString] = """
MATCH (s:Suggestion) WHERE s.waitsFor IS NOT NULL AND (s.at > $at OR (s.at = $at AND s.id > $id))
RETURN s{.*} AS node ORDER BY node.at, node.id LIMIT $most
"""
FIND: Final[LiteralString] = "UNWIND $ids AS id MATCH (s:Suggestion {id: id}) RETURN s{.*} AS node"
HOLD: Final[LiteralString] = "MATCH (s:Suggestion {id: $id}) SET s.locked = $by WITH s RETURN s{.*} AS node"
SAVE: Final[LiteralString] = "UNWIND $rows AS row MATCH (s:Suggestion {id: row.id}) SET s = row"
FORGET_AT: Final[LiteralString] = "MATCH (a:SuggestionAddress {id: $id}) SET a.forget = $at"
ADDRESSES: Final[LiteralString] = (
    "UNWIND $ids AS id MATCH (a:SuggestionAddress {id: id}) RETURN a.id AS id, a.email AS email"
)
# The words of whoever suggested may name someone: they go with the address.
SWEEP_ADDRESSES: Final[LiteralString] = """
MATCH (a:SuggestionAddress) WHERE a.forget <= $now
WITH a LIMIT $most
DELETE a
RETURN count(*) AS swept
"""
SWEEP_TEXTS: Final[LiteralString] = """
MATCH (s:Suggestion) WHERE s.forget <= $now
WITH s LIMIT $most
SET s.text = '', s.byName = ''
REMOVE s.forget
RETURN count(*) AS swept
"""


class Suggestions:
    """Suggestions within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, suggestion: Suggestion, email: str = "") -> None:
        """Keep a new one; `email` is where its author may be answered."""
        await self._unit.run(ADD, rows=[_row(suggestion)])
        if email:
            await self._unit.run(ADDRESS, id=suggestion.id, email=email, forget=_forget(suggestion))

    async def count_about(self, subject: str) -> int:
        """How many wait about one listing."""
        return (await self._unit.run(COUNT_ABOUT, subject=subject))[0]["waiting"]

    async def counts(self, subjects: Sequence[str]) -> dict[str, int]:
        """How many wait about each of these listings, by key; those about which none waits are left out."""
        rows = await self._unit.run(COUNTS, subjects=list(subjects))
        return {row["subject"]: row["waiting"] for row in rows if row["waiting"]}

    async def waiting_for(self, organisations: Sequence[str]) -> list[Suggestion]:
        """Those that wait for these organisations to decide; the oldest first."""
        rows = await self._unit.run(WAITING_FOR, organisations=list(organisations))
        return [_suggestion(row["node"]) for row in rows]

    async def waiting(self, most: int, after: tuple[str, str] = ("", "")) -> list[Suggestion]:
        """Those that wait, at most so many, after the one of this moment and id; the oldest first."""
        rows = await self._unit.run(WAITING, most=most, at=after[0], id=after[1])
        return [_suggestion(row["node"]) for row in rows]

    async def find(self, ids: Sequence[str]) -> dict[str, Suggestion]:
        """Those that exist, by id."""
        found = [_suggestion(row["node"]) for row in await self._unit.run(FIND, ids=list(ids))]
        return {one.id: one for one in found}

    async def hold(self, id_: str, by: str) -> Suggestion | None:
        """One, for whoever is about to decide: nobody else decides until this unit ends."""
        rows = await self._unit.run(HOLD, id=id_, by=by)
        return _suggestion(rows[0]["node"]) if rows else None

    async def save(self, suggestion: Suggestion) -> None:
        """One that was decided, or that waits again. Its author's address and words have their day."""
        await self._unit.run(SAVE, rows=[_row(suggestion)])
        await self._unit.run(FORGET_AT, id=suggestion.id, at=_forget(suggestion))

    async def addresses(self, ids: Sequence[str]) -> dict[str, str]:
        """Where the authors of these may be answered, by the suggestion's id; those who said nothing are left out."""
        return {row["id"]: row["email"] for row in await self._unit.run(ADDRESSES, ids=list(ids))}

    async def sweep(self, now: datetime) -> int:
        """Forget some of the addresses and words whose day has come; how many, 0 when all is swept."""
        at = moment(now)
        swept = 0
        for statement in (SWEEP_ADDRESSES, SWEEP_TEXTS):
            swept += (await self._unit.run(statement, now=at, most=SWEPT_AT_ONCE))[0]["swept"]
        return swept


def moment(when: datetime) -> str:
    """A moment as nodes keep it: texts in the order of time."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _forget(suggestion: Suggestion) -> str:
    return moment(forget_address(suggestion))


def _row(one: Suggestion) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": one.id,
        "subject": one.subject,
        "organisation": one.organisation,
        "about": one.about.value,
        "at": moment(one.at),
        "text": one.text,
        "value": msgspec.json.encode(dict(one.value)).decode(),
        "by": one.by,
        "byName": one.by_name,
        "state": one.state.value,
        "decidedBy": one.decided_by,
        "decidedName": one.decided_name,
        "reason": one.reason,
        "taken": list(one.taken),
        "decisions": one.decisions,
    }
    if one.waits():
        row |= {"waitsAbout": one.subject, "waitsFor": one.organisation}
    optional = {
        "decidedAt": moment(one.decided_at) if one.decided_at else None,
        "change": one.change,
        "forget": _forget(one),
    }
    return row | {name: value for name, value in optional.items() if value is not None}


def _suggestion(node: Mapping[str, Any]) -> Suggestion:
    decided = node.get("decidedAt")
    types = _types(kind_of(node["subject"]))
    value = {name: msgspec.convert(held, types[name]) for name, held in msgspec.json.decode(node["value"]).items()}
    return Suggestion(
        id=node["id"],
        subject=node["subject"],
        organisation=node["organisation"],
        about=About(node["about"]),
        at=datetime.fromisoformat(node["at"]),
        text=node["text"],
        value=value,
        by=node["by"],
        by_name=node["byName"],
        state=SuggestionState(node["state"]),
        decided_by=node["decidedBy"],
        decided_name=node["decidedName"],
        decided_at=datetime.fromisoformat(decided) if decided else None,
        reason=node["reason"],
        taken=tuple(node["taken"]),
        change=node.get("change"),
        decisions=node["decisions"],
    )


@cache
def _types(kind: type) -> dict[str, Any]:
    """Of each part of a suggestion: a field of the listing, or of its contact."""
    inner = get_type_hints(Contact)
    return get_type_hints(kind) | {part: inner[part] for part in CONTACT_PARTS}
