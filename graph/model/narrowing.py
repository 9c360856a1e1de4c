"""What a worker asks of the answer once it is there, and how many relays each such choice would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from graph.model import weights
from graph.model.directory import Mode, Public
from graph.model.facts import Facts, Trait, kind_mark, kind_of
from graph.model.order import Placed
from graph.model.relay import Facets, OpeningState, Question
from graph.model.weighing import Weighing

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
Answer = Callable[[Question], Sequence[Placed]]


def facets(weighing: Weighing, placed: Sequence[Placed], wanted: Narrowing, again: Answer) -> Facets:
    """The counts for this answer, of which `wanted` keeps a part. `again` answers the question with another public or mode."""
    kept = [one.facts for one in narrowed(weighing, placed, wanted)]
    other_kinds = Kept(weighing, replace(wanted, kinds=()))
    kinds = Counter(one.facts.kind for one in placed if other_kinds(one.facts))
    keep = Kept(weighing, wanted)

    def left(question: Question) -> int:
        return sum(keep(one.facts) for one in again(question))

    question = weighing.question
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


def _with_public(question: Question, public: Public) -> Question:
    return replace(question, publics=_added(question.publics, public), public_optional=False)


def _added(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    return values if value in values else (*values, value)
