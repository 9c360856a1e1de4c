"""The list of those who keep listings: each with what it asks, and where to do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from api.actions.listings import Mine, MineAll
from api.web.group_words import STATE_WORDS, suspension_words
from api.web.kept_paths import MINE, group_path, kept_path, public_path
from api.web.listing_view import Signal
from api.words.dates import exact_day
from graph.model.attention import Ask, Need
from graph.model.directory import ListingState, Organisation, Service
from graph.model.life import state_on
from graph.model.listing import FieldGroup
from graph.model.vocabulary import label
from graph.model.words import fold

LONGEST_WORDS: Final = 100
SUGGESTIONS: Final = "/corriger/suggestions"
SIGNALS: Final = {
    Need.PAST_DUE: Signal.URGENT,
    Need.DUE_SOON: Signal.FADING,
    Need.CONFLICT: Signal.FADING,
    Need.SUGGESTION: Signal.FADING,
    Need.ROOM_UNKNOWN: Signal.STALE,
    Need.DRAFT: Signal.STALE,
}
STEPS: Final = {
    Need.PAST_DUE: "Vérifier",
    Need.DUE_SOON: "Vérifier",
    Need.CONFLICT: "Comparer",
    Need.SUGGESTION: "Répondre",
    Need.ROOM_UNKNOWN: "Dire s’il y a de la place",
    Need.DRAFT: "Relire et publier",
}


class Filter(StrEnum):
    """A part of the list; the values are those of the address."""

    ALL = ""
    TO_DO = "a-faire"
    PAST_DUE = "en-retard"
    DUE_SOON = "bientot"
    CONFLICT = "desaccords"
    SUGGESTION = "propositions"
    ROOM = "places"
    DRAFT = "brouillons"
    SUSPENDED = "suspendues"
    ARCHIVED = "archivees"


FILTER_WORDS: Final = {
    Filter.ALL: "Toutes",
    Filter.TO_DO: "À faire",
    Filter.PAST_DUE: "En retard",
    Filter.DUE_SOON: "À vérifier sous 30 jours",
    Filter.CONFLICT: "Sources en désaccord",
    Filter.SUGGESTION: "Corrections proposées",
    Filter.ROOM: "Places inconnues",
    Filter.DRAFT: "Brouillons",
    Filter.SUSPENDED: "Suspendues",
    Filter.ARCHIVED: "Archivées",
}
BY_NEED: Final = {
    Filter.PAST_DUE: Need.PAST_DUE,
    Filter.DUE_SOON: Need.DUE_SOON,
    Filter.CONFLICT: Need.CONFLICT,
    Filter.SUGGESTION: Need.SUGGESTION,
    Filter.ROOM: Need.ROOM_UNKNOWN,
    Filter.DRAFT: Need.DRAFT,
}


@dataclass(frozen=True, slots=True)
class AskView:
    """One thing to do: the signal, what it is about, the words of the button, where it leads."""

    signal: Signal
    text: str
    step: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MineRow:
    """A listing: its name, what it is, whose, its state where that is not plainly published, what it asks."""

    name: str
    what: str
    organisation: str
    state: str
    href: str
    public: str
    asks: tuple[AskView, ...]
    room: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with how many it would show."""

    words: str
    href: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MineView:
    """The page: rows, filters, what was typed; `total` without any filter, `cut` when there is more than is told."""

    rows: tuple[MineRow, ...]
    choices: tuple[Choice, ...]
    filter: Filter
    words: str
    total: int
    cut: bool


def mine_view(found: MineAll, chosen: str, words: str, today: date) -> MineView:
    """An unknown filter is none. What was archived is only shown where it is asked for."""
    picked = Filter(chosen) if chosen in set(Filter) else Filter.ALL
    words = " ".join(words.split())[:LONGEST_WORDS]
    named = [one for one in found.listings if _named(one, words)]
    choices = tuple(
        Choice(FILTER_WORDS[one], _address(one, words), count, one is picked)
        for one in Filter
        if (count := sum(_in(one, mine, today) for mine in named)) or one in (picked, Filter.ALL)
    )
    rows = tuple(_row(one, today) for one in named if _in(picked, one, today))
    return MineView(rows=rows, choices=choices, filter=picked, words=words, total=len(found.listings), cut=found.cut)


