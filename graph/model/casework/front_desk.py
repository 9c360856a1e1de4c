"""A contact at a front door: who called, about what, what became of it. Codes only, and nobody's name.

One log each, as for files: what was noted first, then corrections, needs, what was not found, what followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import singledispatch
from typing import Any, Final

from graph.model.casework.contact import Cause, Contact, Sequel
from graph.model.errors import InvalidInput, StepNotAllowed
from graph.model.vocabulary import competences

MOST_REASONS: Final = 12
LONGEST_TEXT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNeed:
    """A problem that an anonymous contact leaves open. `cause` once nothing fitting was found for it; `carried` once a file
    has taken it over with its cause: it stays for the month's report, and waits at the door no longer.
    """

    competence: str
    opened: datetime
    urgent: bool = False
    cause: Cause | None = None
    carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The first entry."""

    organisation: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """As it should have been noted."""

    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """It was a slip: it counts nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """It was none after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedNoted:
    """A problem stays open."""

    competence: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingFound:
    """No relay fits this problem."""

    competence: str
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What followed. `to` is a relay ("service:…") or an organisation, `file` the file that was opened."""

    sequel: Sequel
    to: str = ""
    file: str = ""
    competence: str = ""


RequestEvent = Recorded | Corrected | Voided | Restored | NeedNoted | NothingFound | Followed
REQUEST_EVENTS: Final[Mapping[str, type[RequestEvent]]] = {event.__name__: event for event in RequestEvent.__args__}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntry:
    """One event of a contact's log."""

    request: str
    seq: int
    at: datetime
    account: str
    event: RequestEvent

    @property
    def key(self) -> str:
        """What makes it the only one with its number."""
        return f"{self.request}:{self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A contact as its entries make it. `account` is who noted it, `file` the file that it led to."""

    id: str
    seq: int
    organisation: str
    account: str
    at: datetime
    contact: Contact
    voided: bool = False
    needs: Mapping[str, AskedNeed] = field(default_factory=dict)
    sequels: tuple[Followed, ...] = ()
    file: str = ""

    @property
    def unmet(self) -> tuple[AskedNeed, ...]:
        """Those for which nothing was found."""
        return tuple(need for need in self.needs.values() if need.cause is not None)


def applied(request: Request | None, entry: RequestEntry) -> Request:
    """The contact after this entry, which must be its next."""
    event = entry.event
    if request is None:
        if not isinstance(event, Recorded):
            raise ValueError(f"{entry.key}: a log begins with what was recorded")
        return Request(
            id=entry.request,
            seq=entry.seq,
            organisation=event.organisation,
            account=entry.account,
            at=entry.at,
            contact=event.contact,
        )
    if entry.seq != request.seq + 1 or entry.request != request.id:
        raise ValueError(f"{entry.key} does not follow {request.id}:{request.seq}")
    return replace(_apply(event, request, entry), seq=entry.seq)


def replayed(entries: Iterable[RequestEntry]) -> Request:
    """The contact that a whole log makes."""
    request: Request | None = None
    for entry in entries:
        request = applied(request, entry)
    if request is None:
        raise ValueError("an empty log makes no contact")
    return request


@singledispatch
def _apply(event: Any, request: Request, entry: RequestEntry) -> Request:
    raise TypeError(type(event).__name__)


@_apply.register
def _(event: Corrected, request: Request, entry: RequestEntry) -> Request:
    return replace(request, contact=event.contact)


@_apply.register
def _(event: Voided, request: Request, entry: RequestEntry) -> Request:
    return replace(request, voided=True)


@_apply.register
def _(event: Restored, request: Request, entry: RequestEntry) -> Request:
    return replace(request, voided=False)


@_apply.register
def _(event: NeedNoted, request: Request, entry: RequestEntry) -> Request:
    before = request.needs.get(event.competence)
    need = AskedNeed(competence=event.competence, opened=before.opened if before else entry.at, urgent=event.urgent)
    return replace(request, needs={**request.needs, need.competence: need})


@_apply.register
def _(event: NothingFound, request: Request, entry: RequestEntry) -> Request:
    before = request.needs.get(event.competence) or AskedNeed(competence=event.competence, opened=entry.at)
    return replace(
        request, needs={**request.needs, event.competence: replace(before, cause=event.cause, carried=False)}
    )


@_apply.register
def _(event: Followed, request: Request, entry: RequestEntry) -> Request:
    file = event.file or request.file
    # Whoever was sent somewhere, or is accompanied from now on, has no need left at the door.
    met = set(request.needs) if event.file else {event.competence}
    needs = {
        name: replace(need, carried=True) if event.file else need
        for name, need in request.needs.items()
        if name not in met or need.cause is not None
    }
    return replace(request, sequels=(*request.sequels, event), file=file, needs=needs)


# ------------------------------------------------------------------ decisions: each gives the event, and changes nothing


def checked(contact: Contact) -> Contact:
    """The same without repetitions. Raises InvalidInput for a reason that is not in the closed list, or too many."""
    reasons = tuple(dict.fromkeys(contact.reasons))
    unknown = next((reason for reason in reasons if reason not in competences()), None)
    if unknown is not None:
        raise InvalidInput(
            f"Le motif « {unknown[:80]} » n’est pas dans la liste : choisissez-le parmi ceux qui sont proposés.",
            "reasons",
        )
    if len(reasons) > MOST_REASONS:
        raise InvalidInput(f"Pas plus de {MOST_REASONS} motifs pour un contact. Gardez les principaux.", "reasons")
    return replace(contact, reasons=reasons)


def corrected(request: Request, contact: Contact) -> Corrected:
    """Raises StepNotAllowed on one that was voided, InvalidInput."""
    _standing(request, "correct")
    return Corrected(contact=checked(contact))


def voided(request: Request) -> Voided:
    """Raises StepNotAllowed on one that was voided, or that led to a file: the file holds it."""
    _standing(request, "void")
    if request.file:
        raise StepNotAllowed("file", "void", "un dossier a été ouvert à partir de ce contact")
    return Voided()


def restored(request: Request) -> Restored:
    """Raises StepNotAllowed on one that stands."""
    if not request.voided:
        raise StepNotAllowed("recorded", "restore", "ce contact n’est pas annulé")
    return Restored()


def need_noted(request: Request, competence: str, *, urgent: bool = False) -> NeedNoted:
    """Raises StepNotAllowed, InvalidInput."""
    _standing(request, "need")
    checked(Contact(reasons=(competence,)))
    return NeedNoted(competence=competence, urgent=urgent)


def nothing_found(request: Request, competence: str, cause: Cause) -> NothingFound:
    """Raises StepNotAllowed, InvalidInput."""
    _standing(request, "no_relay")
    checked(Contact(reasons=(competence,)))
    return NothingFound(competence=competence, cause=cause)


def followed(request: Request, sequel: Sequel, *, to: str = "", file: str = "", competence: str = "") -> Followed:
    """Raises StepNotAllowed on one that was voided or has its file already, InvalidInput where it does not say to whom."""
    _standing(request, "follow")
    if sequel in {Sequel.ORIENTED, Sequel.RELINKED} and not to:
        raise InvalidInput("Dites vers qui.", "to")
    if file and request.file and file != request.file:
        raise StepNotAllowed("file", "follow", "un dossier a déjà été ouvert à partir de ce contact")
    return Followed(sequel=sequel, to=to, file=file, competence=competence)


def _standing(request: Request, act: str) -> None:
    if request.voided:
        raise StepNotAllowed("voided", act, "ce contact est annulé : rétablissez-le d’abord")
