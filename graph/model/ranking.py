"""The order of relays: hard exclusions, then one table of weights; every fact that counted becomes a reason."""

from __future__ import annotations

from collections.abc import Iterable

from graph.model.calling import who_to_call
from graph.model.explaining import explain
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
    for candidate in candidates:
        counted = weighing.weigh(candidate)
        if counted is not None:
            weighed.append(placed(candidate, counted))
    return ordered(weighed)


def relay(weighing: Weighing, placed: Placed, listing: Listing) -> Relay:
    """A placed candidate with its listing: its reasons, and who to call."""
    km = weighing.distance_km(placed.facts.door)
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
