"""How well a listing fits what is wanted, as one number that an engine can carry and sort by.

Where too many fit, those with the greatest numbers are weighed: found by their name, then by their way to be competent, then by
the nearness of the zone they cover. Among equals those that were vouched for last are, and no two of these are equal
(`lateness` in graph/model/facts.py): the cut is ours, and the same on every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from graph.model.candidates import NOWHERE, Candidates
from graph.model.facts import Column, Mask
from graph.model.names import NameTier, name_tier
from graph.model.relay import Listing
from search.backend import Wanted
from search.document import names_of

# Each number leaves room below it for the next. An engine that adds floats of 24 bits is exact: the sum stays under 2^13.
ZONE: Final = 1
WAY: Final = ZONE * 16
NAME: Final = WAY * 256
# There is room: twenty competences have 140 ways, and of more zones than MOST_NEAR none is nearer.


class Met(NamedTuple):
    """Where listings stand among the ways and the zones that were asked for (NOWHERE for none); whether by their name too."""

    ties: Column
    zones: Column
    named: Mask


def met(fits: Column, wanted: Wanted) -> Met:
    """What their numbers say."""
    names, rest = np.divmod(fits, NAME)
    ways, rest = np.divmod(rest, WAY)
    zones = rest // ZONE
    return Met(
        np.where(ways > 0, len(wanted.ways) - ways, NOWHERE),
        np.where(zones > 0, len(wanted.near) - zones, NOWHERE),
        names > 0,
    )


class Last(NamedTuple):
    """Where the last of many stand: their way and zone (NOWHERE for none), whether they are found by their name.

    `better` are the ways of those before them that are found alike, `nearer` the zones of those with the same way; `after_names`
    where some before them are found by their name and they are not.
    """

    tie: int
    zone: int
    named: bool
    better: tuple[int, ...]
    nearer: tuple[int, ...]
    after_names: bool


def last_of(fits: Column, wanted: Wanted) -> Last:
    """Of these numbers in order, greatest first, those that equal the last."""
    ties, zones, named = met(fits, wanted)
    tie, zone = int(ties[-1]), int(zones[-1])
    alike = named == named[-1]
    return Last(
        tie,
        zone,
        bool(named[-1]),
        better=tuple(other for other in np.unique(ties[alike]).tolist() if other not in {tie, NOWHERE}),
        nearer=tuple(
            other for other in np.unique(zones[alike & (ties == tie)]).tolist() if other not in {zone, NOWHERE}
        ),
        after_names=not alike.all(),
    )


def fits_of(candidates: Candidates, listings: Sequence[Listing], wanted: Wanted) -> Column:
    """The numbers of candidates whose listings are at hand."""
    ways = np.where(candidates.ties >= 0, len(wanted.ways) - candidates.ties, 0)
    zones = np.where(candidates.zones >= 0, len(wanted.near) - candidates.zones, 0)
    named = np.array([_is_named(listing, wanted) for listing in listings], np.int64)
    return named * NAME + ways * WAY + zones * ZONE


def _is_named(listing: Listing, wanted: Wanted) -> bool:
    return any(name_tier(words, name) > NameTier.NONE for words in wanted.names for name in names_of(listing))
