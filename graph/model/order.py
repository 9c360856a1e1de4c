"""The order of judged relays: without echoes of one door, and with other doors let through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graph.model.directory import Organisation
from graph.model.relay import ReasonKind, Relay

# Each further listing of the same body makes room for other doors.
REPEATED: Final = -14.0


def ordered(judged: Iterable[Relay]) -> list[Relay]:
    """Best first; equal scores by name, then key, so that the same relays always come in the same order."""
    return _spread(_without_echoes(sorted(judged, key=_place)))


def _place(relay: Relay) -> tuple[float, str, str]:
    return -round(relay.score, 6), relay.listing.organisation.name, relay.listing.key


def _without_echoes(relays: Sequence[Relay]) -> list[Relay]:
    """Leave out bare bodies that only repeat a door: one whose own service answers, or which stands above or below another
    of the same kind that answers better. A body found by its name always stays.
    """
    bodies = {r.listing.organisation.id: r.listing.organisation for r in relays}
    offering = {r.listing.organisation.id for r in relays if r.listing.service or r.listing.agreement}
    spoken_for = offering | {id_ for offer in offering for id_ in _above(bodies[offer], bodies)}
    kept: list[Relay] = []
    for relay in relays:
        body = relay.listing.organisation
        above = _above(body, bodies)
        bare = relay.listing.service is None and relay.listing.agreement is None
        if bare and not _named(relay) and (body.id in spoken_for or above & spoken_for):
            continue
        kept.append(relay)
        if bare:
            spoken_for |= {body.id, *above}
    return kept


def _above(body: Organisation, bodies: Mapping[str, Organisation]) -> set[str]:
    """The bodies of the same kind that this one is part of, among those that answer."""
    found: set[str] = set()
    parent = bodies.get(body.part_of)
    while parent and parent.kind == body.kind and parent.id not in found:
        found.add(parent.id)
        parent = bodies.get(parent.part_of)
    return found


def _named(relay: Relay) -> bool:
    return any(reason.kind in (ReasonKind.NAME, ReasonKind.SUCCESSOR) for reason in relay.reasons)


def _spread(relays: Sequence[Relay]) -> list[Relay]:
    """The same relays with each repetition of a body pushed back, in their final order."""
    seen: Counter[str] = Counter()
    placed: list[Relay] = []
    for relay in relays:
        id_ = relay.listing.organisation.id
        placed.append(replace(relay, score=relay.score + REPEATED * seen[id_]))
        seen[id_] += 1
    return sorted(placed, key=_place)
