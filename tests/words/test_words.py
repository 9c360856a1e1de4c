"""Days, hours and telephone numbers as they are said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from api.words.dates import clock, exact_day, length, relative_day, relative_moment, today_words
from api.words.hours import hours_in_words
from api.words.phone import Phone, phone
from search.hours import PARIS

TODAY = date(2026, 3, 10)  # a Tuesday
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)


def plain(text: str) -> str:
    """Without the spaces that may not break."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 8), "avant-hier"),
        (date(2026, 3, 9), "hier"),
        (TODAY, "aujourd’hui"),
        (date(2026, 3, 11), "demain"),
        (date(2026, 3, 12), "après-demain"),
        (date(2026, 3, 5), "il y a 5 jours"),
        (date(2026, 2, 25), "il y a 13 jours"),
        (date(2026, 2, 17), "il y a 3 semaines"),
        (date(2025, 10, 10), "il y a 5 mois"),
        (date(2024, 3, 10), "il y a 2 ans"),
        (date(2026, 3, 24), "dans 2 semaines"),
        (date(2026, 9, 10), "dans 6 mois"),
    ],
)
def test_a_day_is_said_from_today(day: date, said: str) -> None:
    assert plain(relative_day(day, TODAY)) == said


def test_dates_and_times_are_written_in_french() -> None:
    assert plain(exact_day(date(2026, 3, 1))) == "1er mars 2026"
    assert plain(exact_day(date(2026, 8, 24))) == "24 août 2026"
    assert plain(clock(time(9, 0))) == "9 h"
    assert plain(clock(time(14, 5))) == "14 h 05"
    assert plain(today_words(NOW)) == "mardi 10 mars à 10 h"
    assert [plain(length(days)) for days in (1, 2, 30, 365, 1000)] == [
        "1 jour",
        "2 jours",
        "4 semaines",
        "12 mois",
        "3 ans",
    ]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 9, 13, 10, tzinfo=UTC), "hier à 14 h 10"),
        (datetime(2026, 3, 6, 8, 0, tzinfo=PARIS), "vendredi dernier à 8 h"),
        (datetime(2026, 3, 13, 8, 0, tzinfo=PARIS), "vendredi à 8 h"),
        (datetime(2025, 12, 1, 8, 30, tzinfo=PARIS), "le 1er décembre 2025 à 8 h 30"),
    ],
)
def test_a_moment_is_said_in_local_time(at: datetime, said: str) -> None:
    assert plain(relative_moment(at, NOW)) == said


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (
            "Mo-Fr 09:00-12:00,14:00-17:00; Sa off; PH off",
            [("du lundi au vendredi", "9 h – 12 h et 14 h – 17 h"), ("jours fériés", "fermé")],
        ),
        ("24/7", [("tous les jours", "24 heures sur 24, 7 jours sur 7")]),
        ("Tu,Th 14:00-17:30", [("mardi et jeudi", "14 h – 17 h 30")]),
        (
            "Mo-Fr 09:00-17:00; We 14:00-17:00",
            [("lundi, mardi, jeudi et vendredi", "9 h – 17 h"), ("mercredi", "14 h – 17 h")],
        ),
        ("Mo-Su 18:00-24:00", [("tous les jours", "18 h – 24 h")]),
        ("We[1,3] 14:00-17:00", [("premier et troisième mercredi du mois", "14 h – 17 h")]),
        ("Tu[-1] 09:00-12:00", [("dernier mardi du mois", "9 h – 12 h")]),
        ('Mo-Fr 09:00-12:00 "sur rendez-vous"', [("du lundi au vendredi", "9 h – 12 h (sur rendez-vous)")]),
        ("off", [("tous les jours", "fermé")]),
    ],
)
def test_weekly_hours_are_said_as_such(written: str, lines: list[tuple[str, str]]) -> None:
    words = hours_in_words(written, NOW)
    assert words is not None
    assert [(plain(line.days), plain(line.times)) for line in words.lines] == lines
    assert words.this_week is False


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (
            'Mo 09:00-12:00, Mo 14:00-17:00 "sur rendez-vous"; PH off',
            [("lundi", "9 h – 12 h et 14 h – 17 h (sur rendez-vous)"), ("jours fériés", "fermé")],
        ),
        (
            "Tu 09:00-12:00, week02-53/2 We 14:00-17:00, Th[1,-1] 09:00-10:00; SH off",
            [
                ("mardi", "9 h – 12 h"),
                ("mercredi des semaines paires", "14 h – 17 h"),
                ("premier et dernier jeudi du mois", "9 h – 10 h"),
                ("vacances scolaires", "fermé"),
            ],
        ),
        (
            "Mo-Fr 09:00-17:00; 2026 Jul 01-2026 Aug 31 Mo-Th 10:00-12:00; PH off; 2026 Mar 01-2026 Mar 09 off; "
            '2026 Mar 12 off "inventaire; travaux"; Dec 24-Jan 01 off',
            [
                ("du lundi au vendredi", "9 h – 17 h"),
                ("jours fériés", "fermé"),
                ("le 12 mars 2026", "fermé (inventaire; travaux)"),
                ("du 1er juillet 2026 au 31 août 2026, du lundi au jeudi", "10 h – 12 h"),
                ("chaque année du 24 décembre au 1er janvier", "fermé"),
            ],
        ),
        (
            "2026 Sep 01-9999 Dec 31 Tu 22:00-02:00",
            [("mardi", "22 h – 2 h"), ("période", "à partir du 1er septembre 2026")],
        ),
        (
            "1900 Jan 01-2026 Jun 30 Tu 00:00-24:00",
            [("mardi", "toute la journée"), ("période", "jusqu’au 30 juin 2026")],
        ),
    ],
)
def test_exceptions_and_alternate_weeks_are_said(written: str, lines: list[tuple[str, str]]) -> None:
    words = hours_in_words(written, NOW)
    assert words is not None
    assert [(plain(line.days), plain(line.times)) for line in words.lines] == lines
    assert words.this_week is False


