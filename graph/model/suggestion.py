"""A correction that anyone may suggest: what it is about, the value it would make, and the steps of its life.

It waits beside the listing and changes nothing of it. Whoever keeps the listing, or a moderator, takes it, takes a part of
it, or refuses it with a reason; each decision can be undone, and the suggestion decided anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from unicodedata import category

from graph.model.checks import sound_parts
from graph.model.directory import Contact, ListingState, Organisation, Service
from graph.model.errors import Conflict, InvalidInput
from graph.model.listing import GROUPS, FieldGroup

LONGEST_TEXT: Final = 2_000
LONGEST_REASON: Final = 500
LONGEST_EMAIL: Final = 254
# Of one field, in letters; and of one list, in entries.
LONGEST_FIELD: Final = 3_000
LONGEST_LIST: Final = 200
# More that wait about one listing say nothing new, and whoever keeps it must read them all.
MOST_WAITING: Final = 20
# Past this the partner did not answer: the moderator does.
PATIENCE: Final = timedelta(days=14)
UNDO_WITHIN: Final = timedelta(days=30)
# How long the address of whoever suggested is kept once it was decided.
ADDRESS_KEPT: Final = timedelta(days=30)
# And at most, when nobody ever decides.
LONGEST_KEPT: Final = timedelta(days=365)


class About(StrEnum):
    """What is wrong, as the form asks it; the order is that of the form. `missing` is an organisation that the directory lacks."""

    CONTACT = "contact"
    HOURS = "hours"
    PLACE = "place"
    CONDITIONS = "conditions"
    TERRITORY = "territory"
    GONE = "gone"
    OTHER = "other"
    MISSING = "missing"


class SuggestionState(StrEnum):
    """The life of a suggestion; `undone` waits again, after a decision that was taken back."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class SuggestionStep(StrEnum):
    """What moves it. Whoever suggested withdraws, whoever decides does the rest."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    UNDO = "undo"


STEPS: Final[Mapping[tuple[SuggestionState, SuggestionStep], SuggestionState]] = MappingProxyType(
    {
        (SuggestionState.WAITING, SuggestionStep.ACCEPT): SuggestionState.ACCEPTED,
        (SuggestionState.WAITING, SuggestionStep.REFUSE): SuggestionState.REFUSED,
        (SuggestionState.WAITING, SuggestionStep.WITHDRAW): SuggestionState.WITHDRAWN,
        (SuggestionState.ACCEPTED, SuggestionStep.UNDO): SuggestionState.UNDONE,
        (SuggestionState.REFUSED, SuggestionStep.UNDO): SuggestionState.UNDONE,
        (SuggestionState.UNDONE, SuggestionStep.ACCEPT): SuggestionState.ACCEPTED,
        (SuggestionState.UNDONE, SuggestionStep.REFUSE): SuggestionState.REFUSED,
        (SuggestionState.UNDONE, SuggestionStep.WITHDRAW): SuggestionState.WITHDRAWN,
    }
)
OPEN: Final = frozenset({SuggestionState.WAITING, SuggestionState.UNDONE})

GROUP: Final[Mapping[About, FieldGroup]] = MappingProxyType(
    {
        About.CONTACT: FieldGroup.CONTACT,
        About.HOURS: FieldGroup.HOURS,
        About.PLACE: FieldGroup.PLACE,
        About.CONDITIONS: FieldGroup.CONDITIONS,
        About.TERRITORY: FieldGroup.TERRITORY,
        About.GONE: FieldGroup.IDENTITY,
    }
)
# What can be suggested of each group, and taken or left one by one: fields of a listing, those of a contact each for itself.
NO_CONTACT: Final = Contact()
CONTACT_PARTS: Final = tuple(part.name for part in fields(Contact))
PARTS: Final[Mapping[About, tuple[str, ...]]] = MappingProxyType(
    {
        About.CONTACT: CONTACT_PARTS,
        About.HOURS: ("hours",),
        About.PLACE: ("place",),
        About.CONDITIONS: GROUPS[Service][FieldGroup.CONDITIONS],
        About.TERRITORY: ("covers",),
        About.GONE: ("state", "closed_on"),
        About.OTHER: (),
        About.MISSING: ("name", "kind", "description", *CONTACT_PARTS, "place", "covers"),
    }
)
# What can be wrong of a listing that is there.
CORRECTIONS: Final = tuple(about for about in About if about is not About.MISSING)
NEEDED: Final = ("name", "kind", "covers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`subject` is a listing ("service:…", "organisation:…"), `organisation` the one that keeps it, `value` the suggested parts.
    Of a missing organisation, `subject` is the listing that would be made, and nobody keeps it.

    `by` is the account of whoever suggested, empty for a visitor. `taken` are the parts that were accepted, `change` the place
    of that change in the listing's log; `decisions` counts them, undone ones included.
    """

    id: str
    subject: str
    organisation: str
    about: About
    at: datetime
    text: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""
    by_name: str = ""
    state: SuggestionState = SuggestionState.WAITING
    decided_by: str = ""
    decided_name: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    taken: tuple[str, ...] = ()
    change: int | None = None
    decisions: int = 0

    @property
    def group(self) -> FieldGroup | None:
        """The group of fields that it would change; None when it only tells."""
        return GROUP.get(self.about)

    @property
    def kind(self) -> type[Organisation] | type[Service]:
        """What kind of listing it is about."""
        return kind_of(self.subject)

    def waits(self) -> bool:
        """Whether someone must still decide."""
        return self.state in OPEN

    def late(self, now: datetime) -> bool:
        """Whether it waited so long that it is the moderator's."""
        return self.waits() and now - self.at > PATIENCE


