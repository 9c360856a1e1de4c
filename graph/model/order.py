"""The order of weighed candidates: without echoes of one door, and with other doors let through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from graph.model.facts import Facts, Form
from graph.model.weighing import Candidate, Counted

# Each further listing of the same body makes room for other doors.
REPEATED: Final = -14.0
# Sums of floats differ in their last digits with the order of addition: places do not.
DECIMALS: Final = 6


class Placed(NamedTuple):
    """A candidate with what counted for it, in its place: these compare as they come, the first place first.

    `lost` is what its score lacks to be the best that could be (the score, negated); equal scores go by the first `letters` of
    the body's name, a whole before its parts, then by the mark of its `key`.
    """

    lost: float
    letters: bytes
    is_part: bool
    key: int
    candidate: Candidate
    counted: Counted

    @property
    def score(self) -> float:
        """What counted, less its being one more of the same body."""
        return -self.lost

    @property
    def facts(self) -> Facts:
        """Those of its candidate."""
        return self.candidate.facts


def placed(candidate: Candidate, counted: Counted) -> Placed:
    """A candidate in its place."""
    facts = candidate.facts
    return Placed(-round(counted.total, DECIMALS), facts.letters, facts.above != 0, facts.key, candidate, counted)


def ordered(weighed: Iterable[Placed]) -> list[Placed]:
    """Best first: the same relays always come in the same order, whatever the engine that found them."""
    return _spread(_without_echoes(sorted(weighed)))


def _without_echoes(placed: Sequence[Placed]) -> list[Placed]:
    offering: dict[int, Facts] = {}
    bodies: list[Placed] = []
    for one in placed:
        facts = one.candidate.facts
        if facts.form is Form.BODY:
            bodies.append(one)
        else:
            offering[facts.organisation] = facts
    repeated = {one.key for one in bodies}.difference([one.key for one in doors(bodies, offering)])
    return [one for one in placed if one.key not in repeated] if repeated else list(placed)


def doors(bodies: Sequence[Placed], offering: Mapping[int, Facts]) -> list[Placed]:
    """Of bare bodies in order, those that do not only repeat a door: their own service answers, or they stand above or below
    another of the same kind that answers better. A body found by its name always stays.

    `offering`: the bodies whose services or agreements answer, facts by mark.
    """
    known = {one.candidate.facts.organisation: one.candidate.facts for one in bodies} | dict(offering)
    units = [facts for facts in offering.values() if facts.above in known]
    spoken_for = set(offering) | {id_ for facts in units for id_ in _above(facts, known)}
    kept: list[Placed] = []
    for one in bodies:
        facts = one.candidate.facts
        above = _above(facts, known)
        if not one.counted.name and (facts.organisation in spoken_for or above & spoken_for):
            continue
        spoken_for |= {facts.organisation, *above}
        kept.append(one)
    return kept


def _above(body: Facts, bodies: Mapping[int, Facts]) -> set[int]:
    """The bodies of the same kind that this one is part of, among those that answer."""
    found: set[int] = set()
    parent = bodies.get(body.above)
    while parent and parent.kind == body.kind and parent.organisation not in found:
        found.add(parent.organisation)
        parent = bodies.get(parent.above)
    return found


def _spread(placed: list[Placed]) -> list[Placed]:
    """The same relays with each repetition of a body pushed back, in their final order."""
    seen: dict[int, int] = {}
    for place, one in enumerate(placed):
        organisation = one.candidate.facts.organisation
        again = seen.get(organisation, 0)
        if again:
            placed[place] = one._replace(lost=one.lost - REPEATED * again)
        seen[organisation] = again + 1
    placed.sort()
    return placed
