"""The order of relays: hard exclusions, then one table of weights; every fact that counted becomes a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from graph.model import reasons
from graph.model.calling import who_to_call
from graph.model.directory import Agreement, Public
from graph.model.names import NameTier, name_tier
from graph.model.order import ordered
from graph.model.relay import (
    Ground,
    Listing,
    Opening,
    OpeningState,
    Question,
    Reason,
    ReasonKind,
    Relay,
    Tie,
)
from graph.model.territory import Point

Hours = Callable[[str, datetime], Opening]

# One table. Competence decides first; a name that was typed beats it; the rest orders what is left.
GROUND_WEIGHTS: Final = {
    Ground.FIRST_STEP: 100.0,
    Ground.LAW: 80.0,
    Ground.MANDATE: 70.0,
    Ground.SPECIALISED: 72.0,
    Ground.GENERAL: 48.0,
}
AGREEMENT_IN_FORCE: Final = 130.0
ALSO_LAW: Final = 8.0
NAME_WEIGHTS: Final = {NameTier.MOSTLY: 150.0, NameTier.PARTLY: 120.0, NameTier.NONE: 0.0}
# Who types a name wants that body before what it offers.
NAME_OF_ITS_BODY: Final = 0.8
FOR_THIS_PUBLIC: Final = 8.0
OPEN_NOW: Final = 5.0
OPENS_TODAY: Final = 2.0
URGENT_FACTOR: Final = 4.0
HAS_ROOM: Final = 6.0
FULL: Final = -40.0
WAIT_PER_WEEK: Final = -1.0
LONGEST_WAIT: Final = -14.0
ANSWERS_FAST: Final = 3.0
FRESH: Final = 4.0
STALE: Final = -8.0
PER_KM: Final = -0.25
FARTHEST: Final = -15.0
ASKED_MODE: Final = 3.0
SERVICE_OVER_BODY: Final = 6.0
# The nearer the level of the territory covered, the more it is "here".
LEVEL_WEIGHTS: Final = {0: 8.0, 1: 5.0, 2: 4.0, 3: 1.0}

FRESH_FOR: Final = timedelta(days=183)
STALE_AFTER: Final = timedelta(days=730)
CAPACITY_HOLDS_FOR: Final = timedelta(days=30)
FAST_ANSWER_DAYS: Final = 3


def rank(question: Question, candidates: Iterable[Listing], hours: Hours) -> list[Relay]:
    """Relays in order, best first; ties are broken by name, then key, so the same question gives the same order.

    `hours` reads OSM opening_hours at a moment. Listings that must not be shown are left out.
    """
    return ordered(relay for listing in candidates if (relay := _judge(question, listing, hours)))


def excluded(question: Question, listing: Listing) -> bool:
    """What is never shown for this question, however well it matches."""
    closed_on = listing.organisation.closed_on
    if closed_on and closed_on <= question.at.date():
        return True
    if listing.agreement and not holds(listing.agreement, question):
        return True
    service = listing.service
    if service is None:
        return False
    asked = set(question.publics)
    if asked & set(service.excludes):
        return True
    for_others = service.publics and not {Public.TOUS_PUBLICS, *asked} & set(service.publics)
    if asked and for_others and not question.public_optional:
        return True
    return bool(question.modes and service.modes and not set(question.modes) & set(service.modes))


def holds(agreement: Agreement, question: Question) -> bool:
    """Whether an agreement holds for this asker, public and day."""
    day = question.at.date()
    if day < agreement.since or (agreement.until and day > agreement.until):
        return False
    if question.publics and agreement.publics and not set(question.publics) & set(agreement.publics):
        return False
    return not agreement.reserved or question.asker in {*agreement.granted_by, agreement.given_to}


def _judge(question: Question, listing: Listing, hours: Hours) -> Relay | None:
    if excluded(question, listing):
        return None
    competent = list(_competence(question, listing))
    named = list(_name(question, listing))
    if not competent and not named:
        return None
    distance = _distance(question, listing)
    if distance is not None and question.radius_km is not None and distance > question.radius_km:
        return None
    found = [*competent, *named, *_here(question, listing), *_circumstances(question, listing, hours, distance)]
    said = sorted((r for r in found if r.text), key=lambda r: (-abs(r.weight), r.kind))
    return Relay(
        listing=listing,
        score=sum(reason.weight for reason in found),
        reasons=tuple(said),
        post=who_to_call(question, listing),
        distance_km=None if distance is None else round(distance, 1),
    )


def _competence(question: Question, listing: Listing) -> Iterator[Reason]:
    """The strongest tie to what was asked, and whether it is also the usual first door."""
    sure = dict(zip(question.competences, question.certainties or (1.0,) * len(question.competences), strict=True))
    ties = [tie for tie in listing.ties if tie.competence in sure]
    if not ties:
        return
    best = max(ties, key=lambda tie: (_weight(listing, tie) * sure[tie.competence], tie.competence, tie.ground))
    weight = _weight(listing, best) * sure[best.competence]
    yield Reason(ReasonKind(best.ground.value), reasons.competence(listing, best), weight)
    if best.ground is Ground.FIRST_STEP:
        lawful = next((t for t in ties if t.ground is Ground.LAW and t.competence == best.competence), None)
        if lawful:
            yield Reason(ReasonKind.LAW, reasons.competence(listing, lawful), ALSO_LAW)


def _weight(listing: Listing, tie: Tie) -> float:
    if listing.agreement:
        return AGREEMENT_IN_FORCE
    return GROUND_WEIGHTS[tie.ground] + (SERVICE_OVER_BODY if listing.service else 0.0)


def _name(question: Question, listing: Listing) -> Iterator[Reason]:
    """The words are its name, or a name that it took over; a service is also found by its body's, with less weight."""
    body = _tier(question, listing.organisation.name)
    own = name_tier(question.words, listing.service.name) if listing.service else body
    former = max(listing.formers, key=lambda former: _tier(question, former.name), default=None)
    past = _tier(question, former.name) if former else NameTier.NONE
    alias = max((_tier(question, alias) for alias in listing.organisation.aliases), default=NameTier.NONE)
    share = 1.0 if listing.service is None else NAME_OF_ITS_BODY
    weight = max(NAME_WEIGHTS[own], NAME_WEIGHTS[max(body, past, alias)] * share)
    if former and past > max(own, body):
        yield Reason(ReasonKind.SUCCESSOR, reasons.successor(former), weight)
    elif weight:
        yield Reason(ReasonKind.NAME, reasons.name(), weight)


