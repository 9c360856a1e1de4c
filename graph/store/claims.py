"""Claims: what each source says of a listing, once more than one speaks of it.

While one source speaks, the listing's own node is its claim. From the second on, and wherever people speak (each group of
theirs has a day of its own), each has a node `Claim`, and the listing's node holds what they add up to
(`graph/model/listing.py`). `origin` names the import that brought a claim, or the people who speak.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.directory import Organisation, Service
from graph.model.keeping import Word, is_by_hand
from graph.model.listing import Claim, FieldGroup, split
from graph.store.voices import (
    LAST,
    Heard,
    ListingRecord,
    Voice,
    claim_id,
    claim_row,
    claims_of,
    heard_of,
    last_word,
    revised,
    subject_of,
)

if TYPE_CHECKING:
    from graph.store.unit import Unit

ABOUT: Final[Mapping[type, LiteralString]] = {
    Organisation: """
    UNWIND $ids AS id
    MATCH (n:Organisation {id: id})<-[:ABOUT]-(c:Claim)
    RETURN id, c.origin AS origin, c.source AS source, c.digest AS digest, c.said AS said ORDER BY id, origin
    """,
    Service: """
    UNWIND $ids AS id
    MATCH (n:Service {id: id})<-[:ABOUT]-(c:Claim)
    RETURN id, c.origin AS origin, c.source AS source, c.digest AS digest, c.said AS said ORDER BY id, origin
    """,
}
FIRST: Final[Mapping[type, LiteralString]] = {
    Organisation: """UNWIND $ids AS id MATCH (n:Organisation {id: id})
    RETURN n.id AS id, n.origin AS origin, n.digest AS digest""",
    Service: "UNWIND $ids AS id MATCH (n:Service {id: id}) RETURN n.id AS id, n.origin AS origin, n.digest AS digest",
}
DIGESTS: Final[LiteralString] = "UNWIND $ids AS id MATCH (c:Claim {id: id}) RETURN c.id AS id, c.digest AS digest"
SPAN: Final[LiteralString] = """
MATCH (c:Claim) WHERE c.id > $above AND c.id <= $upto
RETURN c.id AS id ORDER BY id LIMIT $most
"""
# The edge in a statement of its own: on ArcadeDB a node merged in one and matched in it is not always seen.
KEEP: Final[LiteralString] = "UNWIND $rows AS row MERGE (c:Claim {id: row.id}) SET c = row"
POINT: Final[Mapping[type, LiteralString]] = {
    Organisation: """
    UNWIND $rows AS row
    MATCH (c:Claim {id: row.id}), (n:Organisation {id: row.subject})
    MERGE (c)-[:ABOUT]->(n)
    """,
    Service: """
    UNWIND $rows AS row
    MATCH (c:Claim {id: row.id}), (n:Service {id: row.subject})
    MERGE (c)-[:ABOUT]->(n)
    """,
}
DROP: Final[LiteralString] = "UNWIND $ids AS id MATCH (c:Claim {id: id}) DETACH DELETE c"


class Claims:
    """Claims within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def of(self, listings: Sequence[ListingRecord]) -> dict[ListingRecord, tuple[Claim, ...]]:
        """All claims about these listings; of one with a single source, those that it makes itself."""
        found: dict[ListingRecord, tuple[Claim, ...]] = {}
        for kind in ABOUT:
            some = [listing for listing in listings if type(listing) is kind]
            voices = await self._voices(kind, [listing.id for listing in some]) if some else {}
            for listing in some:
                heard = voices.get(listing.id)
                found[listing] = tuple(c for voice in heard for c in voice.claims) if heard else split(listing)
        return found

    async def digests(self, kind: type, origin: str, ids: Iterable[str]) -> dict[str, str | None]:
        """The seals of what `origin` says of these listings, by id; those of which it says nothing are left out."""
        rows = await self._unit.run(DIGESTS, ids=[claim_id(kind, origin, id_) for id_ in ids])
        return {subject_of(row["id"]): row["digest"] for row in rows}

    async def span(self, kind: type, origin: str, above: str, upto: str, most: int) -> list[str]:
        """Ids of the listings, in a span of ids, of which `origin` speaks among others; in order, at most so many."""
        ends = claim_id(kind, origin, above), claim_id(kind, origin, upto)
        rows = await self._unit.run(SPAN, above=ends[0], upto=ends[1], most=most)
        return [subject_of(row["id"]) for row in rows]

    async def say(self, origin: str, told: Mapping[str, tuple[ListingRecord, str]]) -> dict[str, Heard]:
        """Keep what `origin` says now (record and seal, by id) of listings that others speak of; what they add up to."""
        if not told:
            return {}
        kind = type(next(iter(told.values()))[0])
        voices = await self._voices(kind, told)
        first = await self._first(kind, [id_ for id_ in told if id_ not in voices])
        voices |= {id_: [voice] for id_, voice in first.items() if voice.origin != origin}
        rows = [claim_row(kind, id_, voice) for id_ in first.keys() & voices.keys() for voice in voices[id_]]
        heard: dict[str, Heard] = {}
        for id_, (record, digest) in told.items():
            own = Voice(origin=origin, source=record.source, digest=digest, claims=split(record))
            others = [voice for voice in voices.get(id_, ()) if voice.origin not in (origin, LAST + origin)]
            if others:
                rows.append(claim_row(kind, id_, own))
            added_up = heard_of(kind, [*others, own])
            assert added_up is not None, "a record says what it is"
            heard[id_] = added_up
        await self._unit.run(KEEP, rows=rows)
        await self._unit.run(POINT[kind], rows=[{"id": row["id"], "subject": subject_of(row["id"])} for row in rows])
        # It speaks again: its last word is no longer needed.
        last = [claim_id(kind, v.origin, id_) for id_ in told for v in voices.get(id_, ()) if v.origin == LAST + origin]
        await self._unit.run(DROP, ids=last)
        return heard

    async def fall_silent(self, kind: type, origin: str, ids: Sequence[str]) -> dict[str, Heard | None]:
        """Forget what `origin` said of these; what the others still add up to, None where nobody says what it is."""
        found = await self._voices(kind, ids)
        told = {id_: voice for id_, voices in found.items() for voice in voices if voice.origin == origin}
        left = {id_: [voice for voice in found[id_] if voice.origin != origin] for id_ in told}
        rows = []
        for id_, voices in left.items():
            if any(is_by_hand(voice.origin) for voice in voices) and heard_of(kind, voices) is None:
                voices.append(last_word(told[id_]))
                rows.append(claim_row(kind, id_, voices[-1]))
        await self._unit.run(KEEP, rows=rows)
        await self._unit.run(POINT[kind], rows=[{"id": row["id"], "subject": subject_of(row["id"])} for row in rows])
        heard = {id_: heard_of(kind, voices) for id_, voices in left.items()}
        over = [claim_id(kind, origin, id_) for id_ in ids]
        # The last one to speak needs no claim beside the listing's own node.
        over += [
            claim_id(kind, v.origin, id_)
            for id_, vs in left.items()
            if len(vs) == 1
            for v in vs
            if not is_by_hand(v.origin)
        ]
        await self._unit.run(DROP, ids=over)
        return heard

    async def revise(
        self, kind: type, said: Mapping[str, tuple[str, Mapping[FieldGroup, Word | None]]]
    ) -> dict[str, Heard | None]:
        """Change what a voice says of some groups of listings (by id, the voice and its words; None: nothing any more); what all
        add up to then, None where nobody says what it is.
        """
        voices = await self._voices(kind, said)
        first = await self._first(kind, [id_ for id_ in said if id_ not in voices])
        rows: list[dict[str, Any]] = []
        over: list[str] = []
        heard: dict[str, Heard | None] = {}
        for id_, (origin, words) in said.items():
            before = voices.get(id_) or [first[id_]] if id_ in voices or id_ in first else []
            left = revised(before, id_, origin, words)
            kept = left if len(left) > 1 or any(is_by_hand(voice.origin) for voice in left) else []
            rows += [claim_row(kind, id_, voice) for voice in kept]
            gone = {voice.origin for voice in before} - {voice.origin for voice in kept}
            over += sorted(claim_id(kind, one, id_) for one in gone)
            heard[id_] = heard_of(kind, sorted(left, key=lambda voice: voice.origin))
        await self._unit.run(KEEP, rows=rows)
        await self._unit.run(DROP, ids=over)
        return heard

    async def point(self, kind: type, voices: Mapping[str, Iterable[str]]) -> None:
        """Bind the claims of these voices (by listing) to the listings' nodes, once they are there."""
        rows = [
            {"id": claim_id(kind, origin, subject), "subject": subject}
            for subject, origins in voices.items()
            for origin in origins
        ]
        await self._unit.run(POINT[kind], rows=rows)

    async def _voices(self, kind: type, ids: Iterable[str]) -> dict[str, list[Voice]]:
        found: dict[str, list[Voice]] = defaultdict(list)
        for row in await self._unit.run(ABOUT[kind], ids=list(ids)):
            claims = tuple(claims_of(kind, row["id"], row["source"], row["said"]))
            voice = Voice(origin=row["origin"], source=row["source"], digest=row["digest"], claims=claims)
            found[row["id"]].append(voice)
        return dict(found)

    async def _first(self, kind: type, ids: Sequence[str]) -> dict[str, Voice]:
        """What the nodes of listings with a single source say."""
        if not ids:
            return {}
        directory = self._unit.directory
        found: Mapping[str, ListingRecord] = (
            await directory.organisations(ids) if kind is Organisation else await directory.services(ids)
        )
        return {
            row["id"]: Voice(
                origin=row["origin"],
                source=found[row["id"]].source,
                digest=row["digest"],
                claims=split(found[row["id"]]),
            )
            for row in await self._unit.run(FIRST[kind], ids=list(ids))
        }
