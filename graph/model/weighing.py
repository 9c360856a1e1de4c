"""How much each fact counts for one question: a column a fact, a row a candidate."""

from __future__ import annotations

from datetime import date
from functools import lru_cache, reduce
from math import cos, radians
from typing import Final, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.model import weights
from graph.model.candidates import Candidates, Preference
from graph.model.directory import Agreement, Mode, Public
from graph.model.doors import Door, Doors
from graph.model.facts import (
    DEGREE_STEPS,
    NO_DEGREES,
    Column,
    Form,
    Grade,
    Mask,
    Table,
    day_number,
    mask,
)
from graph.model.naming import Naming
from graph.model.relay import Listing, Opening, Question
from graph.model.territory import EARTH_RADIUS_KM, Point
from graph.model.weights import GRADE_WEIGHTS, Weights

Amount = TypeVar("Amount")

EVERYONE: Final = mask((Public.TOUS_PUBLICS,))
REMOTE: Final = mask((Mode.A_DISTANCE,))
DIAMETER_KM: Final = 2 * EARTH_RADIUS_KM
# What the law or use sends people to answers for itself; the rest answers no better than its services.
BY_ITS_SERVICES: Final = frozenset({Grade.MANDATE, Grade.SPECIALISED, Grade.GENERAL})
# Competences are asked for again and again; of those that a text tells, with how sure it is, few come twice.
WAYS_KEPT: Final = 512


class Counted(NamedTuple, Generic[Amount]):
    """What each fact adds to the score: of all candidates (Weights), or of one (float)."""

    competence: Amount
    name: Amount
    territory: Amount
    public: Amount
    opening: Amount
    distance: Amount
    mode: Amount
    room: Amount
    waiting: Amount
    answer: Amount
    freshness: Amount


class Weighed(NamedTuple):
    """The candidates of a question, a row each: what counts for them, what it comes to, and which may be shown at all.

    `km` lead from the person to the door, not a number where that is not known or nobody has to go there.
    """

    counted: Counted[Weights]
    totals: Weights
    shown: Mask
    km: Weights


class _Ways(NamedTuple):
    """Every way to be competent for what is asked, the weightiest first, and what each weighs: for a body, for a service of
    one. `by_services` are those by which a body answers no better than its services. The last place stands for NOWHERE.
    """

    preferred: Preference
    bodies: Weights
    services: Weights
    by_services: Mask


def preference(question: Question) -> Preference:
    """Every way to be competent for what is asked, the weightiest first."""
    return _ways(question.competences, question.certainties).preferred


@lru_cache(maxsize=WAYS_KEPT)
def _ways(competences: tuple[str, ...], certainties: tuple[float, ...]) -> _Ways:
    sure = dict(zip(competences, certainties or (1.0,) * len(competences), strict=True))
    pairs = {(id_, grade): weight * sure[id_] for id_ in sure for grade, weight in GRADE_WEIGHTS.items()}
    weighed = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    bodies = np.array([*(weight for _, weight in weighed), 0.0])
    more = np.array([*(weights.SERVICE_OVER_BODY * sure[id_] for (id_, _), _ in weighed), 0.0])
    by_services = np.array([*(grade in BY_ITS_SERVICES for (_, grade), _ in weighed), False])
    return _Ways(tuple(way for way, _ in weighed), bodies, bodies + more, by_services)


