"""The way of a need from body to body: the most frequent ways with their ends, and needs that bounce."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from graph.model.casework.handoff import State
from graph.model.figures.acceptance import answer_of
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import Ending, ending_of

# Two refusals are bad luck; the third body that sends a need away makes it bounce.
MOST_HOPS: Final = 2
SENT_AWAY: Final = frozenset({Ending.DECLINED, Ending.REDIRECTED})
NOT_TAKEN: Final = SENT_AWAY | {Ending.EXPIRED, Ending.NOT_COMPLETED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """So many needs went to these bodies, one after the other, and what became of them at the last."""

    targets: tuple[str, ...]
    ending: Ending
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounces:
    """Of `handed` needs: those that bounced, some of them in both ways. `needs` are their ids: for who leads the file alone."""

    handed: int
    needs: frozenset[str]
    back_again: int
    many_hops: int

    @property
    def count(self) -> int:
        """How many bounced."""
        return len(self.needs)


def ways(handoffs: Iterable[HandoffFact]) -> Mapping[str, list[HandoffFact]]:
    """What was sent for each need, in the order of sending; phases that one body plans within itself are one stay there."""
    found: dict[str, list[HandoffFact]] = defaultdict(list)
    some = [one for one in handoffs if one.state is not State.VOIDED and answer_of(one) is not None]
    for one in sorted(some, key=lambda one: (one.sent or one.drafted, one.chain, one.id)):
        for need in one.needs:
            found[need].append(one)
    return {need: _stays(way) for need, way in found.items()}


def households(handoffs: Iterable[HandoffFact]) -> Mapping[tuple[tuple[str, ...], Ending], set[str]]:
    """Whose needs went each way, to each end: the files."""
    found = defaultdict[tuple[tuple[str, ...], Ending], set[str]](set)
    for way in ways(handoffs).values():
        found[_way(way)].add(way[-1].file)
    return found


def chains(handoffs: Iterable[HandoffFact], most: int = 20, files: int = 1) -> list[Chain]:
    """The most frequent ways of needs with their ends, the most frequent first; those of so many files at least, since one
    household has several needs.
    """
    some = list(handoffs)
    counts = Counter(_way(way) for way in ways(some).values())
    bearing = households(some)
    found = [
        Chain(targets=targets, ending=ending, count=count)
        for (targets, ending), count in counts.items()
        if len(bearing[targets, ending]) >= files
    ]
    return sorted(found, key=lambda one: (-one.count, one.targets, one.ending))[:most]


def _way(way: list[HandoffFact]) -> tuple[tuple[str, ...], Ending]:
    ending = ending_of(way[-1])
    assert ending is not None
    return tuple(one.target for one in way), ending


def bounces(handoffs: Iterable[HandoffFact]) -> Bounces:
    """Needs that come to a body again which did not take them before, or that more than MOST_HOPS bodies sent away."""
    again, hops, handed = set[str](), set[str](), 0
    for need, way in ways(handoffs).items():
        handed += 1
        turned = set[str]()
        for one in way:
            if one.target in turned:
                again.add(need)
            if ending_of(one) in NOT_TAKEN:
                turned.add(one.target)
        if sum(ending_of(one) in SENT_AWAY for one in way) > MOST_HOPS:
            hops.add(need)
    return Bounces(handed=handed, needs=frozenset(again | hops), back_again=len(again), many_hops=len(hops))


def _stays(way: list[HandoffFact]) -> list[HandoffFact]:
    """A body that sends its own need on to itself, or is sent the next phase of what it took, keeps it."""
    found: list[HandoffFact] = []
    for one in way:
        if found and found[-1].target == one.target and ending_of(found[-1]) not in NOT_TAKEN:
            found[-1] = one
        else:
            found.append(one)
    return found
