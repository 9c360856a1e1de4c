from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from graph.model import reasons
from graph.model.calling import who_to_call
from graph.model.directory import Capacity, Contact, Holder, HolderRole, Public
from graph.model.doors import ALWAYS, Doors, Span
from graph.model.ranking import rank
from graph.model.relay import Former, Ground, Listing, Opening, OpeningState, ReasonKind, Relay, Tie
from graph.model.territory import Point
from graph.model.weighing import shown
from tests import make


def always(opening: Opening) -> Doors:
    return Doors(lambda written, at: Span(*ALWAYS, opening), UTC)


NO_HOURS = always(Opening(OpeningState.UNKNOWN))


def ranked(*listings: Listing, **values) -> list[Relay]:
    return rank(make.question(**values), listings, NO_HOURS)


def keys(relays: list[Relay]) -> list[str]:
    return [relay.listing.key for relay in relays]


def offer(key: str, name: str = "", **values) -> Listing:
    """A service of an organisation of its own."""
    body = make.organisation(f"t:{key}", name=f"Organisme {name or key}")
    offered = make.service(f"t:{key}", organisation=body.id, **values)
    return make.listing(
        f"service:t:{key}", organisation=body, service=offered, ties=(Tie(make.RENT, Ground.SPECIALISED),)
    )


def texts(relay: Relay, kind: ReasonKind) -> list[str]:
    return [reason.text for reason in relay.reasons if reason.kind is kind]


def test_law_comes_before_general_help_and_says_so() -> None:
    law = make.listing("organisation:law", ties=(Tie(make.RENT, Ground.LAW, "Loi n° 90-449 art. 6"),))
    general = make.listing("organisation:general", organisation=make.organisation("t:g"), ground=Ground.GENERAL)
    first, second = ranked(general, law)
    assert (first.listing.key, second.listing.key) == ("organisation:law", "organisation:general")
    assert first.reasons[0].text == "Compétence fixée par la loi dans tout le Doubs (Loi n° 90-449 art. 6)"


def test_an_agreement_in_force_comes_first_with_its_givers() -> None:
    law = make.listing("organisation:law", organisation=make.organisation("t:l"), ties=(Tie(make.HOTEL, Ground.LAW),))
    mandate = make.listing(
        "agreement:a", agreement=make.agreement(), grantors=("Ville d’essai",), ties=(Tie(make.HOTEL, Ground.MANDATE),)
    )
    first, _ = ranked(law, mandate, competences=(make.HOTEL,))
    assert first.listing.key == "agreement:a"
    said = "Agit pour le compte de : Ville d’essai (mandat de gestion en vigueur depuis le 1er janvier 2020)"
    assert first.reasons[0].text == said


@pytest.mark.parametrize(
    "values",
    [
        {"since": date(2026, 3, 11)},
        {"until": date(2026, 3, 9)},
        {"publics": (Public.SENIORS,)},
        {"reserved": True},
    ],
)
def test_an_agreement_that_does_not_hold_is_not_shown(values: dict) -> None:
    agreement = make.agreement(**values)
    listing = make.listing("agreement:a", agreement=agreement, ties=(Tie(make.HOTEL, Ground.MANDATE),))
    assert ranked(listing, competences=(make.HOTEL,), publics=(Public.FAMILLES,)) == []


def test_a_reserved_agreement_counts_for_its_parties() -> None:
    agreement = make.agreement(reserved=True)
    listing = make.listing("agreement:a", agreement=agreement, ties=(Tie(make.HOTEL, Ground.MANDATE),))
    assert keys(ranked(listing, competences=(make.HOTEL,), asker="t:ville")) == ["agreement:a"]


def test_who_is_excluded_never_appears() -> None:
    listing = offer("s", publics=(Public.TOUS_PUBLICS,), excludes=(Public.JEUNES,))
    assert keys(ranked(listing)) == ["service:t:s"]
    assert ranked(listing, publics=(Public.JEUNES, Public.FAMILLES)) == []


def test_a_service_for_others_does_not_appear_and_one_for_this_public_says_so() -> None:
    relays = ranked(
        offer("femmes", publics=(Public.FEMMES,)), offer("seniors", publics=(Public.SENIORS,)), publics=(Public.FEMMES,)
    )
    assert keys(relays) == ["service:t:femmes"]
    assert texts(relays[0], ReasonKind.PUBLIC) == ["S’adresse à ce public : femmes"]


