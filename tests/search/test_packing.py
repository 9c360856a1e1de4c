from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from graph.model.directory import Capacity, Mode, Organisation, Public, Service
from graph.model.facts import facts_of, kind_of, mark
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


@given(listings())
def test_facts_come_out_of_their_numbers_as_they_went_in(listing: Listing) -> None:
    facts = facts_of(listing)
    numbers = pack(facts)
    assert len(numbers) == len(COLUMNS)
    assert all(0 <= number < 1 << 64 for number in numbers)
    written = {mark(facts.hours): facts.hours}
    assert unpack(numbers, written.__getitem__) == facts


def test_each_kind_of_organisation_has_a_mark_of_its_own() -> None:
    marks = {facts_of(make.listing(organisation=make.organisation(kind=kind))).kind: kind for kind in kinds()}
    assert len(marks) == len(kinds())
    assert {number: kind_of(number) for number in marks} == marks
    assert kind_of(0) == ""