def kind_of(subject: str) -> type[Organisation] | type[Service]:
    """What kind of listing has this key."""
    return Service if subject.startswith("service:") else Organisation


def checked_text(text: str, field: str, longest: int = LONGEST_TEXT, *, needed: bool = False) -> str:
    """Words that someone typed, without outer blanks and letters that nobody sees. Raises InvalidInput when they are too long, or
    missing where they are needed.
    """
    said = "".join(
        letter for letter in text.replace("\r\n", "\n") if letter == "\n" or category(letter)[0] != "C"
    ).strip()
    if needed and not said:
        raise InvalidInput("Dites pourquoi, en une phrase : la personne concernée la lira.", field)
    if len(said) > longest:
        raise InvalidInput(f"Pas plus de {longest} caractères ici : vous en avez écrit {len(said)}.", field)
    return said


def suggested(suggestion: Suggestion, present: Contact = NO_CONTACT) -> Suggestion:
    """The suggestion as it may be kept; `present` is the listing's contact.

    Raises InvalidInput when it says nothing, names a part that is not of its group, or a contact that none can be.
    """
    foreign = sorted(set(suggestion.value) - set(parts_of(suggestion.kind, suggestion.about)))
    if foreign:
        raise InvalidInput(f"« {foreign[0]} » ne fait pas partie de ce qui se corrige ici.", foreign[0])
    for part, held in suggestion.value.items():
        _bounded(part, held)
    text = checked_text(suggestion.text, "text")
    if suggestion.about is About.MISSING:
        for name in NEEDED:
            if not suggestion.value.get(name):
                raise InvalidInput("Donnez au moins le nom, le type et le territoire de cet organisme.", name)
    if not suggestion.value and not text:
        raise InvalidInput("Dites ce qui est faux, ou donnez la bonne valeur.", "text")
    reach = {part: held for part, held in suggestion.value.items() if part in CONTACT_PARTS}
    return replace(suggestion, text=text, value={**suggestion.value, **sound_parts(reach, present)})


