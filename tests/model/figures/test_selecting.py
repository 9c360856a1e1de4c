"""The files behind a figure: as many as the tables count, whichever cell is asked for, and counted again by hand."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from hypothesis import given

from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sex
from graph.model.casework.handoff import Kind, State
from graph.model.figures.chains import chains
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact
from graph.model.figures.lattice import WHOLE, Measure, counted
from graph.model.figures.periods import Quarter, Span
from graph.model.figures.selecting import (
    ARROW,
    RECEIVED,
    SENT,
    Chosen,
    Counted,
    Split,
    choices,
    counting,
    file_of,
    selected,
    splits_of,
    unknown_to,
)
from graph.model.figures.tables import TABLES
from tests.make import RENT
from tests.model.figures.making import day, handoff, handoffs

QUARTER = Quarter(2025, 1)
SPAN = Span(QUARTER.begin, QUARTER.end)
HOUSE = ("a", "b")
RSA = "droits-et-prestations--rsa"


def chosen(what: Counted, **by: str) -> Chosen:
    return Chosen(counted=what, span=SPAN, by=MappingProxyType({Split(name): value for name, value in by.items()}))


def file(id_: str, **more: Any) -> FileFact:
    told: dict[str, Any] = {
        "state": "open", "organisation": "a", "lead": "a", "lead_since": day(0), "opened": day(0), "requested": day(0),
    }  # fmt: skip
    return FileFact(id=id_, **(told | more))


@given(handoffs())
def test_each_cell_of_the_published_tables_counts_what_is_selected(some: list[HandoffFact]) -> None:
    facts = Facts(handoffs=tuple(some))
    for what in (Counted.SENT, Counted.ANSWERED, Counted.CONTACTED):
        table = TABLES[Measure(what.value)]
        cells = counted(table.of(facts, QUARTER), (), table.columns(QUARTER))
        splits = {split.value for split in splits_of(what)}
        assert sum(1 for _ in counting(facts, chosen(what), HOUSE)) == cells.get((WHOLE, WHOLE), 0)
        for (_, column), count in cells.items():
            steps = dict(step.split("=", 1) for step in column)
            if steps.keys() <= splits:
                assert sum(1 for _ in counting(facts, chosen(what, **steps), HOUSE)) == count, (what, steps)


@given(handoffs())
def test_the_files_of_a_way_are_those_of_the_needs_that_took_it(some: list[HandoffFact]) -> None:
    facts = Facts(handoffs=tuple(some))
    # What was over before, or begun after, is on no way of the quarter.
    some = [one for one in some if one.drafted < SPAN.end and (one.ended is None or one.ended >= SPAN.begin)]
    for one in chains(some, 100):
        asked = chosen(Counted.WAYS, way=ARROW.join(one.targets), outcome=one.ending.value)
        assert sum(len(found.counted) for found in selected(facts, asked, HOUSE)) == one.count


@given(handoffs())
def test_a_choice_leaves_as_many_files_as_it_says(some: list[HandoffFact]) -> None:
    facts = Facts(handoffs=tuple(some))
    for split in splits_of(Counted.SENT):
        for narrowed in ({}, {"target": "b"}):
            asked = chosen(Counted.SENT, **narrowed)
            for value, files in choices(facts, asked, split, HOUSE).items():
                found = selected(facts, chosen(Counted.SENT, **(narrowed | {split.value: value})), HOUSE)
                assert len(found) == files, (split, value)
                assert len({one.file for one in found}) == files


def test_files_come_the_latest_first_each_once_with_its_handoffs() -> None:
    some = (
        handoff("h1", "b", file="f1", sender="c", sent=day(1)),
        handoff("h2", "d", file="f1", sent=day(9)),
        handoff("h3", "d", file="f2", sent=day(5)),
        handoff("h4", "b", file="f2", sent=day(6)),
        handoff("h5", "d", file="f3", sent=day(7), state=State.VOIDED),
        handoff("h6", "d", file="f4", sent=day(200)),
    )
    facts = Facts(handoffs=some)
    found = selected(facts, chosen(Counted.SENT), HOUSE)
    assert [(one.file, [handed.id for handed in one.handoffs]) for one in found] == [
        ("f1", ["h1", "h2"]),
        ("f2", ["h3", "h4"]),
    ]
    directions = {
        value: [one.id for one in counting(facts, chosen(Counted.SENT, direction=value), HOUSE)]  # type: ignore[union-attr]
        for value in (RECEIVED, SENT, "")
    }
    assert directions == {RECEIVED: ["h1"], SENT: ["h2", "h3"], "": ["h4"]}


def test_each_count_is_of_files_alone_and_lies_in_its_stretch() -> None:
    need = NeedFact(id="n1", file="f1", competence=RENT, opened=day(0), commune="25056", cause=Cause.NO_CAPACITY)
    caller = RequestFact(
        id="r1",
        organisation="a",
        at=day(1),
        channel=Channel.DESK,
        requester=Requester.PERSON,
        sex=Sex.UNKNOWN,
        age_band=AgeBand.UNKNOWN,
        unmet=((RENT, Cause.NO_CAPACITY),),
    )
    old = handoff("h1", "b", file="f2", sent=day(-400), drafted=day(-400), ended=day(-390), needs=("n2",))
    facts = Facts(needs=(need,), requests=(caller,), handoffs=(old,), files=(file("f1"),))
    told = {what: [one.file for one in selected(facts, chosen(what), HOUSE)] for what in Counted}
    assert {what: files for what, files in told.items() if files} == {
        Counted.NEEDS_OPEN: ["f1"],
        Counted.UNMET: ["f1"],
        Counted.FILES_OPEN: ["f1"],
    }


def test_of_whom_an_orientation_is_the_house_that_it_goes_to_does_not_know() -> None:
    oriented = handoff("h1", "b", sender="c", kind=Kind.ORIENT, sent=day(1))
    assert unknown_to(HOUSE, oriented)
    assert not unknown_to(HOUSE, replace(oriented, kind=Kind.REFER))
    assert not unknown_to(HOUSE, replace(oriented, sender="a"))
    assert not unknown_to(HOUSE, replace(oriented, sender="a", target="c"))


def test_needs_and_files_are_counted_as_they_stand_at_the_end() -> None:
    need = NeedFact(id="n1", file="f1", competence=RENT, opened=day(0), commune="25056")
    facts = Facts(
        needs=(
            need,
            replace(need, id="n2", file="f2", competence=RSA),
            replace(need, id="n3", file="f3", ended=day(9)),
        ),
        files=(file("f1", account="x"), file("f2", transitional=True), file("f3", closed=day(20), account="x")),
    )
    told = {
        what: {file_of(one) for one in counting(facts, chosen(what), HOUSE)}
        for what in (Counted.NEEDS_OPEN, Counted.FILES_OPEN, Counted.TRANSITIONAL, Counted.FILES_CLOSED)
    }
    assert told == {
        Counted.NEEDS_OPEN: {"f1", "f2"},
        Counted.FILES_OPEN: {"f1", "f2"},
        Counted.TRANSITIONAL: {"f2"},
        Counted.FILES_CLOSED: {"f3"},
    }
    assert choices(facts, chosen(Counted.NEEDS_OPEN), Split.CATEGORY, HOUSE) == {
        "logement-hebergement": 1,
        "droits-et-prestations": 1,
    }
    # The desk's own are those that no account leads.
    assert choices(facts, chosen(Counted.FILES_OPEN), Split.LEAD, HOUSE) == {"x": 1, "": 1}


def test_what_cannot_be_told_of_a_count_leaves_nothing() -> None:
    facts = Facts(files=(file("f1"),))
    assert list(counting(facts, chosen(Counted.FILES_OPEN), HOUSE)) == [file("f1")]
    assert list(counting(facts, chosen(Counted.FILES_OPEN, target="b"), HOUSE)) == []
    assert choices(facts, chosen(Counted.FILES_OPEN), Split.TARGET, HOUSE) == {}