def _tier(question: Question, name: str) -> NameTier:
    """By the words left for names; else by the whole phrase, which must then be most of the name."""
    tier = name_tier(question.words, name)
    if tier is NameTier.NONE and len(question.phrase) > 1 and name_tier(question.phrase, name) is NameTier.MOSTLY:
        return NameTier.MOSTLY
    return tier


def _here(question: Question, listing: Listing) -> Iterator[Reason]:
    """The nearer the level covered, the better: the commune itself, its intercommunality, its département, its region.

    What covers none of them covers a part of the territory, or lies in a larger one than was asked for.
    """
    if question.territory is None:
        return
    covered = set(listing.covers)
    zones = question.territory.zones
    level = next((depth for depth, zone in enumerate(zones) if zone in covered), None)
    if level is not None:
        kinds = ("commune", "epci", "departement", "region")
        zone = zones[level]
        depth = next((i for i, kind in enumerate(kinds) if zone.startswith(kind + ":")), 0 if ":" not in zone else 3)
        yield Reason(ReasonKind.TERRITORY, "", LEVEL_WEIGHTS.get(depth, 0.0))
    else:
        text = reasons.elsewhere(listing) if question.beyond else reasons.part(listing)
        yield Reason(ReasonKind.TERRITORY, text, 0.0)


