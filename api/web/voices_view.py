"""Who says what, where several sources speak of one listing: each group's source and day, and what the others say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from api.web.listing_view import source_name
from api.web.sheet_view import covers_words
from api.words.dates import exact_day
from api.words.hours import hours_in_words
from api.words.listing import address, capacity_words, reach
from graph.model.directory import Organisation, Service
from graph.model.listing import Claim, FieldGroup, merge
from graph.model.territory import Territory
from graph.model.vocabulary import competence, label
from search.hours import PARIS

L = TypeVar("L", Organisation, Service)
FindTerritory: TypeAlias = Callable[[str], Territory | None]


@dataclass(frozen=True, slots=True)
class OtherWord:
    """What a source says instead of what is shown; empty words when it says that there is nothing."""

    source: str
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class GroupVoice:
    """Who vouches for a group of fields, since when, and who says otherwise."""

    label: str
    source: str
    day: str
    others: tuple[OtherWord, ...]


@dataclass(frozen=True, slots=True)
class Voices:
    """The groups in the order of a page, under a heading that counts sources and disagreements."""

    heading: str
    groups: tuple[GroupVoice, ...]


def voices_view(kind: type[L], claims: Iterable[Claim], territory: FindTerritory, at: datetime) -> Voices | None:
    """None where one source speaks: the page names it already. Others that read alike are no disagreement."""
    said = tuple(claims)
    sources = {claim.source for claim in said}
    merged = merge(kind, said) if len(sources) > 1 else None
    if merged is None:
        return None
    others = {conflict.group: conflict.others for conflict in merged.conflicts}
    groups = tuple(
        GroupVoice(
            label=label("field_group", group.value),
            source=source_name(claim.source),
            day=exact_day(claim.vouched_on),
            others=_others(claim, others.get(group, ()), territory, at),
        )
        for group, claim in merged.kept.items()
    )
    return Voices(_heading(len(sources), sum(bool(group.others) for group in groups)), groups)


def _others(kept: Claim, others: Iterable[Claim], territory: FindTerritory, at: datetime) -> tuple[OtherWord, ...]:
    shown = claim_words(kept, territory, at)
    read = [(other, claim_words(other, territory, at)) for other in others]
    return tuple(
        OtherWord(source_name(other.source), exact_day(other.vouched_on), words)
        for other, words in read
        if words != shown
    )


def _heading(sources: int, disagreements: int) -> str:
    told = f"{sources} sources parlent de cette fiche"
    if not disagreements:
        return f"{told} et s’accordent"
    return f"{told} et se contredisent sur {disagreements} point{'s' if disagreements > 1 else ''}"


def claim_words(claim: Claim, territory: FindTerritory, at: datetime) -> str:
    """What a claim says, as the page would say it, on one line."""
    value: dict[str, Any] = dict(claim.value)
    match claim.group:
        case FieldGroup.IDENTITY:
            kind = label("organisation_kind", value["kind"]) if "kind" in value else ""
            parts = [value["name"], kind, value["description"]]
        case FieldGroup.MATTERS:
            parts = [competence(id_).label for id_ in value["competences"]]
        case FieldGroup.CONDITIONS:
            parts = _conditions(value)
        case FieldGroup.TERRITORY:
            parts = [covers_words(found for id_ in value["covers"] if (found := territory(id_)))]
        case FieldGroup.RECEPTION:
            parts = [label("mode", mode.value) for mode in value["modes"]]
        case FieldGroup.CAPACITY:
            parts = list(capacity_words(value["capacity"], value["answer_days"], at.astimezone(PARIS).date()))
        case FieldGroup.CONTACT:
            found = reach(value["contact"])
            parts = [found.phone.shown if found.phone else "", found.email, found.url]
        case FieldGroup.PLACE:
            door = address(value["place"])
            parts = [door.street, door.town] if door else []
        case FieldGroup.HOURS:
            hours = hours_in_words(value["hours"], at)
            parts = [f"{line.days} {line.times}" for line in hours.lines] if hours else [value["hours"]]
    return ", ".join(part for part in parts if part)


def _conditions(value: dict[str, Any]) -> list[str]:
    publics = [label("public", public.value) for public in value["publics"]] or ["Tout le monde"]
    excluded = [f"sauf {label('public', public.value)}" for public in value["excludes"]]
    return [*publics, *excluded, value["conditions"], value["fee"]]