def test_full_falls_behind_and_says_until_when() -> None:
    full = offer("full", capacity=Capacity(vouched_on=make.TODAY, full_until=date(2026, 6, 1)))
    room = offer("room", capacity=Capacity(vouched_on=make.TODAY, places_free=1))
    first, second = ranked(full, room)
    assert keys([first, second]) == ["service:t:room", "service:t:full"]
    assert texts(first, ReasonKind.CAPACITY) == ["1 place disponible"]
    assert texts(second, ReasonKind.CAPACITY) == ["Complet jusqu’en juin"]


def test_a_body_obliged_by_law_stays_when_it_is_full() -> None:
    body = make.organisation("t:loi")
    service = make.service("t:loi", organisation="t:loi", capacity=Capacity(vouched_on=make.TODAY, places_free=0))
    listing = make.listing("service:t:loi", organisation=body, service=service, ties=(Tie(make.RENT, Ground.LAW),))
    assert keys(ranked(listing, offer("other"))) == ["service:t:other", "service:t:loi"]


def test_old_word_of_capacity_is_no_word() -> None:
    told = make.TODAY - timedelta(days=31)
    relay = ranked(offer("s", capacity=Capacity(vouched_on=told, places_free=0)))[0]
    assert texts(relay, ReasonKind.CAPACITY) == []


def test_an_old_name_leads_to_the_successor() -> None:
    former = Former("t:edas", "EDAS de Châtillon", date(2019, 7, 1), make.SuccessionKind.MERGED)
    successor = make.listing("organisation:sst", formers=(former,), ties=())
    lawful = make.listing("organisation:law", organisation=make.organisation("t:l"), ground=Ground.LAW)
    first = ranked(lawful, successor, words=("edas",))[0]
    assert first.listing.key == "organisation:sst"
    assert first.reasons[0].text == "Reprend l’activité de « EDAS de Châtillon » depuis le 1er juillet 2019"


def test_a_closed_body_is_never_shown_whatever_the_road() -> None:
    closing = make.listing(organisation=make.organisation(closed_on=make.TODAY))
    assert not shown(closing, make.TODAY)
    assert shown(closing, make.TODAY - timedelta(days=1))


def test_a_closed_body_is_not_shown() -> None:
    closed = make.listing(organisation=make.organisation(closed_on=make.TODAY))
    closing = make.listing(organisation=make.organisation(closed_on=make.TODAY + timedelta(days=1)))
    assert ranked(closed) == []
    assert len(ranked(closing)) == 1


def test_a_bare_body_gives_way_to_its_service() -> None:
    body = make.listing("organisation:t:caf", ground=Ground.LAW)
    offered = make.listing("service:t:s", service=make.service(), ground=Ground.LAW)
    assert keys(ranked(body, offered)) == ["service:t:s"]


def test_a_unit_of_the_same_kind_gives_way_to_its_parent_and_a_parent_to_what_its_unit_offers() -> None:
    parent = make.listing("organisation:t:sst", organisation=make.organisation("t:sst"), ground=Ground.LAW)
    unit = make.organisation("t:unit", part_of="t:sst")
    bare = make.listing("organisation:t:unit", organisation=unit, ground=Ground.LAW)
    offered = make.listing("service:t:s", organisation=unit, service=make.service(organisation="t:unit"))
    assert keys(ranked(parent, bare)) == ["organisation:t:sst"]
    assert keys(ranked(parent, bare, offered)) == ["service:t:s"]


def test_open_now_says_until_when() -> None:
    closing = datetime.fromisoformat("2026-03-10T17:30:00+01:00")
    listing = offer("s", hours="Mo-Fr 09:00-17:30")
    relay = rank(make.question(), [listing], always(Opening(OpeningState.OPEN, closing)))[0]
    assert texts(relay, ReasonKind.OPENING) == ["Ouvert jusqu’à 17 h 30"]


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (0, "Vérifié aujourd’hui"),
        (1, "Vérifié hier"),
        (21, "Vérifié il y a 3 semaines"),
        (70, "Vérifié il y a 2 mois"),
        (400, "Vérifié il y a un an"),
        (1500, "Non vérifié depuis janvier 2022"),
    ],
)
def test_freshness_is_said_as_people_say_it(age: int, said: str) -> None:
    vouched = make.TODAY - timedelta(days=age)
    assert texts(ranked(offer("s", vouched_on=vouched))[0], ReasonKind.FRESHNESS) == [said]


