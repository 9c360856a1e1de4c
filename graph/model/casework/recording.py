"""What may be recorded in a file: each act is checked against the file as it stands, and is given back as it will be kept.

Moves of the lead, needs, consents and handoffs are decided elsewhere (deciding.py, taking.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import singledispatch
from types import MappingProxyType
from typing import Any, Final, TypeVar

from graph.model.casework.acts import (
    CircleLeft,
    CircleSet,
    CoReferentLeft,
    CoReferentSet,
    Event,
    Kept,
    MemberSet,
    WorkersSet,
)
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File, Member
from graph.model.casework.writings import (
    Assessed,
    DecisionTold,
    Delivered,
    Looked,
    Met,
    Noted,
    NoteKind,
    Struck,
    WatchSet,
    WorryTold,
)
from graph.model.errors import InvalidInput, ReasonMissing, StepNotAllowed

EventT = TypeVar("EventT")

LONGEST_REVIEW: Final = timedelta(days=180)
LONGEST_WATCH: Final = timedelta(days=730)
MOST_WORKERS: Final = 20
# The return of worrying information, and the striking of an error, may come after the end.
AFTER_THE_END: Final = (WorryTold, Struck)
CLOSED: Final = "l’accompagnement est clos"


def recorded(file: File, event: Event, at: datetime) -> Event:
    """The act as it is kept. Raises StepNotAllowed, InvalidInput, ReasonMissing; TypeError for an act that is not of these."""
    if not file.open and not isinstance(event, AFTER_THE_END):
        raise StepNotAllowed(file.state, type(event).__name__, CLOSED)
    return _checked(event, file, at)


@singledispatch
def _checked(event: Any, file: File, at: datetime) -> Event:
    raise TypeError(type(event).__name__)


def checked_member(member: Member, at: datetime) -> Member:
    """A member whose dates can be. Raises InvalidInput."""
    if member.identity.born and member.identity.born > _day(at):
        raise InvalidInput("Cette date de naissance n’est pas encore passée.", "born")
    if member.since and member.left and member.left < member.since:
        raise InvalidInput("Cette personne a quitté le foyer avant d’y entrer : vérifiez les deux dates.", "left")
    return member


# ------------------------------------------------------------------ who is around it


@_checked.register
def _(event: MemberSet, file: File, at: datetime) -> Event:
    member = checked_member(event.member, at)
    staying = {id_ for id_, one in file.members.items() if one.left is None} | {member.id}
    if member.left is not None and staying == {member.id}:
        raise InvalidInput("C’est la seule personne du dossier : s’il n’y a plus personne à suivre, closez-le.", "left")
    return event


@_checked.register
def _(event: WorkersSet, file: File, at: datetime) -> Event:
    if len(event.accounts) > MOST_WORKERS:
        raise InvalidInput(f"{MOST_WORKERS} personnes au plus travaillent sur un dossier.", "accounts")
    return event


@_checked.register
def _(event: CircleSet, file: File, at: datetime) -> Event:
    one = event.member
    _said(one.name, "name", "Dites qui c’est : un nom, ou ce que la personne en dit.")
    _said(one.may_know, "may_know", "Dites ce que cette personne peut savoir, ne serait-ce que « rien ».")
    return event


@_checked.register
def _(event: CircleLeft, file: File, at: datetime) -> Event:
    return _there(event, event.member, file.circle, "member")


@_checked.register
def _(event: CoReferentSet, file: File, at: datetime) -> Event:
    _said(event.co_referent.organisation, "organisation", "Dites de quel organisme est ce référent.")
    _said(event.co_referent.matter, "matter", "Dites pour quoi : droits, RSA, protection de l’enfance, tutelle.")
    return event


@_checked.register
def _(event: CoReferentLeft, file: File, at: datetime) -> Event:
    return _there(event, event.co_referent, file.co_referents, "co_referent")


# ------------------------------------------------------------------ what is written


@_checked.register
def _(event: Noted, file: File, at: datetime) -> Event:
    _said(event.text, "text", "Écrivez quelques mots.")
    if event.on is not None and event.on > at + timedelta(minutes=5):
        raise InvalidInput("Une note dit ce qui a eu lieu : cette date n’est pas encore passée.", "on")
    if event.kind is NoteKind.EMERGENCY and not event.to.strip():
        raise ReasonMissing("Une intervention d’urgence dit à quel partenaire compétent elle a été signalée.", "to")
    if event.kind is NoteKind.EMERGENCY and event.on is None:
        raise ReasonMissing("Dites quand le partenaire compétent a été prévenu.", "on")
    return event


@_checked.register
def _(event: Met, file: File, at: datetime) -> Event:
    _said(event.decided, "decided", "Dites ce qui a été décidé, ne serait-ce que de se revoir.")
    if not any(name.strip() for name in event.present):
        raise InvalidInput("Dites qui était là.", "present")
    if event.on > at + timedelta(minutes=5):
        raise InvalidInput("La réunion n’a pas encore eu lieu : notez-la après.", "on")
    if event.came and not event.invited:
        raise InvalidInput("La personne est venue : elle était donc invitée.", "invited")
    if event.next is not None and event.next < _day(at):
        raise InvalidInput("La prochaine réunion est à venir : cette date est passée.", "next")
    return event


@_checked.register
def _(event: Assessed, file: File, at: datetime) -> Event:
    _said(event.text, "text", "Écrivez l’évaluation.")
    _of_file(event.need, file)
    return event


@_checked.register
def _(event: DecisionTold, file: File, at: datetime) -> Event:
    _said(event.authority, "authority", "Dites quelle autorité a décidé.")
    _of_file(event.need, file)
    if event.on > _day(at):
        raise InvalidInput("Cette décision n’est pas encore prise : cette date est à venir.", "on")
    if not event.granted:
        _said(event.reasons, "reasons", "Un refus a des motifs : recopiez-les.")
        _said(event.appeal, "appeal", "Dites par quelles voies la personne peut contester ce refus.")
    if event.appeal_until is not None and event.appeal_until < event.on:
        raise InvalidInput("Le dernier jour pour contester vient après la décision.", "appeal_until")
    return event


@_checked.register
def _(event: Delivered, file: File, at: datetime) -> Event:
    _said(event.what, "what", "Dites ce qui a été donné.")
    if event.until < event.since:
        raise InvalidInput("La fin vient avant le début.", "until")
    if event.quantity < 1 or event.unit_cents < 0 or event.minutes < 0 or any(cents < 0 for _, cents in event.payers):
        raise InvalidInput("Une quantité est d’au moins 1, un montant et un temps ne sont pas négatifs.", "quantity")
    if event.handoff and event.handoff not in file.handoffs:
        raise InvalidInput("Cette demande n’est pas de ce dossier.", "handoff")
    paid, cost = sum(cents for _, cents in event.payers), event.quantity * event.unit_cents
    if event.payers and paid != cost:
        raise InvalidInput(
            f"Les parts font {_euros(paid)}, et le tout {_euros(cost)} : les deux doivent être égaux.", "payers"
        )
    return event


@_checked.register
def _(event: WorryTold, file: File, at: datetime) -> Event:
    _said(event.addressee, "addressee", "Dites à qui l’information préoccupante a été adressée.")
    for day, field in ((event.acknowledged, "acknowledged"), (event.returned, "returned")):
        if day is not None and day < event.on:
            raise InvalidInput("Une réponse vient après l’envoi : vérifiez les dates.", field)
    if event.on > _day(at):
        raise InvalidInput("Cette date est à venir : notez l’envoi quand il a eu lieu.", "on")
    if event.informed is None and not event.why_not.strip():
        raise ReasonMissing(
            "Dites quand les parents ont été informés, ou pourquoi ils ne l’ont pas été (intérêt de l’enfant).",
            "informed",
        )
    return event


@_checked.register
def _(event: Struck, file: File, at: datetime) -> Event:
    _said(event.why, "why", "Dites en quelques mots quelle est l’erreur.")
    if event.entry in file.struck or not 0 < event.entry <= file.seq:
        raise StepNotAllowed("struck", "strike", "cet écrit est déjà barré, ou n’existe pas")
    return event


# ------------------------------------------------------------------ what is looked at again


@_checked.register
def _(event: WatchSet, file: File, at: datetime) -> Event:
    watch, today = event.watch, _day(at)
    _said(watch.what, "what", "Dites sur quoi vous veillez.")
    if not 1 <= watch.every_days <= 365:
        raise InvalidInput("Une veille revient tous les 1 à 365 jours.", "every_days")
    if watch.next < today:
        raise InvalidInput("Le prochain regard est à venir : cette date est passée.", "next")
    if not watch.next <= watch.until <= today + LONGEST_WATCH:
        raise InvalidInput("La fin de la veille vient après le prochain regard, dans deux ans au plus.", "until")
    return event


@_checked.register
def _(event: Looked, file: File, at: datetime) -> Event:
    _there(event, event.watch, file.watches, "watch")
    _said(event.text, "text", "Dites ce que vous avez vu ou entendu.")
    if event.next is None:
        return event
    if event.next < _day(at):
        raise InvalidInput("Le prochain regard est à venir : cette date est passée.", "next")
    # Past its last day there is nothing more to look at.
    return replace(event, next=None) if event.next > file.watches[event.watch].until else event


@_checked.register
def _(event: Kept, file: File, at: datetime) -> Event:
    if not at < event.review <= at + LONGEST_REVIEW:
        raise InvalidInput("Le prochain point est à venir, dans six mois au plus.", "review")
    if event.transitional and not event.text.strip():
        raise ReasonMissing("Dites pourquoi l’accompagnement est transitoire : quel relais manque.", "text")
    return event


def next_look(file: File, watch: str, today: date) -> date | None:
    """When a watch is looked at again after today; None where that is past its end, or there is none."""
    one = file.watches.get(watch)
    if one is None:
        return None
    following = today + timedelta(days=one.every_days)
    return following if following <= one.until else None


def _said(text: str, field: str, why: str) -> None:
    if not text.strip():
        raise InvalidInput(why, field)


def _there(event: EventT, id_: str, them: Mapping[str, object], field: str) -> EventT:
    if id_ not in them:
        raise InvalidInput("Cet élément n’est pas dans ce dossier, ou n’y est plus.", field)
    return event


def _of_file(need: str, file: File) -> None:
    if need and need not in file.needs:
        raise InvalidInput("Ce besoin n’est pas de ce dossier.", "need")


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} €"


# What may be new: the field that holds it, and where the file keeps those there are.
_NEW: Final[Mapping[type, tuple[str, str]]] = MappingProxyType(
    {
        MemberSet: ("member", "members"),
        CircleSet: ("member", "circle"),
        CoReferentSet: ("co_referent", "co_referents"),
        WatchSet: ("watch", "watches"),
    }
)


def named(file: File, event: Event, id_: str) -> Event:
    """The act with this id where what it makes is new and has none. Raises InvalidInput for an id that the file does not know."""
    if isinstance(event, WorryTold):
        return event if event.id else replace(event, id=id_)
    if type(event) not in _NEW:
        return event
    field, kept = _NEW[type(event)]
    made: Any = getattr(event, field)
    if made.id:
        return _there(event, made.id, getattr(file, kept), field)
    more: Any = {field: replace(made, id=id_)}
    return replace(event, **more)
