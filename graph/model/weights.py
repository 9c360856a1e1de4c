"""The table of weights, and the few curves between them. Competence decides first; a name that was typed beats it; the rest
orders what is left. Each weight that moves a result has its sentence in graph/model/reasons.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph.model.facts import UNKNOWN, UNKNOWN_WAIT, Column, Grade, Mask
from graph.model.names import NameTier
from graph.model.territory import TerritoryLevel, level_of

# What a fact counts for each of many listings.
Weights: TypeAlias = NDArray[np.float64]

GRADE_WEIGHTS: Final = {
    Grade.AGREEMENT: 130.0,
    Grade.FIRST_STEP_BY_LAW: 108.0,
    Grade.FIRST_STEP: 100.0,
    Grade.LAW: 84.0,
    Grade.MANDATE: 77.0,
    Grade.SPECIALISED: 70.0,
    Grade.GENERAL: 42.0,
}
# The part of FIRST_STEP_BY_LAW that the law gives.
ALSO_LAW: Final = GRADE_WEIGHTS[Grade.FIRST_STEP_BY_LAW] - GRADE_WEIGHTS[Grade.FIRST_STEP]
# Less than a step from one grade to the next.
SERVICE_OVER_BODY: Final = 6.0
NAME_WEIGHTS: Final = {NameTier.MOSTLY: 150.0, NameTier.PARTLY: 120.0, NameTier.NONE: 0.0}
# Who types a name wants that body before what it offers.
NAME_OF_ITS_BODY: Final = 0.8
# For covering the very territory asked for; around it, the nearer the level of the one covered, the more it is "here".
HERE: Final = 8.0
LEVEL_WEIGHTS: Final = {
    TerritoryLevel.COMMUNE: 7.0,
    TerritoryLevel.EPCI: 5.0,
    TerritoryLevel.DEPARTEMENT: 4.0,
    TerritoryLevel.REGION: 1.0,
}
FOR_THIS_PUBLIC: Final = 8.0
# Made for some, when nobody said whom the question is about.
FOR_SOME_ONLY: Final = -3.0
OPEN_NOW: Final = 5.0
OPENS_TODAY: Final = 2.0
URGENT_FACTOR: Final = 4.0
# To who cannot wait a closed door is no answer: it falls behind any that is open, whatever its right.
CLOSED_WHEN_URGENT: Final = -55.0
HAS_ROOM: Final = 6.0
FULL: Final = -46.0
WAIT_PER_WEEK: Final = -1.0
LONGEST_WAIT: Final = -14.0
ANSWERS_FAST: Final = 3.0
FRESH: Final = 4.0
STALE: Final = -8.0
PER_KM: Final = -0.25
FARTHEST: Final = -15.0
ASKED_MODE: Final = 3.0

FRESH_FOR: Final = timedelta(days=183)
STALE_AFTER: Final = timedelta(days=730)
CAPACITY_HOLDS_FOR: Final = timedelta(days=30)
FAST_ANSWER: Final = timedelta(days=3)


def freshness(age: Column) -> Weights:
    """Full weight for six months, then fading, to a handicap at two years; `age` in days."""
    part = np.clip((age - FRESH_FOR.days) / (STALE_AFTER - FRESH_FOR).days, 0.0, 1.0)
    return FRESH + (STALE - FRESH) * part


def room(places: Column, told: Column, full: Mask) -> Weights:
    """`full` until a day that is not past weighs whenever it was said; places free or none, for thirty days after they were
    `told` (that many days ago).
    """
    known = (places != UNKNOWN) & (told <= CAPACITY_HOLDS_FOR.days)
    return np.where(full, FULL, np.where(known, np.where(places > 0, HAS_ROOM, FULL), 0.0))


def waiting(days: Column, told: Column) -> Weights:
    """A handicap for each week, to a bound; none when nobody waits, or nobody said so in thirty days."""
    known = (days != UNKNOWN_WAIT) & (days > 0) & (told <= CAPACITY_HOLDS_FOR.days)
    return np.where(known, np.maximum(LONGEST_WAIT, WAIT_PER_WEEK * days / 7), 0.0)


def answer(days: Column) -> Weights:
    """Answers within days."""
    return np.where(days <= FAST_ANSWER.days, ANSWERS_FAST, 0.0)


def distance(km: Weights) -> Weights:
    """Less and less, to a bound; nothing where the way is not known (not a number)."""
    return np.where(np.isnan(km), 0.0, np.maximum(FARTHEST, PER_KM * km))


def public(publics: Column, asked: int, everyone: int) -> Weights:
    """Made for whom it is about; or for some only, when nobody said whom it is about. All of them masks."""
    if asked:
        return np.where(publics & asked, FOR_THIS_PUBLIC, 0.0)
    return np.where((publics != 0) & (publics & everyone == 0), FOR_SOME_ONLY, 0.0)


def mode(modes: Column, asked: int) -> Weights:
    """Received as it was asked; masks."""
    return np.where(modes & asked, ASKED_MODE, 0.0) if asked else np.zeros(len(modes))


def levels(zones: Sequence[str]) -> list[float]:
    """For covering each of these zones: the territory asked for, then those around it, the nearest first."""
    return [HERE if place == 0 else LEVEL_WEIGHTS.get(level_of(zone), 0.0) for place, zone in enumerate(zones)]
