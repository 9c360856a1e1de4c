"""The attack across measures and quarters: what one table hides is not told by the others, nor by those that come later."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping

import pytest

from graph.model.figures.disclosure import protect
from graph.model.figures.facts import Facts
from graph.model.figures.lattice import FEWEST, WHOLE, Measure, Published
from graph.model.figures.periods import Quarter
from graph.model.figures.publication import FLOWS, REMEMBERED, Publication
from graph.model.figures.tables import TABLES, counted_of
from tests.model.figures.attack import attacked
from tests.model.figures.attack_across import Attack, Measured, chain, of_files, stock, within
from tests.model.figures.made_up_lives import FIRST, any_lives, zones

DOSE = 10 if os.environ.get("MAILLAGE_TEST_FULL") else 1
HANDED = (Measure.SENT, Measure.ANSWERED, Measure.CONTACTED)
OF_NEEDS = (Measure.NEEDS_OPENED, Measure.NEEDS_ENDED, Measure.NEEDS_OPEN, Measure.UNMET, Measure.REQUESTS)
OF_FILES = (Measure.FILES_OPENED, Measure.FILES_CLOSED, Measure.FILES_OPEN, Measure.TRANSITIONAL)
Tables = dict[tuple[Quarter, Measure], Measured]


def quarters(count: int) -> list[Quarter]:
    found = [FIRST]
    while len(found) < count:
        found.append(found[-1].next)
    return found


def tables_of(facts: Facts, count: int, measures: tuple[Measure, ...], *, together: bool = True) -> Tables:
    """What is told quarter by quarter; else by whoever protects each table by itself."""
    found: Tables = {}
    before: Mapping[Measure, Published] = {}
    for quarter in quarters(count):
        publication = Publication(facts, quarter, zones, before)
        for measure in measures:
            counted = counted_of(measure, facts, quarter, zones)
            told = publication.of(measure) if together else protect(*counted)
            found[quarter, measure] = Measured(told, dict(counted[0]))
        before = {measure: publication.of(measure) for measure in REMEMBERED}
    return found


def of_handoffs(tables: Tables) -> Attack:
    attack = Attack(tables, ("category", "month", "outcome"))
    chain(attack, Measure.SENT, Measure.ANSWERED, ("category",), {})
    chain(attack, Measure.ANSWERED, Measure.CONTACTED, (), {"outcome": ("taken", "waiting")})
    return attack


def of_needs(tables: Tables) -> Attack:
    attack = Attack(tables, ("category",))
    stock(attack, *_flow(Measure.NEEDS_OPEN))
    of_files(attack, Measure.UNMET, Measure.NEEDS_OPEN, Measure.REQUESTS)
    return attack


def of_open_files(tables: Tables) -> Attack:
    attack = Attack(tables, ("delay",))
    stock(attack, *_flow(Measure.FILES_OPEN))
    within(attack, Measure.FILES_OPEN, Measure.TRANSITIONAL, ages=True)
    return attack


def _flow(stock_: Measure) -> tuple[Measure, Measure, Measure]:
    came, went = FLOWS[stock_]
    return came, stock_, went


def drawn(seed: str, most: int = 500) -> tuple[Facts, int]:
    chance = random.Random(seed)
    while (lives := any_lives(chance)).files > most:
        continue
    return lives.drawn(chance), lives.quarters


@pytest.mark.parametrize("seed", range(3 * DOSE))
@pytest.mark.parametrize(
    ("measures", "attack"), [(OF_NEEDS, of_needs), (OF_FILES, of_open_files)], ids=["needs", "files"]
)
def test_what_came_went_and_stands_open_tells_of_nobody(seed, measures, attack) -> None:
    """Over two or three quarters, from the first one on. What has ended in a place is told nowhere, and does not follow either."""
    facts, count = drawn(f"stock {seed}")
    assert attack(tables_of(facts, count, measures)).found() == []


@pytest.mark.parametrize("seed", range(2 * DOSE))
def test_what_was_sent_answered_and_met_tells_of_nobody(seed: int) -> None:
    facts, count = drawn(f"handed {seed}", 250)
    assert of_handoffs(tables_of(facts, count, HANDED)).found() == []


@pytest.mark.parametrize(
    ("measures", "attack", "seed"),
    [(HANDED, of_handoffs, "lives 1"), (OF_FILES, of_open_files, "lives 13")],
    ids=["handoffs", "files"],
)
def test_the_attack_finds_what_each_table_by_itself_hides(measures, attack, seed: str) -> None:
    """Each is safe alone, and tells what the others hide."""
    facts, count = drawn(seed)
    tables = tables_of(facts, count, measures, together=False)
    assert [found for one in tables.values() for found in attacked(one.published, one.cells)[0]] == []
    assert attack(tables).found()


def test_what_has_ended_is_told_where_it_follows_and_nowhere_else() -> None:
    facts, count = drawn("ended")
    tables = tables_of(facts, count, (*OF_NEEDS, *OF_FILES))
    told = 0
    for stock_, (came, went) in FLOWS.items():
        before: int | None = 0
        for quarter in quarters(count):
            opened, ended, open_ = (tables[quarter, one].published.count() for one in (came, went, stock_))
            if before is None or opened is None or open_ is None:
                assert ended is None
            else:
                assert ended in {None, before + opened - open_}
            told += ended is not None
            before = open_
    assert told


def test_what_no_page_reads_is_not_published() -> None:
    assert {
        measure: [part.split for part in TABLES[measure].columns(FIRST)] for measure in (*HANDED, *OF_NEEDS, *OF_FILES)
    } == {
        Measure.SENT: ["category", "month", "sender"],
        Measure.ANSWERED: ["outcome", "category", "delay"],
        Measure.CONTACTED: ["delay"],
        Measure.NEEDS_OPENED: ["category"],
        Measure.NEEDS_ENDED: ["outcome"],
        Measure.NEEDS_OPEN: ["category", "delay"],
        Measure.UNMET: ["category", "cause"],
        Measure.REQUESTS: ["category", "month", "channel", "requester", "sex", "age", "at_once"],
        Measure.FILES_OPENED: [],
        Measure.FILES_CLOSED: ["outcome"],
        Measure.FILES_OPEN: ["delay"],
        Measure.TRANSITIONAL: ["delay"],
    }


def test_what_is_hidden_in_one_is_hidden_in_the_other_where_hardly_any_lie_between() -> None:
    """Of 14 that were sent 12 are answered, which a neighbour hides: who reads the 14 would know it to three."""
    facts, count = drawn("lives 1")
    hidden = [0, 0]
    for together in (False, True):
        tables = tables_of(facts, count, HANDED, together=together)
        for quarter in quarters(count):
            sent, answered = tables[quarter, Measure.SENT], tables[quarter, Measure.ANSWERED]
            hidden[together] += sum(
                bool(sent.published.count(*cell)) and sent.cells[cell] - many < FEWEST
                for cell, many in answered.cells.items()
                if cell[1] == WHOLE and answered.published.count(*cell) is None
            )
    assert hidden[0] > hidden[1] == 0
