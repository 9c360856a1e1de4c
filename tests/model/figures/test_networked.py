"""What is told of a network as a whole bears no small number, and finds what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graph.model.casework.applying import replayed
from graph.model.casework.handoff import ReasonCode, State
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.facts import Facts, HandoffFact
from graph.model.figures.lattice import FEWEST, WHOLE, Measure, Published
from graph.model.figures.networked import NetworkTold, bodies_judged, bodies_told, network_told
from graph.model.figures.of_files import commune_of, facts_of
from graph.model.figures.periods import Quarter
from graph.model.figures.publication import publish
from importers.invented.generated import generated
from importers.invented.loading import lives
from tests.model.figures.making import handoff

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
NETWORK = generated("networked", 1, END)
QUARTER = Quarter(2025, 3)


@pytest.fixture(scope="module")
def facts() -> Facts:
    some = [facts_of(replayed(log)) for log in lives(NETWORK, "networked", 700, END)]
    return Facts(
        handoffs=tuple(one for few in some for one in few.handoffs),
        needs=tuple(one for few in some for one in few.needs),
        files=tuple(one for few in some for one in few.files),
    )


def told(facts: Facts) -> tuple[NetworkTold, frozenset[str]]:
    def zones(commune: str) -> tuple[str, ...]:
        return (commune, "epci:1", "departement:1", "region:1", "pays:FR")

    sent, answered = (publish(measure, facts, QUARTER, zones) for measure in (Measure.SENT, Measure.ANSWERED))
    known = bodies_told(sent, answered)
    return of_quarter(facts, facts.handoffs, known), known


def of_quarter(facts: Facts, year: Sequence[HandoffFact], known: frozenset[str]) -> NetworkTold:
    return replace(network_told(facts, QUARTER, known), bodies=bodies_judged(year, QUARTER, known))


def test_of_a_body_nothing_is_told_that_its_published_count_does_not_bear(facts: Facts) -> None:
    found, known = told(facts)
    assert {body.id for body in found.bodies} == known
    assert known
    sent = [one for one in facts.handoffs if QUARTER.holds(one.sent)]
    for body in found.bodies:
        assert sum(one.target == body.id for one in sent) >= FEWEST
    for chain in found.chains:
        assert chain.count >= FEWEST
        assert known.issuperset(chain.targets)
    for number in (found.handed, found.bounced, found.met_first):
        assert number is None or number == 0 or number >= FEWEST
    assert found.contact.median is not None
    assert found.contact.count


def test_what_was_planted_is_told_where_it_is_large_enough(facts: Facts) -> None:
    found, known = told(facts)
    planted = NETWORK.planted
    assert planted.bottleneck in known
    assert [body.id for body in found.bodies if body.bottleneck] == [planted.bottleneck]
    ends = {body.id: body.dead_end for body in found.bodies if body.dead_end}
    expected = {
        **dict.fromkeys(planted.silent, (Blockage.SILENCE,)),
        planted.saturated: (Blockage.SATURATION,),
        planted.mismatched: (Blockage.MISMATCH,),
    }
    assert ends == {id_: causes for id_, causes in expected.items() if id_ in known}


def test_a_small_network_tells_nothing(facts: Facts) -> None:
    few = {file.id for file in facts.files[:5]}
    small = Facts(
        handoffs=tuple(one for one in facts.handoffs if one.file in few),
        files=tuple(one for one in facts.files if one.id in few),
    )
    found, known = told(small)
    assert (found, known) == (NetworkTold(handed=found.handed, bounced=found.bounced), frozenset())
    assert found.handed in {None, 0}


def of_files(files: int, each: int, **more: object) -> list[HandoffFact]:
    """Each file hands so many needs to one body and then to another."""
    at = QUARTER.begin + timedelta(days=3)
    return [
        handoff(
            f"{more}{file}-{need}-{target}",
            target,
            file=f"{more}{file}",
            needs=(f"{more}{file}-{need}",),
            **{"state": State.ACCEPTED, "requested": at, "drafted": at, "answered": at + timedelta(days=1), **more},
            sent=at + timedelta(hours=hour),
        )
        for file in range(files)
        for need in range(each)
        for hour, target in enumerate(("b", "c"))
    ]


def quarter_of_bodies(some: list[HandoffFact]) -> NetworkTold:
    bodies = Published({(WHOLE, WHOLE): 99} | {((f"organisation={id_}",), WHOLE): 99 for id_ in "bc"})
    return of_quarter(Facts(handoffs=tuple(some)), some, bodies_told(bodies, bodies))


def test_needs_of_a_few_files_are_not_told_however_many_they_are() -> None:
    few, many = quarter_of_bodies(of_files(3, 8)), quarter_of_bodies(of_files(FEWEST, 1))
    assert (few.handed, few.bounced, few.met_first, few.chains) == (None, None, None, ())
    assert (many.handed, many.bounced) == (FEWEST, 0)
    assert [(chain.targets, chain.count) for chain in many.chains] == [(("b", "c"), FEWEST)]
    # Twelve needs of two files that the first body met: neither are they told.
    met = of_files(2, 6, state=State.COMPLETED, outcome="met")
    some = quarter_of_bodies([*of_files(20, 1), *met])
    assert (some.handed, some.met_first) == (32, None)
    enough = quarter_of_bodies([*of_files(20, 1), *of_files(12, 1, state=State.COMPLETED, outcome="met")])
    assert (enough.handed, enough.met_first) == (32, 12)


def test_a_way_is_told_where_it_leaves_over_enough_of_those_who_came_another_way() -> None:
    """Of what is published of a body, less those who came by a way that is told, a few would be left."""

    def ways(others: int) -> list[int]:
        alone = [one for one in of_files(others, 1, state=State.DECLINED) if one.target == "b"]
        return [chain.count for chain in quarter_of_bodies([*of_files(20, 1), *alone]).chains]

    assert [ways(others) for others in (0, 3, 10, 11)] == [[20], [], [], [20]]


def test_what_the_first_body_met_is_told_where_it_leaves_over_enough() -> None:
    """Twenty that came back to whom had sent them away, twelve that the first met, and a few of whom neither is true."""

    def met_first(neither: int) -> tuple[int | None, int | None]:
        again = of_files(20, 1, state=State.DECLINED)
        later = QUARTER.begin + timedelta(days=4)
        again += [replace(one, id=f"{one.id} again", target="b", sent=later) for one in again]
        met = [one for one in of_files(12, 1, state=State.COMPLETED, outcome="met") if one.target == "b"]
        some = quarter_of_bodies([*again, *met, *of_files(neither, 1)])
        return some.bounced, some.met_first

    assert [met_first(neither) for neither in (0, 3, 11)] == [(20, 12), (20, None), (20, 12)]


def test_a_dead_end_is_told_where_enough_files_stopped_and_enough_did_not() -> None:
    def causes(stopped: int, passed: int) -> tuple[Blockage, ...]:
        full = of_files(stopped, 4, state=State.DECLINED, reason=ReasonCode.NO_CAPACITY)
        some = [one for one in full if one.target == "b"] + of_files(passed, 1)
        some += [replace(one, id=f"o{one.id}", target=body) for body in "xyz" for one in of_files(20, 1)]
        return next(body.dead_end for body in quarter_of_bodies(some).bodies if body.id == "b")

    assert causes(5, 12) == ()
    assert causes(20, 3) == ()
    assert causes(20, 12) == (Blockage.SATURATION,)


def test_who_still_waits_is_told_of_one_curve_alone() -> None:
    found = quarter_of_bodies(of_files(FEWEST, 1))
    assert (found.sent.waiting, found.answered.waiting, found.contact.waiting) == (None, None, FEWEST)
    assert found.sent.median == 0


def test_who_lives_with_a_secret_address_has_no_commune() -> None:
    file = next(one for one in map(replayed, lives(NETWORK, "networked", 20, END)) if commune_of(one))
    member = next(one for one in file.members.values() if one.left is None)
    other = replace(member, secret=True, identity=replace(member.identity, commune=""))
    assert commune_of(replace(file, members={**file.members, "other": other})) == ""
    gone = replace(other, left=END)
    assert commune_of(replace(file, members={**file.members, "other": gone})) == commune_of(file)
