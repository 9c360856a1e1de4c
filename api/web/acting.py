"""What the pages of those who keep listings share: who asks, which change they saw, what was done, and where to go then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import Request
from starlette.responses import RedirectResponse

from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import Form, see
from api.web.kept_paths import kept_path
from api.web.kept_view import may_undo
from api.web.render import now
from graph.model.access import Viewer
from graph.model.directory import ListingState
from graph.model.errors import InvalidInput
from graph.model.keeping import Entry, Kept, Target
from graph.model.life import state_on

DONE_WORDS: Final = {
    "modifie": "C’est enregistré : la recherche le dit dans un instant.",
    "confirme": "Merci : c’est noté comme toujours exact, à la date d’aujourd’hui.",
    "places": "C’est enregistré : la recherche le dit dans un instant.",
    "suspendu": "La fiche est suspendue aux dates dites. Elle reviendra d’elle-même.",
    "repris": "La fiche est de nouveau dans les réponses.",
    "archive": "La fiche est archivée.",
    "publie": "La fiche est publiée : tout le monde la voit.",
    "duplique": "Voici la copie. C’est un brouillon : relisez-la, puis publiez-la.",
    "cree": "Le service est créé. C’est un brouillon : complétez-le, puis publiez-le.",
    "annule": "Le changement est annulé : la fiche dit de nouveau ce qu’elle disait avant.",
}
DONE, CHANGE = "fait", "n"
SEQ, KEY, UNDONE, STEP = "seq", "cle", "de", "etape"


@dataclass(frozen=True, slots=True)
class Acting:
    """A request of someone who is signed in, about one listing."""

    rooms: Rooms
    viewer: Viewer
    target: Target


@dataclass(frozen=True, slots=True)
class Done:
    """What was done just before, and the number of the change where it can be undone, else 0."""

    words: str
    seq: int


def rooms_of(request: Request) -> Rooms:
    """The rooms behind a request."""
    rooms: Rooms = request.app.state.rooms
    return rooms


def acting(request: Request, target: Target) -> Acting:
    """Raises NotSignedIn."""
    return Acting(rooms_of(request), must_sign_in(request), target)


def new_key() -> str:
    """For a form: sent twice, it is done once."""
    return uuid4().hex


def key_in(form: Form) -> str:
    """The key of a form; another where a form without one was sent."""
    return form.one(KEY, 100) or new_key()


def seq_in(form: Form, name: str = SEQ) -> int:
    """The number of a change. Raises InvalidInput."""
    text = form.one(name, 12)
    if not (text.isascii() and text.isdigit()):
        raise InvalidInput("Ce formulaire n’est pas complet. Rouvrez la fiche, puis recommencez.", name)
    return int(text)


def then(target: Target, done: str, seq: int = 0) -> RedirectResponse:
    """To the listing, where what was done is told."""
    asked = {DONE: done} | ({CHANGE: str(seq)} if seq else {})
    return see(f"{kept_path(target)}?{urlencode(asked)}#fait")


def _true_words(done: str, kept: Kept) -> str:
    """What to say instead, where the listing stands otherwise than the plain words have it; empty where they are true."""
    shown = state_on(kept.record, now().date()) is ListingState.PUBLISHED
    if done == "suspendu" and kept.record.suspended_until is None:
        return "La fiche est suspendue jusqu’à nouvel ordre : c’est à vous de la reprendre."
    if done == "repris" and not shown:
        return "La suspension est levée. La fiche n’est pas dans les réponses pour autant."
    if done in ("modifie", "places") and not shown:
        return "C’est enregistré. La fiche n’est pas dans les réponses pour l’instant."
    return ""


def told(request: Request, kept: Kept, log: Sequence[Entry], viewer: Viewer) -> Done | None:
    """What the address says was done; a number that is none of hers to undo is passed over."""
    words = DONE_WORDS.get(request.query_params.get(DONE, ""))
    if words is None:
        return None
    number = request.query_params.get(CHANGE, "")
    entry = next((entry for entry in log if str(entry.seq) == number), None)
    words = _true_words(request.query_params[DONE], kept) or words
    return Done(words, entry.seq if entry and may_undo(entry, log, viewer, kept) else 0)
