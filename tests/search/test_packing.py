from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from graph.model.directory import Capacity, Mode, Organisation, Public, Service
from graph.model.facts import UNKNOWN, UNKNOWN_WAIT, Form, Trait, facts_of, kind_of, mark, mask
from graph.model.relay import Listing
from graph.model.territory import Point
from graph.model.vocabulary import kinds
from search.packing import COLUMNS, pack, unpack
from tests import make

days = st.dates(date(1950, 1, 1), date(2400, 1, 1))
points = st.none() | st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
flags = st.none() | st.booleans()
capacities = st.builds(
    Capacity,
    vouched_on=days,
    places_free=st.none() | st.integers(-5, 5000),
    waiting_days=st.none() | st.integers(-5, 5000),
    full_until=st.none() | days,
)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    body: Organisation = make.organisation(
        "t:corps",
        name=draw(st.text(max_size=40)),
        kind=draw(st.sampled_from(sorted(kinds()))),
        part_of=draw(st.sampled_from(["", "t:tout"])),
        closed_on=draw(st.none() | days),
        place=make.place(point=draw(points)),
        hours=draw(st.sampled_from(["", "24/7"])),
    )
    offered: Service = make.service(
        publics=tuple(draw(st.sets(st.sampled_from(Public)))),
        excludes=tuple(draw(st.sets(st.sampled_from(Public)))),
        modes=tuple(draw(st.sets(st.sampled_from(Mode)))),
        vouched_on=draw(days),
        capacity=draw(st.none() | capacities),
        answer_days=draw(st.none() | st.integers(-5, 5000)),
        free=draw(flags),
        accessible=draw(flags),
        interpreter=draw(flags),
        without_residence_condition=draw(flags),
        hours=draw(st.sampled_from(["", "Mo-Fr 09:00-17:00"])),
        place=make.place(point=draw(points)),
    )
    service = draw(st.sampled_from([offered, None]))
    agreement = make.agreement() if service is None and draw(st.booleans()) else None
    return make.listing("service:t:s", organisation=body, service=service, agreement=agreement)


@given(st.lists(listings(), min_size=1, max_size=3))
def test_facts_come_out_of_their_numbers_as_they_went_in(several: list[Listing]) -> None:
    facts = facts_of(several)
    numbers = [pack(row) for row in facts]
    assert all(len(packed) == len(COLUMNS) for packed in numbers)
    assert all(0 <= number < 1 << 64 for packed in numbers for number in packed)
    assert unpack(list(zip(*numbers, strict=True))).tolist() == facts.tolist()


def test_a_row_says_what_is_true_of_its_listing() -> None:
    body = make.organisation("t:corps", name="Été", part_of="t:tout", closed_on=date(2026, 3, 1), hours="24/7")
    capacity = Capacity(vouched_on=date(2000, 1, 2), places_free=300, waiting_days=None, full_until=date(2400, 1, 1))
    offered = make.service(
        publics=(Public.FEMMES,),
        modes=(Mode.A_DISTANCE,),
        vouched_on=date(1999, 5, 1),
        capacity=capacity,
        place=make.place(point=Point(-21.1, 55.5)),
        free=True,
    )
    [row] = facts_of([make.listing("service:t:s", organisation=body, service=offered)])
    assert (row["letters_1"], row["letters_2"]) == (int.from_bytes(b"ete".ljust(8, b"\0")), 0)
    assert (row["organisation"], row["above"], row["hours"]) == (mark("t:corps"), mark("t:tout"), mark("24/7"))
    assert (row["vouched_on"], row["capacity_on"], row["full_until"]) == (1, 2, 65_535)
    assert row["closed_on"] == (date(2026, 3, 1) - date(1999, 12, 31)).days
    assert (row["places_free"], row["waiting_days"], row["answer_days"]) == (254, UNKNOWN_WAIT, UNKNOWN)
    assert (row["publics"], row["excludes"], row["modes"]) == (mask((Public.FEMMES,)), 0, mask((Mode.A_DISTANCE,)))
    assert (row["lat"], row["lon"], row["traits"], row["form"]) == (-21_100_000, 55_500_000, Trait.FREE, Form.SERVICE)


def test_each_kind_of_organisation_has_a_mark_of_its_own() -> None:
    listings = [make.listing(organisation=make.organisation(kind=kind)) for kind in kinds()]
    marks = dict(zip(facts_of(listings)["kind"].tolist(), kinds(), strict=True))
    assert len(marks) == len(kinds())
    assert {number: kind_of(number) for number in marks} == marks
    assert kind_of(0) == ""
