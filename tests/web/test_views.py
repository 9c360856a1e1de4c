"""What pages make of a listing: freshness, who answers, the neighbourhood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from api.web.assets import assets
from api.web.headers import content_security_policy
from api.web.listing_view import Signal, desk, freshness, source_name
from api.web.place_words import Located, locate, place_hint, place_name
from api.web.relay_view import relay_views
from api.web.sheet_view import covers_words, organisation_view
from api.words.listing import capacity_words, reach
from graph.model.directory import Capacity, Contact, Holder, HolderRole, Link, LinkKind, OrganisationSheet
from graph.model.relay import Found, Reason, ReasonKind, Relay
from graph.model.weights import FRESH_FOR, STALE_AFTER
from search.hours import PARIS
from search.places import Gazetteer
from tests import make

AT = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("age", "signal", "word"),
    [
        (timedelta(0), Signal.FRESH, "À jour"),
        (FRESH_FOR, Signal.FRESH, "À jour"),
        (FRESH_FOR + timedelta(days=1), Signal.FADING, "À vérifier"),
        (STALE_AFTER - timedelta(days=1), Signal.FADING, "À vérifier"),
        (STALE_AFTER, Signal.STALE, "Ancien"),
    ],
)
def test_freshness_changes_where_the_rank_does(age: timedelta, signal: Signal, word: str) -> None:
    shown = freshness(make.TODAY - age, make.TODAY)
    assert (shown.signal, shown.word, shown.iso) == (signal, word, (make.TODAY - age).isoformat())


def holder(name: str, role: HolderRole = HolderRole.HOLDER, **leave: date) -> Holder:
    return Holder(professional=f"t:{name}", name=name, function="conseillère", role=role, **leave)


def test_a_substitute_is_shown_with_who_is_away_and_until_when() -> None:
    away = holder("Titulaire", leave_from=date(2026, 3, 9), leave_until=date(2026, 3, 20))
    standing_in = holder("Remplaçante", HolderRole.SUBSTITUTE)
    post = make.post(holders=(away, standing_in), contact=Contact(phone="115"))
    shown = desk(post, post.holders, AT)
    assert [(one.name, one.standing_in.replace("\u00a0", " ")) for one in shown.answerers] == [
        ("Remplaçante", "remplace Titulaire jusqu’au 20 mars 2026")
    ]


def test_a_holder_who_is_back_answers_alone() -> None:
    back = holder("Titulaire", leave_from=date(2026, 3, 1), leave_until=date(2026, 3, 9))
    post = make.post(holders=(back, holder("Remplaçante", HolderRole.SUBSTITUTE)))
    assert [(one.name, one.standing_in) for one in desk(post, post.holders, AT).answerers] == [("Titulaire", "")]


def test_a_link_is_only_made_of_a_web_address() -> None:
    assert reach(Contact(url="javascript:alert(1)")).url == ""
    assert reach(Contact(url="https://example.org")).url == "https://example.org"


def test_the_nearest_contact_wins_for_each_way() -> None:
    shown = reach(Contact(phone="115"), None, Contact(phone="3919", email="a@example.org"))
    assert shown.phone is not None
    assert (shown.phone.href, shown.email, shown.known) == ("tel:115", "a@example.org", True)
    assert reach(None, Contact()).known is False


def test_a_relay_shows_its_reasons_and_keeps_state_apart() -> None:
    listing = make.listing(service=make.service(name="Permanence"), organisation=make.organisation(name="Maison"))
    reasons = (
        Reason(ReasonKind.LAW, "Compétente", 80.0),
        Reason(ReasonKind.CAPACITY, "Complet", -40.0),
        Reason(ReasonKind.DISTANCE, "À 3 km", -0.8),
        Reason(ReasonKind.FRESHNESS, "Vérifié aujourd’hui", 4.0),
    )
    relays = (Relay(listing=listing, score=43.2, reasons=reasons),) * 2
    rows = relay_views(Found(question=make.question(), relays=relays, total=41, first=20))
    assert [(row.rank, row.anchor) for row in rows] == [(21, "relais-21"), (22, "relais-22")]
    row = rows[0]
    assert (row.name, row.href, row.what, row.what_href) == ("Permanence", "/service/t:s", "Maison", "/organisme/t:caf")
    assert [(s.text, s.against) for s in row.sentences] == [("Compétente", False), ("Complet", True)]
    assert (row.key, row.distance, row.point) == ("organisation:t:caf", "À 3 km", None)
    assert [(one.points, one.weighs) for one in row.why.reasons] == [
        ("+80", "décisif"),
        ("−40", "fait beaucoup reculer"),
        ("−0,8", "fait un peu reculer"),
        ("+4", "compte"),
    ]


def test_room_is_unknown_thirty_days_after_it_was_told() -> None:
    told = Capacity(vouched_on=date(2026, 3, 1), places_free=1, waiting_days=21)
    assert [line.replace("\u00a0", " ") for line in capacity_words(told, 0, make.TODAY)] == [
        "1 place disponible",
        "Attente d’environ 3 semaines",
        "Répond dans la journée",
    ]
    old = Capacity(vouched_on=date(2026, 1, 1), places_free=0)
    assert [line.replace("\u00a0", " ") for line in capacity_words(old, None, make.TODAY)] == [
        "Places inconnues : dernière information le 1er janvier 2026",
    ]
    until = Capacity(vouched_on=date(2026, 1, 1), full_until=date(2026, 4, 1), waiting_days=21)
    assert [line.replace("\u00a0", " ") for line in capacity_words(until, None, make.TODAY)] == [
        "Complet jusqu’au 1er avril 2026",
    ]


def test_territories_are_said_as_people_do() -> None:
    assert (
        covers_words([make.besancon(), make.pontarlier(), make.doubs()]) == "à Besançon, à Pontarlier et dans le Doubs"
    )
    assert covers_words([make.besancon()] * 8).endswith("à Besançon et dans 2 autres territoires")


def test_a_town_is_told_from_its_namesakes() -> None:
    paris = replace(make.doubs(), id="departement:75", name="Paris", zones=("departement:75",))
    city = replace(make.besancon(), id="75056", name="Paris", zones=("75056", "departement:75"))
    places = Gazetteer([*make.territories(), paris, city])
    assert [place_name(places, one) for one in (make.besancon(), make.doubs(), city)] == [
        "Besançon (Doubs)",
        "Doubs",
        "Paris",
    ]
    assert [place_hint(one) for one in (make.besancon(), make.doubs())] == ["25000", "département"]
    assert locate(places, "Paris", "") == Located(city)


def test_a_place_is_found_as_it_is_shown_and_a_wrong_one_is_followed_by_others() -> None:
    places = Gazetteer(make.territories())
    assert locate(places, "", "") == Located()
    assert locate(places, "Besançon (Doubs)", "") == Located(make.besancon())
    assert locate(places, "pontarlier", "25056") == Located(make.pontarlier())
    wrong = locate(places, "Pontralier", "")
    assert wrong.territory is None
    assert wrong.others == (("Pontarlier (Doubs)", "25462"),)
    assert wrong.unknown == "Le lieu « Pontralier » n’est pas connu."


def link(kind: LinkKind, name: str) -> Link:
    return Link(kind=kind, id=f"t:{name}", name=name, organisation_kind="CAF", on=date(2020, 1, 1))


def test_a_closed_body_sends_to_its_successor_and_those_of_one_day_share_a_sentence() -> None:
    links = (
        link(LinkKind.CARRIED_TO, "successeur"),
        link(LinkKind.TAKES_OVER_FROM, "un"),
        link(LinkKind.TAKES_OVER_FROM, "deux"),
    )
    closed = replace(make.organisation(), closed_on=date(2020, 1, 1))
    view = organisation_view(OrganisationSheet(organisation=closed, links=links), (), AT)
    assert (view.gone, plain(view.closed)) == (True, "N’existe plus depuis le 1er janvier 2020.")
    assert [(plain(one.text), [name for name, _ in one.links]) for one in view.successions] == [
        ("Depuis le 1er janvier 2020, s’adresser à", ["successeur"]),
        ("Depuis le 1er janvier 2020, reprend l’activité de", ["un", "deux"]),
    ]
    assert view.carried_to == view.successions[:1]
    later = replace(closed, closed_on=AT.date() + timedelta(days=400))
    open_still = organisation_view(OrganisationSheet(organisation=later), (), AT)
    assert open_still.gone is False
    assert open_still.closed.startswith("Cessera d’exister le")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_no_style_or_script_leaves_the_house() -> None:
    assert "unsafe" not in content_security_policy()
    for name, content in assets().files.items():
        # Leaflet names the address of its project, and asks for nothing.
        if name.endswith((".css", ".js")) and not name.startswith("vendor/"):
            assert b"http://" not in content and b"https://" not in content, name


def test_a_source_is_named_and_never_shown_as_it_is_stored() -> None:
    names = [
        source_name(source) for source in ("dila", "partner", "partner:demo:ccas-besancon", "moderator", "ailleurs")
    ]
    assert names[0] not in ("", "dila")
    assert names[1:] == ["l’organisme lui-même", "l’organisme lui-même", "la modération", "ailleurs"]
