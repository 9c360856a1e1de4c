"""What a listing is made of: claims, one for each group of fields and each source; and the value that they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from graph.model.directory import Organisation, Service

L = TypeVar("L", Organisation, Service)


class FieldGroup(StrEnum):
    """What a partner confirms in one gesture; the order is that of a page."""

    IDENTITY = "identity"
    MATTERS = "matters"
    CONDITIONS = "conditions"
    TERRITORY = "territory"
    RECEPTION = "reception"
    CAPACITY = "capacity"
    CONTACT = "contact"
    PLACE = "place"
    HOURS = "hours"


# Every field of a listing is in one group, but for its id and for who vouched for it, and when.
GROUPS: Final[Mapping[type, Mapping[FieldGroup, tuple[str, ...]]]] = MappingProxyType(
    {
        Organisation: {
            FieldGroup.IDENTITY: (
                "name",
                "kind",
                "description",
                "aliases",
                "siret",
                "part_of",
                "state",
                "closed_on",
                "successor",
                "suspended_from",
                "suspended_until",
                "demonstration",
            ),
            FieldGroup.TERRITORY: ("covers",),
            FieldGroup.CONTACT: ("contact",),
            FieldGroup.PLACE: ("place",),
            FieldGroup.HOURS: ("hours",),
        },
        Service: {
            FieldGroup.IDENTITY: (
                "name",
                "organisation",
                "description",
                "state",
                "successor",
                "suspended_from",
                "suspended_until",
                "demonstration",
            ),
            FieldGroup.MATTERS: ("competences",),
            FieldGroup.CONDITIONS: (
                "conditions",
                "publics",
                "excludes",
                "fee",
                "free",
                "without_residence_condition",
            ),
            FieldGroup.TERRITORY: ("covers",),
            FieldGroup.RECEPTION: ("modes", "interpreter", "accessible"),
            FieldGroup.CAPACITY: ("capacity", "answer_days"),
            FieldGroup.CONTACT: ("contact",),
            FieldGroup.PLACE: ("place",),
            FieldGroup.HOURS: ("hours",),
        },
    }
)

PARTNER: Final = "partner"
# The voice of those who watch over the whole directory: it yields to a partner's own word, and to no source.
MODERATOR: Final = "moderator"
# Between two sources of one day: those kept by the field before those kept by an office, the invented one last.
SOURCE_ORDER: Final = ("data-inclusion", "france-travail", "dila")
INVENTED: Final = "demonstration"
# Whether it is there at all: someone must be able to end a body that answers no more.
LIFE: Final = ("state", "closed_on", "successor", "suspended_from", "suspended_until")
# Of what a listing is, what one source may leave unsaid and another say. Its state and its closing day go together, with who won.
OPTIONAL: Final = ("description", "aliases", "siret", "part_of")
# What a source says that does not know the kind.
UNCLASSED: Final = "ORGANISME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one source says of one group of fields of a subject (an id), and the day when someone vouched for it.

    `value` holds the group's fields by name. A source `partner`, or `partner:who`, is the body itself.
    """

    subject: str
    group: FieldGroup
    source: str
    value: Mapping[str, Any]
    vouched_on: date

    @property
    def by_partner(self) -> bool:
        """Whether this is the body's own word."""
        return self.source == PARTNER or self.source.startswith(f"{PARTNER}:")

    @property
    def by_hand(self) -> bool:
        """Whether people speak: they mean what they leave empty."""
        return self.by_partner or self.source == MODERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Sources that disagree on a group: the claim whose value stands, and those whose value is another."""

    group: FieldGroup
    kept: Claim
    others: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Generic[L]):
    """What the claims of one subject add up to; `kept` has the claim that won each group that anyone spoke of."""

    record: L
    kept: Mapping[FieldGroup, Claim]
    conflicts: tuple[Conflict, ...]


def split(record: Organisation | Service) -> tuple[Claim, ...]:
    """The claims that a record makes: its identity, and each group of which it says something."""
    kind = type(record)
    claims = []
    for group, names in GROUPS[kind].items():
        value = {name: getattr(record, name) for name in names}
        if group is FieldGroup.IDENTITY or any(held != _nothing(kind, name) for name, held in value.items()):
            claims.append(
                Claim(
                    subject=record.id,
                    group=group,
                    source=record.source,
                    value=value,
                    vouched_on=record.vouched_on,
                )
            )
    return tuple(claims)


def whole(kind: type, group: FieldGroup, value: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of a group: those that a claim does not know, for it was kept before they were, say nothing."""
    return {name: value[name] if name in value else _nothing(kind, name) for name in GROUPS[kind][group]}


