"""What a worker asks of the answer once it is there, and how many relays each such choice would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeVar

from graph.model import weights
from graph.model.directory import Mode, Public
from graph.model.facts import Facts, Form, Trait, kind_mark, kind_of, mask
from graph.model.order import Placed, doors, placed
from graph.model.ranking import place, stands_in
from graph.model.relay import Facets, OpeningState, Question
from graph.model.weighing import Candidate, Weighing, receives

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


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether facts pass a narrowing, for one question."""

    weighing: Weighing
    wanted: Narrowing
    kinds: frozenset[int] = field(init=False)
    traits: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset(kind_mark(kind) for kind in self.wanted.kinds))
        object.__setattr__(self, "traits", sum(trait for name, trait in TRAITS.items() if getattr(self.wanted, name)))

    def __call__(self, facts: Facts) -> bool:
        """Whether all that is set holds."""
        wanted = self.wanted
        return (
            (not self.kinds or facts.kind in self.kinds)
            and facts.traits & self.traits == self.traits
            and (not wanted.open_now or is_open(self.weighing, facts))
            and (not wanted.has_room or has_room(self.weighing, facts))
            and (not wanted.fresh or is_fresh(self.weighing, facts))
        )


def is_open(weighing: Weighing, facts: Facts) -> bool:
    """Open at the moment asked for, as far as is known."""
    return bool(facts.hours) and weighing.opening(facts.hours)[0].state is OpeningState.OPEN


def has_room(weighing: Weighing, facts: Facts) -> bool:
    """Someone told of room, lately."""
    return weighing.standing(facts).room > 0


def is_fresh(weighing: Weighing, facts: Facts) -> bool:
    """Vouched for in the last six months."""
    return weighing.day - facts.vouched_on <= weights.FRESH_FOR.days


def narrowed(weighing: Weighing, placed: Sequence[Placed], wanted: Narrowing) -> list[Placed]:
    """What is kept of an answer, in its order."""
    if wanted.empty:
        return list(placed)
    keep = Kept(weighing, wanted)
    return [one for one in placed if keep(one.facts)]


T = TypeVar("T")


def facets(weighing: Weighing, candidates: Sequence[Candidate], shown: Sequence[Placed], wanted: Narrowing) -> Facets:
    """The counts for an answer: `shown` of these candidates, of which `wanted` keeps a part."""
    kept = [one.facts for one in narrowed(weighing, shown, wanted)]
    other_kinds = Kept(weighing, replace(wanted, kinds=()))
    kinds = Counter(one.facts.kind for one in shown if other_kinds(one.facts))
    question, left = weighing.question, Tally(weighing, candidates, Kept(weighing, wanted)).left
    publics = [(p, left(_with_public(question, p))) for p in Public if p is not Public.TOUS_PUBLICS]
    modes = [(mode, left(replace(question, modes=_added(question.modes, mode)))) for mode in Mode]
    return Facets(
        publics=tuple((public, count) for public, count in publics if count),
        modes=tuple((mode, count) for mode, count in modes if count),
        kinds=tuple(sorted(((kind_of(kind), n) for kind, n in kinds.items()), key=lambda item: (-item[1], item[0]))),
        open_now=sum(is_open(weighing, facts) for facts in kept),
        has_room=sum(has_room(weighing, facts) for facts in kept),
        fresh=sum(is_fresh(weighing, facts) for facts in kept),
        **{name: sum(bool(facts.traits & trait) for facts in kept) for name, trait in TRAITS.items()},
    )


class _Offer(NamedTuple):
    """A service or an agreement that would answer anyone: whom it receives, whether it is counted, whether it may be missed."""

    receiving: tuple[int, int, int]
    facts: Facts
    counted: bool
    missed: bool


class Tally:
    """How many relays would be left for other publics and modes, without weighing them again: these only let in or keep out."""

    def __init__(self, weighing: Weighing, candidates: Sequence[Candidate], keep: Kept) -> None:
        self._weighing, self._candidates, self._keep = weighing, candidates, keep
        self._anyone = weighing.asking(replace(weighing.question, publics=(), modes=(), public_optional=False))
        self._offers: list[_Offer] = []
        self._bodies: list[Placed] = []
        self._shut: set[int] = set()
        for candidate in candidates:
            facts, counted = candidate.facts, self._anyone.weigh(candidate)
            missed = facts.form is Form.SERVICE and candidate.tie >= 0
            if counted is None:
                self._shut |= {facts.organisation} if missed else set()
            elif facts.form is Form.BODY:
                self._bodies.append(placed(candidate, counted))
            else:
                receiving = facts.publics, facts.excludes, facts.modes
                self._offers.append(_Offer(receiving, facts, keep(facts), missed))
        self._bodies.sort()

    def left(self, question: Question) -> int:
        """For this question, which differs from the first in publics and modes alone."""
        if question.radius_km is not None:
            # What is done at a distance lies in no radius: modes then say more than who is let in.
            return sum(self._keep(one.facts) for one in place(self._weighing.asking(question), self._candidates))
        let_in = self._let_in(question)
        offering: dict[int, Facts] = {}
        heard: set[int] = set()
        left_out = set(self._shut)
        number = 0
        for receiving, facts, counted, missed in self._offers:
            if receiving in let_in:
                offering[facts.organisation] = facts
                number += counted
            if missed:
                (heard if receiving in let_in else left_out).add(facts.organisation)
        silent = left_out - heard
        bodies = [one for one in self._bodies if not stands_in(self._anyone, one, silent)]
        return number + sum(self._keep(one.facts) for one in doors(bodies, offering))

    def _let_in(self, question: Question) -> set[tuple[int, int, int]]:
        asked, modes, optional = mask(question.publics), mask(question.modes), question.public_optional
        return {
            (publics, excludes, offered)
            for publics, excludes, offered in {offer.receiving for offer in self._offers}
            if (not asked or receives(publics, excludes, asked, optional=optional))
            and (not modes or not offered or modes & offered)
        }


def _with_public(question: Question, public: Public) -> Question:
    return replace(question, publics=_added(question.publics, public), public_optional=False)


def _added(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    return values if value in values else (*values, value)
