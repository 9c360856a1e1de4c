"""A service seen exactly by its head: files that it leads, what came in and went out, how long, what waits, who carries what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from graph.model.casework.handoff import Kind, State
from graph.model.figures.facts import Facts, HandoffFact, stood_open

DAY: Final = timedelta(days=1)
# After these a handoff has moved the lead, for kinds whose acceptance does.
TAKEN: Final = frozenset({State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.COMPLETED, State.NOT_COMPLETED})
UNANSWERED: Final = frozenset({State.SENT, State.RECEIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Of one body, or of several seen as one, in a period. `active`, `persons`, `transitional`, `waiting` and `expecting` as they
    stood when it ended (or stand now); `days` is the median duration of the files that closed, None where none did.
    """

    active: int = 0
    persons: int = 0
    transitional: int = 0
    opened: int = 0
    received: int = 0
    closed: int = 0
    passed_on: int = 0
    days: float | None = None
    asked: int = 0
    waiting: int = 0
    sent: int = 0
    expecting: int = 0
    requests: int = 0


def activity(facts: Facts, bodies: Collection[str], begin: datetime, end: datetime) -> Activity:
    """The activity of these bodies from `begin` to `end`, its end excluded. A file that another body leads since is counted among
    those that were passed on, and no more among those that it led.
    """
    led = [file for file in facts.files if file.lead in bodies]
    active = [file for file in led if stood_open(file.opened, file.closed, end)]
    ended = [file for file in led if file.closed and begin <= file.closed < end]
    entered = [one for one in facts.handoffs if _into(one) in bodies and _from(one) not in bodies]
    left = [one for one in facts.handoffs if _from(one) in bodies and _into(one) not in bodies]
    asked = [one for one in facts.handoffs if one.target in bodies and one.sender not in bodies and one.sent]
    sent = [one for one in facts.handoffs if one.sender in bodies and one.target not in bodies and one.sent]
    lasted = [(file.closed - file.opened) / DAY for file in ended if file.closed]
    return Activity(
        active=len(active),
        persons=sum(file.persons for file in active),
        transitional=sum(file.transitional for file in active),
        opened=sum(file.organisation in bodies and begin <= file.opened < end for file in facts.files),
        received=sum(_within(moved_at(one), begin, end) for one in entered),
        closed=len(ended),
        passed_on=sum(_within(moved_at(one), begin, end) for one in left),
        days=median(lasted) if lasted else None,
        asked=sum(_within(one.sent, begin, end) for one in asked),
        waiting=sum(_unanswered(one, end) for one in asked),
        sent=sum(_within(one.sent, begin, end) for one in sent),
        expecting=sum(_unanswered(one, end) for one in sent),
        requests=sum(one.organisation in bodies and begin <= one.at < end for one in facts.requests),
    )


def load(facts: Facts, bodies: Collection[str], end: datetime) -> list[tuple[str, int, int]]:
    """Who leads how many files, and of how many persons, the most first; "" is the desk."""
    active = [file for file in facts.files if file.lead in bodies and stood_open(file.opened, file.closed, end)]
    files = Counter(file.account for file in active)
    persons = Counter[str]()
    for file in active:
        persons[file.account] += file.persons
    return sorted(((who, many, persons[who]) for who, many in files.items()), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLoad:
    """What those carry who hold one post; `post` is "" for those of whom no post is known, the desk among them."""

    post: str
    professionals: int
    files: int
    persons: int

    @property
    def each(self) -> float | None:
        """Files to a professional; None where none holds the post."""
        return self.files / self.professionals if self.professionals else None


def load_by_post(
    facts: Facts, bodies: Collection[str], end: datetime, posts: Mapping[tuple[str, str], str]
) -> list[PostLoad]:
    """The same by post, the most files first, those without one last. `posts` is who holds which, by (organisation, account); of
    those without, only who leads files counts as a professional.
    """
    active = [file for file in facts.files if file.lead in bodies and stood_open(file.opened, file.closed, end)]
    held = {key: post for key, post in posts.items() if key[0] in bodies}
    holders: dict[str, set[str]] = {post: set() for post in held.values()}
    for (_, account), post in held.items():
        holders[post].add(account)
    files, persons = Counter[str](), Counter[str]()
    for file in active:
        post = held.get((file.lead, file.account), "")
        files[post] += 1
        persons[post] += file.persons
        if not post:
            holders.setdefault("", set()).update({file.account} - {""})
    found = [
        PostLoad(post=post, professionals=len(some), files=files[post], persons=persons[post])
        for post, some in holders.items()
    ]
    return sorted(found, key=lambda one: (not one.post, -one.files, one.post))


def moved_at(handoff: HandoffFact) -> datetime | None:
    """When it moved the lead; None for those that do not, or have not."""
    if handoff.state is State.VOIDED:
        return None
    if handoff.kind is Kind.TRANSFER:
        return handoff.contacted
    if handoff.kind is Kind.TAKE_OVER and handoff.state in TAKEN:
        return handoff.answered
    return None


def _into(handoff: HandoffFact) -> str:
    """Who leads after it: who asked for it, for a take-over."""
    return handoff.sender if handoff.kind is Kind.TAKE_OVER else handoff.target


def _from(handoff: HandoffFact) -> str:
    return handoff.target if handoff.kind is Kind.TAKE_OVER else handoff.sender


def _within(at: datetime | None, begin: datetime, end: datetime) -> bool:
    return at is not None and begin <= at < end


def _unanswered(one: HandoffFact, end: datetime) -> bool:
    """Whether its first answer was awaited when the period ended."""
    if one.sent is None or one.sent >= end or (one.ended and one.ended < end):
        return False
    return one.answered >= end if one.answered else one.state in UNANSWERED or bool(one.ended)
