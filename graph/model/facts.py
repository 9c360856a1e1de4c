"""What ranking and filters need of a listing, as small values: many listings are weighed, few are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum, IntEnum, IntFlag, StrEnum
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph.model.directory import Mode, Public
from graph.model.relay import Ground, Listing
from graph.model.vocabulary import kinds
from graph.model.words import fold

# A fact of many listings, and whether something holds for each of them.
Column: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
# Numbers of 64 bits that stand for texts.
Marks: TypeAlias = NDArray[np.uint64]
# Rows of FACTS.
Table: TypeAlias = NDArray[np.void]

# Facts as a table holds them, a row of eighty bytes a listing; an index holds the same row (search/packing.py). `key`,
# `organisation`, `above` (what that is part of, 0 for nothing), `kind` and `hours` (0 for none) are marks (see `mark`), for a
# text of any length does not fit in a row; `letters` begin the body's folded name, so that they compare as it does; days are
# counted from FIRST_DAY on, 0 for none (see `day_number`); sets of publics and modes are masks (see `mask`); `lat` and `lon`,
# in millionths of degrees (a tenth of a metre), say where one goes, NO_DEGREES where that is nowhere.
FACTS: Final = np.dtype(
    [
        ("key", "<u8"),
        ("organisation", "<u8"),
        ("above", "<u8"),
        ("letters_1", ">u8"),
        ("letters_2", ">u8"),
        ("vouched_on", "<u2"),
        ("closed_on", "<u2"),
        ("capacity_on", "<u2"),
        ("full_until", "<u2"),
        ("publics", "<u2"),
        ("excludes", "<u2"),
        ("modes", "u1"),
        ("traits", "u1"),
        ("form", "<u2"),
        ("places_free", "u1"),
        ("answer_days", "u1"),
        ("waiting_days", "<u2"),
        ("kind", "<u4"),
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("hours", "<u8"),
    ]
)


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


# What a row can hold: a few places more or a century later make no difference to a rank.
MOST_PLACES: Final = 254
MOST_DAYS: Final = 1000
MOST_ANSWER_DAYS: Final = 254
# What nobody said: places and days to answer, days to wait.
UNKNOWN: Final = 255
UNKNOWN_WAIT: Final = 65_535
DEGREE_STEPS: Final = 1_000_000
NO_DEGREES: Final = -(1 << 31)
LETTERS: Final = 16
# A day as an ordinal, and what of a mark there is room for beside it.
DAY_BITS: Final = 20
KEY_BITS: Final = 64 - DAY_BITS
FIRST_DAY: Final = date(2000, 1, 1).toordinal()
BEFORE_FIRST_DAY: Final = FIRST_DAY - 1
LAST_NUMBER: Final = 65_535


def facts_of(listings: Iterable[Listing]) -> Table:
    """The facts of these, a row each. What a row rounds or cuts is so wherever a listing is weighed."""
    return np.array([_row(listing) for listing in listings], dtype=FACTS)


def _row(listing: Listing) -> tuple[int, ...]:
    organisation, service, agreement = listing.organisation, listing.service, listing.agreement
    subject = service or agreement or organisation
    place = (service.place if service else None) or organisation.place
    point = place.point if place else None
    capacity = service.capacity if service else None
    offering = service or agreement
    letters = _letters(organisation.name)
    hours = hours_of(listing)
    return (
        mark(listing.key),
        mark(organisation.id),
        mark(organisation.part_of) if organisation.part_of else 0,
        int.from_bytes(letters[:8]),
        int.from_bytes(letters[8:]),
        day_number(subject.vouched_on),
        day_number(organisation.closed_on),
        day_number(capacity.vouched_on if capacity else None),
        day_number(capacity.full_until if capacity else None),
        mask(offering.publics) if offering else 0,
        mask(service.excludes) if service else 0,
        mask(service.modes) if service else 0,
        _traits(listing),
        Form.SERVICE if service else Form.AGREEMENT if agreement else Form.BODY,
        _count(capacity.places_free if capacity else None, MOST_PLACES, UNKNOWN),
        _count(service.answer_days if service else None, MOST_ANSWER_DAYS, UNKNOWN),
        _count(capacity.waiting_days if capacity else None, MOST_DAYS, UNKNOWN_WAIT),
        kind_mark(organisation.kind),
        round(point.lat * DEGREE_STEPS) if point else NO_DEGREES,
        round(point.lon * DEGREE_STEPS) if point else NO_DEGREES,
        mark(hours) if hours else 0,
    )


def hours_of(listing: Listing) -> str:
    """When one finds it open, as OSM opening_hours; empty when nobody said."""
    return (listing.service.hours if listing.service else "") or listing.organisation.hours


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


def day_number(day: date | None) -> int:
    """Days are kept from 2000, which begins with 1, to 2179: what is said of others is as old, or as far, as can be."""
    return min(max(day.toordinal() - BEFORE_FIRST_DAY, 1), LAST_NUMBER) if day else 0


def _count(count: int | None, most: int, unknown: int) -> int:
    return unknown if count is None or count < 0 else min(count, most)


def lateness(facts: Table) -> NDArray[np.uint64]:
    """For each row a number of 64 bits, the greater the later someone vouched for it. No two listings are equal: a day that
    they share is followed by a mark of each.
    """
    days = facts["vouched_on"].astype(np.uint64) + np.uint64(BEFORE_FIRST_DAY)
    return days << np.uint64(KEY_BITS) | facts["key"] >> np.uint64(DAY_BITS)
