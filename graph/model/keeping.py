"""Keeping a listing true: who changed which group of fields, when, and what stood there before. One log for each listing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from graph.model.access import Operation, Subject, Viewer, may_as_keeper
from graph.model.checks import sound_contact
from graph.model.directory import Organisation, Service
from graph.model.errors import InvalidInput, NotAllowed
from graph.model.life import PARIS
from graph.model.listing import GROUPS, MODERATOR, PARTNER, Claim, Conflict, FieldGroup, merge

ListingRecord = Organisation | Service

# Why a word would be kept and change nothing, by whether it is a moderator's.
OVERRULED: Final = MappingProxyType(
    {
        True: "L’organisme lui-même dit autre chose de cette rubrique, et sa parole l’emporte : rien n’a été modifié. "
        "Envoyez-lui un lien pour qu’il la corrige.",
        False: "Un modérateur en a décidé autrement aujourd’hui : rien n’a été modifié. Écrivez-lui, ou recommencez demain.",
    }
)


class ListingKind(StrEnum):
    """What a listing is about."""

    SERVICE = "service"
    ORGANISATION = "organisation"

    @property
    def type(self) -> type[ListingRecord]:
        """The record that it is."""
        return Service if self is ListingKind.SERVICE else Organisation


class Act(StrEnum):
    """What an entry of the log did."""

    CREATED = "created"
    EDITED = "edited"
    CONFIRMED = "confirmed"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Target:
    """A listing by its kind and id; `key` is its name where both must be one text, as in an index."""

    kind: ListingKind
    id: str

    @property
    def key(self) -> str:
        """Such as "service:demo:ccas-accueil"."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def named(cls, key: str) -> Target:
        """Back from its key. Raises InvalidInput."""
        kind, _, id_ = key.partition(":")
        if kind not in set(ListingKind) or not id_:
            raise InvalidInput(f"« {key[:80]} » ne désigne pas une fiche.", "listing")
        return cls(ListingKind(kind), id_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The value that one voice gave a group, and the day when it vouched for it."""

    value: Mapping[str, Any]
    vouched_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an act did to one group: the value said, the claim that stood before (None for none), and what the same voice had
    said before (None for nothing).
    """

    value: Mapping[str, Any]
    stood: Claim | None = None
    own: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act on one listing. `by` stands for whoever did it (an account's id, "link:…"), `said_by` is her name as shown to
    those who may read the history; `voice` is in whose name. `of` is the entry that this one takes back.
    """

    target: Target
    seq: int
    act: Act
    at: datetime
    by: str
    said_by: str
    voice: str
    steps: Mapping[FieldGroup, Step]
    note: str = ""
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A listing as it stands: `standing` has the claim that won each group, `claims` all of them, `seq` the last entry's."""

    target: Target
    record: ListingRecord
    claims: tuple[Claim, ...]
    standing: Mapping[FieldGroup, Claim]
    conflicts: tuple[Conflict, ...]
    seq: int
    above: tuple[str, ...] = ()

    @property
    def organisation(self) -> str:
        """Whose listing it is, by id."""
        return self.record.organisation if isinstance(self.record, Service) else self.record.id

    @property
    def subject(self) -> Subject:
        """What an act on it is about."""
        return Subject(organisation=self.organisation, above=self.above, listing=self.target.key)

    def value(self, group: FieldGroup) -> dict[str, Any]:
        """What the listing holds in this group, field by field."""
        return {name: getattr(self.record, name) for name in GROUPS[type(self.record)][group]}

    def still(self, group: FieldGroup, on: date) -> dict[str, Any]:
        """The same, said again on that day: room carries its own."""
        value = self.value(group)
        if group is FieldGroup.CAPACITY and (room := value["capacity"]):
            value["capacity"] = replace(room, vouched_on=on)
        return value

    def said(self, group: FieldGroup, voice: str) -> Word | None:
        """What this voice says of the group."""
        words = [claim for claim in self.claims if claim.group is group and claim.source == voice]
        last = max(words, key=lambda claim: claim.vouched_on, default=None)
        return Word(value=last.value, vouched_on=last.vouched_on) if last else None


def voice_of(
    viewer: Viewer, subject: Subject, operation: Operation = Operation.EDIT, groups: Iterable[FieldGroup] = ()
) -> str:
    """In whose name she speaks of it: the body's own where she may do this to all these groups as one who acts for it or for
    one above it, else the moderator's.
    """
    own = all(may_as_keeper(viewer, operation, subject, group) for group in tuple(groups) or (None,))
    return f"{PARTNER}:{subject.organisation}" if own else MODERATOR


def is_by_hand(voice: str) -> bool:
    """Whether people speak, and not a source that is imported."""
    return voice in (MODERATOR, PARTNER) or voice.startswith(f"{PARTNER}:")


def edited(kept: Kept, values: Mapping[FieldGroup, Mapping[str, Any]]) -> dict[FieldGroup, dict[str, Any]]:
    """The whole value of each group that these fields make another: what is not named stays.

    Raises InvalidInput for a group or a field that this listing has not, and for a contact that none can be.
    """
    groups = GROUPS[type(kept.record)]
    changed: dict[FieldGroup, dict[str, Any]] = {}
    for group, fields in values.items():
        if group not in groups:
            raise InvalidInput(f"Cette fiche n’a pas de rubrique « {group} ».", group)
        for name in fields:
            if name not in groups[group]:
                raise InvalidInput(f"La rubrique « {group} » n’a pas de champ « {name} ».", name)
        whole = kept.value(group) | dict(fields)
        if "contact" in fields:
            whole["contact"] = sound_contact(fields["contact"], kept.value(group)["contact"])
        if whole != kept.value(group):
            changed[group] = whole
    return changed


def entry(
    kept: Kept,
    act: Act,
    values: Mapping[FieldGroup, Mapping[str, Any]],
    viewer: Viewer,
    at: datetime,
    *,
    note: str = "",
    operation: Operation = Operation.EDIT,
) -> Entry:
    """The next entry of the log: these groups said in the viewer's voice, by this right of hers.

    Raises NotAllowed where another's word goes before hers, so that hers would change nothing.
    """
    voice = voice_of(viewer, kept.subject, operation, values)
    _check_stands(kept, voice, values, at.astimezone(PARIS).date())
    steps = {
        group: Step(value=value, stood=kept.standing.get(group), own=kept.said(group, voice))
        for group, value in values.items()
    }
    return Entry(
        target=kept.target,
        seq=kept.seq + 1,
        act=act,
        at=at,
        by=viewer.key,
        said_by=viewer.name,
        voice=voice,
        steps=MappingProxyType(steps),
        note=note,
    )


def _check_stands(kept: Kept, voice: str, values: Mapping[FieldGroup, Mapping[str, Any]], on: date) -> None:
    said = [
        Claim(subject=kept.target.id, group=group, source=voice, value=value, vouched_on=on)
        for group, value in values.items()
    ]
    others = [claim for claim in kept.claims if claim.source != voice or claim.group not in values]
    kind: type[Any] = kept.target.kind.type
    after = merge(kind, [*others, *said])
    if after is None:
        return
    for group, value in values.items():
        before = kept.value(group)
        if any(held != before[name] and held != getattr(after.record, name) for name, held in value.items()):
            raise NotAllowed(OVERRULED[voice == MODERATOR])


def taken_back(kept: Kept, done: Entry, since: Iterable[Entry], viewer: Viewer, at: datetime, note: str) -> Entry:
    """The entry that undoes `done`: its voice says again what it said before.

    Raises InvalidInput when it was undone already, or when one of its groups was changed since: that change comes first.
    """
    if done.act is Act.TAKEN_BACK or done.act is Act.CREATED:
        raise InvalidInput("Ce changement ne s’annule pas ainsi.", "seq")
    for later in since:
        if later.of == done.seq:
            raise InvalidInput("Ce changement est déjà annulé.", "seq")
        if later.voice == done.voice and later.steps.keys() & done.steps.keys() and not _is_undone(later, since):
            raise InvalidInput(
                "La même rubrique a été modifiée depuis : annulez d’abord le changement plus récent.", "seq"
            )
    steps = {
        group: Step(
            value=step.own.value if step.own else {},
            stood=kept.standing.get(group),
            own=kept.said(group, done.voice),
        )
        for group, step in done.steps.items()
    }
    made = entry(kept, Act.TAKEN_BACK, {}, viewer, at, note=note)
    return replace(made, voice=done.voice, steps=MappingProxyType(steps), of=done.seq)


def _is_undone(later: Entry, since: Iterable[Entry]) -> bool:
    return later.act is Act.TAKEN_BACK or any(other.of == later.seq for other in since)


def words_after(made: Entry, done: Entry | None, on: date) -> dict[FieldGroup, Word | None]:
    """What the entry's voice says of its groups from now on (None: nothing any more). `done` is what it takes back."""
    if done is None:
        return {group: Word(value=step.value, vouched_on=on) for group, step in made.steps.items()}
    return {group: step.own for group, step in done.steps.items()}


def moved_past(since: Sequence[Entry], groups: Iterable[FieldGroup]) -> set[FieldGroup]:
    """Those of the groups that others' entries changed: a confirmation of the same value changes nothing."""
    wanted = set(groups)
    return {group for one in since if one.act is not Act.CONFIRMED for group in one.steps.keys() & wanted}
