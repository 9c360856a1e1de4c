"""What a worker asks of the answer once it is there, and how many relays each such choice would leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeVar

import numpy as np

from graph.model import weights
from graph.model.candidates import Candidates
from graph.model.directory import Mode, Public
from graph.model.doors import Door
from graph.model.facts import Form, Mask, Trait, kind_mark, kind_of
from graph.model.order import DECIMALS, Order, best_first, without_echoes
from graph.model.ranking import place, stand_ins
from graph.model.relay import Facets, Question
from graph.model.weighing import Weighed, Weighing

# What a listing may be asked to hold: three that depend on the moment, and what it says of itself.
CHOICES: Final = ("open_now", "has_room", "fresh")
TRAITS: Final = {
    "without_residence_condition": Trait.WITHOUT_RESIDENCE_CONDITION,
    "interpreter": Trait.INTERPRETER,
    "accessible": Trait.ACCESSIBLE,
    "free": Trait.FREE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What is kept of an answer: relays of one of these kinds of organisation, if any are named, which have all that is set.

    What nobody said of a relay is not held to be so: with `has_room`, only those that told of room in the last thirty days.
    """

    kinds: tuple[str, ...] = ()
    open_now: bool = False
    has_room: bool = False
    fresh: bool = False
    without_residence_condition: bool = False
    interpreter: bool = False
    accessible: bool = False
    free: bool = False

    @property
    def empty(self) -> bool:
        """Nothing is left out."""
        return self == Narrowing()


class Choices:
    """Which candidates of an answer hold what may be asked for: masks of all of them."""

    def __init__(self, weighing: Weighing, candidates: Candidates, weighed: Weighed) -> None:
        self._weighing, self._candidates, self._weighed = weighing, candidates, weighed

    def kept(self, wanted: Narrowing) -> Mask:
        """Those that pass a narrowing: all that is set holds."""
        facts = self._candidates.facts
        kept = np.ones(len(facts), np.bool_)
        if wanted.kinds:
            kept &= np.isin(facts["kind"], [kind_mark(kind) for kind in wanted.kinds])
        for name in CHOICES:
            if getattr(wanted, name):
                kept &= getattr(self, name)
        for name, trait in TRAITS.items():
            if getattr(wanted, name):
                kept &= self.having(trait)
        return kept

    def having(self, trait: Trait) -> Mask:
        """They say so of themselves."""
        return self._candidates.facts["traits"] & trait != 0

    @cached_property
    def open_now(self) -> Mask:
        """Open at the moment asked for, as far as is known."""
        return self._weighing.doors(self._candidates) == Door.OPEN

    @cached_property
    def has_room(self) -> Mask:
        """Someone told of room, lately."""
        return self._weighed.counted.room > 0

    @cached_property
    def fresh(self) -> Mask:
        """Vouched for in the last six months."""
        return self._weighing.day - self._candidates.facts["vouched_on"].astype(np.int64) <= weights.FRESH_FOR.days


def narrowed(weighing: Weighing, order: Order, wanted: Narrowing) -> Order:
    """What is kept of an answer, in its order."""
    if wanted.empty:
        return order
    return order.keeping(Choices(weighing, order.candidates, order.weighed).kept(wanted))


T = TypeVar("T")


def facets(weighing: Weighing, order: Order, wanted: Narrowing) -> Facets:
    """The counts for an answer, of which `wanted` keeps a part."""
    choices = Choices(weighing, order.candidates, order.weighed)
    kept = choices.kept(wanted)
    rows = order.keeping(kept).rows
    question, left = weighing.question, Tally(weighing, order.candidates, kept).left
    publics = [(p, left(_with_public(question, p))) for p in Public if p is not Public.TOUS_PUBLICS]
    modes = [(mode, left(replace(question, modes=_added(question.modes, mode)))) for mode in Mode]
    return Facets(
        publics=tuple((public, count) for public, count in publics if count),
        modes=tuple((mode, count) for mode, count in modes if count),
        kinds=_kinds(order.keeping(choices.kept(replace(wanted, kinds=())))),
        **{name: int(getattr(choices, name)[rows].sum()) for name in CHOICES},
        **{name: int(choices.having(trait)[rows].sum()) for name, trait in TRAITS.items()},
    )


def _kinds(order: Order) -> tuple[tuple[str, int], ...]:
    """How many there are of each kind, most first."""
    marks, counts = np.unique(order.candidates.facts["kind"][order.rows], return_counts=True)
    kinds = zip(map(kind_of, marks.tolist()), counts.tolist(), strict=True)
    return tuple(sorted(kinds, key=lambda item: (-item[1], item[0])))


class Tally:
    """How many relays would be left for other publics and modes, without weighing them again: these only let in or keep out."""

    def __init__(self, weighing: Weighing, candidates: Candidates, kept: Mask) -> None:
        self._weighing, self._candidates, self._kept = weighing, candidates, kept
        self._anyone = weighing.asking(replace(weighing.question, publics=(), modes=(), public_optional=False))
        self._weighed = self._anyone.weigh(candidates)
        self._named = self._weighed.counted.name > 0
        self._best_first = best_first(candidates, np.round(self._weighed.totals, DECIMALS), self._weighed.shown)
        self._bare = candidates.facts["form"] == Form.BODY

    def left(self, question: Question) -> int:
        """For this question, which differs from the first in publics and modes alone."""
        candidates = self._candidates
        if question.radius_km is not None:
            # What is done at a distance lies in no radius: modes then say more than who is let in.
            return len(place(self._weighing.asking(question), candidates).keeping(self._kept))
        shown = self._weighed.shown & (self._bare | self._weighing.lets_in(candidates.facts, question))
        shown &= ~stand_ins(self._anyone, candidates, self._weighed, shown)
        rows = self._best_first[shown[self._best_first]]
        return int(self._kept[without_echoes(candidates, self._named, rows)].sum())


def _with_public(question: Question, public: Public) -> Question:
    return replace(question, publics=_added(question.publics, public), public_optional=False)


def _added(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    return values if value in values else (*values, value)
