"""The logs of listings: one entry an act, in the transaction of what it changed.

Two who write the same listing insert the same next entry: one of them meets the constraint, and decides again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.directory import Service
from graph.model.errors import InvalidInput
from graph.model.keeping import Act, Entry, Kept, ListingKind, ListingRecord, Step, Target, Word
from graph.model.listing import Claim, FieldGroup, merge
from graph.store.voices import Heard, values_of
from graph.store.writing import Writing

if TYPE_CHECKING:
    from graph.store.unit import Unit

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (c:Change) SET c = row"
LAST: Final[LiteralString] = """
UNWIND $subjects AS subject
MATCH (c:Change {subject: subject})
RETURN subject, max(c.seq) AS seq
"""
HISTORY: Final[LiteralString] = """
MATCH (c:Change) WHERE c.subject = $subject AND c.seq > $after
RETURN c{.*} AS entry ORDER BY c.seq DESC LIMIT $most
"""
SINCE: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (c:Change {subject: row.subject}) WHERE c.seq > row.after
RETURN c.subject AS subject, c{.*} AS entry ORDER BY subject, c.seq DESC
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
        return (await self.currents([target])).get(target)

    async def currents(self, targets: Sequence[Target]) -> dict[Target, Kept]:
        """Those of these listings that there are, as they stand."""
        directory = self._unit.directory
        services = await directory.services([target.id for target in targets if target.kind is ListingKind.SERVICE])
        bodies = await directory.organisations(
            [target.id for target in targets if target.kind is not ListingKind.SERVICE]
        )
        found: dict[Target, ListingRecord] = {}
        for target in targets:
            record = services.get(target.id) if target.kind is ListingKind.SERVICE else bodies.get(target.id)
            if record:
                found[target] = record
        claims = await self._unit.claims.of(list(found.values()))
        last = await self.last(list(found))
        above = {id_: await self.above(id_) for id_ in {_organisation(record) for record in found.values()}}
        return {
            target: _kept(target, record, claims[record], last.get(target, 0), above[_organisation(record)])
            for target, record in found.items()
        }

    async def last(self, targets: Sequence[Target]) -> dict[Target, int]:
        """The number of the last entry of each; those without any are left out."""
        named = {target.key: target for target in targets}
        return {named[row["subject"]]: row["seq"] for row in await self._unit.run(LAST, subjects=list(named))}

    async def above(self, organisation: str) -> tuple[str, ...]:
        """The bodies that an organisation is part of, the nearest first."""
        rows = await self._unit.run(ABOVE, id=organisation)
        return tuple(dict.fromkeys(row["id"] for row in rows))

    async def history(self, target: Target, after: int = 0, most: int = MOST_ENTRIES) -> list[Entry]:
        """Entries past number `after`, the most recent first."""
        rows = await self._unit.run(HISTORY, subject=target.key, after=after, most=most)
        return [_entry(target, row["entry"]) for row in rows]

    async def since(self, after: Mapping[Target, int]) -> dict[Target, list[Entry]]:
        """Entries of several listings past a number of each, the most recent first."""
        named = {target.key: target for target in after}
        found: dict[Target, list[Entry]] = {target: [] for target in after}
        rows = [{"subject": target.key, "after": seq} for target, seq in after.items()]
        for row in await self._unit.run(SINCE, rows=rows):
            target = named[row["subject"]]
            found[target].append(_entry(target, row["entry"]))
        return found

    async def append(self, made: Entry, words: Mapping[FieldGroup, Word | None]) -> None:
        """Write the entry, what its voice says from now on, what the listing then holds, and the effect on the index."""
        await self.append_all([(made, words)])

    async def append_all(self, said: Sequence[tuple[Entry, Mapping[FieldGroup, Word | None]]]) -> None:
        """Write entries of as many listings, each with its words: in one statement a kind of thing, not one a listing."""
        await self._unit.run(ADD, rows=[_row(made) for made, _ in said])
        for kind in ListingKind:
            some = {made.target.id: (made, words) for made, words in said if made.target.kind is kind}
            if some:
                await self._append(kind.type, some)

    async def _append(
        self, kind: type[Any], some: Mapping[str, tuple[Entry, Mapping[FieldGroup, Word | None]]]
    ) -> None:
        heard: dict[str, Heard] = {}
        revised = await self._unit.claims.revise(
            kind, {id_: (made.voice, words) for id_, (made, words) in some.items()}
        )
        for id_, one in revised.items():
            if one is None:
                raise InvalidInput("Plus personne ne dit ce qu’est cette fiche : rien n’a été modifié.", "listing")
            heard[id_] = one
        # A first entry makes the listing: there are no edges to draw anew.
        held = {id_ for id_, (made, _) in some.items() if made.act is not Act.CREATED}
        writing = Writing(self._unit, kind, next(iter(some.values()))[0].voice, held)
        writing.add([one.record for one in heard.values()], {id_: one.properties for id_, one in heard.items()})
        await writing.run(())
        await self._unit.claims.point(kind, {id_: one.voices for id_, one in heard.items()})


def _organisation(record: ListingRecord) -> str:
    return record.organisation if isinstance(record, Service) else record.id


def _kept(target: Target, record: ListingRecord, claims: tuple[Claim, ...], seq: int, above: tuple[str, ...]) -> Kept:
    kind: type[Any] = target.kind.type
    merged = merge(kind, claims)
    return Kept(
        target=target,
        record=record,
        claims=claims,
        standing=merged.kept if merged else {},
        conflicts=merged.conflicts if merged else (),
        seq=seq,
        above=above,
    )


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
