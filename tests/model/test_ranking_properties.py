"""What must hold of any answer to any question, over made-up networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.directory import AgreementKind, Capacity, Mode, Public
from graph.model.ranking import rank
from graph.model.relay import Ground, Listing, Question, Relay, Tie
from graph.model.territory import Point
from search.hours import HOURS as READ
from tests import make

HOURS = ("", "24/7", "Mo-Fr 09:00-17:00", "Th 09:00-12:00; PH off", "Sep-Jul Mo-Fr 09:00-17:00", "le matin")
PUBLICS = (Public.TOUS_PUBLICS, Public.JEUNES, Public.FAMILLES, Public.SENIORS)
BODIES = ("t:un", "t:deux", "t:trois")
KINDS = ("CAF", "CCAS", "ORGANISME")
ZONES = ("25056", "25462", "departement:25", "pays:FR")
WORDS = ("roseau", "jardin")
# From the least to the most.
GROUNDS = (Ground.GENERAL, Ground.SPECIALISED, Ground.MANDATE, Ground.LAW, Ground.FIRST_STEP)

YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)
TODAY: Final = date(2026, 6, 1)

# Networks are made from a number: far faster than draw by draw, and small enough to be read as they are.
seeds = st.integers(0, 2**32 - 1)
days = st.dates(date(2022, 1, 1), date(2026, 12, 31))
points = st.builds(Point, st.floats(46, 48.5), st.floats(4.5, 7.5))
grounds = st.sampled_from(GROUNDS)


def a_question(seed: int) -> Question:
    chance = Random(seed)
    competences = chance.choice([(make.RENT,), (make.RENT, make.HOTEL)])
    return Question(
        at=YEAR + timedelta(hours=chance.randrange(365 * 24)),
        words=chance.choice([(), *((word,) for word in WORDS)]),
        competences=competences,
        certainties=tuple(chance.choice([0.2, 0.9, 1.0]) for _ in competences),
        territory=chance.choice([None, make.besancon(), make.doubs(), make.pontarlier()]),
        radius_km=chance.choice([None, None, chance.uniform(1, 200)]),
        publics=_some(chance, PUBLICS),
        public_optional=chance.random() < 0.3,
        modes=_some(chance, Mode),
        urgent=chance.random() < 0.5,
        asker=chance.choice(["", *BODIES]),
        beyond=chance.random() < 0.2,
    )


def a_listing(chance: Random, key: str, body: str, shape: str) -> Listing:
    place = make.place(point=chance.choice([None, Point(chance.uniform(46, 48.5), chance.uniform(4.5, 7.5))]))
    organisation = make.organisation(
        body,
        name=f"{body} {chance.choice(['', *WORDS])}",
        kind=chance.choice(KINDS),
        part_of=chance.choice(["", *BODIES]),
        place=place,
        vouched_on=_day(chance),
        hours=chance.choice(HOURS),
        closed_on=chance.choice([None, None, _day(chance)]),
    )
    service = agreement = None
    if shape == "service":
        service = make.service(
            f"t:{key}",
            organisation=body,
            publics=_some(chance, PUBLICS),
            excludes=_some(chance, PUBLICS),
            modes=_some(chance, Mode),
            place=place,
            vouched_on=_day(chance),
            hours=chance.choice(HOURS),
            capacity=chance.choice([None, _capacity(chance)]),
            answer_days=chance.choice([None, chance.randrange(60)]),
        )
    if shape == "agreement":
        agreement = make.agreement(
            f"t:{key}",
            given_to=body,
            granted_by=(chance.choice(BODIES),),
            kind=chance.choice(list(AgreementKind)),
            since=_day(chance),
            until=chance.choice([None, _day(chance)]),
            publics=_some(chance, PUBLICS),
            reserved=chance.random() < 0.5,
        )
    handled = [competence for competence in (make.RENT, make.HOTEL) if chance.random() < 0.7]
    return make.listing(
        key,
        organisation=organisation,
        service=service,
        agreement=agreement,
        ties=tuple(Tie(competence, chance.choice(GROUNDS)) for competence in handled),
        covers=(chance.choice(ZONES),),
    )


def a_network(seed: int) -> list[Listing]:
    chance = Random(seed)
    shapes = ("body", "service", "service", "agreement")
    return [
        a_listing(chance, f"k{n}", chance.choice(BODIES), chance.choice(shapes)) for n in range(chance.randrange(9))
    ]


def one_of_its_own(seed: int, shape: str = "service") -> Listing:
    """Of a body that offers nothing else: only its own facts decide where it stands."""
    made = a_listing(Random(seed), "x", "t:elle", shape)
    body = replace(made.organisation, closed_on=None, part_of="")
    return replace(made, organisation=body, ties=(Tie(make.RENT, Ground.SPECIALISED),))


def _some(chance: Random, among: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(chance.sample(list(among), chance.choice([0, 0, 1, 2])))


def _day(chance: Random) -> date:
    return TODAY + timedelta(days=chance.randrange(-1500, 300))


def _capacity(chance: Random) -> Capacity:
    return Capacity(
        vouched_on=_day(chance),
        places_free=chance.choice([None, 0, 3]),
        waiting_days=chance.choice([None, chance.randrange(400)]),
        full_until=chance.choice([None, _day(chance)]),
    )


questions = seeds.map(a_question)
networks = seeds.map(a_network)
one_more = seeds.map(one_of_its_own)
bodies = seeds.map(lambda seed: one_of_its_own(seed, "body"))
of_any_shape = st.builds(one_of_its_own, seeds, st.sampled_from(["body", "service", "agreement"]))


def answer(question: Question, *network: Listing) -> list[Relay]:
    return rank(question, network, READ)


def keys(relays: list[Relay]) -> list[str]:
    return [relay.listing.key for relay in relays]


def never_helps(question: Question, network: list[Listing], better: Listing, worse: Listing) -> None:
    """Both are shown or only the better one, which then stands at least as high."""
    with_better, with_worse = keys(answer(question, *network, better)), keys(answer(question, *network, worse))
    assert (better.key in with_better) >= (worse.key in with_worse)
    if worse.key in with_worse:
        assert with_better.index(better.key) <= with_worse.index(worse.key)
    assert [key for key in with_better if key != better.key] == [key for key in with_worse if key != worse.key]


def offering(listing: Listing, **values: object) -> Listing:
    """The same listing with other facts of its service."""
    assert listing.service
    return replace(listing, service=replace(listing.service, **values))


@given(questions, networks, st.integers())
def test_the_order_of_the_candidates_does_not_matter(question: Question, network: list[Listing], seed: int) -> None:
    shuffled = network[:]
    Random(seed).shuffle(shuffled)
    assert answer(question, *shuffled) == answer(question, *network)


@given(questions, networks)
def test_an_unrelated_listing_changes_nothing(question: Question, network: list[Listing]) -> None:
    body = make.organisation("t:autre", name="Bailleur d’ailleurs")
    unrelated = make.listing("autre", organisation=body, ties=(Tie(make.RSA, Ground.LAW),))
    assert answer(question, *network, unrelated) == answer(question, *network)


@given(questions, networks)
def test_what_must_not_be_shown_is_not_shown(question: Question, network: list[Listing]) -> None:
    day, asked = question.at.date(), set(question.publics)
    for relay in answer(question, *network):
        listing = relay.listing
        assert listing.organisation.closed_on is None or listing.organisation.closed_on > day
        if listing.service:
            assert not asked & set(listing.service.excludes)
        if listing.agreement:
            assert listing.agreement.since <= day <= (listing.agreement.until or day)
            assert not listing.agreement.reserved or question.asker


@given(questions, networks, bodies, one_more)
def test_a_body_obliged_by_law_never_vanishes(
    question: Question, network: list[Listing], body: Listing, service: Listing
) -> None:
    """Nor when its own service leaves everyone out: either of the two is there."""
    lawful = replace(body, ties=(Tie(make.RENT, Ground.LAW),))
    anywhere = replace(question, radius_km=None)
    assert "x" in keys(answer(anywhere, *network, lawful))
    shut = replace(offering(service, excludes=tuple(Public)), key="y", organisation=lawful.organisation)
    assert {"x", "y"} & {*keys(answer(anywhere, *network, lawful, shut))}


@given(questions, networks, one_more)
def test_a_service_obliged_by_law_never_vanishes_for_being_full(
    question: Question, network: list[Listing], listing: Listing
) -> None:
    full = Capacity(vouched_on=question.at.date(), places_free=0, full_until=question.at.date() + timedelta(days=400))
    lawful = replace(
        offering(listing, publics=(), excludes=(), modes=(), capacity=full), ties=(Tie(make.RENT, Ground.LAW),)
    )
    assert "x" in keys(answer(replace(question, radius_km=None), *network, lawful))


@given(questions, of_any_shape)
def test_the_score_is_the_sum_of_what_is_said(question: Question, listing: Listing) -> None:
    """But for the nearness of the territory covered, which is not said, and for other listings of the same body."""
    for relay in answer(replace(question, territory=None), listing):
        assert relay.score == pytest.approx(sum(reason.weight for reason in relay.reasons), abs=1e-5)


@given(questions, networks, one_more, points, points)
def test_more_distance_never_helps(
    question: Question, network: list[Listing], listing: Listing, one: Point, two: Point
) -> None:
    near, far = sorted((one, two), key=make.BESANCON_POINT.distance_km)
    closer, farther = (offering(listing, place=make.place(point=point)) for point in (near, far))
    never_helps(replace(question, territory=make.besancon()), network, closer, farther)


@given(questions, networks, one_more, days, days)
def test_a_later_word_never_hurts(
    question: Question, network: list[Listing], listing: Listing, one: date, two: date
) -> None:
    before, after = sorted((one, two))
    never_helps(question, network, offering(listing, vouched_on=after), offering(listing, vouched_on=before))


@given(questions, networks, one_more, st.integers(1, 9), st.none() | st.just(0))
def test_having_room_never_hurts(
    question: Question, network: list[Listing], listing: Listing, places: int, fewer: int | None
) -> None:
    told = Capacity(vouched_on=question.at.date() - timedelta(days=3), places_free=places)
    less = replace(told, places_free=fewer)
    full = replace(told, full_until=question.at.date() + timedelta(days=90))
    for worse in (less, full):
        never_helps(question, network, offering(listing, capacity=told), offering(listing, capacity=worse))


@given(questions, networks, one_more, st.integers(0, 400), st.integers(0, 400))
def test_a_longer_wait_never_helps(
    question: Question, network: list[Listing], listing: Listing, one: int, two: int
) -> None:
    told = Capacity(vouched_on=question.at.date())
    short, long = (replace(told, waiting_days=wait) for wait in sorted((one, two)))
    never_helps(question, network, offering(listing, capacity=short), offering(listing, capacity=long))


@given(questions, networks, one_more, st.integers(0, 60), st.integers(0, 60))
def test_a_slower_answer_never_helps(
    question: Question, network: list[Listing], listing: Listing, one: int, two: int
) -> None:
    fast, slow = sorted((one, two))
    never_helps(question, network, offering(listing, answer_days=fast), offering(listing, answer_days=slow))


@given(questions, networks, one_more)
def test_an_open_door_never_hurts(question: Question, network: list[Listing], listing: Listing) -> None:
    for worse in ("", "Sep-Jul Mo-Fr 09:00-17:00; PH off"):
        never_helps(question, network, offering(listing, hours="24/7"), offering(listing, hours=worse))


@given(questions, networks, one_more, grounds, grounds)
def test_a_stronger_ground_never_hurts(
    question: Question, network: list[Listing], listing: Listing, one: Ground, two: Ground
) -> None:
    weaker, stronger = (
        replace(listing, ties=(Tie(make.RENT, ground),)) for ground in sorted((one, two), key=GROUNDS.index)
    )
    never_helps(question, network, stronger, weaker)


@given(questions, networks, one_more, st.sampled_from(PUBLICS[1:]))
def test_being_made_for_this_public_never_hurts(
    question: Question, network: list[Listing], listing: Listing, public: Public
) -> None:
    asking = replace(question, publics=(public,))
    for worse in ((), (Public.TOUS_PUBLICS,)):
        never_helps(asking, network, offering(listing, publics=(public,)), offering(listing, publics=worse))
