"""The order of relays: hard exclusions, then one table of weights; every fact that counted becomes a reason."""

from __future__ import annotations

from collections.abc import Iterable, Set

from graph.model.calling import who_to_call
from graph.model.explaining import explain
from graph.model.facts import Form, Grade
from graph.model.order import Placed, ordered, placed
from graph.model.relay import Listing, Question, Relay
from graph.model.weighing import Candidate, Hours, Weighing, candidate_of


def rank(question: Question, listings: Iterable[Listing], hours: Hours) -> list[Relay]:
    """Relays in order, best first; the same question gives the same order. Listings that must not be shown are left out.

    `hours` reads OSM opening_hours at a moment.
    """
    weighing = Weighing(question, hours)
    places = {pair: place for place, pair in enumerate(weighing.preferred)}
    candidates = [candidate_of(listing, places, weighing.zones) for listing in listings]
    return [relay(weighing, one, listing_of(one)) for one in place(weighing, candidates)]


def place(weighing: Weighing, candidates: Iterable[Candidate]) -> list[Placed]:
    """The candidates that may be shown, in order: what `rank` does before anything is said of them."""
    weighed: list[Placed] = []
    offering: set[int] = set()
    left_out: set[int] = set()
    for candidate in candidates:
        counted = weighing.weigh(candidate)
        if counted is not None:
            weighed.append(placed(candidate, counted))
        if candidate.facts.form is Form.SERVICE and candidate.tie >= 0:
            (left_out if counted is None else offering).add(candidate.facts.organisation)
    silent = left_out - offering
    return ordered(one for one in weighed if not stands_in(weighing, one, silent))


def stands_in(weighing: Weighing, one: Placed, silent: Set[int]) -> bool:
    """Whether it is but the bare body of services that are all left out (`silent`, by mark): it answers no better than they.

    What the law or use sends people to stays, and what was called by its name.
    """
    facts, tie = one.facts, one.candidate.tie
    if facts.form is not Form.BODY or facts.organisation not in silent or one.counted.name or tie < 0:
        return False
    return weighing.preferred[tie][1] in (Grade.MANDATE, Grade.SPECIALISED, Grade.GENERAL)


def relay(weighing: Weighing, placed: Placed, listing: Listing) -> Relay:
    """A placed candidate with its listing: its reasons, and who to call."""
    km = weighing.distance_km(placed.facts)
    found = explain(weighing, placed, listing)
    return Relay(
        listing=listing,
        score=placed.score,
        reasons=tuple(sorted(found, key=lambda reason: (-abs(reason.weight), reason.kind))),
        post=who_to_call(weighing.question, listing),
        distance_km=None if km is None else round(km, 1),
    )


def listing_of(placed: Placed) -> Listing:
    """The listing of a candidate that came with it."""
    listing = placed.candidate.listing
    assert listing is not None
    return listing
