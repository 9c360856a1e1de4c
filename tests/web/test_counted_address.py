"""Addresses of counted files: read back as they were written, and where an alert or a picture leads."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from api.web.alert_view import own_files
from api.web.counted_address import read_wish, to_files
from api.web.pages.coordination.load import calendar
from api.web.pictures.grid import Load, grid
from graph.model.casework.clocks import PARIS
from graph.model.errors import InvalidInput
from graph.model.figures.alerts import Alert, AlertKind
from graph.model.figures.periods import Period, Quarter, Span
from graph.model.figures.selecting import Counted, Split
from tests.make import RENT

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
QUARTER = Quarter(2025, 4)
DAY = datetime(2025, 10, 26, tzinfo=PARIS)


def said(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@pytest.mark.parametrize(
    "span", [QUARTER, Period(QUARTER, Quarter(2026, 1)), Span(DAY, datetime(2025, 10, 27, tzinfo=PARIS))], ids=str
)
def test_an_address_is_read_back_as_it_was_written(span: Period | Quarter | Span) -> None:
    address = to_files(Counted.ANSWERED, span, target="o:x", outcome="expired", delay="3", category="")
    wish = read_wish(said(address), NOW)
    assert (wish.chosen.span.begin, wish.chosen.span.end) == (span.begin, span.end)
    assert (wish.counted, wish.unit) == (Counted.ANSWERED, True)
    assert wish.by == {Split.TARGET: "o:x", Split.OUTCOME: "expired", Split.DELAY: "3", Split.CATEGORY: ""}
    assert said(wish.address()) == said(address)
    assert read_wish(said(wish.wide), NOW).by == {}


def test_the_last_year_is_meant_where_nothing_is_said_and_what_does_not_apply_is_left_out() -> None:
    wish = read_wish({"compte": "files_open", "vers": "o:x", "referent": "aucun"}, NOW)
    assert (wish.first, wish.last, wish.unit) == ("2025-03", "2026-02", False)
    assert wish.by == {Split.LEAD: ""}
    assert [wish.words(NOW), read_wish({"compte": "files_open", "au": "2025-12"}, NOW).words(NOW)] == [
        "Aujourd’hui",
        "Au 31\u00a0décembre 2025",
    ]
    for told, words in (
        ({"du": "2025-10", "au": "2025-12"}, "D’octobre 2025 à décembre 2025"),
        ({"du": "2025-10", "au": "2025-10"}, "En octobre 2025"),
        ({"du": "2025-10-26", "au": "2025-10-26"}, "Le 26\u00a0octobre 2025"),
        ({"du": "2025-10", "au": "2025-10-02"}, "Du 1er\u00a0octobre 2025 au 2\u00a0octobre 2025"),
    ):
        assert read_wish({"compte": "sent"} | told, NOW).words(NOW) == words


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"compte": "rien"}, "compte"),
        ({"compte": "sent", "du": "2026-13"}, "month"),
        ({"compte": "sent", "du": "2026-02-30"}, "du"),
        ({"compte": "sent", "du": "2026-02", "au": "2026-01"}, "au"),
        ({"compte": "sent", "du": "2001-01", "au": "2026-01"}, "au"),
        ({"compte": "sent", "categorie": "rien"}, "categorie"),
        ({"compte": "answered", "delai": "9"}, "delai"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_field(told: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_wish(told, NOW)
    assert refused.value.field == field


def test_an_alert_leads_the_head_of_a_service_to_her_own_files_and_nobody_else() -> None:
    alerts = {
        kind: Alert(
            kind=kind, figure=20, since=date(2026, 1, 1), organisation="o:x", competence=RENT, listing="service:s"
        )
        for kind in AlertKind
    }
    assert [door for alert in alerts.values() for door in own_files(alert, None)] == []
    told = {
        kind: [read_wish(said(door.href), NOW) for door in own_files(alert, QUARTER)] for kind, alert in alerts.items()
    }
    led = {kind: (wish.counted, dict(wish.by)) for kind, some in told.items() for wish in some}
    assert led == {
        AlertKind.BECAME_DEAD_END: (Counted.ANSWERED, {Split.TARGET: "o:x"}),
        AlertKind.ANSWERS_SLOWER: (Counted.ANSWERED, {Split.TARGET: "o:x"}),
        AlertKind.TRANSITIONAL_TOO_LONG: (Counted.TRANSITIONAL, {}),
        AlertKind.NEEDS_UNANSWERED: (Counted.UNMET, {Split.COMPETENCE: RENT}),
    }


def test_a_picture_taken_along_leads_nowhere_and_is_light_where_it_is_to_be_pasted() -> None:
    drawn = grid("g", "t", "d", Load("x", ("a",), (("r", (12,)),), to={(0, 0): "/dossiers?compte=sent"}))
    assert 'data-to="/dossiers?compte=sent"' in drawn.canvas.inline()
    assert [cell.address for cell in drawn.table.lines[0]] == ["", "/dossiers?compte=sent"]
    file, light = drawn.canvas.alone(), drawn.canvas.alone(light=True)
    assert ("data-to=" in file, "data-to=" in light) == (False, False)
    assert ("prefers-color-scheme: dark" in file, "prefers-color-scheme: dark" in light) == (True, False)
    assert drawn.canvas.width < 640
    assert 'class="pic pic--small"' in file


def test_a_day_of_load_leads_to_what_came_on_it_and_an_empty_one_nowhere() -> None:
    counts = Counter({date(2025, 10, 7): 1, date(2025, 10, 8): 2, date(2025, 10, 9): 1})
    found = calendar(counts, Period(QUARTER, QUARTER), lambda day: f"/{day}")
    assert sorted(found.to.values()) == ["/2025-10-07", "/2025-10-08", "/2025-10-09"]
    numbers = {(down, across): count for down, (_, row) in enumerate(found.rows) for across, count in enumerate(row)}
    assert {cell for cell, count in numbers.items() if count} == found.to.keys()
    assert calendar(counts, Period(QUARTER, QUARTER)).to == {}


def test_a_day_of_the_change_of_hour_is_a_whole_day() -> None:
    wish = read_wish({"compte": "sent", "du": "2025-10-26", "au": "2025-10-26"}, NOW)
    assert wish.span.end.timestamp() - wish.span.begin.timestamp() == timedelta(hours=25).total_seconds()
