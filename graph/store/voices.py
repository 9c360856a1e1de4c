"""What the voices that speak of a listing say together, and how each is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, TypeAlias, get_type_hints

import msgspec

from graph.model.directory import ListingState, Organisation, Service
from graph.model.keeping import Word, is_by_hand
from graph.model.listing import Claim, FieldGroup, merge, whole
from graph.store import records

ListingRecord: TypeAlias = Organisation | Service

# Before the origin of a source that fell silent on what only people still speak of: what it last said is kept for them.
LAST: Final = "last:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """All that one import says of one listing; `digest` seals it, None when it was cut short."""

    origin: str
    source: str
    digest: str | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a listing's node must hold: the value, and whose it is. `voices` is empty while only `origin` speaks."""

    record: ListingRecord
    origin: str
    digest: str | None
    voices: tuple[str, ...] = ()

    @property
    def properties(self) -> dict[str, Any]:
        """Beside those of the record."""
        own: dict[str, Any] = {"origin": self.origin, "digest": self.digest}
        return own | {"voices": list(self.voices)} if self.voices else own


def claim_id(kind: type, origin: str, subject: str) -> str:
    """The id of what `origin` says of a listing: those of one origin and kind follow each other."""
    return f"{origin}|{kind.__name__}|{subject}"


def claim_row(kind: type, subject: str, voice: Voice) -> dict[str, Any]:
    """A claim's properties; the groups are one text of JSON, for nobody asks the engine about what is in them."""
    said = {
        claim.group.value: {"vouched_on": claim.vouched_on, "value": claim.value}
        for claim in sorted(voice.claims, key=lambda claim: claim.group)
    }
    row: dict[str, Any] = {
        "id": claim_id(kind, voice.origin, subject),
        "origin": voice.origin,
        "source": voice.source,
        "said": msgspec.json.encode(said).decode(),
    }
    return row | {"digest": voice.digest} if voice.digest else row


def revised(voices: Sequence[Voice], subject: str, origin: str, words: Mapping[FieldGroup, Word | None]) -> list[Voice]:
    """All voices once `origin` has said these words."""
    said = {claim.group: claim for voice in voices if voice.origin == origin for claim in voice.claims}
    for group, word in words.items():
        said.pop(group, None)
        if word:
            said[group] = Claim(
                subject=subject, group=group, source=origin, value=word.value, vouched_on=word.vouched_on
            )
    left = [voice for voice in voices if voice.origin != origin]
    if said:
        claims = tuple(said.values())
        left.append(Voice(origin=origin, source=origin, digest=records.digest(claims), claims=claims))
    return left


def last_word(silent: Voice) -> Voice:
    """What a source said before it fell silent, of a listing that has ended with it."""
    claims = tuple(
        replace(claim, value={**claim.value, "state": ListingState.ARCHIVED})
        if claim.group is FieldGroup.IDENTITY
        else claim
        for claim in silent.claims
    )
    return replace(silent, origin=f"{LAST}{silent.origin}", digest=None, claims=claims)


def heard_of(kind: type[Any], voices: Sequence[Voice]) -> Heard | None:
    """What they add up to; None where nobody says anything."""
    merged = merge(kind, [claim for voice in voices for claim in voice.claims])
    if merged is None:
        return None
    if len(voices) == 1 and not is_by_hand(voices[0].origin):
        return Heard(record=merged.record, origin=voices[0].origin, digest=voices[0].digest)
    return Heard(
        record=merged.record,
        origin=voices[0].origin,
        digest=records.digest(merged.record),
        voices=tuple(sorted(voice.origin for voice in voices)),
    )


def claims_of(kind: type, subject: str, source: str, said: str) -> Iterable[Claim]:
    """The claims of a row that `claim_row` made."""
    types = _types(kind)
    for group, claim in msgspec.json.decode(said).items():
        yield Claim(
            subject=subject,
            group=FieldGroup(group),
            source=source,
            value=whole(kind, FieldGroup(group), values_of(kind, claim["value"])),
            vouched_on=msgspec.convert(claim["vouched_on"], types["vouched_on"]),
        )


def values_of(kind: type, said: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a listing back from JSON. Raises msgspec.ValidationError where one holds something else."""
    types = _types(kind)
    return {name: msgspec.convert(held, types[name]) for name, held in said.items()}


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def subject_of(claim: str) -> str:
    """Of which listing the claim of this id speaks."""
    return claim.split("|", 2)[2]