def _in(picked: Filter, one: Mine, today: date) -> bool:
    state = state_on(one.record, today)
    match picked:
        case Filter.ALL:
            return state is not ListingState.ARCHIVED
        case Filter.TO_DO:
            return bool(one.attention.asks)
        case Filter.SUSPENDED:
            return state is ListingState.SUSPENDED
        case Filter.ARCHIVED:
            return state is ListingState.ARCHIVED
        case _:
            return any(ask.need is BY_NEED[picked] for ask in one.attention.asks)


def _named(one: Mine, words: str) -> bool:
    text = fold(f"{one.record.name} {one.organisation}")
    return all(word in text for word in fold(words).split())


def _address(picked: Filter, words: str) -> str:
    asked = {name: value for name, value in (("filtre", picked.value), ("q", words)) if value}
    return f"{MINE}?{urlencode(asked)}" if asked else MINE


def _row(one: Mine, today: date) -> MineRow:
    record, target = one.record, one.target
    state = state_on(record, today)
    service = isinstance(record, Service)
    return MineRow(
        name=record.name,
        what="Service" if isinstance(record, Service) else label("organisation_kind", record.kind),
        organisation=one.organisation if service else "",
        state=_state(record, state, today),
        href=kept_path(target),
        public=public_path(target) if state in (ListingState.PUBLISHED, ListingState.SUSPENDED) else "",
        asks=tuple(_ask(one, ask) for ask in one.attention.asks),
        room=group_path(target, FieldGroup.CAPACITY) if service and state is ListingState.PUBLISHED else "",
    )


def _state(record: Organisation | Service, state: ListingState, today: date) -> str:
    """Empty while it is plainly published; a suspension that is over says nothing, one to come is told."""
    until = record.suspended_until
    planned = record.suspended_from is not None and (until is None or until >= today)
    if state in (ListingState.PUBLISHED, ListingState.SUSPENDED):
        return f"Suspendue {suspension_words(record.suspended_from, until)}" if planned else ""
    return STATE_WORDS[state].capitalize()


def _ask(one: Mine, ask: Ask) -> AskView:
    href = kept_path(one.target) + (f"#{ask.groups[0].value}" if ask.groups else "")
    if ask.need is Need.ROOM_UNKNOWN:
        href = group_path(one.target, FieldGroup.CAPACITY)
    elif ask.need is Need.SUGGESTION:
        href = SUGGESTIONS
    return AskView(SIGNALS[ask.need], ASKED[ask.need](ask), STEPS[ask.need], href)


def groups_words(groups: Iterable[FieldGroup]) -> str:
    """ "Contact, Horaires"."""
    return ", ".join(label("field_group", group.value) for group in groups)


def _since(ask: Ask) -> str:
    return exact_day(ask.on) if ask.on else ""


def _suggested(ask: Ask) -> str:
    return "1 correction proposée" if ask.count == 1 else f"{ask.count} corrections proposées"


ASKED: Final[dict[Need, Callable[[Ask], str]]] = {
    Need.PAST_DUE: lambda ask: f"{groups_words(ask.groups)} : à vérifier depuis le {_since(ask)}",
    Need.DUE_SOON: lambda ask: f"{groups_words(ask.groups)} : à vérifier avant le {_since(ask)}",
    Need.CONFLICT: lambda ask: f"{groups_words(ask.groups)} : une source dit autre chose",
    Need.SUGGESTION: _suggested,
    Need.ROOM_UNKNOWN: lambda _: "Places inconnues : dites il y a plus de 30 jours",
    Need.DRAFT: lambda _: "Brouillon : personne ne le voit encore",
}
