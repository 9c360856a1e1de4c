"""What a page says of several sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from api.web.render import environment
from api.web.voices_view import GroupVoice, OtherWord, Voices, voices_view
from graph.model.directory import Capacity, Contact, Organisation, Public, Service
from graph.model.listing import Claim, split
from search.hours import PARIS
from tests import make

AT = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)
PLACES = {territory.id: territory for territory in make.territories()}
OLD = date(2019, 6, 1)
SPACES = re.compile("[\u00a0\u202f\u2060]+")
TEMPLATE = '{% from "components/voices.html" import voices_of %}{{ voices_of(it) }}'


def shown(kind: Any, *records: Organisation | Service) -> Voices | None:
    claims: Iterable[Claim] = [claim for record in records for claim in split(record)]
    return voices_view(kind, claims, PLACES.get, AT)


def body(source: str, **values: Any) -> Organisation:
    return make.organisation(source=source, **values)


def test_one_source_needs_no_more_words() -> None:
    assert shown(Organisation, body("dila", contact=Contact(phone="0381000000"))) is None


def test_two_that_agree_or_read_alike() -> None:
    one = body("essai", contact=Contact(phone="03 81 00 00 00"))
    two = body("dila", vouched_on=OLD, contact=Contact(phone="+33381000000"))
    told = shown(Organisation, one, two)
    assert told is not None
    assert told.heading == "2 sources parlent de cette fiche et s’accordent"
    assert [group.others for group in told.groups] == [(), (), ()]


def test_what_the_other_says_is_told_with_its_day() -> None:
    one = body("partner:t:caf", vouched_on=OLD, contact=Contact(phone="0381000000"))
    two = body("essai", contact=Contact(phone="0381999999"), covers=("25056",))
    told = shown(Organisation, one, two)
    assert told is not None
    assert told.heading == "2 sources parlent de cette fiche et se contredisent sur 2 points"
    day, own = "10\u00a0mars 2026", ("l’organisme lui-même", "1er\u00a0juin 2019")
    assert told.groups == (
        GroupVoice("Nom et présentation", *own, ()),
        GroupVoice("Territoire", *own, (OtherWord("essai", day, "à Besançon"),)),
        GroupVoice("Contact", *own, (OtherWord("essai", day, "03\u00a081\u00a099\u00a099\u00a099"),)),
    )


def test_every_group_of_a_service_can_be_said() -> None:
    full = make.service(
        source="dila",
        vouched_on=OLD,
        description="Conseil",
        publics=(Public.FAMILLES,),
        excludes=(Public.SENIORS,),
        conditions="Sur rendez-vous",
        modes=(),
        interpreter=True,
        capacity=Capacity(vouched_on=make.TODAY, places_free=2),
        contact=Contact(email="a@example.org"),
        place=make.place(),
        hours="Mo 09:00-12:00",
    )
    other = make.service(
        name="Autre",
        competences=(make.RSA,),
        covers=("25462",),
        publics=(Public.JEUNES,),
        interpreter=False,
        capacity=Capacity(vouched_on=make.TODAY, places_free=1),
        contact=Contact(phone="115"),
        place=make.place("25462"),
        hours="Tu 09:00-12:00",
    )
    told = shown(Service, full, other)
    assert told is not None
    words = {group.label: [SPACES.sub(" ", o.words) for o in group.others] for group in told.groups}
    assert words == {
        "Nom et présentation": ["Service d’essai, Conseil"],
        "Aide pour": ["Réduire les impayés de loyer"],
        "Public et conditions": ["Familles, sauf Séniors, Sur rendez-vous"],
        "Territoire": ["dans le Doubs"],
        "Accueil": [],
        "Places et délais": ["2 places disponibles"],
        "Contact": ["a@example.org"],
        "Adresse": [],
        "Horaires": ["lundi 9 h – 12 h"],
    }


def test_the_component_is_folded_and_says_who_disagrees() -> None:
    told = shown(Organisation, body("essai"), body("dila", name="Autre nom", vouched_on=OLD))
    page = environment().from_string(TEMPLATE).render(it=told)
    assert "<details" in page
    assert "dit autrement\u00a0: Autre nom" in page
    assert environment().from_string(TEMPLATE).render(it=None).strip() == ""
