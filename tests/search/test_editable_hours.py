"""A timetable, the expression that it writes, and the expressions that nobody can edit day by day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours, State, validate

from graph.model.errors import InvalidInput
from graph.model.relay import OpeningState
from graph.model.timetable import EVERY_YEAR, RANKS, Exceptional, Recurring, Span, Timetable, Weeks, write
from graph.model.timetable_reading import read
from search.hours import PARIS, editable, opening

NOW: Final = datetime(2026, 3, 10, 9, 0, tzinfo=PARIS)
SHIPPED: Final = Path(__file__).parents[2] / "importers/sources/demonstration"
NOTES: Final = ("", "", "sur rendez-vous", "été ; sans rendez-vous, à l’accueil")


def some_spans(chance: Random, *, night: bool = False) -> tuple[Span, ...]:
    """One to three spans of a day, apart, in order; the last may pass midnight."""
    ends = sorted(chance.sample(range(0, 1441, 15), 2 * chance.randint(1, 3)))
    spans = [Span(a, b, chance.choice(NOTES)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    if night and spans[0].start > 0:
        spans[-1] = Span(spans[-1].start, 1440 + chance.randint(1, spans[0].start), spans[-1].note)
    return tuple(spans)


def an_exception(chance: Random) -> Exceptional:
    closed, yearly = chance.random() < 0.5, chance.random() < 0.3
    first = date(EVERY_YEAR if yearly else 2026, 1, 1) + timedelta(days=chance.randrange(330))
    last = first + timedelta(days=chance.choice([0, 1, 30]))
    return Exceptional(
        first=first,
        last=last,
        spans=() if closed else some_spans(chance),
        days=tuple(sorted(chance.sample(range(7), 3))) if chance.random() < 0.3 and first != last else (),
        note=chance.choice(NOTES) if closed else "",
        yearly=yearly,
    )


def a_timetable(seed: int) -> Timetable:
    chance = Random(seed)
    nights = chance.random() < 0.2
    week = [some_spans(chance, night=nights) if chance.random() < 0.6 else () for _ in range(7)]
    # Something weekly: else a season alone reads as the bounds of a week, which says the same.
    week[chance.randrange(7)] = (Span(540, 720),)
    free = [day for day in range(7) if not week[day]]
    recurring = []
    for day in chance.sample(free, min(len(free), 2)):
        weeks = chance.choice(list(Weeks))
        ranks = () if weeks is not Weeks.ALL else tuple(sorted(chance.sample(RANKS, 2), key=RANKS.index))
        recurring.append(Recurring(day=day, spans=some_spans(chance), weeks=weeks, ranks=ranks))
    exceptions = [an_exception(chance) for _ in range(chance.choice([0, 1, 3]))]
    bounded = chance.random() < 0.2
    return Timetable(
        week=tuple(week),
        recurring=tuple(recurring),
        public_holidays=chance.choice([None, (), some_spans(chance)]),
        school_holidays=chance.choice([None, None, (), some_spans(chance)]),
        # In the order in which they are written.
        exceptions=tuple(sorted(exceptions, key=lambda exception: exception.above_holidays)),
        since=date(2026, 1, 5) if bounded and chance.random() < 0.7 else None,
        until=date(2026, 12, 18) if bounded else None,
    )


@given(st.integers(0, 2**32 - 1).map(a_timetable))
def test_a_timetable_is_read_back_as_it_was_written(timetable: Timetable) -> None:
    written = write(timetable)
    assert validate(written), written
    assert read(written) == timetable, written
    # And so is what the library makes of it.
    assert read(str(OpeningHours(written, country="FR"))) == timetable, written


@pytest.mark.parametrize(("since", "until"), [(None, date(2027, 6, 30)), (date(2026, 9, 1), None)])
def test_a_season_within_a_bounded_week_is_read_back_as_a_season(since: date | None, until: date | None) -> None:
    morning = (Span(540, 720),)
    season = Exceptional(first=date(2027, 4, 28), last=date(2027, 5, 27), spans=(Span(480, 540),), days=(0, 2))
    timetable = Timetable(week=(morning, morning, *((),) * 5), exceptions=(season,), since=since, until=until)
    assert editable(write(timetable), NOW) == timetable


def shipped() -> Iterator[str]:
    """Every expression of the shipped listings."""

    def inside(value: Any) -> Iterator[str]:
        for name, held in value.items() if isinstance(value, dict) else ():
            if name == "hours" and isinstance(held, str):
                yield held
            else:
                yield from inside(held)
        for held in value if isinstance(value, list) else ():
            yield from inside(held)

    for path in sorted(SHIPPED.glob("*.toml")):
        yield from inside(tomllib.loads(path.read_text()))


def test_every_shipped_listing_can_be_edited_and_stays_open_as_it_was() -> None:
    expressions = sorted(set(shipped()))
    assert len(expressions) > 100
    for expression in expressions:
        timetable = editable(expression, NOW)
        assert timetable is not None, expression
        assert opened(write(timetable)) == opened(expression), expression


def opened(expression: str) -> list[Any]:
    start = datetime(2026, 3, 9, tzinfo=PARIS)
    intervals = OpeningHours(expression, country="FR", timezone=PARIS).intervals(start, start + timedelta(days=60))
    return [interval for interval in intervals if interval[2] == State.OPEN]


@pytest.mark.parametrize(
    "expression",
    [
        "Mo-Fr sunrise-sunset",
        "Mo-Fr 09:00+",
        'Mo-Fr unknown "sur rendez-vous"',
        'Mo-Fr 09:00-12:00 || "appeler"',
        "week 10-20 Mo 09:00-12:00",
        "2026 Jul 01-2026 Aug 31 Tu[1] 09:00-12:00, Mo 10:00-12:00",
        # It takes the place of the week on these days: a timetable can only add to it.
        "Mo-Fr 09:00-12:00; Tu[1] 14:00-17:00",
        "PH off; SH 10:00-12:00",
        # The season closes the holiday's hours again.
        "PH 10:00-12:00; Mo-Fr 09:00-12:00; 2026 Apr 01-2026 May 31 Mo-Fr 14:00-17:00",
        # Tuesday's own rule cuts the night.
        "Mo 22:00-02:00; Tu 09:00-12:00",
        "off",
        "le matin",
        "",
    ],
)
def test_what_a_timetable_does_not_hold_is_not_edited_by_day(expression: str) -> None:
    assert editable(expression, NOW) is None


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ("mo-fr 9:00-12:00", "Mo-Fr 09:00-12:00"),
        ("Mo-Fr 09:00-17:00; We off", "Mo,Tu,Th,Fr 09:00-17:00"),
        ("Mo-Su 00:00-24:00", "24/7"),
        ("Mo 22:00-26:00", "Mo 22:00-02:00"),
        ("Tu[1],Tu[3] 09:00-12:00", None),
        ("Mo-Fr 09:00-12:00; Aug off", "Mo-Fr 09:00-12:00; Aug 01-Aug 31 off"),
        ("Jul 14,Nov 11 off; Mo 09:00-12:00", None),
        (
            "2026 Sep 01-2027 Jun 30 Tu[1,3] 09:00-12:00; PH off",
            "2026 Sep 01-2027 Jun 30 Tu[1,3] 09:00-12:00; PH off",
        ),
    ],
)
def test_other_ways_to_write_the_same_come_to_one(expression: str, written: str | None) -> None:
    timetable = editable(expression, NOW)
    assert (timetable and write(timetable)) == written


def test_a_night_goes_on_although_the_next_day_has_hours_of_its_own() -> None:
    week = ((Span(1320, 1560),), (Span(540, 720),), *((),) * 5)
    written = write(Timetable(week=week))
    at = datetime(2026, 3, 10, 1, 30, tzinfo=PARIS)
    assert opening(written, at).state is OpeningState.OPEN
    assert opening(written, at + timedelta(hours=1)).state is OpeningState.CLOSED


def test_hours_that_depend_on_school_holidays_are_not_guessed() -> None:
    assert opening("Mo-Su 00:00-24:00; SH off", NOW).state is OpeningState.UNKNOWN
    assert opening('Mo-Su 00:00-24:00 "hors SHON"', NOW).state is OpeningState.OPEN


@pytest.mark.parametrize(
    ("spans", "field"),
    [
        (lambda: Timetable(week=((Span(540, 720), Span(700, 800)), *((),) * 6)), "start"),
        (lambda: Span(720, 540), "end"),
        (lambda: Span(1500, 1510), "start"),
        (lambda: Span(540, 720, 'dit "oui"'), "note"),
        (lambda: Exceptional(first=date(2026, 3, 2), last=date(2026, 3, 1)), "last"),
        (lambda: Recurring(day=0, spans=(Span(540, 720),)), "ranks"),
        (lambda: Timetable(since=date(2026, 3, 2), until=date(2026, 3, 1)), "until"),
    ],
)
def test_a_timetable_that_contradicts_itself_is_refused(spans: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        spans()
    assert refused.value.field == field
