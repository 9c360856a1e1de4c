"""What each figure says of a handful of cases, and what it leaves out."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sex
from graph.model.casework.file import FileState, Outcome
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures.acceptance import acceptance, accuracy, answer_of
from graph.model.figures.activity import activity, calendar, per_working_day
from graph.model.figures.chains import Chain, bounces, chains
from graph.model.figures.coverage import Gap, Offer, Place, relays, uncovered
from graph.model.figures.dead_ends import Blockage, became, dead_ends
from graph.model.figures.delays import first_contact
from graph.model.figures.facts import FileFact, HandoffFact, NeedFact, RequestFact
from graph.model.figures.flows import Ending
from graph.model.figures.transitional import Load, load
from graph.model.figures.unmet import Lacking, unmet
from tests.model.figures.making import day, handoff, handoffs

RSA = "droits-et-prestations--rsa"
CARE = "sante--acces-aux-soins"


def file(id_: str, opened: float = 0, closed: float | None = None, **more: object) -> FileFact:
    told: dict[str, object] = {
        "state": FileState.CLOSED if closed is not None else FileState.OPEN,
        "organisation": "door",
        "lead": "door",
        "lead_since": day(opened),
        "requested": day(opened),
    }
    ended = day(closed) if closed is not None else None
    return FileFact(id=id_, opened=day(opened), closed=ended, **(told | more))  # type: ignore[arg-type]


def request(id_: str, at: float, **more: object) -> RequestFact:
    told: dict[str, object] = {
        "organisation": "door",
        "channel": Channel.DESK,
        "requester": Requester.PERSON,
        "sex": Sex.UNKNOWN,
        "age_band": AgeBand.UNKNOWN,
    }
    return RequestFact(id=id_, at=day(at), **(told | more))  # type: ignore[arg-type]


@given(handoffs())
def test_all_that_left_is_counted_once(some: list[HandoffFact]) -> None:
    found = acceptance(some)
    left = [one for one in some if one.sent and one.state is not State.VOIDED and one.kind is not Kind.ASSIGN]
    assert found.decided + found.waiting + found.withdrawn == sum(one.sender != one.target for one in left)
    assert found.share is None or 0 <= found.share <= 1
    assert sum(one.decided for one in dead_ends(some).values()) <= found.decided
    needs = {need for one in left if one.sender != one.target for need in one.needs}
    assert accuracy(some).handed == bounces(some).handed == len(needs)
    assert sum(chain.count for chain in chains(some, most=1_000)) == len(needs)
    assert bounces(some).needs <= needs


def test_what_was_taken_and_expired_without_a_meeting_was_taken() -> None:
    assert answer_of(handoff(state=State.EXPIRED, answered=day(2), ended=day(40))) is Ending.TAKEN
    assert answer_of(handoff(state=State.EXPIRED, ended=day(40))) is Ending.EXPIRED
    assert answer_of(handoff(state=State.WAITLISTED, answered=day(2))) is Ending.WAITING
    assert answer_of(handoff(state=State.RECALLED, ended=day(2))) is Ending.WITHDRAWN
    assert answer_of(handoff(state=State.DRAFT, sent=None)) is None


def test_first_contact_counts_from_the_request_and_open_ones_with_it() -> None:
    some = [
        handoff(
            "1", file="f", drafted=day(5), sent=day(5), answered=day(8), contacted=day(12), state=State.IN_PROGRESS
        ),
        handoff(
            "2", file="f", drafted=day(6), sent=day(6), answered=day(7), contacted=day(30), state=State.IN_PROGRESS
        ),
        handoff("3", file="g", drafted=day(1), sent=day(1)),
        handoff("4", file="h", kind=Kind.ASSIGN, contacted=day(1)),
    ]
    found = first_contact(some, [file("f"), file("g", closed=20)], day(100))
    assert (found.sent.steps, found.sent.waiting) == (((1, 0.5), (5, 0.0)), 0)
    assert (found.answered.steps, found.answered.waiting) == (((7, 0.5),), 1)
    assert (found.contact.median, found.contact.p90, found.contact.count) == (12, None, 2)
    before = first_contact(some, [file("f"), file("g", closed=20)], day(11))
    assert (before.contact.came, before.contact.waiting) == (0, 2)


def test_a_body_becomes_a_dead_end_with_enough_refusals_and_not_with_a_few() -> None:
    def asked(refused: int, taken: int) -> list[HandoffFact]:
        full = {"state": State.DECLINED, "answered": day(1), "ended": day(1), "reason": ReasonCode.NO_CAPACITY}
        return [
            *(handoff(f"r{n}", "full", **full) for n in range(refused)),  # type: ignore[arg-type]
            *(handoff(f"t{n}", "full", State.ACCEPTED, answered=day(1)) for n in range(taken)),
            *(handoff(f"o{body}{n}", body, State.ACCEPTED, answered=day(1)) for body in "xyz" for n in range(20)),
        ]

    few, many = dead_ends(asked(3, 1)), dead_ends(asked(30, 10))
    assert few["full"].share(Blockage.SATURATION) == many["full"].share(Blockage.SATURATION) == 0.75
    assert few["full"].causes == ()
    assert many["full"].causes == (Blockage.SATURATION,)
    assert became(few, many) == [("full", Blockage.SATURATION)]
    assert became(many, many) == became(many, few) == []


def test_what_is_passed_on_or_tried_by_the_person_alone_does_not_stop_there() -> None:
    wrong = {"answered": day(1), "ended": day(1), "reason": ReasonCode.NOT_OFFERED}
    some = [
        *(handoff(f"p{n}", "b", State.REDIRECTED, **wrong) for n in range(40)),  # type: ignore[arg-type]
        *(handoff(f"a{n}", "c", State.EXPIRED, kind=Kind.ORIENT, ended=day(1)) for n in range(40)),
    ]
    found = dead_ends(some)
    assert (found["b"].decided, found["b"].mismatch, found["b"].causes) == (40, 0, ())
    assert "c" not in found


def test_phases_in_one_body_are_one_stay_and_coming_back_is_none() -> None:
    def way(need: str, *steps: tuple[str, State]) -> list[HandoffFact]:
        ends = {State.DECLINED, State.REDIRECTED, State.COMPLETED}
        return [
            handoff(
                f"{need}{n}",
                target,
                state,
                needs=(need,),
                sent=day(n),
                answered=day(n),
                ended=day(n) if state in ends else None,
            )
            for n, (target, state) in enumerate(steps)
        ]

    phases = way("phases", ("b", State.COMPLETED), ("b", State.COMPLETED), ("c", State.ACCEPTED))
    back = way("back", ("b", State.DECLINED), ("c", State.DECLINED), ("b", State.ACCEPTED))
    hops = way("hops", ("b", State.DECLINED), ("c", State.REDIRECTED), ("d", State.DECLINED), ("e", State.ACCEPTED))
    two = way("two", ("b", State.DECLINED), ("c", State.REDIRECTED), ("d", State.ACCEPTED))
    every = [*phases, *back, *hops, *two]
    found = bounces(every)
    assert (found.needs, found.back_again, found.many_hops) == (frozenset({"back", "hops"}), 1, 1)
    assert (found.handed, found.count) == (4, 2)
    assert Chain(targets=("b", "c"), ending=Ending.TAKEN, count=1) in chains(every)
    assert Chain(targets=("b", "c", "b"), ending=Ending.TAKEN, count=1) in chains(every)
    assert chains([*phases, *way("more", ("b", State.COMPLETED), ("c", State.ACCEPTED))], most=1) == [
        Chain(targets=("b", "c"), ending=Ending.TAKEN, count=2)
    ]


def test_unmet_needs_are_counted_where_they_stand_and_once() -> None:
    needs = [
        NeedFact(id="1", file="f", competence=CARE, opened=day(1), commune="25056"),
        NeedFact(
            id="2", file="f", competence=CARE, opened=day(1), ended=day(5), cause=Cause.NO_SERVICE, commune="25056"
        ),
        NeedFact(id="3", file="g", competence=RSA, opened=day(1), ended=day(6), outcome=Outcome.NO_NEWS),
        NeedFact(id="4", file="g", competence=RSA, opened=day(1), ended=day(6), outcome=Outcome.RIGHT_REFUSED),
        NeedFact(id="5", file="g", competence=CARE, opened=day(1), ended=day(6), outcome=Outcome.NO_NEWS),
        NeedFact(id="6", file="g", competence=RSA, opened=day(90)),
    ]
    full = ((CARE, Cause.NO_CAPACITY),)
    requests = [
        request("1", 2, unmet=full, commune="25056"),
        request("2", 2, unmet=full, file="f"),
        request("3", 90, unmet=full),
    ]
    found = unmet(needs, requests, day(30))
    assert found.open == Counter({(CARE, "25056"): 1})
    assert found.of_files == Counter({Lacking(Cause.NO_SERVICE, CARE, "25056"): 1})
    assert found.at_doors == Counter({Lacking(Cause.NO_CAPACITY, CARE, "25056"): 1})
    assert found.by_cause() == Counter({Cause.NO_SERVICE: 1, Cause.NO_CAPACITY: 1})
    assert found.rights == Counter({RSA: 1})
    assert unmet(needs, (), day(5.5)).rights == Counter()


def test_files_that_a_door_keeps() -> None:
    some = [
        file("1", 0, transitional=True),
        file("2", 70, transitional=True),
        file("3", 69, transitional=True),
        file("4", 0),
        file("5", 0, 50, transitional=True),
        file("6", 0, lead="other"),
    ]
    assert load(some, day(100)) == {
        "door": Load(organisation="door", led=4, transitional=3, long=2, oldest=100),
    }
    assert load(some, day(100), longer_than=100)["door"].long == 0


def test_who_covers_what() -> None:
    places = [
        Place(code="1", population=100, zones=frozenset({"1", "epci:x", "departement:25"})),
        Place(code="2", population=30, zones=frozenset({"2", "departement:25"})),
        Place(code="3", population=7, zones=frozenset({"3", "departement:70"})),
    ]
    offers = [
        Offer(organisation="a", competences=frozenset({RSA}), zones=frozenset({"departement:25"})),
        Offer(organisation="a", competences=frozenset({RSA}), zones=frozenset({"1"})),
        Offer(
            organisation="b",
            competences=frozenset({CARE, RSA}),
            zones=frozenset({"epci:x"}),
            publics=frozenset({"young"}),
        ),
    ]
    found = relays(offers, places, [RSA, CARE], ["", "young"])
    assert found == {
        (RSA, "", "1"): 1,
        (RSA, "", "2"): 1,
        (RSA, "", "3"): 0,
        (RSA, "young", "1"): 2,
        (RSA, "young", "2"): 1,
        (RSA, "young", "3"): 0,
        (CARE, "", "1"): 0,
        (CARE, "", "2"): 0,
        (CARE, "", "3"): 0,
        (CARE, "young", "1"): 1,
        (CARE, "young", "2"): 0,
        (CARE, "young", "3"): 0,
    }
    assert uncovered(offers, places, [RSA, CARE], ["young"]) == [
        Gap(competence=CARE, public="young", communes=("2", "3"), population=37),
        Gap(competence=RSA, public="young", communes=("3",), population=7),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["1", "2", "zone"])), max_size=8),
)
def test_no_relay_is_where_the_count_is_zero(told: list[tuple[str, str, str]]) -> None:
    offers = [Offer(organisation=a, competences=frozenset({c}), zones=frozenset({z})) for a, c, z in told]
    places = [
        Place(code=code, population=1, zones=frozenset({code, *(("zone",) if code != "3" else ())})) for code in "123"
    ]
    gaps = {(gap.competence, code) for gap in uncovered(offers, places, "xy") for code in gap.communes}
    assert gaps == {(c, code) for (c, _, code), count in relays(offers, places, "xy").items() if not count}
    for (c, _, code), count in relays(offers, places, "xy").items():
        zones = {code, "zone"} if code != "3" else {code}
        assert count == len({a for a, about, zone in told if about == c and zone in zones})


def test_active_files() -> None:
    some = [
        file("before", 0),
        file("gone", 0, 5),
        file("left", 0, 15, persons=3),
        file("came", 12),
        file("through", 12, 18),
        file("later", 25),
        file("linked", 0, 12, state=FileState.LINKED),
    ]
    requests = [request("1", 9), request("2", 11), request("3", 12, file="came")]
    found = activity(some, requests, day(10), day(20), posts=2, reopened=[day(9), day(11)])
    assert (found.at_begin, found.entered, found.left, found.at_end) == (2, 2, 2, 2)
    assert (found.active, found.persons, found.requests, found.reopened) == (4, 6, 2, 1)
    assert (found.per_post, found.durations.came, found.durations.waiting) == (1.0, 2, 2)
    assert found.durations.median == 15
    assert activity(some, requests, day(10), day(20)).per_post is None


def test_days_that_are_not_worked_are_told_apart() -> None:
    some = [handoff("1", sent=day(0)), handoff("2", sent=day(5)), handoff("3", sent=day(0), kind=Kind.ASSIGN)]
    found = calendar(some, [request("1", 1)], date(2025, 1, 6), date(2025, 1, 12))
    assert [(one.handoffs, one.requests, one.worked) for one in found] == [
        (1, 0, True),
        (0, 1, True),
        (0, 0, True),
        (0, 0, True),
        (0, 0, True),
        (1, 0, False),
        (0, 0, False),
    ]
    assert per_working_day(found) == pytest.approx((0.2, 0.2))
    assert per_working_day(found[5:]) is None
