"""The closed lists of the field: competences, kinds of organisation, who is competent by law, acronyms, labels.

Each list is a CSV file beside this module (sources and licences in README.md), read once and checked when first asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from graph.model.directory import SuccessionKind
from graph.model.sheets import rows
from graph.model.territory import TerritoryLevel

# Bodies whose territory is drawn by a text of its own (a court's ressort, a landlord's): the département is the nearest
# level of the map to it, and what their listings are checked against.
RESSORT: Final = "ressort"


class LegalRole(StrEnum):
    """By what right a kind of organisation handles a competence."""

    LEGAL = "legal"
    MANDATED = "mandated"
    OFFERS = "offers"
    FIRST_STEP = "first_step"


class Confidence(StrEnum):
    """`high` was checked in a text of law or on an official page."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AcronymKind(StrEnum):
    """What an acronym stands for."""

    BENEFIT = "benefit"
    DOCUMENT = "document"
    MEASURE = "measure"
    ORGANISATION = "organisation"
    PUBLIC = "public"


class Precision(StrEnum):
    """How precisely the day of a succession is known; the date is then the first day of its month or year."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Competence:
    """An entry of the closed list; `id` is `category--entry`."""

    id: str
    label: str
    category: str
    category_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of organisation, with its equivalents in the lists of others."""

    id: str
    label: str
    definition: str
    part_of: str = ""
    finess_categories: tuple[str, ...] = ()
    dila_types: tuple[str, ...] = ()
    di_v1_networks: tuple[str, ...] = ()
    di_v0_types: tuple[str, ...] = ()
    history: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalRule:
    """A kind of organisation handles a competence; `level` is None when its bodies have a territory of their own."""

    competence: str
    kind: str
    role: LegalRole
    level: TerritoryLevel | None
    source: str
    note: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Acronym:
    """One meaning of an acronym; one that has several comes several times."""

    acronym: str
    expansion: str
    kind: AcronymKind
    competences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSuccession:
    """A kind of body, or a benefit, that took another name or was carried elsewhere. `territory` is a name in French."""

    predecessor: str
    successor: str
    kind: SuccessionKind
    on: date
    precision: Precision
    territory: str
    source: str
    confidence: Confidence
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DilaKind:
    """A type of the 2019 directory of the administration; `kind` is empty for those without a social role.

    `replaced_on` set means that bodies of this type have since been replaced by `successor_kind`.
    """

    dila_type: str
    kind: str
    successor_kind: str
    label: str
    replaced_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Label:
    """French for a code: on a button, and where it is read."""

    button: str
    reading: str


@cache
def competences() -> Mapping[str, Competence]:
    """Every competence by id, category by category, in the order of the list."""
    entries = (
        Competence(row.required("id"), row.required("label"), row.required("category"), row.required("category_label"))
        for row in rows("competences.csv")
    )
    return MappingProxyType({entry.id: entry for entry in entries})


def competence(id_: str) -> Competence:
    """One competence. Raises KeyError when it is not in the list."""
    return competences()[id_]