def merge(kind: type[L], claims: Iterable[Claim]) -> Merged[L] | None:
    """One record from the claims of one subject, in whatever order; None when no claim says what it is.

    In each group the partner's own word wins, then a moderator's, then the most recent, then the order of sources, then their
    names. A moderator's word of no earlier day says whether it is there at all. Of what it is, the next in that order says what
    a source that wins leaves empty, and the kind when the winner knows none. The record's own source and day are those of the
    most recent claim that won, room apart: it has a day of its own.
    """
    ranked = {group: sorted(said, key=_weight) for group, said in _latest(claims).items()}
    kept = {group: ranked[group][0] for group in GROUPS[kind] if group in ranked}
    if FieldGroup.IDENTITY not in kept:
        return None
    dated = [claim for group, claim in kept.items() if group is not FieldGroup.CAPACITY]
    last = min(dated, key=lambda claim: (-claim.vouched_on.toordinal(), *_weight(claim)))
    values = {name: held for claim in kept.values() for name, held in claim.value.items()}
    values |= _completed(ranked[FieldGroup.IDENTITY]) | _ended(ranked[FieldGroup.IDENTITY])
    for group, names in GROUPS[kind].items():
        if group not in kept:
            values |= {name: _nothing(kind, name) for name in names}
    conflicts = [
        Conflict(group=group, kept=claim, others=others)
        for group, claim in kept.items()
        if (others := tuple(other for other in ranked[group][1:] if other.value != claim.value))
    ]
    return Merged(
        record=kind(id=last.subject, source=last.source, vouched_on=last.vouched_on, **values),
        kept=kept,
        conflicts=tuple(conflicts),
    )


def _completed(ranked: Sequence[Claim]) -> dict[str, Any]:
    """Of the claims of what a listing is, first to last: its kind, and where no one by hand won its optional fields, from the
    first that says any.
    """
    found: dict[str, Any] = {}
    for claim in ranked:
        for name in OPTIONAL:
            if claim.value.get(name) and not ranked[0].by_hand:
                found.setdefault(name, claim.value[name])
        if claim.value.get("kind", UNCLASSED) != UNCLASSED:
            found.setdefault("kind", claim.value["kind"])
    return found


def _ended(ranked: Sequence[Claim]) -> dict[str, Any]:
    """Of the claims of what a listing is, the winner first: what a moderator said of its life once the partner had spoken."""
    if not ranked[0].by_partner:
        return {}
    later = (claim for claim in ranked if claim.source == MODERATOR and claim.vouched_on >= ranked[0].vouched_on)
    said = next(later, None)
    return {name: said.value[name] for name in LIFE if name in said.value} if said else {}


def _latest(claims: Iterable[Claim]) -> dict[FieldGroup, list[Claim]]:
    """By group, one claim a source: its most recent."""
    newest: dict[tuple[FieldGroup, str], Claim] = {}
    for claim in claims:
        key = claim.group, claim.source
        before = newest.get(key)
        # Two of one source and one day only differ when someone erred; the choice must still not depend on their order.
        if before is None or (claim.vouched_on, repr(claim.value)) > (before.vouched_on, repr(before.value)):
            newest[key] = claim
    groups: dict[FieldGroup, list[Claim]] = defaultdict(list)
    for claim in newest.values():
        groups[claim.group].append(claim)
    return groups


def _weight(claim: Claim) -> tuple[int, int, int, str]:
    """The smallest wins."""
    if claim.source == INVENTED:
        place = len(SOURCE_ORDER) + 1
    else:
        place = SOURCE_ORDER.index(claim.source) if claim.source in SOURCE_ORDER else len(SOURCE_ORDER)
    voice = 0 if claim.by_partner else 1 if claim.by_hand else 2
    return voice, -claim.vouched_on.toordinal(), place, claim.source


def _nothing(kind: type, name: str) -> object:
    """What a field holds when nothing is said of it."""
    field: Field[Any] = _FIELDS[kind][name]
    if field.default_factory is not MISSING:
        return field.default_factory()
    return () if field.default is MISSING else field.default


_FIELDS: Final = {kind: {field.name: field for field in fields(kind)} for kind in GROUPS}
