"""What must hold of any answer to any question, over made-up networks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from graph.model.directory import AgreementKind, Capacity, Mode, Public
from graph.model.ranking import rank
from graph.model.relay import Ground, Listing, Question, Relay, Tie
from graph.model.territory import Point
from search.hours import opening
from tests import make

HOURS = ("", "24/7", "Mo-Fr 09:00-17:00", "Th 09:00-12:00; PH off", "Sep-Jul Mo-Fr 09:00-17:00", "le matin")
PUBLICS = (Public.TOUS_PUBLICS, Public.JEUNES, Public.FAMILLES, Public.SENIORS)
BODIES = ("t:un", "t:deux", "t:trois")
KINDS = ("CAF", "CCAS", "ORGANISME")
ZONES = ("25056", "25462", "departement:25", "pays:FR")
WORDS = ("roseau", "jardin")
# From the least to the most.
GROUNDS = (Ground.GENERAL, Ground.SPECIALISED, Ground.MANDATE, Ground.LAW, Ground.FIRST_STEP)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2022, 1, 1), date(2026, 12, 31))
points = st.builds(Point, st.floats(46, 48.5), st.floats(4.5, 7.5))
some_publics = st.lists(st.sampled_from(PUBLICS), max_size=2, unique=True).map(tuple)
some_modes = st.lists(st.sampled_from(Mode), max_size=2, unique=True).map(tuple)
grounds = st.sampled_from(GROUNDS)
capacities = st.none() | st.builds(
    Capacity,
    vouched_on=days,
    places_free=st.none() | st.integers(0, 9),
    waiting_days=st.none() | st.integers(0, 400),
    full_until=st.none() | days,
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    return Question(
        at=draw(moments),
        words=draw(st.lists(st.sampled_from(WORDS), max_size=1).map(tuple)),
        competences=draw(st.sampled_from([(make.RENT,), (make.RENT, make.HOTEL)])),
        territory=draw(st.sampled_from([None, make.besancon(), make.doubs(), make.pontarlier()])),
        radius_km=draw(st.none() | st.floats(1, 200)),
        publics=draw(some_publics),
        public_optional=draw(st.booleans()),
        modes=draw(some_modes),
        urgent=draw(st.booleans()),
        asker=draw(st.sampled_from(["", *BODIES])),
        beyond=draw(st.booleans()),
    )


@st.composite
def listings(draw: st.DrawFn, key: str = "", body: str = "", shapes: str = "body service agreement") -> Listing:
    """Any listing; of a body of its own when `body` names one."""
    id_ = body or draw(st.sampled_from(BODIES))
    key = key or f"k{draw(st.integers(0, 10_000)):05}"
    place = make.place(point=draw(st.none() | points))
    organisation = make.organisation(
        id_,
        name=f"{id_} {draw(st.sampled_from(['', *WORDS]))}",
        kind=draw(st.sampled_from(KINDS)),
        part_of=draw(st.sampled_from(["", *BODIES])),
        place=place,
        vouched_on=draw(days),
        hours=draw(st.sampled_from(HOURS)),
        closed_on=draw(st.none() | days),
    )
    ties = tuple(Tie(competence, draw(grounds)) for competence in (make.RENT, make.HOTEL) if draw(st.booleans()))
    shape = draw(st.sampled_from(shapes.split()))
    service = agreement = None
    if shape == "service":
        service = make.service(
            f"t:{key}",
            organisation=id_,
            publics=draw(some_publics),
            excludes=draw(some_publics),
            modes=draw(some_modes),
            place=place,
            vouched_on=draw(days),
            hours=draw(st.sampled_from(HOURS)),
            capacity=draw(capacities),
            answer_days=draw(st.none() | st.integers(0, 60)),
        )
    if shape == "agreement":
        agreement = make.agreement(
            f"t:{key}",
            given_to=id_,
            granted_by=(draw(st.sampled_from(BODIES)),),
            kind=draw(st.sampled_from(AgreementKind)),
            since=draw(days),
            until=draw(st.none() | days),
            publics=draw(some_publics),
            reserved=draw(st.booleans()),
        )
    return make.listing(
        key,
        organisation=organisation,
        service=service,
        agreement=agreement,
        ties=ties,
        covers=(draw(st.sampled_from(ZONES)),),
    )


networks = st.lists(listings(), max_size=5, unique_by=lambda listing: listing.key)
# One more, of a body of its own: nothing but its own facts decides where it stands.
one_more = listings(key="x", body="t:elle", shapes="service").map(
    lambda listing: replace(
        listing,
        ties=(Tie(make.RENT, Ground.SPECIALISED),),
        organisation=replace(listing.organisation, closed_on=None, part_of=""),
    )
)


def answer(question: Question, *network: Listing) -> list[Relay]:
    return rank(question, network, opening)


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


@given(questions(), networks, st.integers())
def test_the_order_of_the_candidates_does_not_matter(question: Question, network: list[Listing], seed: int) -> None:
    shuffled = network[:]
    Random(seed).shuffle(shuffled)
    assert answer(question, *shuffled) == answer(question, *network)


@given(questions(), networks)
def test_an_unrelated_listing_changes_nothing(question: Question, network: list[Listing]) -> None:
    body = make.organisation("t:autre", name="Bailleur d’ailleurs")
    unrelated = make.listing("autre", organisation=body, ties=(Tie(make.RSA, Ground.LAW),))
    assert answer(question, *network, unrelated) == answer(question, *network)


@given(questions(), networks)
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


@given(questions(), networks, listings(key="x", body="t:elle", shapes="body"))
def test_a_body_obliged_by_law_never_vanishes(question: Question, network: list[Listing], listing: Listing) -> None:
    lawful = replace(
        listing,
        ties=(Tie(make.RENT, Ground.LAW),),
        organisation=replace(listing.organisation, closed_on=None, part_of=""),
    )
    assert "x" in keys(answer(replace(question, radius_km=None), *network, lawful))


@given(questions(), networks, one_more)
def test_a_service_obliged_by_law_never_vanishes_for_being_full(
    question: Question, network: list[Listing], listing: Listing
) -> None:
    full = Capacity(vouched_on=question.at.date(), places_free=0, full_until=question.at.date() + timedelta(days=400))
    lawful = replace(
        offering(listing, publics=(), excludes=(), modes=(), capacity=full), ties=(Tie(make.RENT, Ground.LAW),)
    )
    assert "x" in keys(answer(replace(question, radius_km=None), *network, lawful))


@given(questions(), one_more)
def test_the_score_is_the_sum_of_what_is_said(question: Question, listing: Listing) -> None:
    for relay in answer(replace(question, territory=None), listing):
        assert abs(relay.score - sum(reason.weight for reason in relay.reasons)) < 1e-9


@given(questions(), networks, one_more, points, points)
def test_more_distance_never_helps(
    question: Question, network: list[Listing], listing: Listing, one: Point, two: Point
) -> None:
    here = question.territory and question.territory.point
    assume(here)
    assert here
    near, far = sorted((one, two), key=here.distance_km)
    closer, farther = (offering(listing, place=make.place(point=point)) for point in (near, far))
    never_helps(question, network, closer, farther)


@given(questions(), networks, one_more, days, days)
def test_a_later_word_never_hurts(
    question: Question, network: list[Listing], listing: Listing, one: date, two: date
) -> None:
    before, after = sorted((one, two))
    never_helps(question, network, offering(listing, vouched_on=after), offering(listing, vouched_on=before))


@given(questions(), networks, one_more, st.integers(1, 9), st.none() | st.just(0))
def test_having_room_never_hurts(
    question: Question, network: list[Listing], listing: Listing, places: int, fewer: int | None
) -> None:
    told = Capacity(vouched_on=question.at.date() - timedelta(days=3), places_free=places)
    less = replace(told, places_free=fewer)
    full = replace(told, full_until=question.at.date() + timedelta(days=90))
    for worse in (less, full):
        never_helps(question, network, offering(listing, capacity=told), offering(listing, capacity=worse))


@given(questions(), networks, one_more, st.integers(0, 400), st.integers(0, 400))
def test_a_longer_wait_never_helps(
    question: Question, network: list[Listing], listing: Listing, one: int, two: int
) -> None:
    told = Capacity(vouched_on=question.at.date())
    short, long = (replace(told, waiting_days=wait) for wait in sorted((one, two)))
    never_helps(question, network, offering(listing, capacity=short), offering(listing, capacity=long))


@given(questions(), networks, one_more, st.integers(0, 60), st.integers(0, 60))
def test_a_slower_answer_never_helps(
    question: Question, network: list[Listing], listing: Listing, one: int, two: int
) -> None:
    fast, slow = sorted((one, two))
    never_helps(question, network, offering(listing, answer_days=fast), offering(listing, answer_days=slow))


@given(questions(), networks, one_more)
def test_an_open_door_never_hurts(question: Question, network: list[Listing], listing: Listing) -> None:
    for worse in ("", "Sep-Jul Mo-Fr 09:00-17:00; PH off"):
        never_helps(question, network, offering(listing, hours="24/7"), offering(listing, hours=worse))


@given(questions(), networks, one_more, grounds, grounds)
def test_a_stronger_ground_never_hurts(
    question: Question, network: list[Listing], listing: Listing, one: Ground, two: Ground
) -> None:
    weaker, stronger = (
        replace(listing, ties=(Tie(make.RENT, ground),)) for ground in sorted((one, two), key=GROUNDS.index)
    )
    never_helps(question, network, stronger, weaker)


@given(questions(), networks, one_more, st.sampled_from(PUBLICS[1:]))
def test_being_made_for_this_public_never_hurts(
    question: Question, network: list[Listing], listing: Listing, public: Public
) -> None:
    asking = replace(question, publics=(public,))
    for worse in ((), (Public.TOUS_PUBLICS,)):
        never_helps(asking, network, offering(listing, publics=(public,)), offering(listing, publics=worse))
