"""What is told of a network as a whole bears no small number, and finds what was planted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from graph.model.casework.applying import replayed
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.facts import Facts
from graph.model.figures.lattice import FEWEST, Measure
from graph.model.figures.networked import NetworkTold, bodies_told, network_told
from graph.model.figures.of_files import facts_of
from graph.model.figures.periods import Quarter
from graph.model.figures.tables import publish
from importers.invented.generated import generated
from importers.invented.loading import lives

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

    sent, answered = (
        publish(measure, facts, QUARTER, zones, lambda body: "") for measure in (Measure.SENT, Measure.ANSWERED)
    )
    return network_told(facts, facts.handoffs, QUARTER, sent, answered), bodies_told(sent, answered)


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
