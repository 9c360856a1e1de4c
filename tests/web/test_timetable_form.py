"""The editor of opening hours without its page: what is stored, as rows; what was typed, as a timetable or as faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from api.web.timetable_checks import checked, minutes
from api.web.timetable_form import TimetableForm, acted, form_of, named_rows, read_form
from graph.model.timetable import EVERY_YEAR, Exceptional, Recurring, Span, Timetable, Weeks, write
from tests.web.timetables import fields_of

TODAY: Final = date(2026, 3, 10)
MORNING, AFTERNOON = Span(540, 720), Span(840, 1020, "sur rendez-vous")
FULL: Final = Timetable(
    week=((MORNING, AFTERNOON), (Span(1320, 1560),), (), (Span(0, 1440),), (), (), ()),
    recurring=(
        Recurring(day=4, ranks=(1, 3), spans=(MORNING, AFTERNOON)),
        Recurring(day=5, weeks=Weeks.EVEN, spans=(MORNING,)),
    ),
    public_holidays=(),
    school_holidays=(MORNING,),
    exceptions=(
        Exceptional(first=date(2026, 7, 1), last=date(2026, 8, 31), spans=(MORNING,), days=(0, 1)),
        Exceptional(first=date(2026, 4, 2), last=date(2026, 4, 2), note="inventaire"),
        Exceptional(first=date(EVERY_YEAR, 12, 24), last=date(EVERY_YEAR + 1, 1, 2), yearly=True),
    ),
    since=date(2026, 1, 1),
)


def typed(**fields: str) -> TimetableForm:
    """A form with nothing but these fields; a dot is written as two underlines."""
    return read_form({name.replace("__", "."): value for name, value in fields.items()})


@pytest.mark.parametrize("timetable", [FULL, Timetable(), replace(FULL, since=None, until=date(2026, 12, 1))])
def test_what_is_stored_comes_back_from_its_rows(timetable: Timetable) -> None:
    form = read_form(fields_of(form_of(timetable, TODAY)))
    assert checked(form, TODAY) == timetable
    assert form.errors == []


def test_exceptions_that_are_over_are_not_shown_again() -> None:
    over = Exceptional(first=date(2026, 3, 1), last=date(2026, 3, 9))
    form = form_of(replace(FULL, exceptions=(over, *FULL.exceptions)), TODAY)
    assert checked(form, TODAY) == FULL


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9", 540),
        ("9h", 540),
        ("9 h 30", 570),
        ("09:30", 570),
        ("24:00", 1440),
        ("25:00", None),
        ("24:01", None),
        ("9:60", None),
        ("midi", None),
        ("", None),
    ],
)
def test_a_time_of_day_as_people_write_it(text: str, read: int | None) -> None:
    assert minutes(text) == read


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (
            {"d0__0__de": "25:00", "d0__0__a": "12:00"},
            ("d0.0.de", "Lundi, ligne 1 : « 25:00 » n’est pas une heure. Écrivez par exemple 9:30."),
        ),
        (
            {"d1__0__de": "9:00", "d1__0__a": ""},
            ("d1.0.a", "Mardi, ligne 1 : il manque l’heure à laquelle on ferme. Écrivez par exemple 9:30."),
        ),
        (
            {"d1__0__de": "12:00", "d1__0__a": "9:00"},
            ("d1.0.a", "Mardi, ligne 1 : la fermeture (9:00) vient avant l’ouverture (12:00)."),
        ),
        (
            {"d2__0__de": "9", "d2__0__a": "12", "d2__1__de": "11:30", "d2__1__a": "14"},
            ("d2.1.de", "Mercredi, ligne 2 : 11:30–14:00 chevauche 09:00–12:00."),
        ),
        (
            {"d6__0__de": "22", "d6__0__a": "4", "d6__0__lendemain": "1", "d0__0__de": "3", "d0__0__a": "12"},
            ("d6.0.a", "Dimanche, ligne 1 : la nuit se prolonge sur 03:00–12:00 du lendemain."),
        ),
        (
            {"d0__0__de": "9", "d0__0__a": "12", "d0__0__note": 'dit "oui"'},
            (
                "d0.0.note",
                'Lundi, ligne 1 : la précision « dit "oui" » contient un guillemet droit ou un saut de ligne.',
            ),
        ),
        (
            {"d0__0__de": "", "d0__0__a": "", "d0__0__note": "sur rendez-vous"},
            ("d0.0.de", "Lundi, ligne 1 : donnez les heures auxquelles s’applique « sur rendez-vous »."),
        ),
        (
            {"r0__rythme": "1", "r0__jour": "0", "r0__de": "9", "r0__a": "10", "d0__0__de": "8", "d0__0__a": "12"},
            (
                "r0.de",
                "Certaines semaines, ligne 1 : 09:00–10:00 chevauche les horaires de chaque semaine (08:00–12:00).",
            ),
        ),
        (
            {"r0__rythme": "9", "r0__de": "9", "r0__a": "10"},
            ("r0.rythme", "Certaines semaines, ligne 1 : « 9 » ne dit pas quelles semaines."),
        ),
        (
            {"f__choix": "autres"},
            ("f.0.de", "Jours fériés, ligne 1 : donnez les horaires de ces jours, ou choisissez « fermé »."),
        ),
        ({"e0__du": "2026-03-09"}, ("e0.du", "Exception 1 : le 9\u00a0mars 2026 est passé.")),
        ({"e0__du": ""}, ("e0.du", "Exception 1 : il manque la date. Écrivez-la ainsi : 2026-03-10.")),
        (
            {"e0__du": "2026-02-31"},
            ("e0.du", "Exception 1 : « 2026-02-31 » n’est pas une date. Écrivez-la ainsi : 2026-03-10."),
        ),
        (
            {"e0__du": "2026-05-02", "e0__au": "2026-05-01"},
            ("e0.au", "Exception 1 : le dernier jour vient avant le premier."),
        ),
        (
            {"e0__du": "2026-05-02", "e1__du": "2026-05-01", "e1__au": "2026-05-03"},
            ("e1.du", "Exception 2 : ces jours sont déjà dans une autre exception (du 2\u00a0mai 2026)."),
        ),
        ({"depuis": "2026-05-02", "jusque": "2026-05-01"}, ("depuis", "La dernière date vient avant la première.")),
    ],
)
def test_what_is_wrong_is_said_at_its_row_and_nothing_typed_is_lost(
    fields: dict[str, str], error: tuple[str, str]
) -> None:
    form = typed(**fields)
    assert checked(form, TODAY) is None
    assert form.errors == [error]
    again = fields_of(form)
    assert {name.replace("__", "."): value for name, value in fields.items()}.items() <= again.items()


def test_a_night_needs_to_be_said() -> None:
    assert checked(typed(d0__0__de="18:00", d0__0__a="09:00"), TODAY) is None
    night = checked(typed(d0__0__de="18:00", d0__0__a="09:00", d0__0__lendemain="1"), TODAY)
    assert night is not None
    assert write(night) == "Mo 18:00-09:00"


def test_midnight_closes_the_day_without_a_word() -> None:
    late = checked(typed(d0__0__de="18:00", d0__0__a="00:00"), TODAY)
    assert late is not None
    assert write(late) == "Mo 18:00-24:00"


def test_an_exception_of_every_year_may_pass_new_year() -> None:
    form = typed(e0__du="2026-12-24", e0__au="2027-01-02", e0__ans="1", d0__0__de="9", d0__0__a="12")
    timetable = checked(form, TODAY)
    assert timetable is not None
    assert write(timetable) == "Mo 09:00-12:00; Dec 24-Jan 02 off"
    leap = checked(typed(e0__du="2027-12-24", e0__au="2028-02-29", e0__ans="1", d0__0__de="9", d0__0__a="12"), TODAY)
    assert leap is not None
    assert write(leap) == "Mo 09:00-12:00; Dec 24-Feb 28 off"


def test_buttons_add_remove_and_copy_rows() -> None:
    form = typed(d0__0__de="9", d0__0__a="12")
    form, there = acted(form, "ajouter:d0")
    assert (len(form.days[0]), there) == (2, "d0.1.de")
    form.days[0][1].start, form.days[0][1].end = "14", "17"
    form, there = acted(form, "copier:semaine")
    assert [len(rows) for rows in form.days] == [2, 2, 2, 2, 2, 1, 1]
    form, there = acted(form, "retirer:d4:0")
    assert ([row.start for row in form.days[4]], there) == (["14"], "d4.0.de")
    form, there = acted(form, "retirer:d4:0")
    assert ([row.start for row in form.days[4]], [row.start for row in form.days[0]]) == ([""], ["9", "14"])
    form, there = acted(form, "ajouter:e")
    assert (len(form.exceptions), there) == (1, "e0.du")
    form, there = acted(form, "retirer:e:0")
    assert (form.exceptions, there) == ([], "ajouter-e")
    form, there = acted(form, "ajouter:r")
    assert (len(form.recurring), there) == (1, "r0.jour")


@pytest.mark.parametrize("act", ["", "ajouter:d9", "retirer:d0:7", "retirer:e:0", "copier:jamais", "retirer:d0:x"])
def test_a_button_of_another_form_changes_nothing(act: str) -> None:
    form = typed(d0__0__de="9", d0__0__a="12")
    before = list(named_rows(typed(d0__0__de="9", d0__0__a="12")))
    assert list(named_rows(acted(form, act)[0])) == before
