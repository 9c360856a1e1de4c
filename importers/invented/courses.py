"""What those who lead do: open, look at the file again, close it, leave; the first of their courses begins all others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Kept, NeedAdded
from graph.model.casework.clocks import FILE_REVIEW_DAYS, working_days_after
from graph.model.casework.file import Need, Outcome
from graph.model.casework.leaving import departure
from graph.model.casework.writings import NoRelayFound, Noted, NoteKind
from importers.invented.habits import TRANSITIONAL
from importers.invented.handing import placed
from importers.invented.life import Course, Life
from importers.invented.needing import need
from importers.invented.network import Network, Worker
from importers.invented.passing import handed_on
from importers.invented.people import household


def lived(network: Network, seed: str, number: int, begin: datetime, end: datetime) -> list[Entry]:
    """The log of one file that is opened between these two, as it stands at `end`: the same for the same seed and number."""
    random = Random(f"{seed}:{number}")
    id_ = f"{random.getrandbits(96):024x}"
    opening = begin + (end - begin) * random.random()
    life = Life(network, random, id_, opening.replace(microsecond=0), end)
    # Nobody opens a file at night.
    life.plan(_file(life), min(life.days(0.6, 0.1), end))
    life.live()
    return life.entries


def _file(life: Life) -> Course:
    commune = life.random.choices(*life.network.served)[0]
    door = life.random.choice(life.network.doors_of(commune))
    by = life.someone(door)
    members = household(life.random, life.id, commune, life.now.date())
    kept = door == life.network.planted.transitional and life.chance(TRANSITIONAL)
    first = deciding.opened(by, members, life.now, transitional=kept)
    needs = [need(life, commune, members[0].id) for _ in range(life.random.choice((1, 1, 1, 2, 2, 3)))]
    life.write(by, first, *(NeedAdded(need=one) for one in needs))
    life.plan(_reviews(life))
    for worker, organisation in _leaving(life):
        assert worker.leaves is not None
        life.plan(_leaves(life, organisation, worker), worker.leaves)
    if kept:
        yield from _waits(life, needs[0])
    elif life.chance(0.12):
        life.plan(handed_on(life, commune), life.days(10))
    for one in needs:
        life.plan(placed(life, one, commune), life.days(1))
    return
    yield


def _waits(life: Life, first: Need) -> Iterator[datetime]:
    """The door leads for want of a referent: months, until somebody can."""
    life.write(life.lead(), NoRelayFound(need=first.id, cause="no_capacity"))
    until = life.now + timedelta(days=life.random.randint(120, 260))
    while life.now < until:
        yield life.days(18, 0.2)
        if not life.file.open:
            return
        review = working_days_after(life.now, 20)
        life.write(life.lead(), Kept(review=review, text="Toujours sans référent.", transitional=life.now < until))


def _reviews(life: Life) -> Course:
    """The file is looked at as a whole when it is time, now and then late; once nothing is left of it, it is closed."""
    while True:
        yield life.days(12)
        file = life.file
        if not file.open:
            return
        waits = any(one.open for one in file.needs.values()) or any(one.open for one in file.handoffs.values())
        if not waits and not file.transitional:
            ended = [one.outcome for one in file.needs.values()]
            outcome = Outcome.MET if set(ended) == {Outcome.MET} else Outcome.PARTLY_MET
            life.write(life.lead(), deciding.closed(file, outcome, "Plus rien n’est attendu de nous."))
            return
        if file.review < life.now and life.chance(0.8):
            review = working_days_after(life.now, FILE_REVIEW_DAYS)
            life.write(life.lead(), Kept(review=review, text="Vu ensemble.", transitional=file.transitional))
        elif life.chance(0.3):
            kind = life.random.choice((NoteKind.CALL, NoteKind.NOTE, NoteKind.VISIT))
            with_person = kind is not NoteKind.NOTE
            life.write(life.lead(), Noted(kind=kind, text="Nouvelles prises.", with_person=with_person))


def _leaving(life: Life) -> list[tuple[Worker, str]]:
    """Who leaves for good while this file is open, with her house."""
    return [
        (worker, body.id)
        for body in life.network.bodies.values()
        for worker in body.staff
        if worker.leaves is not None and life.now < worker.leaves <= life.end
    ]


def _leaves(life: Life, organisation: str, worker: Worker) -> Course:
    """What she holds goes to a colleague, or to the desk."""
    there = life.body(organisation).there(life.now)
    to = life.random.choice(there).account if there and life.chance(0.7) else ""
    head = next((one.account for one in life.body(organisation).staff if one.head), "")
    events = departure(life.file, worker.account, organisation, to, life.now, "Départ du service")
    life.write(life.body(organisation).actor(head), *events)
    return
    yield