def _circumstances(question: Question, listing: Listing, hours: Hours, distance: float | None) -> Iterator[Reason]:
    yield from _public(question, listing)
    yield from _opening(question, listing, hours)
    yield from _capacity(question, listing)
    yield _freshness(question, listing)
    if distance is not None:
        yield Reason(ReasonKind.DISTANCE, reasons.distance(distance), max(FARTHEST, PER_KM * distance))
    if question.modes and listing.service and set(question.modes) & set(listing.service.modes):
        yield Reason(ReasonKind.MODE, reasons.mode(question.modes[0]), ASKED_MODE)


def _public(question: Question, listing: Listing) -> Iterator[Reason]:
    publics = listing.service.publics if listing.service else listing.agreement.publics if listing.agreement else ()
    meant = [public for public in question.publics if public in publics]
    if meant:
        yield Reason(ReasonKind.PUBLIC, reasons.public(meant[0]), FOR_THIS_PUBLIC)


def _opening(question: Question, listing: Listing, hours: Hours) -> Iterator[Reason]:
    written = (listing.service.hours if listing.service else "") or listing.organisation.hours
    if not written:
        return
    opening = hours(written, question.at)
    factor = URGENT_FACTOR if question.urgent else 1.0
    text = reasons.opening(opening, question.at)
    if opening.state is OpeningState.OPEN:
        yield Reason(ReasonKind.OPENING, text, OPEN_NOW * factor)
    elif opening.changes_at and opening.changes_at.date() == question.at.astimezone(opening.changes_at.tzinfo).date():
        yield Reason(ReasonKind.OPENING, text, OPENS_TODAY * factor)
    elif text:
        yield Reason(ReasonKind.OPENING, text, 0.0)


def _capacity(question: Question, listing: Listing) -> Iterator[Reason]:
    service = listing.service
    if service is None:
        return
    day = question.at.date()
    capacity = service.capacity
    if capacity:
        known = day - capacity.vouched_on <= CAPACITY_HOLDS_FOR
        if capacity.full_until and capacity.full_until > day:
            yield Reason(ReasonKind.CAPACITY, reasons.full(capacity.full_until), FULL)
        elif known and capacity.places_free == 0:
            yield Reason(ReasonKind.CAPACITY, reasons.full(None), FULL)
        elif known and capacity.places_free:
            yield Reason(ReasonKind.CAPACITY, reasons.room(capacity.places_free), HAS_ROOM)
        if capacity.waiting_days:
            weight = max(LONGEST_WAIT, WAIT_PER_WEEK * capacity.waiting_days / 7)
            yield Reason(ReasonKind.CAPACITY, reasons.waiting(capacity.waiting_days), weight)
    if service.answer_days is not None:
        weight = ANSWERS_FAST if service.answer_days <= FAST_ANSWER_DAYS else 0.0
        yield Reason(ReasonKind.ANSWER_TIME, reasons.answer_time(service.answer_days), weight)


def _freshness(question: Question, listing: Listing) -> Reason:
    """Full weight for six months, then fading, to a handicap at two years."""
    subject = listing.service or listing.agreement or listing.organisation
    age = question.at.date() - subject.vouched_on
    part = min(max((age - FRESH_FOR) / (STALE_AFTER - FRESH_FOR), 0.0), 1.0)
    return Reason(ReasonKind.FRESHNESS, reasons.freshness(subject.vouched_on, age), FRESH + (STALE - FRESH) * part)


def _distance(question: Question, listing: Listing) -> float | None:
    """Kilometres from the person to the door; None when either is unknown or nobody has to go there."""
    here = question.near or (question.territory.point if question.territory else None)
    place = (listing.service.place if listing.service else None) or listing.organisation.place
    there: Point | None = place.point if place else None
    return here.distance_km(there) if here and there else None
