"""The address of a question: what it asks, and what each chip makes of it."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from api.web.question import FILTERS, LONGEST_TEXT, WISHES, Asked, read_asked
from graph.model.directory import Mode, Public
from graph.model.errors import InvalidInput
from graph.model.narrowing import Narrowing
from graph.model.territory import Point
from graph.model.vocabulary import competences

FIRST, SECOND, THIRD = list(competences())[:3]


def test_an_address_is_read_back_as_it_was_written() -> None:
    asked = Asked(
        text="impayés & dettes",
        place="Besançon (Doubs)",
        place_id="25056",
        publics=(Public.FAMILLES,),
        chosen=(FIRST, SECOND),
        refused=(THIRD,),
        urgent=True,
        modes=(Mode.A_DISTANCE,),
        narrowing=Narrowing(kinds=("CAF", "CCAS"), open_now=True, interpreter=True),
        as_map=True,
        first=20,
    )
    path, _, query = asked.address().partition("?")
    assert path == "/chercher"
    assert read_asked(QueryParams(query)) == asked


def test_nothing_asked_is_empty() -> None:
    asked = read_asked(QueryParams("q=+&ou=Besan%C3%A7on&qui="))
    assert asked == Asked(place="Besançon")
    assert asked.empty is True


def test_a_chip_taken_away_is_refused_and_no_longer_chosen() -> None:
    asked = Asked(text="x", chosen=(FIRST, SECOND), first=40)
    assert asked.without(FIRST) == Asked(text="x", chosen=(SECOND,), refused=(FIRST,))


def test_a_chip_added_keeps_those_understood() -> None:
    asked = Asked(text="x", refused=(THIRD,))
    assert asked.with_also(THIRD, [FIRST, SECOND]) == Asked(text="x", chosen=(FIRST, SECOND, THIRD))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=" + "a" * (LONGEST_TEXT + 1), "q"),
        ("ou=" + "a" * 101, "ou"),
        ("qui=martiens", "qui"),
        ("c=nulle--part", "c"),
        ("mode=par-pigeon", "mode"),
        ("type=GUILDE", "type"),
        ("ici=besancon", "ou"),
        ("ici=91,6", "ou"),
        ("ici=47.2,181", "ou"),
        ("ici=47.2", "ou"),
        ("ici=٤٧.2,6.0", "ou"),
    ],
)
def test_what_no_form_sends_is_refused_with_its_field(query: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_asked(QueryParams(query))
    assert refused.value.field == field


@pytest.mark.parametrize("first", ["-20", "vingt", "99999", ""])
def test_a_page_that_does_not_exist_is_the_first(first: str) -> None:
    assert read_asked(QueryParams({"q": "rsa", "debut": first})).first == 0


@pytest.mark.parametrize("name", sorted(WISHES))
def test_each_wish_has_its_word_in_the_address(name: str) -> None:
    asked = read_asked(QueryParams({"q": "rsa", name: "1"}))
    wishes = {wish: getattr(asked.narrowing, wish) for wish in WISHES.values()}
    assert [wish for wish, on in wishes.items() if on] == [WISHES[name]]
    assert asked.address() == f"/chercher?q=rsa&{name}=1"
    assert read_asked(QueryParams({"q": "rsa", name: "oui"})) == Asked(text="rsa")


def test_where_someone_is_is_kept_to_a_hundred_metres() -> None:
    asked = read_asked(QueryParams("q=rsa&ici=47.23812345,6.02449"))
    assert asked.here == Point(47.238, 6.024)
    assert asked.address() == "/chercher?q=rsa&ici=47.238%2C6.024"


def test_a_place_that_was_told_wins_over_where_one_is() -> None:
    assert read_asked(QueryParams("q=rsa&ou=Paris&ici=47.238,6.024")) == Asked(text="rsa", place="Paris")
    assert Asked(here=Point(47.2, 6.0)).at_place("Paris", "75056") == Asked(place="Paris", place_id="75056")


def test_filters_are_taken_back_one_by_one_and_then_all() -> None:
    asked = read_asked(
        QueryParams("q=rsa&qui=familles&qui=femmes&mode=a-distance&type=CAF&type=CCAS&ouvert=1&debut=20")
    )
    assert asked.filters() == [
        ("qui", "familles"),
        ("qui", "femmes"),
        ("mode", "a-distance"),
        ("type", "CAF"),
        ("type", "CCAS"),
        ("ouvert", "1"),
    ]
    for taken in asked.filters():
        left = asked.without_filter(*taken)
        assert left.filters() == [one for one in asked.filters() if one != taken]
        assert left.first == 0
    assert asked.without_filters() == Asked(text="rsa")


def test_the_form_of_filters_sends_the_rest_along() -> None:
    asked = read_asked(
        QueryParams("q=rsa&ou=Besan%C3%A7on&qui=femmes&c=" + FIRST + "&urgent=1&gratuit=1&vue=carte&debut=40")
    )
    kept = asked.kept_by_filters()
    assert kept == [("q", "rsa"), ("ou", "Besançon"), ("c", FIRST), ("urgent", "1"), ("vue", "carte")]
    assert FILTERS.isdisjoint(name for name, _ in kept)