def test_seasonal_hours_are_said_for_the_coming_week() -> None:
    words = hours_in_words("Mar Tu 09:00-18:00; Apr-Sep Mo-Fr 08:00-20:00", NOW)
    assert words is not None
    assert words.this_week is True
    assert [(plain(line.days), plain(line.times)) for line in words.lines] == [
        ("mardi 10 mars", "9 h – 18 h"),
        ("mercredi 11 mars", "fermé"),
        ("jeudi 12 mars", "fermé"),
        ("vendredi 13 mars", "fermé"),
        ("samedi 14 mars", "fermé"),
        ("dimanche 15 mars", "fermé"),
        ("lundi 16 mars", "fermé"),
    ]


def test_a_closed_season_says_when_it_opens() -> None:
    words = hours_in_words("Jul Mo 10:00-12:00", NOW)
    assert words is not None
    assert [(line.days, plain(line.times)) for line in words.lines] == [("prochaine ouverture", "6 juillet 2026")]


@pytest.mark.parametrize("written", ["", "   ", "lundi matin", "Mo-Fr 25:00-26:99"])
def test_hours_that_cannot_be_read_are_not_guessed(written: str) -> None:
    assert hours_in_words(written, NOW) is None


@pytest.mark.parametrize(
    ("text", "shown", "href"),
    [
        ("+33 3 99 00 12 34", "03 99 00 12 34", "tel:+33399001234"),
        ("0399001234", "03 99 00 12 34", "tel:+33399001234"),
        ("0033 399001234", "03 99 00 12 34", "tel:+33399001234"),
        ("03.99.00.12.34 / 06 99 00 12 34", "03 99 00 12 34", "tel:+33399001234"),
        ("115", "115", "tel:115"),
        ("3919", "39 19", "tel:3919"),
        ("116 117", "116 117", "tel:116117"),
        ("+41 22 000 00 00", "+41 22 000 00 00", "tel:+41220000000"),
    ],
)
def test_a_number_is_shown_in_pairs_and_dialled_whole(text: str, shown: str, href: str) -> None:
    found = phone(text)
    assert found is not None
    assert Phone(plain(found.shown), found.href) == Phone(shown, href)


def test_no_number_is_no_link() -> None:
    assert phone("") is None
    assert phone("voir le site") is None
