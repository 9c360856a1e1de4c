"""Unmet need: what is still open, what no relay was found for and why, rights that were not taken up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from graph.model.casework.contact import Cause
from graph.model.casework.file import Outcome
from graph.model.figures.facts import NeedFact, RequestFact
from graph.model.figures.flows import category_of

RIGHTS: Final = "droits-et-prestations"
# A right that was refused was asked for; one that nobody asks for any more was not taken up.
LET_GO: Final = frozenset({Outcome.NO_LONGER_WANTED, Outcome.NO_NEWS})


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is lacking where: a competence in a commune (empty: not known), and why."""

    cause: Cause
    competence: str
    commune: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """`open` needs by competence and commune; those of files and those told at a front door for which no relay was found; rights
    not taken up, by competence.
    """

    open: Counter[tuple[str, str]] = field(default_factory=Counter)
    of_files: Counter[Lacking] = field(default_factory=Counter)
    at_doors: Counter[Lacking] = field(default_factory=Counter)
    rights: Counter[str] = field(default_factory=Counter)

    @property
    def lacking(self) -> Counter[Lacking]:
        """No relay found, in files and at front doors together."""
        return self.of_files + self.at_doors

    def by_cause(self) -> Counter[Cause]:
        """The same, by cause alone."""
        found = Counter[Cause]()
        for one, count in self.lacking.items():
            found[one.cause] += count
        return found


def unmet(needs: Iterable[NeedFact], requests: Iterable[RequestFact], at: datetime) -> Unmet:
    """As known at a moment. A request that led to a file is counted there, once."""
    found = Unmet()
    for need in needs:
        if need.opened > at:
            continue
        ended = need.ended is not None and need.ended <= at
        if not ended:
            found.open[need.competence, need.commune] += 1
        if need.cause:
            found.of_files[Lacking(need.cause, need.competence, need.commune)] += 1
        if ended and need.outcome in LET_GO and category_of(need.competence) == RIGHTS:
            found.rights[need.competence] += 1
    for request in requests:
        if request.at <= at and not request.file:
            for competence, cause in request.unmet:
                found.at_doors[Lacking(cause, competence, request.commune)] += 1
    return found
