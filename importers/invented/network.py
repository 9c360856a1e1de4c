"""The network in which people are accompanied: bodies, who works there, where they act, and what is planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from graph.model.casework.file import Actor, ActorKind
from graph.model.casework.leaving import Leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A professional of a body; `leaves` is when she goes for good."""

    account: str
    name: str
    function: str = "travailleuse sociale"
    head: bool = False
    leaves: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation: the competences that it handles in these communes, and its staff; without one its desk does all."""

    id: str
    handles: frozenset[str]
    communes: frozenset[str]
    staff: tuple[Worker, ...] = ()

    def there(self, at: datetime) -> list[Worker]:
        """Who works on people's files that day."""
        return [one for one in self.staff if not one.head and (one.leaves is None or one.leaves > at)]

    def actor(self, account: str) -> Actor:
        """As she is written in a log; the desk without an account."""
        worker = next((one for one in self.staff if one.account == account), None)
        known = (worker.name, worker.function) if worker else ("Accueil", "accueil du service")
        return Actor(
            kind=ActorKind.PROFESSIONAL,
            account=worker.account if worker else "",
            organisation=self.id,
            name=known[0],
            function=known[1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desert:
    """A competence that nobody handles in these communes."""

    competence: str
    communes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What figures must find in these years, by the ids of bodies; nothing else is out of the ordinary.

    | planted | what it does (the numbers are in habits.py) |
    |---|---|
    | `bottleneck` | every need of `gated` goes through it; it takes weeks, and hands half of them on: most chains pass there |
    | `silent` | two bodies that let most requests expire |
    | `saturated` | declines most requests for want of places |
    | `mismatched` | declines most requests: not eligible, or out of its area |
    | `transitional` | a front door that keeps nearly half of its files for months, for want of a referent |
    | `deserts` | two competences that have no relay in some communes |
    """

    bottleneck: str
    gated: frozenset[str]
    silent: tuple[str, str]
    saturated: str
    mismatched: str
    transitional: str
    deserts: tuple[Desert, Desert]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Bodies by id; `doors` are those at which files begin, `communes` their inhabitants by INSEE code."""

    bodies: Mapping[str, Body]
    doors: tuple[str, ...]
    communes: Mapping[str, int]
    planted: Planted
    leaves: tuple[Leave, ...] = ()
    _relays: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def competences(self) -> frozenset[str]:
        """All that somebody handles, or nobody in a desert."""
        handled = frozenset[str]().union(*(body.handles for body in self.bodies.values()))
        return handled | {desert.competence for desert in self.planted.deserts}

    def relays(self, competence: str, commune: str) -> tuple[str, ...]:
        """The bodies that handle it there."""
        if (competence, commune) not in self._relays:
            self._relays[competence, commune] = tuple(
                id_
                for id_, body in self.bodies.items()
                if competence in body.handles and commune in body.communes and not self.desert(competence, commune)
            )
        return self._relays[competence, commune]

    def desert(self, competence: str, commune: str) -> bool:
        """Whether nobody is to handle it there."""
        return any(one.competence == competence and commune in one.communes for one in self.planted.deserts)

    def gated(self, competence: str, commune: str) -> bool:
        """Whether it goes through the bottleneck there."""
        planted = self.planted
        return competence in planted.gated and commune in self.bodies[planted.bottleneck].communes

    @cached_property
    def served(self) -> tuple[list[str], list[int]]:
        """The communes that have a front door, and their inhabitants."""
        found = [code for code in self.communes if self.doors_of(code)]
        return found, [self.communes[code] for code in found]

    def doors_of(self, commune: str) -> list[str]:
        """The front doors of a commune."""
        return [id_ for id_ in self.doors if commune in self.bodies[id_].communes]