class Weighing:
    """One question, ready to weigh any number of candidates. `hours` tells which doors are open at a moment."""

    def __init__(self, question: Question, hours: Doors) -> None:
        self.question = question
        self.day = day_number(question.at.date())
        self.naming = Naming(question)
        self._ways = _ways(question.competences, question.certainties)
        self.preferred = self._ways.preferred
        self._certainties = dict(zip(question.competences, question.certainties, strict=False))
        self.zones: tuple[str, ...] = question.territory.zones if question.territory else ()
        # The last stands for NOWHERE.
        self._levels = np.array([*weights.levels(self.zones), 0.0])
        self._asked, self._modes = mask(question.publics), mask(question.modes)
        urgency = weights.URGENT_FACTOR if question.urgent else 1.0
        shut = weights.CLOSED_WHEN_URGENT if question.urgent else 0.0
        self._doors = np.zeros(len(Door))
        self._doors[Door.SHUT] = shut
        self._doors[Door.OPENS_TODAY] = weights.OPENS_TODAY * urgency + shut
        self._doors[Door.OPEN] = weights.OPEN_NOW * urgency
        self._hours = hours
        self._here = _radians(question.near or (question.territory.point if question.territory else None))

    def asking(self, question: Question) -> Weighing:
        """The same for another question."""
        return Weighing(question, self._hours)

    def certainty(self, competence: str) -> float:
        """How sure it is that this was meant."""
        return self._certainties.get(competence, 1.0)

    def weigh(self, candidates: Candidates) -> Weighed:
        """What counts for each. Added up in one order, for sums of floats differ with it in their last digits."""
        facts, km = candidates.facts, self._km(candidates.facts)
        told = self._days_since(facts["capacity_on"])
        counted = Counted(
            competence=np.where(
                facts["form"] == Form.SERVICE,
                self._ways.services[candidates.ties],
                self._ways.bodies[candidates.ties],
            ),
            name=self._names(candidates),
            territory=self._levels[candidates.zones],
            public=weights.public(facts["publics"], self._asked, EVERYONE),
            opening=self._doors[self.doors(candidates)],
            distance=weights.distance(km),
            mode=weights.mode(facts["modes"], self._modes),
            room=weights.room(facts["places_free"], told, facts["full_until"] > self.day),
            waiting=weights.waiting(facts["waiting_days"], told),
            answer=weights.answer(facts["answer_days"]),
            freshness=weights.freshness(self._days_since(facts["vouched_on"])),
        )
        shown = self._may_be_shown(candidates, counted.name, km)
        return Weighed(counted, reduce(np.add, counted), shown, km)

    def _may_be_shown(self, candidates: Candidates, name: Weights, km: Weights) -> Mask:
        """What is never shown, however well the rest matches: closed, for others, received otherwise, too far, not agreed."""
        facts = candidates.facts
        shown = (candidates.ties >= 0) | (name > 0)
        shown &= (facts["closed_on"] == 0) | (facts["closed_on"] > self.day)
        shown &= self.lets_in(facts, self.question)
        if self.question.radius_km is not None:
            shown &= ~(km > self.question.radius_km)
        for row, listing in candidates.whole.items():
            if listing.agreement and not holds(listing.agreement, self.question):
                shown[row] = False
        return shown

    @staticmethod
    def lets_in(facts: Table, question: Question) -> Mask:
        """Those that receive the publics of this question, in one of its ways."""
        asked, modes = mask(question.publics), mask(question.modes)
        let_in = np.ones(len(facts), np.bool_)
        if asked:
            publics = facts["publics"]
            if not question.public_optional:
                let_in &= (publics == 0) | (publics & (asked | EVERYONE) != 0)
            let_in &= facts["excludes"] & asked == 0
        if modes:
            let_in &= (facts["modes"] == 0) | (facts["modes"] & modes != 0)
        return let_in

    def _names(self, candidates: Candidates) -> Weights:
        counts = np.zeros(len(candidates))
        if self.question.words or self.question.phrase:
            for row, listing in candidates.whole.items():
                counts[row] = self.naming.weight(listing)
        return counts

    def by_services(self, candidates: Candidates) -> Mask:
        """Which are competent in a way in which a body answers no better than its services."""
        return self._ways.by_services[candidates.ties]

    def _days_since(self, days: Column) -> Column:
        return self.day - days.astype(np.int64)

    def _km(self, facts: Table) -> Weights:
        """Kilometres from the person to each door, as the crow flies (haversine); not a number when either is unknown, or
        when nobody has to go there: what is done at a distance, or asked to be.
        """
        km = np.full(len(facts), np.nan)
        if self._here is None:
            return km
        modes = facts["modes"]
        at_home = modes & REMOTE != 0 if self._modes == REMOTE else modes == REMOTE
        there = np.flatnonzero((facts["lat"] != NO_DEGREES) & ~at_home)
        lat, lon = (np.radians(facts[name][there] / DEGREE_STEPS) for name in ("lat", "lon"))
        here_lat, here_lon = self._here
        north, east = np.sin((lat - here_lat) / 2), np.sin((lon - here_lon) / 2)
        chord = north * north + cos(here_lat) * np.cos(lat) * east * east
        km[there] = DIAMETER_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
        return km

    def doors(self, candidates: Candidates) -> NDArray[np.uint8]:
        """A Door for each, at the moment asked for."""
        return self._hours.doors(candidates.facts["hours"], candidates.hours, self.question.at)

    def opening(self, written: str) -> Opening:
        """The state of these hours at the moment asked for."""
        return self._hours.opening(written, self.question.at)


def _radians(point: Point | None) -> tuple[float, float] | None:
    """Its latitude and longitude, as exact as those of doors are kept."""
    if point is None:
        return None
    return radians(round(point.lat * DEGREE_STEPS) / DEGREE_STEPS), radians(
        round(point.lon * DEGREE_STEPS) / DEGREE_STEPS
    )


def shown(listing: Listing, day: date, asker: str = "") -> bool:
    """Whether a listing may be shown at all to this organisation (empty for a visitor) on that day."""
    closed, agreement = listing.organisation.closed_on, listing.agreement
    return not (closed and closed <= day) and (agreement is None or binds(agreement, day, asker))


def holds(agreement: Agreement, question: Question) -> bool:
    """Whether an agreement holds for this asker, public and day."""
    meant = {Public.TOUS_PUBLICS, *question.publics}
    if question.publics and agreement.publics and not meant & set(agreement.publics):
        return False
    return binds(agreement, question.at.date(), question.asker)


def binds(agreement: Agreement, day: date, asker: str) -> bool:
    """Whether an agreement is in force that day, and not reserved to others than this organisation."""
    if day < agreement.since or (agreement.until and day > agreement.until):
        return False
    return not agreement.reserved or asker in {*agreement.granted_by, agreement.given_to}
