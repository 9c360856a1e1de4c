"""The order of relays: hard exclusions, then one table of weights; every fact that counted becomes a reason."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graph.model.calling import who_to_call
from graph.model.candidates import Candidates, candidates_of
from graph.model.doors import Doors
from graph.model.explaining import explain
from graph.model.facts import Form, Mask
from graph.model.order import Order, Placed, ordered
from graph.model.relay import Listing, Question, Relay
from graph.model.weighing import Weighed, Weighing


def rank(question: Question, listings: Iterable[Listing], hours: Doors) -> list[Relay]:
    """Relays in order, best first; the same question gives the same order. Listings that must not be shown are left out.

    `hours` tells which doors are open at a moment.
    """
    weighing = Weighing(question, hours)
    whole = list(listings)
    order = place(weighing, candidates_of(whole, weighing.preferred, weighing.zones))
    return [relay(weighing, one, whole[one.row]) for one in order.page()]


def place(weighing: Weighing, candidates: Candidates) -> Order:
    """The candidates that may be shown, in order: what `rank` does before anything is said of them."""
    weighed = weighing.weigh(candidates)
    return ordered(candidates, weighed, weighed.shown & ~stand_ins(weighing, candidates, weighed, weighed.shown))


def stand_ins(weighing: Weighing, candidates: Candidates, weighed: Weighed, shown: Mask) -> Mask:
    """Which are but the bare bodies of services of which none is `shown`: they answer no better than those.

    What the law or use sends people to stays, and what was called by its name.
    """
    facts, bodies, ties = candidates.facts, candidates.bodies, candidates.ties
    services = (facts["form"] == Form.SERVICE) & (ties >= 0)
    silent = np.zeros(bodies.count, np.bool_)
    silent[bodies.of[services & ~shown]] = True
    silent[bodies.of[services & shown]] = False
    bare = (facts["form"] == Form.BODY) & silent[bodies.of] & (weighed.counted.name == 0)
    return bare & weighing.by_services(candidates)


def relay(weighing: Weighing, placed: Placed, listing: Listing) -> Relay:
    """A placed candidate with its listing: its reasons, and who to call."""
    found = explain(weighing, placed, listing)
    return Relay(
        listing=listing,
        score=placed.score,
        reasons=tuple(sorted(found, key=lambda reason: (-abs(reason.weight), reason.kind))),
        post=who_to_call(weighing.question, listing),
        distance_km=None if placed.km is None else round(placed.km, 1),
    )
