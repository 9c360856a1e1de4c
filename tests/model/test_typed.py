"""What is typed into a form, read back: nothing lost, each fault named with its field and its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import checks
from graph.model.directory import Capacity, Contact, Mode, Organisation, Place, Public, Service
from graph.model.errors import InvalidInput
from graph.model.fields import FORMS, Input, names_of
from graph.model.listing import GROUPS, FieldGroup
from graph.model.room import NAMES, Room, months_ahead, read_room, room_of, shown_room
from graph.model.territory import Territory
from graph.model.typed import Known, Typed, read, shown
from graph.model.vocabulary import competences, labels
from tests import make

TODAY = date(2026, 11, 26)


def territory(text: str, id_: str) -> Territory | None:
    by_name = {one.name: one for one in make.territories()} | {one.id: one for one in make.territories()}
    by_name |= {code: one for one in make.territories() for code in one.postcodes}
    return by_name.get(id_) or by_name.get(text)


def like(text: str) -> Sequence[str]:
    return {"loyer": (make.RENT,), "argent": (make.RENT, make.RSA)}.get(text, ())


KNOWN = Known(
    territory=territory, territories_like=lambda text: ("Besançon",) if text == "Besac" else (), competences_like=like
)


def value_of(record: Organisation | Service, group: FieldGroup) -> dict[str, Any]:
    return {name: getattr(record, name) for name in GROUPS[type(record)][group]}


def said(record: Organisation | Service, group: FieldGroup, **typed: str | Sequence[str]) -> Typed:
    """The form as it is shown, with these fields typed over."""
    over = {name: (text,) if isinstance(text, str) else tuple(text) for name, text in typed.items()}
    return shown(type(record), group, value_of(record, group)) | over


def reading(record: Organisation | Service, group: FieldGroup, **typed: str | Sequence[str]) -> dict[str, Any]:
    found = read(type(record), group, said(record, group, **typed), value_of(record, group), KNOWN)
    assert found.faults == ()
    assert found.value is not None
    return dict(found.value)


def faults(record: Organisation | Service, group: FieldGroup, **typed: str | Sequence[str]) -> list[tuple[str, str]]:
    found = read(type(record), group, said(record, group, **typed), value_of(record, group), KNOWN)
    assert found.value is None
    return [(fault.field, fault.message) for fault in found.faults]


FULL_SERVICE = make.service(
    description="Deux lignes.\n\nEt une autre.",
    conditions="Venir avec le bail.",
    fee="5 € par an",
    free=False,
    publics=(Public.FAMILLES, Public.SENIORS),
    excludes=(Public.ETUDIANTS,),
    modes=(Mode.EN_PRESENTIEL,),
    interpreter=True,
    place=make.place(),
    contact=Contact(phone="03 81 41 22 22", email="a@exemple.fr", url="https://exemple.fr/a"),
)
FULL_ORGANISATION = make.organisation(
    aliases=("CAF 25", "Allocations familiales"),
    siret="55208131766522",
    place=make.place(),
    contact=Contact(phone="3230"),
)


@pytest.mark.parametrize("record", [FULL_SERVICE, FULL_ORGANISATION, make.service(), make.organisation()])
def test_a_form_sent_as_it_is_shown_changes_nothing(record: Organisation | Service) -> None:
    for group in FORMS[type(record)]:
        assert reading(record, group) == value_of(record, group), group


@pytest.mark.parametrize("kind", FORMS)
def test_every_field_of_a_form_is_told_once_and_every_family_has_its_words(kind: type) -> None:
    for group, fields in FORMS[kind].items():
        names = names_of(fields)
        assert len(set(names)) == len(names), group
        for field in fields:
            assert field.input is not Input.CHOICES or any(family == field.family for family, _ in labels())


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(["name", "description", "aliases", "siret"]), st.lists(st.text(), max_size=2)))
def test_whatever_is_sent_is_read_or_refused_in_words(typed: dict[str, list[str]]) -> None:
    before = value_of(FULL_ORGANISATION, FieldGroup.IDENTITY)
    found = read(Organisation, FieldGroup.IDENTITY, typed, before, KNOWN)
    assert (found.value is None) == bool(found.faults)
    assert all(fault.message and fault.label for fault in found.faults)
    if found.value is not None:
        assert (found.value["kind"], found.value["state"]) == (before["kind"], before["state"])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0381412222", "03 81 41 22 22"),
        ("+33 3 81 41 22 22", "03 81 41 22 22"),
        ("0033381412222", "03 81 41 22 22"),
        ("+33 (0)3-81.41.22.22", "03 81 41 22 22"),
        ("115", "115"),
        ("39 19", "3919"),
        ("+41 32 000 00 00", "+41320000000"),
    ],
)
def test_a_telephone_number_is_read(text: str, meant: str) -> None:
    assert checks.phone_number(text) == meant


@pytest.mark.parametrize("text", ["03 81 41 22", "03 81 41 22 22 ou 115", "accueil", "00 81 41 22 22", "+1", "1234567"])
def test_another_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(InvalidInput, match="n’est pas un numéro de téléphone") as refused:
        checks.phone_number(text)
    assert f"« {text} »" in refused.value.message


@pytest.mark.parametrize(
    ("check", "text", "meant"),
    [
        (checks.email_address, "Accueil@EXEMPLE.FR", "Accueil@exemple.fr"),
        (checks.web_address, "exemple.fr/aide", "https://exemple.fr/aide"),
        (checks.web_address, "http://www.exemple.fr", "http://www.exemple.fr"),
        (checks.siret_number, "552 081 317 66522", "55208131766522"),
        (checks.siret_number, "356 000 000 00048", "35600000000048"),
        (checks.siret_number, "35600000049837", "35600000049837"),
        (checks.post_code, "25 000", "25000"),
        (checks.calendar_day, "1/3/2027", date(2027, 3, 1)),
        (checks.calendar_day, "2027-03-01", date(2027, 3, 1)),
        (checks.calendar_day, "1er décembre 2027", date(2027, 12, 1)),
    ],
)
def test_what_is_written_otherwise_is_read(check: Any, text: str, meant: Any) -> None:
    assert check(text) == meant


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (checks.email_address, "accueil@exemple"),
        (checks.email_address, "a b@exemple.fr"),
        (checks.email_address, "a@exemple.fr\nBcc: b@exemple.fr"),
        (checks.web_address, "javascript:alert(1)"),
        (checks.web_address, "ftp://exemple.fr"),
        (checks.web_address, "https://moi:secret@exemple.fr"),
        (checks.web_address, "https://exemple.fr/<script>"),
        (checks.web_address, "https://exemple.fr:port"),
        (checks.web_address, "https://[exemple.fr"),
        (checks.siret_number, "55208131766523"),
        (checks.siret_number, "1234"),
        (checks.post_code, "2500"),
        (checks.calendar_day, "31/02/2027"),
        (checks.calendar_day, "1 brumaire 2027"),
        (checks.calendar_day, "bientôt"),
    ],
)
def test_what_cannot_be_is_refused_with_its_text(check: Any, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(text)
    assert f"« {text} »" in refused.value.message


def test_every_fault_is_told_at_once() -> None:
    found = faults(make.service(), FieldGroup.CONTACT, phone="1", email="x", url="y z")
    assert [name for name, _ in found] == ["phone", "email", "url"]


def test_what_a_source_wrote_in_its_own_way_stays_while_nobody_touches_it() -> None:
    service = make.service(contact=Contact(phone="03 81 00 00 00 ou 115", email="a@exemple.fr"))
    assert reading(service, FieldGroup.CONTACT) == {"contact": service.contact}
    found = reading(service, FieldGroup.CONTACT, email="b@exemple.fr")["contact"]
    assert found == Contact(phone="03 81 00 00 00 ou 115", email="b@exemple.fr")
    assert [name for name, _ in faults(service, FieldGroup.CONTACT, phone="03 81 00 00 00 ou 116")] == ["phone"]


def test_a_text_longer_than_the_form_allows_stays_while_nobody_touches_it() -> None:
    service = make.service(description="Une ligne.\n" + "x" * 4000)
    found = reading(service, FieldGroup.IDENTITY, name="Autre nom", description="Une ligne.\r\n" + "x" * 4000)
    assert (found["name"], found["description"]) == ("Autre nom", service.description)
    body = make.organisation(aliases=tuple(f"Nom {n}" for n in range(21)))
    assert reading(body, FieldGroup.IDENTITY, name="Autre nom")["aliases"] == body.aliases
    assert [name for name, _ in faults(service, FieldGroup.IDENTITY, description="y" * 3001)] == ["description"]


def test_an_empty_name_and_a_long_text_are_refused() -> None:
    assert faults(make.service(), FieldGroup.IDENTITY, name=" ", description="x" * 3001) == [
        ("name", "« Nom » ne peut pas rester vide."),
        ("description", "« Présentation » compte 3001 caractères : 3000 au plus."),
    ]


def test_blanks_and_invisible_characters_go() -> None:
    found = reading(
        make.service(), FieldGroup.IDENTITY, name="  Aide\u0000  au\tloyer ", description="a \r\n\r\n\r\n\r\nb"
    )
    assert (found["name"], found["description"]) == ("Aide au loyer", "a\n\nb")


def test_competences_are_found_by_their_words_or_told_apart() -> None:
    service = make.service(competences=(make.HOTEL,))
    found = reading(service, FieldGroup.MATTERS, competences_texte=["loyer", competences()[make.RSA].label.upper()])
    assert found["competences"] == tuple(sorted((make.HOTEL, make.RENT, make.RSA)))
    [(field, message)] = faults(service, FieldGroup.MATTERS, competences_texte="argent")
    assert field == "competences"
    assert message.startswith("« argent » peut vouloir dire plusieurs choses.")
    assert competences()[make.RENT].label in message
    [(_, message)] = faults(service, FieldGroup.MATTERS, competences_texte="xyzzy")
    assert message.startswith("« xyzzy » n’est pas dans la liste des problèmes.")
    assert faults(service, FieldGroup.MATTERS, competences=[]) == [
        ("competences", "« Pour quels problèmes aidez-vous ? » ne peut pas rester vide.")
    ]


def test_a_choice_of_the_completion_and_its_text_are_one() -> None:
    found = reading(
        make.service(competences=()),
        FieldGroup.MATTERS,
        competences_texte=competences()[make.RENT].label,
        competences_id=make.RENT,
    )
    assert found["competences"] == (make.RENT,)


def test_territories_are_located_or_something_else_is_proposed() -> None:
    body = make.organisation(covers=())
    found = reading(body, FieldGroup.TERRITORY, covers_texte=["Pontarlier", "25000"], covers_id=["25462", ""])
    assert found["covers"] == ("25056", "25462")
    assert faults(body, FieldGroup.TERRITORY, covers_texte="Besac") == [
        ("covers", "Le lieu « Besac » n’est pas connu. Vouliez-vous dire : « Besançon » ?")
    ]


def test_an_address_holds_together() -> None:
    service = make.service(place=make.place())
    moved = reading(service, FieldGroup.PLACE, address="2 rue Neuve", city="Pontarlier", city_id="25462", postcode="")
    assert moved["place"] == Place(
        address="2 rue Neuve", postcode="25300", city="Pontarlier", territory="25462", point=make.pontarlier().point
    )
    assert reading(service, FieldGroup.PLACE, address="", city="", postcode="") == {"place": None}
    assert reading(service, FieldGroup.PLACE, postcode="25031")["place"].postcode == "25031"
    assert faults(service, FieldGroup.PLACE, postcode="25300") == [
        ("postcode", "Le code postal 25300 n’est pas celui de Besançon (25000).")
    ]
    assert faults(service, FieldGroup.PLACE, postcode="75001")[0][0] == "postcode"
    assert faults(service, FieldGroup.PLACE, city="", city_id="") == [
        ("city", "« Commune » ne peut pas rester vide quand l’adresse est donnée.")
    ]
    assert faults(service, FieldGroup.PLACE, city="Doubs", city_id="departement:25") == [
        ("city", "« Doubs » n’est pas une commune.")
    ]


def test_a_place_told_in_a_source_s_words_stays_as_it_was() -> None:
    place = replace(make.place(), city="BESANCON CEDEX", postcode="25030")
    assert reading(make.service(place=place), FieldGroup.PLACE) == {"place": place}


def test_what_contradicts_itself_is_refused() -> None:
    found = faults(FULL_SERVICE, FieldGroup.CONDITIONS, excludes=["familles"], free="oui")
    assert found == [
        ("excludes", "Un même public ne peut pas être accueilli et exclu."),
        ("fee", "« 5 € par an » : un service gratuit ne demande pas de participation."),
    ]
    assert faults(FULL_SERVICE, FieldGroup.CONDITIONS, publics=["marins"]) == [
        ("publics", "« marins » n’est pas dans la liste « Pour qui ? ».")
    ]


BEFORE: dict[str, Any] = {"capacity": None, "answer_days": 4}


def room(**typed: str) -> Any:
    return read_room({name: (text,) for name, text in typed.items()}, BEFORE, TODAY)


def test_full_until_a_month_is_full_until_its_first_day() -> None:
    found = room(room="complet", month="2027-03", waiting="90")
    assert found.value == {
        "capacity": Capacity(vouched_on=TODAY, places_free=0, waiting_days=90, full_until=date(2027, 3, 1)),
        "answer_days": 4,
    }


def test_a_day_wins_over_a_month_and_room_needs_a_number() -> None:
    assert room(room="complet", month="2027-03", day="15/01/2027").value["capacity"].full_until == date(2027, 1, 15)
    assert room(room="places", places="3").value["capacity"] == Capacity(vouched_on=TODAY, places_free=3)
    assert room(room="inconnu").value["capacity"] is None
    assert room(room="inconnu", other_waiting="45").value["capacity"] == Capacity(vouched_on=TODAY, waiting_days=45)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, NAMES.room),
        ({"room": "peut-être"}, NAMES.room),
        ({"room": "places"}, NAMES.places),
        ({"room": "places", "places": "0"}, NAMES.places),
        ({"room": "places", "places": "beaucoup"}, NAMES.places),
        ({"room": "complet", "month": "2026-11"}, NAMES.month),
        ({"room": "complet", "month": "2027-13"}, NAMES.month),
        ({"room": "complet", "day": "2026-11-26"}, NAMES.day),
        ({"room": "complet", "day": "1/1/2050"}, NAMES.day),
        ({"room": "complet", "other_waiting": "-3"}, NAMES.other_waiting),
    ],
)
def test_room_that_cannot_be_read_names_its_field(typed: dict[str, str], field: str) -> None:
    found = room(**typed)
    assert (found.value, [fault.field for fault in found.faults]) == (None, [field])


def test_what_was_said_too_long_ago_is_unknown() -> None:
    old, recent = date(2026, 10, 1), date(2026, 11, 1)
    assert room_of(None, TODAY) is Room.UNKNOWN
    assert room_of(Capacity(vouched_on=old, places_free=2), TODAY) is Room.UNKNOWN
    assert room_of(Capacity(vouched_on=recent, places_free=2), TODAY) is Room.FREE
    assert room_of(Capacity(vouched_on=recent, places_free=0), TODAY) is Room.FULL
    assert room_of(Capacity(vouched_on=old, full_until=date(2027, 3, 1)), TODAY) is Room.FULL


def test_the_form_of_room_shows_what_was_said_and_reads_it_back() -> None:
    capacity = Capacity(vouched_on=TODAY, places_free=0, waiting_days=45, full_until=date(2027, 3, 1))
    found = read_room(shown_room(capacity, TODAY), BEFORE, TODAY)
    assert found.value == {"capacity": capacity, "answer_days": 4}
    assert months_ahead(TODAY)[0] == ("2026-12", "décembre 2026")
    assert months_ahead(TODAY)[3] == ("2027-03", "mars 2027")
