"""How much each fact of a listing counts for one question. The same whether its facts come packed or with the listing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from math import asin, inf, sin, sqrt
from typing import Final, NamedTuple

from graph.model import weights
from graph.model.directory import Agreement, Mode, Public
from graph.model.facts import Facts, Form, Grade, door_at, facts_of, grades, mask
from graph.model.names import NameTier, name_tier, name_words
from graph.model.relay import Former, Listing, Opening, OpeningState, Question
from graph.model.territory import EARTH_RADIUS_KM
from graph.model.weights import GRADE_WEIGHTS, NAME_WEIGHTS, Standing

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
    distance: float
    mode: float
    standing: Standing

    @property
    def total(self) -> float:
        """All of it. Added up by name: a sum over the fields takes three times as long, and this is done for each candidate."""
        competence, name, territory, public, opening, distance, mode, (room, waiting, answer, freshness) = self
        return competence + name + territory + public + opening + distance + mode + room + waiting + answer + freshness


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
        self._services = [weight + weights.SERVICE_OVER_BODY * self.certainty(id_) for (id_, _), weight in weighed]
        self.zones: tuple[str, ...] = question.territory.zones if question.territory else ()
        self._levels = weights.levels(self.zones)
        self._asked = mask(question.publics)
        self._modes = mask(question.modes)
        # Most questions are for anyone, received in any way: only what has closed is then left out.
        self._choosy = bool(self._asked or self._modes)
        self._said = frozenset(name_words(question.text))
        self._urgency = weights.URGENT_FACTOR if question.urgent else 1.0
        self._shut = weights.CLOSED_WHEN_URGENT if question.urgent else 0.0
        self._hours = hours
        self._openings: dict[str, tuple[Opening, float]] = {}
        here = question.near or (question.territory.point if question.territory else None)
        self._here = door_at(here) if here else None
        self._radius = inf if question.radius_km is None else question.radius_km

    def asking(self, question: Question) -> Weighing:
        """The same for another question."""
        return Weighing(question, self._hours)

    def certainty(self, competence: str) -> float:
        """How sure it is that this was meant."""
        return self._certainties.get(competence, 1.0)

    def weigh(self, candidate: Candidate) -> Counted | None:
        """What counts for it; None for what must not be shown."""
        facts, tie, zone, listing, _ = candidate
        if (self._choosy or facts.closed_on) and self.barred(facts):
            return None
        name = 0.0
        if listing is not None:
            if listing.agreement and not holds(listing.agreement, self.question):
                return None
            name = self._name(listing)
        if tie >= 0:
            competence = self._services[tie] if facts.form is Form.SERVICE else self._ties[tie]
        elif name:
            competence = 0.0
        else:
            return None
        distance = 0.0
        km = self.distance_km(facts)
        if km is not None:
            if km > self._radius:
                return None
            distance = weights.distance(km)
        return Counted(
            competence,
            name,
            self._levels[zone] if zone >= 0 else 0.0,
            self._public(facts.publics),
            self.opening(facts.hours)[1] if facts.hours else 0.0,
            distance,
            weights.ASKED_MODE if self._modes & facts.modes else 0.0,
            self.standing(facts),
        )

    def standing(self, facts: Facts) -> Standing:
        """What counts for it whoever asks."""
        return weights.standing(
            self.day,
            facts.vouched_on,
            facts.capacity_on,
            facts.full_until,
            facts.places_free,
            facts.waiting_days,
            facts.answer_days,
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
        return receives(facts.publics, facts.excludes, asked, optional=self.question.public_optional)

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
        here, door = self._here, facts.door
        if here is None or door is None:
            return None
        if facts.modes == REMOTE or (facts.modes & REMOTE and self._modes == REMOTE):
            return None
        chord = sin((door.lat - here.lat) / 2) ** 2 + here.cosine * door.cosine * sin((door.lon - here.lon) / 2) ** 2
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

    def _judged(self, opening: Opening) -> tuple[Opening, float]:
        if opening.state is OpeningState.OPEN:
            return opening, weights.OPEN_NOW * self._urgency
        if opening.state is OpeningState.UNKNOWN:
            return opening, 0.0
        change = opening.changes_at
        if change and change.date() == self.question.at.astimezone(change.tzinfo).date():
            return opening, weights.OPENS_TODAY * self._urgency + self._shut
        return opening, self._shut


def receives(publics: int, excludes: int, asked: int, *, optional: bool) -> bool:
    """Whether who is made for `publics` and never for `excludes` receives these, all masks; `optional`: others' may do."""
    if excludes & asked:
        return False
    return not publics or optional or bool(publics & (asked | EVERYONE))


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