def test_the_post_for_this_competence_is_who_to_call_with_its_substitute_during_leave() -> None:
    away = Holder(professional="p:1", leave_from=date(2026, 3, 1), leave_until=date(2026, 3, 31))
    standing_in = Holder(professional="p:2", role=HolderRole.SUBSTITUTE)
    rent = make.post("t:rent", label="Poste logement", competences=(make.RENT,), holders=(away, standing_in))
    desk = make.post("t:desk", label="Accueil", duty_desk=True, contact=Contact(phone="03 53 01 00 00"))
    listing = make.listing(posts=(desk, rent))
    called = who_to_call(make.question(), listing)
    assert called == replace(rent, holders=(standing_in,))
    assert who_to_call(make.question(competences=(make.RSA,)), listing) == desk
    assert who_to_call(make.question(at=make.NOW + timedelta(days=30)), listing) == replace(rent, holders=(away,))


def test_a_post_whose_holders_are_all_away_gives_way() -> None:
    away = Holder(professional="p:1", leave_from=date(2026, 3, 1), leave_until=date(2026, 3, 31))
    there = Holder(professional="p:2")
    rent = make.post("t:rent", label="Poste logement", competences=(make.RENT,), holders=(away,))
    any_ = make.post("t:any", label="Polyvalence", holders=(away, there))
    desk = make.post("t:desk", label="Accueil", duty_desk=True)
    assert who_to_call(make.question(), make.listing(posts=(desk, rent, any_))) == replace(any_, holders=(there,))
    assert who_to_call(make.question(), make.listing(posts=(desk, rent))) == desk
    assert who_to_call(make.question(), make.listing(posts=(rent,))) == replace(rent, holders=())


def test_an_optional_public_still_leaves_out_who_excludes_it() -> None:
    seniors = offer("seniors", publics=(Public.SENIORS,))
    barring = offer("barring", publics=(Public.SENIORS,), excludes=(Public.JEUNES,))
    mandate = make.listing(
        "agreement:a", agreement=make.agreement(publics=(Public.SENIORS,)), ties=(Tie(make.RENT, Ground.MANDATE),)
    )
    asked = {"publics": (Public.JEUNES,)}
    assert ranked(seniors, barring, mandate, **asked) == []
    assert keys(ranked(seniors, barring, mandate, public_optional=True, **asked)) == ["service:t:seniors"]


def test_what_covers_a_part_says_which_and_comes_after_what_covers_all() -> None:
    whole = replace(offer("whole", "B"), covers=("departement:25",))
    part = replace(offer("part", "A"), covers=("25462",), covers_name="à Pontarlier")
    relays = ranked(part, whole, territory=make.doubs())
    assert keys(relays) == ["service:t:whole", "service:t:part"]
    assert texts(relays[1], ReasonKind.TERRITORY) == ["Intervient à Pontarlier"]
    beyond = ranked(part, territory=make.doubs(), beyond=True)
    assert texts(beyond[0], ReasonKind.TERRITORY) == ["Hors du territoire demandé : intervient à Pontarlier"]


@pytest.mark.parametrize(
    ("km", "said"),
    [(0.4, "À moins d’un kilomètre"), (2.0, "À 2 km"), (2.46, "À 2,5 km"), (9.96, "À 10 km"), (20.4, "À 20 km")],
)
def test_a_distance_is_said_as_people_say_it(km: float, said: str) -> None:
    assert reasons.distance(km) == said


def test_beyond_the_radius_is_left_out() -> None:
    near, far = offer("near", place=make.place()), offer("far", place=make.place(point=Point(46.9, 6.35)))
    assert keys(ranked(near, far, radius_km=10.0)) == ["service:t:near"]
    assert keys(ranked(near, far)) == ["service:t:near", "service:t:far"]
