"""How well a listing fits what is wanted, as one number that an engine can carry and sort by.

Where too many fit, those with the greatest numbers are weighed: found by their name, then by their way to be competent, then by
the nearness of the zone they cover. Among equals those that were vouched for last are, and no two of these are equal
(`lateness` in graph/model/facts.py): the cut is ours, and the same on every engine.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from graph.model.facts import lateness
from graph.model.names import NameTier, name_tier
from graph.model.relay import Listing
from graph.model.weighing import NOWHERE, Candidate
from search.backend import Wanted
from search.document import names_of

# Each number leaves room below it for the next. An engine that adds floats of 24 bits is exact: the sum stays under 2^13.
ZONE: Final = 1
WAY: Final = ZONE * 16
NAME: Final = WAY * 256
# What there is room for. Twenty competences have 140 ways; no place lies in more than six zones.
MOST_ZONES: Final = WAY // ZONE - 1
MOST_WAYS: Final = NAME // WAY - 1


class Met(NamedTuple):
    """Where a listing stands among the ways and the zones that were asked for (NOWHERE for none); whether by its name too."""

    tie: int
    zone: int
    named: bool


def met(fit: int, wanted: Wanted) -> Met:
    """What a number says."""
    name, rest = divmod(fit, NAME)
    way, rest = divmod(rest, WAY)
    zone = rest // ZONE
    return Met(len(wanted.ways) - way if way else NOWHERE, len(wanted.zones) - zone if zone else NOWHERE, name > 0)


def fit_of(candidate: Candidate, listing: Listing, wanted: Wanted) -> tuple[int, int]:
    """The number of a listing that is at hand, and what breaks equals."""
    named = any(name_tier(words, name) > NameTier.NONE for words in wanted.names for name in names_of(listing))
    way = len(wanted.ways) - candidate.tie if candidate.tie >= 0 else 0
    zone = len(wanted.zones) - candidate.zone if candidate.zone >= 0 else 0
    return named * NAME + way * WAY + zone * ZONE, lateness(candidate.facts)
