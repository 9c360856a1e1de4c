"""The address of a question: what it asks, and what each chip makes of it."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from api.web.question import LONGEST_TEXT, Asked, read_asked
from graph.model.directory import Public
from graph.model.errors import InvalidInput
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
    ],
)
def test_what_no_form_sends_is_refused_with_its_field(query: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_asked(QueryParams(query))
    assert refused.value.field == field


@pytest.mark.parametrize("first", ["-20", "vingt", "99999", ""])
def test_a_page_that_does_not_exist_is_the_first(first: str) -> None:
    assert read_asked(QueryParams({"q": "rsa", "debut": first})).first == 0
