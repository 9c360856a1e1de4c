"""Coverage: how many relays there are for a competence and a public in a commune, and how many people live where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

EVERYBODY: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a body handles: in these territories as a whole, for these publics, for everybody where none is named."""

    organisation: str
    competences: frozenset[str]
    zones: frozenset[str]
    publics: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A commune: its inhabitants, and every territory that contains it, itself among them."""

    code: str
    population: int
    zones: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The communes in which nobody handles a competence for a public, and the people who live there."""

    competence: str
    public: str
    communes: tuple[str, ...]
    population: int


def relays(
    offers: Iterable[Offer], places: Sequence[Place], competences: Iterable[str], publics: Sequence[str] = (EVERYBODY,)
) -> dict[tuple[str, str, str], int]:
    """How many bodies handle a competence for a public (EVERYBODY: those that name none) in a commune; each counts once. Zero is
    told too.
    """
    return {
        (competence, public, place.code): len(set().union(*(there[zone] for zone in place.zones if zone in there)))
        for competence, public, there in _where(offers, competences, publics)
        for place in places
    }


def uncovered(
    offers: Iterable[Offer], places: Sequence[Place], competences: Iterable[str], publics: Sequence[str] = (EVERYBODY,)
) -> list[Gap]:
    """Where there is none, the most people first; what is covered everywhere is not told."""
    found = list[Gap]()
    for competence, public, there in _where(offers, competences, publics):
        if lacking := [place for place in places if there.keys().isdisjoint(place.zones)]:
            communes = tuple(sorted(place.code for place in lacking))
            people = sum(place.population for place in lacking)
            found.append(Gap(competence=competence, public=public, communes=communes, population=people))
    return sorted(found, key=lambda one: (-one.population, one.competence, one.public))


def _where(
    offers: Iterable[Offer], competences: Iterable[str], publics: Sequence[str]
) -> Iterable[tuple[str, str, dict[str, set[str]]]]:
    """For each competence and public, the bodies by the territory that they cover."""
    known: dict[str, list[Offer]] = {}
    for offer in offers:
        for competence in offer.competences:
            known.setdefault(competence, []).append(offer)
    for competence in competences:
        for public in publics:
            there: dict[str, set[str]] = {}
            for offer in known.get(competence, ()):
                if not offer.publics or public in offer.publics:
                    for zone in offer.zones:
                        there.setdefault(zone, set()).add(offer.organisation)
            yield competence, public, there
