"""Relays that someone chose: their facts, by the keys that an address carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.find_relay import Ask, Page, find_relay
from api.rooms import Rooms
from graph.model.relay import Found, Listing, Relay
from graph.model.weighing import shown
from search.hours import PARIS

FORMS: Final = ("service", "organisation", "agreement")
LONGEST_KEY: Final = 200
# A comparison looks for its relays among so many first ones of the answer.
MOST_LOOKED_AT: Final = 50


@dataclass(frozen=True, slots=True)
class Judged:
    """A chosen listing; its relay and its place in the answer, 0 and None when the answer does not hold it."""

    listing: Listing
    place: int = 0
    relay: Relay | None = None


def well_formed(keys: Sequence[str]) -> list[str]:
    """Each key once, in order; what cannot be the key of a listing is left out."""
    return [
        key
        for key in dict.fromkeys(keys)
        if len(key) <= LONGEST_KEY and key.partition(":")[0] in FORMS and key.partition(":")[2]
    ]


async def kept(rooms: Rooms, keys: Sequence[str]) -> list[Listing]:
    """The listings of these keys, in their order; what a visitor may not be shown today is left out. Raises Unavailable."""
    today = datetime.now(PARIS).date()
    found = {listing.key: listing for listing in await rooms.index.known(keys) if shown(listing, today)}
    return [found[key] for key in keys if key in found]


async def judged(rooms: Rooms, ask: Ask | None, listings: Sequence[Listing]) -> tuple[Found | None, list[Judged]]:
    """These listings as the answer to a question places them; without a question, as they are.

    Raises InvalidInput for a question that cannot be read, Unavailable.
    """
    if ask is None:
        return None, [Judged(listing) for listing in listings]
    found = await find_relay(rooms, ask, Page(count=MOST_LOOKED_AT))
    places = {relay.listing.key: number for number, relay in enumerate(found.relays, 1)}
    return found, [
        Judged(listing, place, found.relays[place - 1]) if (place := places.get(listing.key, 0)) else Judged(listing)
        for listing in listings
    ]
