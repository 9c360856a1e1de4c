"""What would change, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from api.words.differences import Difference, differences, field_words
from graph.model.directory import Capacity, Contact, ListingState, Mode, Organisation, Place, Public, Service
from graph.model.listing import GROUPS, FieldGroup
from search.hours import PARIS
from tests import make

AT = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)
PLACES = {territory.id: territory for territory in make.territories()}


def told(before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
    return differences(before, after, PLACES.get, AT)


def test_the_parts_of_a_contact_are_told_one_by_one() -> None:
    before = {"contact": Contact(phone="0381000000", email="a@example.org")}
    after = {"contact": Contact(phone="0381999999", email="a@example.org", url="https://example.org")}
    assert told(before, after) == (
        Difference("phone", "Téléphone", "03\u00a081\u00a000\u00a000\u00a000", "03\u00a081\u00a099\u00a099\u00a099"),
        Difference("url", "Site internet", "", "https://example.org"),
    )


def test_what_reads_alike_is_no_difference() -> None:
    assert told({"contact": Contact(phone="0381000000")}, {"contact": Contact(phone="+33381000000")}) == ()
    assert told({"demonstration": True}, {"demonstration": False}) == ()


def test_a_list_tells_what_came_and_what_went() -> None:
    (covers,) = told({"covers": ("25056", "25462")}, {"covers": ("departement:25", "25462")})
    assert (covers.label, covers.added, covers.removed) == ("Territoire", ("dans le Doubs",), ("à Besançon",))
    assert covers.after == "dans le Doubs, à Pontarlier"


def test_hours_are_said_line_by_line() -> None:
    (hours,) = told({"hours": "Mo-Fr 09:00-12:00"}, {"hours": "Mo-Fr 09:00-12:00; Sa 10:00-12:00"})
    assert hours.before.startswith("du lundi au vendredi 9\u00a0h")
    assert len(hours.added) == 1 and hours.added[0].startswith("samedi 10\u00a0h")
    assert hours.removed == ()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "place",
            Place(address="1 rue des Essais", postcode="25000", city="Besançon"),
            "1 rue des Essais, 25000 Besançon",
        ),
        ("publics", (Public.FAMILLES, Public.FEMMES), "Familles, Femmes"),
        ("modes", (Mode.A_DISTANCE,), "À distance"),
        ("kind", "CCAS", "Centre communal d’action sociale"),
        ("state", ListingState.ARCHIVED, "Archivée"),
        ("closed_on", date(2026, 3, 1), "1er\u00a0mars 2026"),
        ("free", False, "non"),
        ("free", None, ""),
        ("answer_days", 0, "dans la journée"),
        ("answer_days", 3, "3\u00a0jours"),
        ("capacity", Capacity(vouched_on=make.TODAY, places_free=0), "Complet"),
        ("fee", "5 €", "5 €"),
        ("aliases", ("Allocs", "CAF"), "Allocs, CAF"),
        ("covers", ("nulle-part",), "nulle-part"),
        ("hours", "quand on veut", "quand on veut"),
        ("competences", (make.RENT,), "Réduire les impayés de loyer"),
    ],
)
def test_a_field_in_words(name: str, value: object, words: str) -> None:
    assert field_words(name, value, PLACES.get, AT) == words


@pytest.mark.parametrize("record", [make.organisation(place=make.place()), make.service(place=make.place())])
def test_every_field_of_every_group_has_its_words(record: Organisation | Service) -> None:
    for group in GROUPS[type(record)]:
        value = {name: getattr(record, name) for name in GROUPS[type(record)][group]}
        empty: dict[str, Any] = dict.fromkeys(value)
        if group is FieldGroup.CONTACT:
            value = {"contact": Contact(phone="115", email="a@example.org", url="https://example.org")}
        said = {difference.field for difference in told(empty, value)}
        expected = {name for name, held in value.items() if held not in (None, "", ()) and name != "demonstration"}
        assert said == ({"phone", "email", "url"} if group is FieldGroup.CONTACT else expected), group


def test_nothing_differs_from_itself() -> None:
    record = make.service(place=make.place(), publics=(Public.FAMILLES,), hours="Mo 09:00-12:00")
    for names in GROUPS[Service].values():
        value = {name: getattr(record, name) for name in names}
        assert told(value, {name: getattr(replace(record), name) for name in names}) == ()
