"""Listings that could answer one question, in columns: what they are weighed by, and how well each fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from graph.model.facts import Column, Grade, Table, facts_of, grades, hours_of, mark
from graph.model.relay import Listing

# Ways to be competent, each a competence and a grade of it; the weightiest first.
Preference: TypeAlias = tuple[tuple[str, Grade], ...]
# Of a place in a list: none.
NOWHERE: Final = -1


class Bodies:
    """The bodies of some rows of facts, numbered: `of` each row its body's number, `above` that of what it is part of (NOWHERE
    where that has no row here).
    """

    def __init__(self, facts: Table) -> None:
        ids, self.of = np.unique(facts["organisation"], return_inverse=True)
        self.count = len(ids)
        nearest = np.minimum(np.searchsorted(ids, facts["above"]), len(ids) - 1)
        self.above = np.where(ids[nearest] == facts["above"], nearest, NOWHERE)


@dataclass(frozen=True, eq=False)
class Candidates:
    """A row for each. `ties` are the places of their best (competence, grade) in the preference of the question, `zones` those of
    the nearest zone they cover, both NOWHERE for none.

    `whole` holds, by row, the listings of agreements and of those whose name may count; `hours` the texts that marks of hours
    stand for; `at` is how their index finds each again. `cut` when there are others that fit less well.
    """

    facts: Table
    ties: Column
    zones: Column
    whole: Mapping[int, Listing] = field(default_factory=dict)
    hours: Mapping[int, str] = field(default_factory=dict)
    at: Sequence[object] = ()
    cut: bool = False

    def __len__(self) -> int:
        return len(self.facts)

    @cached_property
    def bodies(self) -> Bodies:
        """Theirs."""
        return Bodies(self.facts)

    @cached_property
    def alphabetical(self) -> Column:
        """Their rows as equal scores are ordered: by the first letters of the body's name, a whole before its parts, then by a
        mark that means nothing.
        """
        facts = self.facts
        return np.lexsort((facts["key"], facts["above"] != 0, facts["letters_2"], facts["letters_1"]))

    def of(self, rows: Column) -> Candidates:
        """These rows of it, in this order."""
        places = rows.tolist()
        return Candidates(
            self.facts.take(rows),
            self.ties[rows],
            self.zones[rows],
            {place: self.whole[row] for place, row in enumerate(places) if row in self.whole},
            self.hours,
            [self.at[row] for row in places] if self.at else (),
            self.cut,
        )

    def elsewhere(self) -> Candidates:
        """The same, as covering none of the question's zones: they were looked for by others, whose places mean nothing to it."""
        return replace(self, zones=np.full(len(self), NOWHERE, np.int64))

    def joined(self, others: Candidates) -> Candidates:
        """These, and those of others that are not among them."""
        more = others.of(np.flatnonzero(~np.isin(others.facts["key"], self.facts["key"])))
        return Candidates(
            np.concatenate((self.facts, more.facts)),
            np.concatenate((self.ties, more.ties)),
            np.concatenate((self.zones, more.zones)),
            {**self.whole, **{len(self) + row: listing for row, listing in more.whole.items()}},
            {**self.hours, **more.hours} if self.hours is not more.hours else self.hours,
            [*self.at, *more.at],
            self.cut or others.cut,
        )


def candidates_of(
    listings: Sequence[Listing], preferred: Preference, zones: Sequence[str], facts: Table | None = None
) -> Candidates:
    """Whole listings as candidates for this preference and these zones; their `facts`, when they are at hand."""
    places = {way: place for place, way in enumerate(preferred)}
    return Candidates(
        facts_of(listings) if facts is None else facts,
        np.array([_tie(listing, places) for listing in listings], np.int64),
        np.array([_zone(listing, zones) for listing in listings], np.int64),
        dict(enumerate(listings)),
        {mark(hours): hours for hours in map(hours_of, listings) if hours},
    )


NOBODY: Final = candidates_of((), (), ())


def _tie(listing: Listing, places: Mapping[tuple[str, Grade], int]) -> int:
    return min((places[way] for way in grades(listing).items() if way in places), default=NOWHERE)


def _zone(listing: Listing, zones: Sequence[str]) -> int:
    covered = set(listing.covers)
    return next((place for place, id_ in enumerate(zones) if id_ in covered), NOWHERE)
