"""The table of weights, and the few curves between them. Competence decides first; a name that was typed beats it; the rest
orders what is left. Each weight that moves a result has its sentence in graph/model/reasons.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final

from graph.model.facts import Facts, Grade
from graph.model.names import NameTier
from graph.model.territory import TerritoryLevel, level_of

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


@lru_cache(maxsize=16_384)
def freshness(age: int) -> float:
    """Full weight for six months, then fading, to a handicap at two years; `age` in days."""
    part = min(max((timedelta(age) - FRESH_FOR) / (STALE_AFTER - FRESH_FOR), 0.0), 1.0)
    return FRESH + (STALE - FRESH) * part


def distance(km: float) -> float:
    """Less and less, to a bound."""
    return max(FARTHEST, PER_KM * km)


def room(facts: Facts, day: int) -> float:
    """Full until a day that is not past weighs whenever it was said; places free or none, for thirty days after that."""
    if facts.full_until > day:
        return FULL
    if facts.places_free < 0 or day - facts.capacity_on > CAPACITY_HOLDS_FOR.days:
        return 0.0
    return HAS_ROOM if facts.places_free else FULL


def waiting(facts: Facts, day: int) -> float:
    """A handicap for each week, to a bound; none when nobody waits, or nobody said so in thirty days."""
    if facts.waiting_days <= 0 or day - facts.capacity_on > CAPACITY_HOLDS_FOR.days:
        return 0.0
    return max(LONGEST_WAIT, WAIT_PER_WEEK * facts.waiting_days / 7)


def answer(days: int) -> float:
    """For who answers fast."""
    return ANSWERS_FAST if 0 <= days <= FAST_ANSWER.days else 0.0


def levels(zones: Sequence[str]) -> list[float]:
    """For covering each of these zones: the territory asked for, then those around it, the nearest first."""
    return [HERE if place == 0 else LEVEL_WEIGHTS.get(level_of(zone), 0.0) for place, zone in enumerate(zones)]
