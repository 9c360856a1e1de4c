from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.model.doors import Door, Doors, Span
from graph.model.facts import mark
from graph.model.relay import Opening, OpeningState
from search.hours import PARIS, read_at

WRITTEN = (
    "24/7",
    "Mo-Fr 09:00-12:30,14:00-18:00",
    "Sa 22:00-02:00",
    "Th 09:00-12:00; PH off",
    "Jul-Aug off; Mo 09:00-17:00",
    "Mo-Fr 09:00-17:00; SH off",
    "le matin",
)
START = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
TEXTS = {mark(text): text for text in WRITTEN}


def told(opening: Opening, at: datetime) -> Door:
    """By hand, one by one."""
    if opening.state is OpeningState.OPEN:
        return Door.OPEN
    if opening.state is OpeningState.UNKNOWN:
        return Door.UNKNOWN
    change = opening.changes_at
    return Door.OPENS_TODAY if change and change.date() == at.astimezone(PARIS).date() else Door.SHUT


@given(st.lists(st.tuples(MOMENTS, st.lists(st.sampled_from([0, *TEXTS]), max_size=12)), min_size=1, max_size=8))
def test_many_at_once_say_what_each_says_alone_whatever_was_asked_before(
    asked: list[tuple[datetime, list[int]]],
) -> None:
    doors = Doors(read_at, PARIS, kept=4)
    for at, marks in asked:
        found = doors.doors(np.array(marks, np.uint64), TEXTS, at)
        alone = [told(read_at(TEXTS[one], at).opening, at) if one else Door.UNKNOWN for one in marks]
        assert found.tolist() == alone


def test_hours_are_read_again_when_they_change_and_not_before() -> None:
    moments: list[datetime] = []
    start = datetime(2026, 3, 10, 8, tzinfo=ZoneInfo("Europe/Paris"))

    def read(written: str, at: datetime) -> Span:
        moments.append(at)
        state = OpeningState.CLOSED if at < start + timedelta(hours=1) else OpeningState.OPEN
        return Span(at, start + timedelta(hours=1 if at < start + timedelta(hours=1) else 9), Opening(state, None))

    doors = Doors(read, PARIS)
    one = np.array([7, 7, 0], np.uint64)
    asked = [start + timedelta(minutes=minutes) for minutes in (0, 30, 60, 300)]
    said = [doors.doors(one, {7: "un texte"}, at).tolist() for at in asked]
    assert said == [[Door.SHUT, Door.SHUT, Door.UNKNOWN]] * 2 + [[Door.OPEN, Door.OPEN, Door.UNKNOWN]] * 2
    assert moments == [asked[0], asked[2]]
