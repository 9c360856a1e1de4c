"""The order of weighed candidates: without echoes of one door, and with other doors let through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.model.candidates import NOWHERE, Candidates
from graph.model.facts import Column, Form, Mask
from graph.model.weighing import Counted, Weighed
from graph.model.weights import Weights

# Each further listing of the same body makes room for other doors.
REPEATED: Final = -14.0
# Sums of floats differ in their last digits with the order of addition: places do not.
DECIMALS: Final = 6


class Placed(NamedTuple):
    """One candidate in its place: its row, its score, what counted for it before it was one more of the same body; the places of
    its tie and zone, and the way to its door where somebody has to go there.
    """

    row: int
    score: float
    counted: Counted[float]
    tie: int
    zone: int
    km: float | None


@dataclass(frozen=True, eq=False)
class Order:
    """The candidates that answer, `rows` of them, best first; `scores` go with `rows`."""

    candidates: Candidates
    weighed: Weighed
    rows: Column
    scores: Weights

    def __len__(self) -> int:
        return len(self.rows)

    def page(self, first: int = 0, count: int | None = None) -> list[Placed]:
        """So many of them from place `first` on; all of them unless told."""
        page = slice(first, None if count is None else first + count)
        rows, candidates, weighed = self.rows[page], self.candidates, self.weighed
        return [
            Placed(row, score, Counted(*counted), tie, zone, None if isnan(km) else km)
            for row, score, counted, tie, zone, km in zip(
                rows.tolist(),
                self.scores[page].tolist(),
                np.stack([fact[rows] for fact in weighed.counted], axis=1).tolist(),
                candidates.ties[rows].tolist(),
                candidates.zones[rows].tolist(),
                weighed.km[rows].tolist(),
                strict=True,
            )
        ]

    def keeping(self, kept: Mask) -> Order:
        """Those of them that are kept (a mask of all candidates), in the same order."""
        places = kept[self.rows]
        return replace(self, rows=self.rows[places], scores=self.scores[places])

    @property
    def keys(self) -> NDArray[np.uint64]:
        """The marks of their keys."""
        return self.candidates.facts["key"][self.rows]


def ordered(candidates: Candidates, weighed: Weighed, shown: Mask) -> Order:
    """The candidates that are shown."""
    scores = np.round(weighed.totals, DECIMALS)
    rows = without_echoes(candidates, weighed.counted.name > 0, best_first(candidates, scores, shown))
    left = spread(candidates, scores, rows)
    answering = np.zeros(len(candidates), np.bool_)
    answering[rows] = True
    rows = best_first(candidates, left, answering)
    return Order(candidates, weighed, rows, left[rows])


def best_first(candidates: Candidates, scores: Weights, shown: Mask) -> Column:
    """The rows that are shown, in order of their scores, equals as in `alphabetical`: the same relays always come in the same
    order, whatever the engine that found them.
    """
    rows = candidates.alphabetical
    rows = rows[shown[rows]]
    return rows[np.argsort(-scores[rows], kind="stable")]


def spread(candidates: Candidates, scores: Weights, order: Column) -> Weights:
    """The scores, each repetition of a body pushed back: the further down, the farther."""
    left = scores.copy()
    left[order] += REPEATED * _repetitions(candidates.bodies.of[order])
    return left


def _repetitions(bodies: Column) -> Column:
    """Of each, how many of the same body come before it."""
    together = np.argsort(bodies, kind="stable")
    run = bodies[together]
    starts = np.flatnonzero(np.concatenate(([True], run[1:] != run[:-1]))) if len(run) else run
    again = np.empty_like(together)
    again[together] = np.arange(len(run)) - np.repeat(starts, np.diff(np.append(starts, len(run))))
    return again


def without_echoes(candidates: Candidates, named: Mask, order: Column) -> Column:
    """Of rows in order, those that do not only repeat a door: bare bodies go whose own service answers, or that stand above or
    below another of the same kind that answers better. One that is `named`, found by its name, always stays.
    """
    bodies, forms = candidates.bodies, candidates.facts["form"]
    is_bare = forms[order] == Form.BODY
    bare, offering = order[is_bare], order[~is_bare]
    # By body, the row that answers for it: one that offers something, else the bare one.
    answering = np.full(bodies.count, NOWHERE)
    answering[bodies.of[bare]] = bare
    twice = bool((answering[bodies.of[bare]] != bare).any())
    answering[bodies.of[offering]] = offering
    parts = _parts(candidates, order, answering)
    if twice or parts.any():
        echoes = _echoes(candidates, named, bare, offering, answering)
    else:
        offers = np.zeros(bodies.count, np.bool_)
        offers[bodies.of[offering]] = True
        echoes = bare[offers[bodies.of[bare]] & ~named[bare]]
    if not len(echoes):
        return order
    kept = np.ones(len(candidates), np.bool_)
    kept[echoes] = False
    return order[kept[order]]


def _parts(candidates: Candidates, rows: Column, answering: Column) -> Mask:
    """Which of these rows are of a body that is part of another of the same kind, for which a row answers."""
    kinds, above = candidates.facts["kind"], candidates.bodies.above[rows]
    parents = np.where(above == NOWHERE, NOWHERE, answering[above])
    return (parents != NOWHERE) & (kinds[parents] == kinds[rows])


def _echoes(candidates: Candidates, named: Mask, bare: Column, offering: Column, answering: Column) -> list[int]:
    """Rows of bare bodies that only repeat a door, where bodies stand above one another: looked at one by one, in order."""
    of, above = candidates.bodies.of.tolist(), candidates.bodies.above.tolist()
    kinds, answers, found_by_name = candidates.facts["kind"].tolist(), answering.tolist(), named.tolist()

    def higher(row: int) -> set[int]:
        """The bodies of the same kind that this row's is part of, among those that answer."""
        found: set[int] = set()
        while above[row] != NOWHERE and above[row] not in found:
            parent = answers[above[row]]
            if parent == NOWHERE or kinds[parent] != kinds[row]:
                break
            found.add(of[parent])
            row = parent
        return found

    offers = {answers[of[row]] for row in offering.tolist()}
    spoken_for = {of[row] for row in offers}.union(*(higher(row) for row in offers))
    echoes: list[int] = []
    for row in bare.tolist():
        bodies = higher(row)
        if not found_by_name[row] and (of[row] in spoken_for or bodies & spoken_for):
            echoes.append(row)
        else:
            spoken_for |= {of[row], *bodies}
    return echoes
