"""What ranking and filters need of a listing, as small values: many listings are weighed, few are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum, IntEnum, IntFlag, StrEnum
from functools import cache, lru_cache
from hashlib import blake2b
from math import cos, radians
from typing import Final, NamedTuple

from graph.model.directory import Mode, Public
from graph.model.relay import Ground, Listing
from graph.model.territory import Point
from graph.model.vocabulary import kinds
from graph.model.words import fold

# Unknown counts are told by this; none is below zero.
UNKNOWN: Final = -1
LETTERS: Final = 16


class Form(IntEnum):
    """What answers: a body itself, one of its services, or an agreement given to it."""

    BODY = 0
    SERVICE = 1
    AGREEMENT = 2


class Trait(IntFlag):
    """What a service says of itself that people filter by; what nobody said is not set."""

    FREE = 1
    ACCESSIBLE = 2
    INTERPRETER = 4
    WITHOUT_RESIDENCE_CONDITION = 8


class Grade(StrEnum):
    """By what right a listing handles one competence, all its grounds together: the strongest first."""

    AGREEMENT = "agreement"
    FIRST_STEP_BY_LAW = "first_step_by_law"
    FIRST_STEP = "first_step"
    LAW = "law"
    MANDATE = "mandate"
    SPECIALISED = "specialised"
    GENERAL = "general"


class Door(NamedTuple):
    """A point as distances need it, in radians, and the cosine of its latitude; `steps` is the same in millionths of degrees."""

    lat: float
    lon: float
    cosine: float
    steps: tuple[int, int]

    @classmethod
    def at(cls, lat: int, lon: int) -> Door:
        """In millionths of degrees: a tenth of a metre."""
        north = radians(lat / DEGREE_STEPS)
        return cls(north, radians(lon / DEGREE_STEPS), cos(north), (lat, lon))


class Facts(NamedTuple):
    """The facts of one listing. `key`, `organisation`, `above` (what that is part of, 0 for nothing) and `kind` are marks
    (see `mark`); sets of publics and modes are masks (see `mask`); days are proleptic ordinals, 0 for none; counts are
    UNKNOWN when nobody said; `door` is where one goes, None where that is nowhere; `letters` begin the body's folded name.
    """

    key: int
    organisation: int
    above: int
    kind: int
    letters: bytes
    form: Form
    publics: int
    excludes: int
    modes: int
    traits: int
    vouched_on: int
    closed_on: int
    capacity_on: int
    full_until: int
    places_free: int
    waiting_days: int
    answer_days: int
    door: Door | None
    hours: str


# What packed facts can hold (search/packing.py): a few places more or a century later make no difference to a rank.
MOST_PLACES: Final = 254
MOST_DAYS: Final = 1000
MOST_ANSWER_DAYS: Final = 254
DEGREE_STEPS: Final = 1_000_000
# A day as an ordinal, and what of a mark there is room for beside it.
DAY_BITS: Final = 20
KEY_BITS: Final = 64 - DAY_BITS
FIRST_DAY: Final = date(2000, 1, 1).toordinal()
LAST_DAY: Final = FIRST_DAY + 65_534


def facts_of(listing: Listing) -> Facts:
    """The facts of a listing. What packing would round or cut is so here too: packed or not, a listing is weighed alike."""
    organisation, service, agreement = listing.organisation, listing.service, listing.agreement
    subject = service or agreement or organisation
    place = (service.place if service else None) or organisation.place
    point = place.point if place else None
    capacity = service.capacity if service else None
    form = Form.SERVICE if service else Form.AGREEMENT if agreement else Form.BODY
    offering = service or agreement
    return Facts(
        key=mark(listing.key),
        organisation=mark(organisation.id),
        above=mark(organisation.part_of) if organisation.part_of else 0,
        kind=kind_mark(organisation.kind),
        letters=_letters(organisation.name),
        form=form,
        publics=mask(offering.publics) if offering else 0,
        excludes=mask(service.excludes) if service else 0,
        modes=mask(service.modes) if service else 0,
        traits=_traits(listing),
        vouched_on=_day(subject.vouched_on),
        closed_on=_day(organisation.closed_on),
        capacity_on=_day(capacity.vouched_on if capacity else None),
        full_until=_day(capacity.full_until if capacity else None),
        places_free=_count(capacity.places_free if capacity else None, MOST_PLACES),
        waiting_days=_count(capacity.waiting_days if capacity else None, MOST_DAYS),
        answer_days=_count(service.answer_days if service else None, MOST_ANSWER_DAYS),
        door=door_at(point) if point else None,
        hours=(service.hours if service else "") or organisation.hours,
    )


def grades(listing: Listing) -> dict[str, Grade]:
    """By which grade it handles each of its competences."""
    grounds: dict[str, set[Ground]] = {}
    for tie in listing.ties:
        grounds.setdefault(tie.competence, set()).add(tie.ground)
    if listing.agreement:
        return dict.fromkeys(grounds, Grade.AGREEMENT)
    return {competence: _grade(found) for competence, found in grounds.items()}


def _grade(grounds: set[Ground]) -> Grade:
    if grounds >= {Ground.FIRST_STEP, Ground.LAW}:
        return Grade.FIRST_STEP_BY_LAW
    return next(grade for grade in Grade if grade.value in grounds)


@lru_cache(maxsize=65_536)
def mark(id_: str) -> int:
    """A number of 64 bits that stands for an id; never 0."""
    return int.from_bytes(blake2b(id_.encode(), digest_size=8).digest()) or 1


@cache
def kind_mark(kind: str) -> int:
    """A number of 32 bits that stands for a kind of organisation, whatever else the list of kinds holds."""
    return int.from_bytes(blake2b(kind.encode(), digest_size=4).digest())


@cache
def kind_of(number: int) -> str:
    """The kind that a mark stands for; empty for one that is not in the list."""
    return next((kind for kind in kinds() if kind_mark(kind) == number), "")


def mask(values: Iterable[Public] | Iterable[Mode]) -> int:
    """One bit for each value, in the order of its closed list."""
    return sum(1 << _position(value) for value in set(values))


@cache
def _position(value: Enum) -> int:
    return list(type(value)).index(value)


@lru_cache(maxsize=65_536)
def _letters(name: str) -> bytes:
    return fold(name).encode("ascii", "ignore")[:LETTERS].ljust(LETTERS, b"\0")


def door_at(point: Point) -> Door:
    """The door at a point."""
    return Door.at(round(point.lat * DEGREE_STEPS), round(point.lon * DEGREE_STEPS))


def _traits(listing: Listing) -> int:
    service = listing.service
    if service is None:
        return 0
    said = {
        Trait.FREE: service.free,
        Trait.ACCESSIBLE: service.accessible,
        Trait.INTERPRETER: service.interpreter,
        Trait.WITHOUT_RESIDENCE_CONDITION: service.without_residence_condition,
    }
    return sum(trait for trait, holds in said.items() if holds)


def _day(day: date | None) -> int:
    """Days are kept from 2000 to 2179: what is said of others is as old, or as far, as can be."""
    return min(max(day.toordinal(), FIRST_DAY), LAST_DAY) if day else 0


def _count(count: int | None, most: int) -> int:
    return UNKNOWN if count is None or count < 0 else min(count, most)


def lateness(facts: Facts) -> int:
    """A number of 64 bits, the greater the later someone vouched for it. No two listings are equal: a day that they share is
    followed by a mark of each.
    """
    return facts.vouched_on << KEY_BITS | facts.key >> DAY_BITS