@cache
def categories() -> Mapping[str, str]:
    """Label of each category by its id, in the order of the list."""
    return MappingProxyType({entry.category: entry.category_label for entry in competences().values()})


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of organisation by id."""
    sheet = list(rows("kinds.csv"))
    ids = {row.required("id") for row in sheet}
    entries = (
        Kind(
            id=row.required("id"),
            label=row.required("label"),
            definition=row.text("definition"),
            part_of=row.optional("part_of", ids),
            finess_categories=row.several("finess_categories"),
            dila_types=row.several("dila_types"),
            di_v1_networks=row.several("di_v1_networks"),
            di_v0_types=row.several("di_v0_types"),
            history=row.text("history"),
        )
        for row in sheet
    )
    return MappingProxyType({entry.id: entry for entry in entries})


@cache
def rules() -> tuple[LegalRule, ...]:
    """Who handles what by law, by mandate or by use."""
    return tuple(
        LegalRule(
            competence=row.known("competence", competences()),
            kind=row.known("kind", kinds()),
            role=row.enum("role", LegalRole),
            level=None if row.text("level") == RESSORT else row.enum("level", TerritoryLevel),
            source=row.text("source"),
            note=row.text("note"),
            confidence=row.enum("confidence", Confidence),
        )
        for row in rows("legal_competence.csv")
    )


@cache
def _rules_by_kind() -> Mapping[str, tuple[LegalRule, ...]]:
    grouped: defaultdict[str, list[LegalRule]] = defaultdict(list)
    for rule in rules():
        grouped[rule.kind].append(rule)
    return {kind: tuple(found) for kind, found in grouped.items()}


def rules_for(kind: str) -> tuple[LegalRule, ...]:
    """What bodies of this kind handle, in the order of the list; none for a kind without a rule."""
    return _rules_by_kind().get(kind, ())


@cache
def coverage_level(kind: str) -> TerritoryLevel | None:
    """The level of territory that bodies of this kind usually serve, None when no rule says.

    It is the level of most of the kind's rules, those of law before the others; between equals, the first in the list.
    """
    found = rules_for(kind)
    by_law = [rule for rule in found if rule.role is LegalRole.LEGAL]
    levels = Counter(rule.level or TerritoryLevel.DEPARTEMENT for rule in by_law or found)
    return levels.most_common(1)[0][0] if levels else None


@cache
def acronyms() -> tuple[Acronym, ...]:
    """Acronyms with what they stand for and the competences they point to."""
    return tuple(
        Acronym(
            row.required("acronym"),
            row.required("expansion"),
            row.enum("kind", AcronymKind),
            row.several("competences", competences()),
        )
        for row in rows("acronyms.csv")
    )


@cache
def named_successions() -> tuple[NamedSuccession, ...]:
    """What took another name or was carried elsewhere, oldest first."""
    return tuple(
        NamedSuccession(
            predecessor=row.required("predecessor"),
            successor=row.required("successor"),
            kind=row.enum("kind", SuccessionKind),
            on=row.day("on"),
            precision=row.enum("precision", Precision),
            territory=row.required("territory"),
            source=row.text("source"),
            confidence=row.enum("confidence", Confidence),
            note=row.text("note"),
        )
        for row in rows("successions.csv")
    )


@cache
def dila_kinds() -> Mapping[str, DilaKind]:
    """Types of the 2019 directory of the administration, by type."""
    entries = (
        DilaKind(
            dila_type=row.required("dila_type"),
            kind=row.optional("kind", kinds()),
            successor_kind=row.optional("successor_kind", kinds()),
            label=row.required("label"),
            replaced_on=row.day("replaced_on") if row.text("replaced_on") else None,
            note=row.text("note"),
        )
        for row in rows("dila_kinds.csv")
    )
    return MappingProxyType({entry.dila_type: entry for entry in entries})


@cache
def labels() -> Mapping[tuple[str, str], Label]:
    """French for every code, by family and code."""
    found = {
        (row.required("family"), row.required("code")): Label(row.text("button"), row.text("reading"))
        for row in rows("labels.csv")
    }
    found |= {("organisation_kind", kind.id): Label("", kind.label) for kind in kinds().values()}
    found |= {("competence", entry.id): Label("", entry.label) for entry in competences().values()}
    found |= {("category", id_): Label("", name) for id_, name in categories().items()}
    return MappingProxyType(found)


def label(family: str, code: str) -> str:
    """French for a code where it is read ("Orientation", "En cours"). Raises KeyError when the list has none."""
    return labels()[family, code].reading


def button(family: str, code: str) -> str:
    """French for a code on a button ("Orienter"), the reading where it has none. Raises KeyError when the list has none."""
    found = labels()[family, code]
    return found.button or found.reading