def _bounded(part: str, held: object) -> None:
    if isinstance(held, str) and len(held) > LONGEST_FIELD:
        raise InvalidInput(f"Pas plus de {LONGEST_FIELD} caractères ici : vous en avez écrit {len(held)}.", part)
    if isinstance(held, tuple) and len(held) > LONGEST_LIST:
        raise InvalidInput(f"Pas plus de {LONGEST_LIST} choix ici : il y en a {len(held)}.", part)


def parts_of(kind: type, about: About) -> tuple[str, ...]:
    """The parts that can be suggested of this kind of listing; none where it has no such group."""
    if about is About.MISSING:
        return PARTS[about]
    group = GROUP.get(about)
    names = GROUPS[kind].get(group, ()) if group else ()
    return tuple(part for part in PARTS[about] if part in names or (part in CONTACT_PARTS and "contact" in names))


def would_be(
    suggestion: Suggestion, present: Mapping[str, Any], parts: Collection[str] | None = None
) -> dict[str, Any]:
    """The group's value if these parts were taken (all, when None); `present` is its value now, by field."""
    made = dict(present)
    for part, value in suggestion.value.items():
        if parts is not None and part not in parts:
            continue
        if part in CONTACT_PARTS:
            made["contact"] = replace(made["contact"], **{part: value})
        else:
            made[part] = value
    return made


def gone(kind: type, on: datetime) -> dict[str, Any]:
    """What makes a listing of this kind one that is no more: a body ends on that day, a service is archived."""
    return {"closed_on": on.date()} if kind is Organisation else {"state": ListingState.ARCHIVED}


def step(
    suggestion: Suggestion,
    what: SuggestionStep,
    *,
    by: str,
    name: str,
    at: datetime,
    reason: str = "",
    taken: Collection[str] = (),
    change: int | None = None,
) -> Suggestion:
    """The suggestion after this step.

    Raises Conflict with the present one where the table has no such step or the time to undo is over, InvalidInput when a
    refusal has no reason or a part is taken that was not suggested.
    """
    to = STEPS.get((suggestion.state, what))
    if to is None:
        raise Conflict(f"Cette suggestion est {STATE_WORDS[suggestion.state]} : rien n’a été modifié.", suggestion)
    if what is SuggestionStep.UNDO and not undoable(suggestion.decided_at, at):
        raise Conflict("Cette décision a plus de trente jours : elle ne s’annule plus. Corrigez la fiche.", suggestion)
    needed = what in {SuggestionStep.REFUSE, SuggestionStep.UNDO}
    said = checked_text(reason, "reason", LONGEST_REASON, needed=needed)
    if foreign := sorted(set(taken) - set(suggestion.value)):
        raise InvalidInput(f"« {foreign[0]} » n’a pas été suggéré.", "parts")
    accepted = what is SuggestionStep.ACCEPT
    return replace(
        suggestion,
        state=to,
        decided_by=by,
        decided_name=name,
        decided_at=at,
        reason=said,
        taken=tuple(part for part in suggestion.value if part in taken) if accepted else (),
        change=change if accepted else None,
        decisions=suggestion.decisions + 1,
    )


def undoable(decided_at: datetime | None, now: datetime) -> bool:
    """Whether a decision of that moment can still be taken back."""
    return decided_at is not None and now - decided_at <= UNDO_WITHIN


def forget_address(suggestion: Suggestion) -> datetime:
    """From when on the address and the words of whoever suggested are kept no more, answered or not."""
    decided = None if suggestion.waits() else suggestion.decided_at
    kept = decided + ADDRESS_KEPT if decided else suggestion.at + LONGEST_KEPT
    return min(kept, suggestion.at + LONGEST_KEPT).astimezone(UTC)


STATE_WORDS: Final[Mapping[SuggestionState, str]] = MappingProxyType(
    {
        SuggestionState.WAITING: "en attente",
        SuggestionState.ACCEPTED: "acceptée",
        SuggestionState.REFUSED: "refusée",
        SuggestionState.WITHDRAWN: "retirée par son auteur",
        SuggestionState.UNDONE: "à nouveau en attente",
    }
)
