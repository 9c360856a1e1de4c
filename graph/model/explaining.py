"""What counted for a relay, as reasons: one sentence a fact, each with the weight that it had in the score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph.model import reasons
from graph.model.facts import Grade, hours_of
from graph.model.order import Placed
from graph.model.relay import Ground, Listing, Reason, ReasonKind
from graph.model.weighing import Weighing
from graph.model.weights import ALSO_LAW, FULL

KINDS: Final = {ground: ReasonKind(ground.value) for ground in Ground}


def explain(weighing: Weighing, placed: Placed, listing: Listing) -> list[Reason]:
    """The reasons that have a sentence, in no order."""
    found = [*_competence(weighing, placed, listing), *_circumstances(weighing, placed, listing)]
    if placed.counted.name:
        found += _name(weighing, placed, listing)
    if listing.agreement or (listing.service and listing.service.capacity):
        found += _capacity(weighing, placed, listing)
    return [reason for reason in found if reason.text]


def _competence(weighing: Weighing, placed: Placed, listing: Listing) -> Iterator[Reason]:
    """The strongest tie to what was asked, and whether the law stands behind a usual first door."""
    if placed.tie < 0:
        return
    weight = placed.counted.competence
    competence, grade = weighing.preferred[placed.tie]
    ties = [tie for tie in listing.ties if tie.competence == competence]
    if grade is Grade.FIRST_STEP_BY_LAW:
        share, by = ALSO_LAW * weighing.certainty(competence), {tie.ground: tie for tie in ties}
        yield Reason(ReasonKind.FIRST_STEP, reasons.competence(listing, by[Ground.FIRST_STEP]), weight - share)
        yield Reason(ReasonKind.LAW, reasons.competence(listing, by[Ground.LAW]), share)
        return
    # A grade that is not of several grounds is called as its ground.
    tie = ties[0] if grade is Grade.AGREEMENT else next(tie for tie in ties if tie.ground == grade)
    yield Reason(KINDS[tie.ground], reasons.competence(listing, tie), weight)


def _name(weighing: Weighing, placed: Placed, listing: Listing) -> Iterator[Reason]:
    weight = placed.counted.name
    former = weighing.naming.former(listing)
    if former:
        yield Reason(ReasonKind.SUCCESSOR, reasons.successor(former), weight)
        return
    alias = weighing.naming.alias(listing)
    yield Reason(ReasonKind.NAME, reasons.alias(alias) if alias else reasons.name(), weight)


def _circumstances(weighing: Weighing, placed: Placed, listing: Listing) -> Iterator[Reason]:
    question, counted = weighing.question, placed.counted
    if question.territory and placed.zone < 0:
        elsewhere = reasons.elsewhere(listing) if question.beyond else reasons.part(listing)
        yield Reason(ReasonKind.TERRITORY, elsewhere, counted.territory)
    if counted.public:
        offering = listing.service or listing.agreement
        publics = offering.publics if offering else ()
        meant = next((public for public in question.publics if public in publics), None)
        said = reasons.public(meant) if meant else reasons.reserved(publics)
        yield Reason(ReasonKind.PUBLIC, said, counted.public)
    if hours := hours_of(listing):
        opening = weighing.opening(hours)
        yield Reason(ReasonKind.OPENING, reasons.opening(opening, question.at), counted.opening)
    if listing.service and listing.service.answer_days is not None:
        yield Reason(ReasonKind.ANSWER_TIME, reasons.answer_time(listing.service.answer_days), counted.answer)
    vouched = (listing.service or listing.agreement or listing.organisation).vouched_on
    yield Reason(ReasonKind.FRESHNESS, reasons.freshness(vouched, question.at.date() - vouched), counted.freshness)
    if placed.km is not None:
        yield Reason(ReasonKind.DISTANCE, reasons.distance(placed.km), counted.distance)
    if counted.mode and listing.service:
        received = next(mode for mode in question.modes if mode in listing.service.modes)
        yield Reason(ReasonKind.MODE, reasons.mode(received), counted.mode)


def _capacity(weighing: Weighing, placed: Placed, listing: Listing) -> Iterator[Reason]:
    counted, capacity = placed.counted, listing.service.capacity if listing.service else None
    if listing.agreement and listing.agreement.capacity:
        yield Reason(ReasonKind.CAPACITY, reasons.agreed(listing.agreement.capacity, listing.agreement.unit))
    if capacity is None:
        return
    if counted.room == FULL:
        today = weighing.question.at.date()
        until = capacity.full_until if capacity.full_until and capacity.full_until > today else None
        yield Reason(ReasonKind.CAPACITY, reasons.full(until, today, obliged=_obliged(weighing, listing)), counted.room)
    elif counted.room:
        yield Reason(ReasonKind.CAPACITY, reasons.room(capacity.places_free or 0), counted.room)
    if counted.waiting:
        yield Reason(ReasonKind.CAPACITY, reasons.waiting(capacity.waiting_days or 0), counted.waiting)


def _obliged(weighing: Weighing, listing: Listing) -> bool:
    """Whether the law says that what is asked for is its affair."""
    asked = weighing.question.competences
    return any(tie.ground is Ground.LAW and tie.competence in asked for tie in listing.ties)
