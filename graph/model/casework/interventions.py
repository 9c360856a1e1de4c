"""What a front door does outside its walls: visits, an emergency outside its own field, a watch. Each gives the event."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File, ToCallBack, Watch
from graph.model.casework.free_text import no_health_number
from graph.model.casework.writings import CalledBack, Looked, Noted, NoteKind, WatchSet
from graph.model.errors import InvalidInput, StepNotAllowed

LONGEST_TEXT: Final = 2000
LONGEST_WATCH: Final = 300
MOST_DAYS: Final = 366


def visited(file: File, text: str, on: datetime, at: datetime, *, met: bool) -> Noted:
    """Someone went there; `met` when she was seen. Raises StepNotAllowed, InvalidInput."""
    _open(file, "visit")
    return Noted(kind=NoteKind.VISIT, text=_text(text), on=_past(on, at), with_person=met)


def intervened(file: File, text: str, to: str, on: datetime | None, at: datetime) -> Noted:
    """Something was done in a partner's field, because it could not wait: to which competent partner it was told, and when.

    Raises InvalidInput without either: an emergency is no way round those who are competent.
    """
    _open(file, "emergency")
    if not to.strip():
        raise InvalidInput(
            "Une intervention hors de votre champ n’est possible qu’en urgence, et en lien avec le partenaire compétent : "
            "dites lequel.",
            "to",
        )
    if on is None:
        raise InvalidInput("Dites quel jour et à quelle heure le partenaire compétent a été prévenu.", "on")
    return Noted(kind=NoteKind.EMERGENCY, text=_text(text), to=to.strip(), on=_past(on, at), with_person=True)


def watch_set(file: File, watch: Watch, at: datetime) -> WatchSet:
    """Look again. Raises StepNotAllowed, InvalidInput for dates that are past or out of order."""
    _open(file, "watch")
    return WatchSet(watch=checked(watch, at))


def checked(watch: Watch, at: datetime) -> Watch:
    """The same, when it can be kept. Raises InvalidInput."""
    today = at.astimezone(PARIS).date()
    if not watch.what.strip() or len(watch.what) > LONGEST_WATCH:
        raise InvalidInput(f"Dites en {LONGEST_WATCH} caractères au plus ce que la veille regarde.", "what")
    no_health_number(watch.what, "what")
    if watch.next < today:
        raise InvalidInput("La prochaine veille est un jour à venir.", "next")
    if watch.until < watch.next:
        raise InvalidInput("La veille finit après son prochain jour.", "until")
    if not 1 <= watch.every_days <= MOST_DAYS:
        raise InvalidInput(f"Une veille revient tous les 1 à {MOST_DAYS} jours.", "every_days")
    return watch


def looked(file: File, watch: str, text: str, following: date | None, at: datetime) -> Looked:
    """Someone looked; `following` is the next day, None where the watch ends. Raises StepNotAllowed, InvalidInput."""
    _open(file, "look")
    if watch not in file.watches:
        raise StepNotAllowed("watch", "look", "cette veille n’est plus en cours")
    if following is not None and following <= at.astimezone(PARIS).date():
        raise InvalidInput("La prochaine veille est un jour à venir.", "next")
    return Looked(watch=watch, text=_text(text), next=following)


def called_back(file: File, contact: str, text: str, *, reached: bool) -> CalledBack:
    """Raises StepNotAllowed where no call is owed, InvalidInput."""
    told: ToCallBack | None = file.to_call.get(contact)
    if told is None:
        raise StepNotAllowed("called", "call_back", "cet appel a déjà été rendu")
    return CalledBack(contact=contact, text=_text(text), reached=reached)


def _open(file: File, act: str) -> None:
    if not file.open:
        raise StepNotAllowed(file.state, act, "l’accompagnement est clos")


def _text(text: str) -> str:
    if not text.strip():
        raise InvalidInput("Dites en quelques mots ce qui s’est passé.", "text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"Cela se dit en {LONGEST_TEXT} caractères au plus, et en a {len(text)}.", "text")
    return text.strip()


def _past(on: datetime, at: datetime) -> datetime:
    if on > at:
        raise InvalidInput("Ce moment n’est pas encore passé.", "on")
    return on
