"""How much each fact of a listing counts for one question. The same whether its facts come packed or with the listing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

from graph.model import weights
from graph.model.directory import Agreement, Mode, Public
from graph.model.facts import Facts, Form, Grade, facts_of, grades, mask
from graph.model.names import NameTier, name_tier, name_words
from graph.model.relay import Former, Listing, Opening, OpeningState, Question
from graph.model.territory import EARTH_RADIUS_KM
from graph.model.weights import GRADE_WEIGHTS, NAME_WEIGHTS

Hours = Callable[[str, datetime], Opening]
Preference = tuple[tuple[str, Grade], ...]

NOWHERE: Final = -1
EVERYONE: Final = mask((Public.TOUS_PUBLICS,))
REMOTE: Final = mask((Mode.A_DISTANCE,))
DIAMETER_KM: Final = 2 * EARTH_RADIUS_KM


class Candidate(NamedTuple):
    """A listing that could answer. `tie` is the place of its best (competence, grade) in the preference of the question,
    `zone` that of the nearest zone it covers, both NOWHERE for none. `listing` is there for an agreement, and where the name
    may count; `at` is how its index finds it again.
    """

    facts: Facts
    tie: int = NOWHERE
    zone: int = NOWHERE
    listing: Listing | None = None
    at: object = None


class Counted(NamedTuple):
    """What each fact adds to the score."""

    competence: float
    name: float
    territory: float
    public: float
    opening: float
    room: float
    waiting: float
    answer: float
    freshness: float
    distance: float
    mode: float


def preference(question: Question) -> Preference:
    """Every way to be competent for what is asked, the weightiest first."""
    return tuple(pair for pair, _ in _weighed(question))


def _weighed(question: Question) -> list[tuple[tuple[str, Grade], float]]:
    sure = zip(question.competences, question.certainties or (1.0,) * len(question.competences), strict=True)
    pairs = {(id_, grade): weight * certainty for id_, certainty in sure for grade, weight in GRADE_WEIGHTS.items()}
    return sorted(pairs.items(), key=lambda item: (-item[1], item[0]))


def candidate_of(listing: Listing, places: Mapping[tuple[str, Grade], int], zones: Sequence[str]) -> Candidate:
    """The whole listing as a candidate; `places` are those of the preference."""
    covered = set(listing.covers)
    tie = min((places[pair] for pair in grades(listing).items() if pair in places), default=NOWHERE)
    zone = next((place for place, id_ in enumerate(zones) if id_ in covered), NOWHERE)
    return Candidate(facts_of(listing), tie, zone, listing)


class Weighing:
    """One question, ready to weigh any number of candidates. `hours` reads OSM opening_hours at a moment."""

    def __init__(self, question: Question, hours: Hours) -> None:
        self.question = question
        self.day = question.at.date().toordinal()
        weighed = _weighed(question)
        self.preferred: Preference = tuple(pair for pair, _ in weighed)
        self._certainties = dict(zip(question.competences, question.certainties, strict=False))
        self._ties = [weight for _, weight in weighed]
        self._services = [weights.SERVICE_OVER_BODY * self.certainty(id_) for id_, _ in self.preferred]
        self.zones: tuple[str, ...] = question.territory.zones if question.territory else ()
        self._levels = weights.levels(self.zones)
        self._asked = mask(question.publics)
        self._modes = mask(question.modes)
        self._said = frozenset(name_words(question.text))
        self._urgency = weights.URGENT_FACTOR if question.urgent else 1.0
        self._shut = weights.CLOSED_WHEN_URGENT if question.urgent else 0.0
        self._hours = hours
        self._openings: dict[str, tuple[Opening, float]] = {}
        here = question.near or (question.territory.point if question.territory else None)
        self._here = (radians(here.lat), radians(here.lon), cos(radians(here.lat))) if here else None

    def certainty(self, competence: str) -> float:
        """How sure it is that this was meant."""
        return self._certainties.get(competence, 1.0)

    def weigh(self, candidate: Candidate) -> Counted | None:
        """What counts for it; None for what must not be shown."""
        facts = candidate.facts
        if self.barred(facts) or (candidate.listing and not self._in_force(candidate.listing)):
            return None
        name = self._name(candidate.listing) if candidate.listing else 0.0
        tie = candidate.tie
        if tie < 0 and not name:
            return None
        km = self.distance_km(facts)
        if km is not None and self.question.radius_km is not None and km > self.question.radius_km:
            return None
        competence = 0.0 if tie < 0 else self._ties[tie]
        if tie >= 0 and facts.form is Form.SERVICE:
            competence += self._services[tie]
        return Counted(
            competence,
            name,
            self._levels[candidate.zone] if candidate.zone >= 0 else 0.0,
            self._public(facts.publics),
            self.opening(facts.hours)[1] if facts.hours else 0.0,
            weights.room(facts, self.day),
            weights.waiting(facts, self.day),
            weights.answer(facts.answer_days),
            weights.freshness(self.day - facts.vouched_on),
            0.0 if km is None else weights.distance(km),
            weights.ASKED_MODE if self._modes & facts.modes else 0.0,
        )

    def barred(self, facts: Facts) -> bool:
        """What is never shown for this question, however well it matches: closed, for others, or received otherwise."""
        return (
            (0 < facts.closed_on <= self.day)
            or (self._asked and not self.receives(facts, self._asked))
            or bool(self._modes and facts.modes and not self._modes & facts.modes)
        )

    def receives(self, facts: Facts, asked: int) -> bool:
        """Whether these publics (a mask) may come."""
        if facts.excludes & asked:
            return False
        return not facts.publics or self.question.public_optional or bool(facts.publics & (asked | EVERYONE))

    def _public(self, publics: int) -> float:
        if self._asked:
            return weights.FOR_THIS_PUBLIC if self._asked & publics else 0.0
        return weights.FOR_SOME_ONLY if publics and not publics & EVERYONE else 0.0

    def opening(self, written: str) -> tuple[Opening, float]:
        """The state of these hours at the moment asked for, and what it counts."""
        known = self._openings.get(written)
        if known is None:
            known = self._openings[written] = self._judged(self._hours(written, self.question.at))
        return known

    def distance_km(self, facts: Facts) -> float | None:
        """Kilometres from the person to the door, as the crow flies (haversine).

        None when either is unknown, or when nobody has to go there: what is done at a distance, or asked to be.
        """
        if self._here is None or facts.lat is None or facts.lon is None:
            return None
        if facts.modes == REMOTE or (facts.modes & REMOTE and self._modes == REMOTE):
            return None
        lat, lon, cosine = self._here
        there = radians(facts.lat)
        chord = sin((there - lat) / 2) ** 2 + cosine * cos(there) * sin((radians(facts.lon) - lon) / 2) ** 2
        return DIAMETER_KM * asin(sqrt(chord))

    def former(self, listing: Listing) -> Former | None:
        """The body that it took over from, if it is under that name that it was found."""
        former, past = self._past(listing)
        return former if past > self._own(listing) else None

    def alias(self, listing: Listing) -> str:
        """The other name under which it was found; empty if it is its own."""
        alias = max(listing.organisation.aliases, key=self._tier, default="")
        return alias if alias and self._tier(alias) > self._own(listing) else ""

    def _own(self, listing: Listing) -> NameTier:
        own = name_tier(self.question.words, listing.service.name) if listing.service else NameTier.NONE
        return max(own, self._tier(listing.organisation.name))

    def _name(self, listing: Listing) -> float:
        """The words are its name, or one that it took over; a service is also found by its body's, with less weight."""
        organisation, service = listing.organisation, listing.service
        names = (organisation.name, *organisation.aliases)
        body = max(*(self._tier(name) for name in names), self._past(listing)[1])
        if service is None:
            return NAME_WEIGHTS[body]
        own = name_tier(self.question.words, service.name)
        return max(NAME_WEIGHTS[own], NAME_WEIGHTS[body] * weights.NAME_OF_ITS_BODY)

    def _past(self, listing: Listing) -> tuple[Former | None, NameTier]:
        """The body taken over whose name matches, and how well. Of several, the one that the whole text says most of: a
        town in it was read as the place, and is none of the words left for names.
        """
        tiers = [(self._tier(former.name), former) for former in listing.formers]
        found = [(tier, former) for tier, former in tiers if tier]
        if not found:
            return None, NameTier.NONE
        said = max(found, key=lambda one: (len(self._said.intersection(name_words(one[1].name))), one[0]))
        return said[1], max(tier for tier, _ in found)

    def _tier(self, name: str) -> NameTier:
        """By the words left for names; else by the whole phrase, which must then be most of the name."""
        question = self.question
        tier = name_tier(question.words, name)
        if tier is NameTier.NONE and len(question.phrase) > 1 and name_tier(question.phrase, name) is NameTier.MOSTLY:
            return NameTier.MOSTLY
        return tier

    def _in_force(self, listing: Listing) -> bool:
        return listing.agreement is None or holds(listing.agreement, self.question)

    def _judged(self, opening: Opening) -> tuple[Opening, float]:
        if opening.state is OpeningState.OPEN:
            return opening, weights.OPEN_NOW * self._urgency
        if opening.state is OpeningState.UNKNOWN:
            return opening, 0.0
        change = opening.changes_at
        if change and change.date() == self.question.at.astimezone(change.tzinfo).date():
            return opening, weights.OPENS_TODAY * self._urgency + self._shut
        return opening, self._shut


def holds(agreement: Agreement, question: Question) -> bool:
    """Whether an agreement holds for this asker, public and day."""
    day = question.at.date()
    if day < agreement.since or (agreement.until and day > agreement.until):
        return False
    meant = {Public.TOUS_PUBLICS, *question.publics}
    if question.publics and agreement.publics and not meant & set(agreement.publics):
        return False
    return not agreement.reserved or question.asker in {*agreement.granted_by, agreement.given_to}
