"""One file's clockwork: acts planned ahead and what time does, in their order, each made by the model.

An act that the model refuses (it came too late, the file is closed) is not made: what is in the log is valid by construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from math import ceil
from random import Random
from typing import Any, Final

from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.clocks import BY_DEFAULT, PARIS, next_working_day
from graph.model.casework.file import Actor, ActorKind, File
from graph.model.casework.handoff import Handoff, Step
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.taking import take
from graph.model.casework.timing import due_tick
from graph.model.errors import StepNotAllowed
from importers.invented.network import Body, Network

TIME: Final = Actor(kind=ActorKind.CLOCK, name="Horloge")
# What someone does is a generator: it yields the moment at which it goes on.
Course = Iterator[datetime]


class Life:
    """A file from its opening until `end`. `now` is the present moment of the course that runs."""

    def __init__(self, network: Network, random: Random, id_: str, begin: datetime, end: datetime) -> None:
        self.network, self.random, self.id, self.now, self.end = network, random, id_, begin, end
        self.entries: list[Entry] = []
        self._file: File | None = None
        self._planned: list[tuple[datetime, int, Course]] = []
        self._order = count()
        self._ids = count(1)

    @property
    def file(self) -> File:
        """As it stands now. Raises ValueError before it is opened."""
        if self._file is None:
            raise ValueError("not opened yet")
        return self._file

    def live(self) -> None:
        """Everything that is to happen by the end, in its order."""
        while True:
            acts = self._planned[0][0] if self._planned else None
            tick = min((one.tick for one in self._open() if one.tick), default=None)
            moment = min((one for one in (acts, tick) if one), default=None)
            if moment is None or moment > self.end:
                return
            self.now = max(self.now, moment)
            if moment == tick:
                self._tick(moment)
            else:
                _, _, course = heappop(self._planned)
                self._go_on(course)

    def plan(self, course: Course, at: datetime | None = None) -> None:
        """Let a course begin: now, or then."""
        heappush(self._planned, (at or self.now, next(self._order), course))

    def write(self, by: Actor, *events: Event) -> None:
        """One entry an event, now."""
        for event in events:
            seq = self._file.seq + 1 if self._file else 1
            entry = Entry(file=self.id, seq=seq, at=self.now, by=by, event=event)
            self._file = applied(self._file, entry)
            self.entries.append(entry)

    def step(self, handoff: str, step: Step, by: Actor, **said: Any) -> bool:
        """Take a step where it is possible; whether it was."""
        try:
            event = take(self.file, handoff, step, by, Said(**said) if said else NOTHING, self.taking)
        except StepNotAllowed:
            return False
        self.write(by, event)
        return True

    @property
    def taking(self) -> Taking:
        """Now, by the clocks that every invented body keeps."""
        return Taking(at=self.now, clocks=BY_DEFAULT)

    def id_of(self, kind: str) -> str:
        """A new id of this file: of a need, a handoff."""
        return f"{self.id}-{kind}{next(self._ids)}"

    def body(self, id_: str) -> Body:
        """One of the network."""
        return self.network.bodies[id_]

    def lead(self) -> Actor:
        """Whoever leads now, or led last; for the desk, whoever is there."""
        lead = self.file.lead or self.file.leads[-1]
        return self.someone(lead.organisation, lead.account)

    def someone(self, organisation: str, account: str = "") -> Actor:
        """This professional of a body while she is there, else one who is."""
        body = self.body(organisation)
        there = [one.account for one in body.there(self.now)]
        if account not in there:
            account = self.random.choice(there) if there else ""
        return body.actor(account)

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.random.random() < share

    def days(self, median: float, spread: float = 0.5) -> datetime:
        """Some working days later, by a log-normal law, at an hour of work; the same day when it is less than half of one."""
        days = self.random.lognormvariate(0, spread) * median
        if days < 0.5:
            return self.now + timedelta(minutes=self.random.randint(5, 90))
        day = _worked(self.now.astimezone(PARIS).date(), ceil(days))
        hour, minute = divmod(self.random.randint(510, 1035), 60)
        return datetime.combine(day, time(hour, minute), PARIS).astimezone(UTC)

    def _open(self) -> list[Handoff]:
        if self._file is None or not self._file.open:
            return []
        return [one for one in self._file.handoffs.values() if one.open]

    def _tick(self, moment: datetime) -> None:
        handoff = next(one for one in self._open() if one.tick == moment)
        step = due_tick(self.file, handoff, self.now, BY_DEFAULT)
        if step is None:
            raise ValueError(f"{handoff.id}: nothing is due at its tick")
        self.write(TIME, take(self.file, handoff.id, step, TIME, NOTHING, self.taking))

    def _go_on(self, course: Course) -> None:
        moment = next(course, None)
        if moment is not None:
            # Whole seconds: what is kept is what was lived.
            self.plan(course, max(moment.replace(microsecond=0), self.now + timedelta(seconds=1)))


@lru_cache(maxsize=100_000)
def _worked(day: date, days: int) -> date:
    """So many working days after that day."""
    for _ in range(days):
        day = next_working_day(day + timedelta(days=1))
    return day
