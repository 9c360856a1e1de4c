"""The logs of listings: one entry an act, in the transaction of what it changed.

Two who write the same listing insert the same next entry: one of them meets the constraint, and decides again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.directory import Service
from graph.model.keeping import Act, Entry, Kept, ListingKind, ListingRecord, Step, Target, Word
from graph.model.listing import Claim, FieldGroup, merge
from graph.store.claims import values_of
from graph.store.writing import Writing

if TYPE_CHECKING:
    from graph.store.unit import Unit

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (c:Change) SET c = row"
LAST: Final[LiteralString] = "MATCH (c:Change) WHERE c.subject = $subject RETURN max(c.seq) AS seq"
HISTORY: Final[LiteralString] = """
MATCH (c:Change) WHERE c.subject = $subject AND c.seq > $after
RETURN c{.*} AS entry ORDER BY c.seq DESC LIMIT $most
"""
ABOVE: Final[LiteralString] = """
MATCH path = (o:Organisation {id: $id})-[:PART_OF*1..6]->(a:Organisation)
RETURN a.id AS id, length(path) AS far ORDER BY far, id
"""

# Years of a listing that is kept with care.
MOST_ENTRIES: Final = 500


class Keeping:
    """The logs within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def current(self, target: Target) -> Kept | None:
        """The listing as it stands, whatever its state; None when there is none."""
        directory = self._unit.directory
        held: Mapping[str, ListingRecord] = (
            await directory.services([target.id])
            if target.kind is ListingKind.SERVICE
            else await directory.organisations([target.id])
        )
        record = held.get(target.id)
        if record is None:
            return None
        claims = (await self._unit.claims.of([record]))[record]
        kind: type[Any] = target.kind.type
        merged = merge(kind, claims)
        organisation = record.organisation if isinstance(record, Service) else record.id
        return Kept(
            target=target,
            record=record,
            claims=claims,
            standing=merged.kept if merged else {},
            conflicts=merged.conflicts if merged else (),
            seq=await self.last(target),
            above=await self.above(organisation),
        )

    async def last(self, target: Target) -> int:
        """The number of the last entry; 0 before the first."""
        return (await self._unit.run(LAST, subject=target.key))[0]["seq"] or 0

    async def above(self, organisation: str) -> tuple[str, ...]:
        """The bodies that an organisation is part of, the nearest first."""
        rows = await self._unit.run(ABOVE, id=organisation)
        return tuple(dict.fromkeys(row["id"] for row in rows))

    async def history(self, target: Target, after: int = 0, most: int = MOST_ENTRIES) -> list[Entry]:
        """Entries past number `after`, the most recent first."""
        rows = await self._unit.run(HISTORY, subject=target.key, after=after, most=most)
        return [_entry(target, row["entry"]) for row in rows]

    async def append(self, made: Entry, words: Mapping[FieldGroup, Word | None]) -> None:
        """Write the entry, what its voice says from now on, what the listing then holds, and the effect on the index."""
        await self._unit.run(ADD, rows=[_row(made)])
        target, kind = made.target, made.target.kind.type
        heard = await self._unit.claims.revise(kind, target.id, made.voice, words)
        assert heard is not None, "someone says what it is"
        # A first entry makes the listing: there are no edges to draw anew.
        held = set() if made.act is Act.CREATED else {target.id}
        writing = Writing(self._unit, kind, made.voice, held)
        writing.add([heard.record], {target.id: heard.properties})
        await writing.run(())
        await self._unit.claims.point(kind, target.id, heard.voices)


def _row(made: Entry) -> dict[str, Any]:
    """An entry's properties; its steps are one text of JSON, for nobody asks the engine about what is in them."""
    row = {
        "id": f"{made.target.key}#{made.seq}",
        "subject": made.target.key,
        "seq": made.seq,
        "act": made.act.value,
        "at": made.at.isoformat(),
        "by": made.by,
        "saidBy": made.said_by,
        "voice": made.voice,
        "steps": msgspec.json.encode({group.value: step for group, step in made.steps.items()}).decode(),
        "note": made.note,
    }
    return row | ({"of": made.of} if made.of is not None else {})


def _entry(target: Target, row: Mapping[str, Any]) -> Entry:
    steps = msgspec.json.decode(row["steps"])
    return Entry(
        target=target,
        seq=row["seq"],
        act=Act(row["act"]),
        at=datetime.fromisoformat(row["at"]),
        by=row["by"],
        said_by=row["saidBy"],
        voice=row["voice"],
        steps={FieldGroup(group): _step(target, FieldGroup(group), step) for group, step in steps.items()},
        note=row["note"],
        of=row.get("of"),
    )


def _step(target: Target, group: FieldGroup, step: Mapping[str, Any]) -> Step:
    kind, stood, own = target.kind.type, step["stood"], step["own"]
    return Step(
        value=values_of(kind, step["value"]),
        stood=Claim(
            subject=target.id,
            group=group,
            source=stood["source"],
            value=values_of(kind, stood["value"]),
            vouched_on=datetime.fromisoformat(stood["vouched_on"]).date(),
        )
        if stood
        else None,
        own=Word(value=values_of(kind, own["value"]), vouched_on=datetime.fromisoformat(own["vouched_on"]).date())
        if own
        else None,
    )
