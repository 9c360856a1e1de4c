"""Whether doors are open at a moment, for many at once: hours are read when they are first met, and again when they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.model.facts import Marks
from graph.model.relay import Opening, OpeningState

# Texts of hours and what was read of each, about half a kilobyte.
KEPT: Final = 50_000
ALWAYS: Final = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
# By the mark of a text: from which microsecond to which it stays so, what it says, and on which day it changes (0 for none).
SPANS: Final = np.dtype([("mark", "<u8"), ("since", "<i8"), ("until", "<i8"), ("door", "u1"), ("changes_on", "<i4")])


class Door(IntEnum):
    """What the order of relays needs to know of some hours at a moment."""

    UNKNOWN = 0
    SHUT = 1
    OPENS_TODAY = 2
    OPEN = 3


DOORS: Final = {OpeningState.UNKNOWN: Door.UNKNOWN, OpeningState.CLOSED: Door.SHUT, OpeningState.OPEN: Door.OPEN}


class Span(NamedTuple):
    """What was read of some hours, and from which moment to which (left out) it stays so."""

    since: datetime
    until: datetime
    opening: Opening


class Doors:
    """Hours as `read` reads them at a moment; days are those of `zone`. One per process: what was read is kept.

    Moments are aware, and texts are known by their marks (graph/model/facts.py), of which 0 stands for no hours.
    """

    def __init__(self, read: Callable[[str, datetime], Span], zone: tzinfo, kept: int = KEPT) -> None:
        self._read, self._zone, self._kept = read, zone, kept
        self._forget()

    def opening(self, written: str, at: datetime) -> Opening:
        """The state at that moment and the next change within a week. What cannot be read is unknown, never a guess."""
        return self._span(written, at).opening

    def doors(self, marks: Marks, written: Mapping[int, str], at: datetime) -> NDArray[np.uint8]:
        """A Door for each of these marks; `written` holds the texts that they stand for."""
        rows = self._rows(marks, written, at)
        local = at.astimezone(self._zone)
        opens_today = (rows["door"] == Door.SHUT) & (rows["changes_on"] == local.toordinal())
        return rows["door"] + opens_today

    def _rows(self, marks: Marks, written: Mapping[int, str], at: datetime) -> NDArray[np.void]:
        """What is known of each mark at that moment, read where it is not."""
        if len(self._table) > self._kept:
            self._forget()
        rows, now = self._known(marks), _microseconds(at)
        holds = (rows["mark"] == marks) & (rows["since"] <= now) & (now < rows["until"])
        if holds.all():
            return rows
        again = [self._row(mark, written[mark], at) for mark in np.unique(marks[~holds]).tolist()]
        both = np.concatenate((np.array(again, SPANS), self._table))
        # Of a mark that comes twice, the first is taken.
        _, places = np.unique(both["mark"], return_index=True)
        self._table = both[places]
        return self._known(marks)

    def _known(self, marks: Marks) -> NDArray[np.void]:
        """The row of each mark; where there is none, that of another."""
        # Rows of fields are taken eight times as fast as by an index.
        return self._table.take(np.searchsorted(self._table["mark"], marks), mode="clip")

    def _row(self, mark: int, written: str, at: datetime) -> tuple[int, int, int, int, int]:
        since, until, opening = self._span(written, at)
        change = opening.changes_at
        changes_on = change.astimezone(self._zone).toordinal() if change else 0
        return mark, _microseconds(since), _microseconds(until), DOORS[opening.state], changes_on

    def _span(self, written: str, at: datetime) -> Span:
        span = self._spans.get(written)
        if span is None or not span.since <= at < span.until:
            span = self._read(written, at)
            if len(self._spans) >= self._kept:
                self._spans.clear()
            self._spans[written] = span
        return span

    def _forget(self) -> None:
        """Begin anew, with what is known where nobody wrote any hours. The table is in order of marks."""
        since, until = map(_microseconds, ALWAYS)
        self._table = np.array([(0, since, until, Door.UNKNOWN, 0)], SPANS)
        self._spans: dict[str, Span] = {}


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND
