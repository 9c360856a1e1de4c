"""The tables of a quarter: which facts count in it, under what, and what is told of them."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sex
from graph.model.casework.file import FileState, Outcome
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact
from graph.model.figures.histograms import FROM
from graph.model.figures.lattice import WHOLE, Measure, Node, Part, Published, split_of
from graph.model.figures.periods import Quarter
from graph.model.figures.publication import FLOWS, LINKED, publish
from graph.model.figures.tables import BODY, TABLES, counted_of
from graph.model.vocabulary import competences
from tests.model.figures.attack import attacked, nodes_of

FULL = bool(os.environ.get("MAILLAGE_TEST_FULL"))
FIRST = Quarter(2025, 1)
QUARTERS = (FIRST, FIRST.next, FIRST.next.next)
COMPETENCES = sorted(competences())[::30]
STATES = (
    State.SENT,
    State.ACCEPTED,
    State.DECLINED,
    State.REDIRECTED,
    State.EXPIRED,
    State.WAITLISTED,
    State.COMPLETED,
)
DOUBS: Node = ("region=region:27", "departement=departement:25")


def zones(commune: str) -> tuple[str, ...]:
    """Three intercommunalities of two départements; what is not of them is not known."""
    if commune[:2] not in {"25", "39"}:
        return ()
    return commune, f"epci:{commune[2:4]}", f"departement:{commune[:2]}", "region:27", "pays:FR"


@cache
def invented(seed: int, count: int = 150) -> Facts:
    """Three quarters of a small network; what is drawn low is drawn often."""
    chance = random.Random(f"facts {seed}")

    def one(among: Sequence[Any]) -> Any:
        return among[int(len(among) * chance.random() ** 2)]

    def moment() -> datetime:
        return FIRST.begin + timedelta(days=chance.randrange(273), hours=chance.randrange(24))

    def later(at: datetime, days: int, share: float) -> datetime | None:
        return at + timedelta(days=chance.randrange(days)) if chance.random() < share else None

    def commune() -> str:
        return one([f"25{epci:02}{number}" for epci in (1, 2) for number in (1, 2)] + ["39031", "39032", "", "99999"])

    bodies = ["ccas:1", "asso:1", "asso:2", "cd:1"]
    handoffs, needs, files, requests = [], [], [], []
    for number in range(count):
        file, place, opened = f"f{number // 2}", commune(), moment()
        state = one(STATES)
        answered = later(opened, 40, 0.8) if state is not State.EXPIRED else None
        ended = answered if state in {State.DECLINED, State.REDIRECTED} else later(opened, 90, 0.5)
        if state is State.EXPIRED:
            ended = opened + timedelta(days=30)
        handoffs.append(
            HandoffFact(
                id=f"h{number}",
                file=file,
                kind=Kind.REFER,
                state=state,
                sender=one(bodies),
                target="cd:2" if chance.random() < 0.4 else one(["asso:3", "cd:3"]),
                requested=opened - timedelta(days=chance.randrange(20)),
                drafted=opened,
                competence=one(COMPETENCES),
                commune=place,
                sent=opened,
                answered=answered,
                contacted=answered + timedelta(days=2) if answered and chance.random() < 0.6 else None,
                ended=ended,
                reason=one(list(ReasonCode)) if state in {State.DECLINED, State.REDIRECTED} else None,
            )
        )
        over = later(opened, 200, 0.6)
        needs.append(
            NeedFact(
                id=f"n{number}",
                file=file,
                competence=one(COMPETENCES),
                opened=opened,
                commune=place,
                ended=over,
                outcome=one(list(Outcome)) if over else None,
                cause=one([None, *Cause]),
            )
        )
        files.append(
            FileFact(
                id=f"f{number}",
                state=FileState.CLOSED if over else FileState.OPEN,
                organisation=one(bodies),
                lead=one(bodies),
                lead_since=opened,
                opened=opened,
                requested=opened - timedelta(days=chance.randrange(9)),
                commune=place,
                transitional=chance.random() < 0.3,
                closed=over,
                outcome=one(list(Outcome)) if over else None,
            )
        )
        requests.append(
            RequestFact(
                id=f"r{number}",
                organisation=one(bodies),
                at=opened,
                channel=one(list(Channel)),
                requester=one(list(Requester)),
                sex=one(list(Sex)),
                age_band=one(list(AgeBand)),
                commune=place,
                at_once=chance.random() < 0.5,
                reasons=(one(COMPETENCES),),
                unmet=((one(COMPETENCES), one(list(Cause))),) if chance.random() < 0.4 else (),
            )
        )
    return Facts(handoffs=tuple(handoffs), needs=tuple(needs), files=tuple(files), requests=tuple(requests))


def cells_of(measure: Measure, facts: Facts, quarter: Quarter = FIRST) -> dict[tuple[Node, Node], int]:
    return dict(counted_of(measure, facts, quarter, zones)[0])


def published(measure: Measure, facts: Facts, quarter: Quarter) -> Published:
    return publish(measure, facts, quarter, zones)


def in_places(measure: Measure, facts: Facts, quarter: Quarter) -> dict[tuple[Node, Node], int]:
    """Its cells, and as empty ones those places that tables which are hidden together with it tell of: whoever reads one table
    reads the others, and nobody being there is hidden too (decision 0074).
    """
    others = (one for some in LINKED if measure in some for one in some)
    places = {row for one in others for row, _ in cells_of(one, facts, quarter) if not row or split_of(row) != BODY}
    return {(row, WHOLE): 0 for row in places} | cells_of(measure, facts, quarter)


def splits(parts: Iterable[Part]) -> set[str]:
    return {name for part in parts for name in (part.split, *splits(part.within))}


HANDOFF = HandoffFact(
    id="h",
    file="f",
    kind=Kind.REFER,
    state=State.ACCEPTED,
    sender="ccas:1",
    target="asso:1",
    requested=FIRST.begin,
    drafted=FIRST.begin,
    competence=COMPETENCES[0],
    commune="25011",
    sent=FIRST.begin + timedelta(days=5),
    answered=FIRST.end + timedelta(days=1),
)


def test_each_thing_counts_in_the_quarter_in_which_it_came_about() -> None:
    facts = Facts(handoffs=(HANDOFF,))
    assert cells_of(Measure.SENT, facts)[WHOLE, WHOLE] == 1
    assert cells_of(Measure.ANSWERED, facts) == {}
    assert cells_of(Measure.SENT, facts, FIRST.next) == {}
    assert cells_of(Measure.ANSWERED, facts, FIRST.next)[WHOLE, WHOLE] == 1
    # A quarter that is over does not change with what comes later.
    later = replace(HANDOFF, state=State.COMPLETED, contacted=FIRST.end, ended=FIRST.next.end)
    assert cells_of(Measure.SENT, Facts(handoffs=(later,))) == cells_of(Measure.SENT, facts)


def test_where_and_under_what_a_handoff_is_told() -> None:
    cells = cells_of(Measure.SENT, Facts(handoffs=(HANDOFF,)))
    rows, columns = nodes_of(cells)
    epci = (*DOUBS, "epci=epci:01")
    assert set(rows) == {WHOLE, DOUBS[:1], DOUBS, epci, (*epci, "commune=25011"), (*DOUBS, "organisation=asso:1")}
    theme = f"category={competences()[COMPETENCES[0]].category}"
    assert set(columns) == {
        WHOLE,
        (theme,),
        (theme, f"competence={COMPETENCES[0]}"),
        ("month=2025-01",),
        ("sender=ccas:1",),
    }
    unknown = cells_of(Measure.SENT, Facts(handoffs=(replace(HANDOFF, commune="99999"),)))
    assert ("region=", "departement=", "epci=", "commune=") in nodes_of(unknown)[0]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "taken"),
        ({"state": State.DECLINED, "ended": HANDOFF.answered, "reason": ReasonCode.NO_CAPACITY}, "declined"),
        ({"state": State.DECLINED, "ended": FIRST.next.end, "reason": ReasonCode.NO_CAPACITY}, "declined"),
        ({"state": State.DECLINED, "contacted": FIRST.next.begin, "ended": FIRST.next.end}, "taken"),
        ({"state": State.ACCEPTED, "kind": Kind.ORIENT}, "waiting"),
        ({"state": State.REDIRECTED, "ended": HANDOFF.answered, "reason": ReasonCode.OUT_OF_AREA}, "redirected"),
        ({"state": State.EXPIRED, "ended": FIRST.next.begin, "answered": None}, "expired"),
        ({"state": State.WAITLISTED}, "waiting"),
    ],
)
def test_an_answer_is_what_it_was_when_it_came(changed: dict[str, Any], outcome: str) -> None:
    cells = cells_of(Measure.ANSWERED, Facts(handoffs=(replace(HANDOFF, **changed),)), FIRST.next)
    assert cells[WHOLE, (f"outcome={outcome}",)] == 1
    reasons = {column[1] for _, column in cells if len(column) == 2 and column[0].startswith("outcome")}
    assert reasons == {f"reason={changed['reason']}" if outcome in {"declined", "redirected"} else "reason="}


@pytest.mark.parametrize(
    "changed", [{"kind": Kind.ASSIGN}, {"state": State.VOIDED}, {"target": "ccas:1"}, {"sent": None}]
)
def test_what_never_went_from_one_body_to_another_is_not_counted(changed: dict[str, Any]) -> None:
    assert cells_of(Measure.SENT, Facts(handoffs=(replace(HANDOFF, **changed),))) == {}


def test_what_stands_open_is_counted_as_it_stood_at_the_end() -> None:
    facts = invented(0)
    for quarter in QUARTERS:
        open_ = [one for one in facts.needs if one.opened < quarter.end and not (one.ended and one.ended < quarter.end)]
        assert cells_of(Measure.NEEDS_OPEN, facts, quarter)[WHOLE, WHOLE] == len(open_)
        there = Counter(one.competence for one in open_ if one.commune.startswith("25"))
        cells = cells_of(Measure.NEEDS_OPEN, facts, quarter)
        assert there == {
            column[-1].partition("=")[2]: count
            for (row, column), count in cells.items()
            if row == DOUBS and len(column) == 2
        }


def test_a_need_told_at_a_door_is_unmet_once() -> None:
    need = NeedFact(
        id="n", file="f", competence=COMPETENCES[0], opened=FIRST.begin, commune="25011", cause=Cause.NO_CAPACITY
    )
    request = replace(invented(0).requests[0], at=FIRST.begin, file="", unmet=((COMPETENCES[1], Cause.NO_SERVICE),))
    facts = Facts(needs=(need,), requests=(request, replace(request, id="other", file="f")))
    cells = cells_of(Measure.UNMET, facts)
    assert {
        column: count for (row, column), count in cells.items() if row == WHOLE and column[:1] and "cause" in column[0]
    } == {
        ("cause=no_capacity",): 1,
        ("cause=no_service",): 1,
    }


def test_the_splits_of_rows_and_columns_bear_different_names() -> None:
    places = {"region", "departement", "epci", "commune", BODY}
    for table in TABLES.values():
        assert not splits(table.columns(FIRST)) & places


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("seed", range(12 if FULL else 1))
def test_no_quarter_of_any_measure_tells_too_much(measure: Measure, seed: int) -> None:
    facts, hidden = invented(seed), 0
    for quarter in QUARTERS if FULL else QUARTERS[1:2]:
        cells = in_places(measure, facts, quarter)
        found, number = attacked(published(measure, facts, quarter), cells)
        assert found == []
        hidden += number
    assert hidden or not TABLES[measure].places


@pytest.mark.parametrize(("seed", "quarter"), [(0, QUARTERS[2]), (11, QUARTERS[1])])
def test_all_of_them_being_in_one_place_is_not_told_of_a_whole(seed: int, quarter: Quarter) -> None:
    """Of those who were met all live in one region, and the others of those who were answered in none that is known. That nobody
    of them was met is hidden, or the hidden region would be the whole that is told.
    """
    facts, region, nowhere = invented(seed), ("region=region:27",), ("region=",)
    cells, found = in_places(Measure.CONTACTED, facts, quarter), published(Measure.CONTACTED, facts, quarter)
    assert cells[region, WHOLE] == cells[WHOLE, WHOLE] == found.count()
    assert cells[nowhere, WHOLE] == 0
    assert found.count(region) is None
    assert found.count(nowhere) is None


def test_what_is_hidden_in_one_quarter_is_not_told_by_another() -> None:
    """What stood open, what came, what went: a hidden one of the three is never what the others leave."""
    hidden = 0
    for seed in range(12 if FULL else 3):
        facts = invented(seed)
        for stock, (came, went) in FLOWS.items():
            for quarter in QUARTERS:
                cells = cells_of(came, facts, quarter)
                opened, open_ = published(came, facts, quarter), published(stock, facts, quarter)
                ended = published(went, facts, quarter)
                places = {(row, column) for row, column in cells if not (row and row[-1].startswith(BODY))}
                themes = {cell for cell in places if cell[1] == WHOLE or cell[1][0].startswith("category")}
                for cell in themes:
                    assert cell == (WHOLE, WHOLE) or ended.count(*cell) is None
                    if opened.count(*cell) is None:
                        hidden += 1
                        assert open_.count(*cell) is None or open_.count(*cell) == 0
    assert hidden


@pytest.mark.parametrize(("ended", "told"), [(0, True), (2, False), (15, True)])
def test_ages_of_what_stands_open_do_not_tell_the_few_that_ended(ended: int, told: bool) -> None:
    def file(number: int, opened: datetime, closed: datetime | None = None) -> FileFact:
        one = replace(invented(0).files[0], id=f"a{number}", commune="25011", opened=opened)
        return replace(one, requested=opened, closed=closed, outcome=None)

    before = [file(n, FIRST.begin - timedelta(days=40)) for n in range(30)]
    since = [file(100 + n, FIRST.begin + timedelta(days=5)) for n in range(30)]
    since = [replace(one, closed=FIRST.end - timedelta(days=3)) if n < ended else one for n, one in enumerate(since)]
    found = published(Measure.FILES_OPEN, Facts(files=(*before, *since)), FIRST)
    ages = found.parts(WHOLE, WHOLE, "delay")
    old = (f"delay={len(FROM) - 1}",)
    assert (ages.told.get(old) is not None) is told
    assert found.count(DOUBS, old) is None
    assert found.count((*DOUBS, "organisation=ccas:1")) is None
