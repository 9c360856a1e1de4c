"""Figures find what the generator planted, and no others."""

from __future__ import annotations

from collections import defaultdict

from graph.model.casework.contact import Cause
from graph.model.figures.coverage import Offer, Place, uncovered
from graph.model.figures.dead_ends import Blockage, dead_ends
from graph.model.figures.network import bottlenecks
from graph.model.figures.transitional import load
from graph.model.figures.unmet import unmet
from tests.model.figures.conftest import END, Lived


def test_thousands_of_handoffs_are_looked_at(years: Lived) -> None:
    assert sum(one.sent is not None for one in years.facts.handoffs) > 1_400


def test_the_bottleneck_and_no_other(years: Lived) -> None:
    found = bottlenecks(years.facts.handoffs, END)
    assert [one.id for one in found if one.is_one] == [years.network.planted.bottleneck]
    assert len(found) > 3
    assert found[0].wait is not None
    assert found[0].wait >= 15


def test_the_silent_the_saturated_the_mismatched_and_no_others(years: Lived) -> None:
    planted = years.network.planted
    found = {id_: one.causes for id_, one in dead_ends(years.facts.handoffs).items() if one.causes}
    assert found == {
        **dict.fromkeys(planted.silent, (Blockage.SILENCE,)),
        planted.saturated: (Blockage.SATURATION,),
        planted.mismatched: (Blockage.MISMATCH,),
    }


def test_the_door_that_keeps_its_files_and_no_other(years: Lived) -> None:
    found = load(years.facts.files, END, longer_than=30)
    assert [id_ for id_, one in found.items() if one.long] == [years.network.planted.transitional]
    one = found[years.network.planted.transitional]
    assert one.led >= one.transitional >= one.long > 5
    assert 120 < one.oldest <= 290


def test_the_deserts_and_no_others(years: Lived) -> None:
    network = years.network
    where: dict[tuple[str, str], set[str]] = defaultdict(set)
    for competence in network.competences:
        for commune in network.communes:
            for body in network.relays(competence, commune):
                where[body, competence].add(commune)
    offers = [
        Offer(organisation=body, competences=frozenset({competence}), zones=frozenset(communes))
        for (body, competence), communes in where.items()
    ]
    places = [Place(code=code, population=people, zones=frozenset({code})) for code, people in network.communes.items()]
    found = {gap.competence: gap for gap in uncovered(offers, places, sorted(network.competences))}
    assert {one: frozenset(gap.communes) for one, gap in found.items()} == {
        desert.competence: desert.communes for desert in network.planted.deserts
    }
    for desert in network.planted.deserts:
        assert found[desert.competence].population == sum(network.communes[code] for code in desert.communes)


def test_needs_that_met_a_desert_and_no_others_had_no_service(years: Lived) -> None:
    found = unmet(years.facts.needs, (), END).of_files
    deserts = {(one.competence, code) for one in years.network.planted.deserts for code in one.communes}
    without = {(one.competence, one.commune) for one in found if one.cause is Cause.NO_SERVICE}
    assert without
    assert without <= deserts
    lived = {(need.competence, need.commune) for need in years.facts.needs if need.cause is Cause.NO_SERVICE}
    assert without == lived
