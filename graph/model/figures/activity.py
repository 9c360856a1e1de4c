"""Active files of a house over some time, and its load day by day: households, persons and requests each counted by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from graph.model.casework.clocks import PARIS, next_working_day
from graph.model.casework.file import FileState
from graph.model.figures.acceptance import answer_of
from graph.model.figures.facts import FileFact, HandoffFact, RequestFact, stood_open
from graph.model.figures.histograms import days
from graph.model.figures.survival import Curve, Wait, curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Files (households) that were open at the beginning and at the end, entered, left, were reopened between the two; all that
    were `active` at some moment, with their persons. `requests` are contacts at the front door, whether a file came of them or
    not. `durations` in days from the opening to the closing, open ones still counted. `posts` are full-time posts, 0 where they
    are not known.
    """

    at_begin: int
    entered: int
    left: int
    at_end: int
    reopened: int
    active: int
    persons: int
    requests: int
    durations: Curve[int]
    posts: float = 0.0

    @property
    def per_post(self) -> float | None:
        """Files open at the end per full-time post; None where posts are not known."""
        return self.at_end / self.posts if self.posts else None


def activity(
    files: Iterable[FileFact],
    requests: Iterable[RequestFact],
    begin: datetime,
    end: datetime,
    *,
    posts: float = 0.0,
    reopened: Collection[datetime] = (),
) -> Activity:
    """From one moment to another, the second not included. A file that was linked to another is that one's household, and not
    counted again. `reopened` are the moments at which files were: a file's facts tell its last opening alone.
    """
    some = [one for one in files if one.state is not FileState.LINKED and one.opened < end]
    active = [one for one in some if one.closed is None or one.closed >= begin]
    return Activity(
        at_begin=sum(stood_open(one.opened, one.closed, begin) for one in some),
        entered=sum(one.opened >= begin for one in active),
        left=sum(one.closed is not None and one.closed < end for one in active),
        at_end=sum(stood_open(one.opened, one.closed, end) for one in some),
        reopened=sum(begin <= moment < end for moment in reopened),
        active=len(active),
        persons=sum(one.persons for one in active),
        requests=sum(begin <= one.at < end for one in requests),
        durations=curve(_duration(one, end) for one in active),
        posts=posts,
    )


def _duration(file: FileFact, end: datetime) -> Wait[int]:
    closed = file.closed is not None and file.closed < end
    return Wait(days(file.opened, file.closed if closed and file.closed else end), closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What came on a day: handoffs that were sent, requests. `worked` tells working days from others."""

    day: date
    handoffs: int
    requests: int
    worked: bool


def calendar(
    handoffs: Iterable[HandoffFact], requests: Iterable[RequestFact], first: date, last: date
) -> tuple[Day, ...]:
    """Each day from the first to the last, in Paris, those on which nothing came among them."""
    sent = Counter(_day(one.sent) for one in handoffs if one.sent and answer_of(one) is not None)
    asked = Counter(_day(one.at) for one in requests)
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(
        Day(day=day, handoffs=sent[day], requests=asked[day], worked=next_working_day(day) == day) for day in every
    )


def per_working_day(some: Iterable[Day]) -> tuple[float, float] | None:
    """Handoffs and requests in the mean of a working day; what came on other days is left out. None without a working day."""
    worked = [one for one in some if one.worked]
    if not worked:
        return None
    return sum(one.handoffs for one in worked) / len(worked), sum(one.requests for one in worked) / len(worked)


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
