"""What pages say of any listing: how fresh it is, when it is open, where it is, who answers there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from api.words.dates import exact_day
from api.words.listing import Reach, reach
from graph.model import reasons
from graph.model.calling import answering
from graph.model.directory import Holder, HolderRole, Post
from graph.model.keeping import MODERATOR, is_by_hand
from graph.model.relay import OpeningState
from graph.model.weights import FRESH_FOR, STALE_AFTER
from importers.registry import SOURCES
from search.hours import PARIS, opening

PARTNER_SAYS: Final = "l’organisme lui-même"
MODERATOR_SAYS: Final = "la modération"


def source_name(source: str) -> str:
    """Who says so, in words; a source that is no importer of ours is named as it named itself."""
    if source == MODERATOR:
        return MODERATOR_SAYS
    if is_by_hand(source):
        return PARTNER_SAYS
    return SOURCES[source].title if source in SOURCES else source


class Signal(StrEnum):
    """The four signals of the face; each has its shape and its word."""

    FRESH = "fresh"
    FADING = "fading"
    STALE = "stale"
    URGENT = "urgent"


SIGNAL_WORDS = {Signal.FRESH: "À jour", Signal.FADING: "À vérifier", Signal.STALE: "Ancien", Signal.URGENT: "Urgent"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """When someone last vouched for it: the signal, its word, the sentence, the exact day."""

    signal: Signal
    word: str
    said: str
    iso: str
    exact: str


def freshness(vouched_on: date, today: date) -> Freshness:
    """Fresh and stale begin where they begin to move the rank."""
    age = today - vouched_on
    signal = Signal.STALE if age >= STALE_AFTER else Signal.FADING if age > FRESH_FOR else Signal.FRESH
    said = reasons.freshness(vouched_on, max(age, timedelta(0)))
    return Freshness(signal, SIGNAL_WORDS[signal], said, vouched_on.isoformat(), exact_day(vouched_on))


@dataclass(frozen=True, slots=True)
class OpeningWords:
    """ "Ouvert jusqu’à 17 h", and whether that is open."""

    text: str
    open: bool


def opening_words(hours: str, at: datetime) -> OpeningWords | None:
    """The state of the door at `at`, or None when it is unknown."""
    if not hours:
        return None
    state = opening(hours, at)
    text = reasons.opening(state, at)
    return OpeningWords(text, state.state is OpeningState.OPEN) if text else None


@dataclass(frozen=True, slots=True)
class Answerer:
    """Someone who answers, and why it is them when they stand in."""

    name: str
    function: str
    standing_in: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A post as pages show it."""

    label: str
    reach: Reach
    answerers: tuple[Answerer, ...]
    duty_desk: bool
    competences: tuple[str, ...]
    opening: OpeningWords | None
    demonstration: bool


def desk(post: Post, all_holders: tuple[Holder, ...], at: datetime, competence_labels: tuple[str, ...] = ()) -> Desk:
    """`all_holders` include those on leave: a substitute is shown with the name of the one who is away."""
    day = at.astimezone(PARIS).date()
    away = next((held for held in all_holders if held.role is HolderRole.HOLDER and on_leave(held, day)), None)
    return Desk(
        label=post.label,
        reach=reach(post.contact),
        answerers=tuple(_answerer(held, away) for held in answering(post, day)),
        duty_desk=post.duty_desk,
        competences=competence_labels,
        opening=opening_words(post.hours, at),
        demonstration=post.demonstration,
    )


def on_leave(held: Holder, day: date) -> bool:
    """Away between both leave dates, included; no last day means until further notice."""
    return bool(held.leave_from and held.leave_from <= day and (held.leave_until is None or day <= held.leave_until))


def _answerer(held: Holder, away: Holder | None) -> Answerer:
    if held.role is not HolderRole.SUBSTITUTE or away is None:
        return Answerer(held.name, held.function)
    until = f" jusqu’au {exact_day(away.leave_until)}" if away.leave_until else ""
    return Answerer(held.name, held.function, f"remplace {away.name}{until}" if away.name else "remplace le titulaire")
