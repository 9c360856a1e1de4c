"""The table: what it says, that nothing else is possible, and that what it says is what happens."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from graph.model.casework.acts import Entry
from graph.model.casework.applying import applied
from graph.model.casework.clocks import BY_DEFAULT, tick_of
from graph.model.casework.file import File, Outcome
from graph.model.casework.handoff import ENDED, Handoff, Kind, ReasonCode, Side, State, Step, Target
from graph.model.casework.said import Said, Taking
from graph.model.casework.steps import STEPS
from graph.model.casework.taking import allowed_steps, take
from graph.model.errors import StepNotAllowed
from tests.model.casework import cases

EXPECTED = Path(__file__).with_name("steps_expected.csv")
Place = tuple[Kind, State, Step]

# What a step that leaves its state open may make of it.
OPEN_ENDED = {
    Step.SUBMIT: {State.AWAITING_CONSENT, State.SENT},
    Step.DECIDE: {State.ACCEPTED, State.IN_PROGRESS, State.NOT_COMPLETED},
    Step.REPORT: {State.ACCEPTED, State.DECLINED, State.COMPLETED, State.NOT_COMPLETED},
    Step.CONTEST: {State.SENT, State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS},
}
# An answer by telephone that each state may have.
TOLD = {
    State.SENT: Step.ACCEPT,
    State.RECEIVED: Step.DECLINE,
    State.WAITLISTED: Step.CONTACT,
    State.ACCEPTED: Step.CONTACT,
    State.IN_PROGRESS: Step.COMPLETE,
    State.ON_HOLD: Step.FAIL,
    State.AWAITING_DECISION: Step.DECIDE,
}


def expected() -> dict[Place, tuple[frozenset[Side], str]]:
    """The table as domain.md has it, written down a second time by hand."""
    found: dict[Place, tuple[frozenset[Side], str]] = {}
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            for kind, state in product(line["kinds"].split("+"), line["from"].split("+")):
                place = Kind(kind), State(state), Step(line["step"])
                assert place not in found, f"{place} comes twice"
                found[place] = frozenset(map(Side, line["by"].split("+"))), line["to"]
    return found


def test_the_table_is_that_of_the_specification():
    written = expected()
    assert {place: row.by for place, row in STEPS.items()} == {place: by for place, (by, _) in written.items()}
    assert {place: row.to for place, row in STEPS.items() if row.to} == {
        place: State(to) for place, (_, to) in written.items() if to not in {"=", "?"}
    }


def test_every_kind_can_be_ended_from_every_state_that_it_reaches():
    reached = {(kind, state) for kind, state, _ in STEPS if state not in ENDED}
    ways = {
        place: {row.to or State.NOT_COMPLETED for (kind, state, _), row in STEPS.items() if (kind, state) == place}
        for place in reached
    }
    assert [place for place, to in ways.items() if not to & ENDED] == []


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_in_the_table_is_refused_and_changes_nothing(kind: Kind):
    tried = 0
    for state, step in product(State, Step):
        file, handoff, said = _place(kind, state, step)
        row = STEPS.get((kind, state, step))
        for side in Side:
            by = cases.actor_of(kind, side)
            # Within one organisation whoever sends is the addressee too.
            same = {Side.SENDER, Side.TARGET} if kind is Kind.ASSIGN and side in {Side.SENDER, Side.TARGET} else {side}
            if row and row.by & same:
                continue
            tried += 1
            with pytest.raises(StepNotAllowed) as refused:
                take(file, handoff.id, step, by, said, Taking(at=cases.NOW))
            assert refused.value.step == step
            assert step not in allowed_steps(file, handoff, by, cases.NOW)
            assert file == _place(kind, state, step)[0]
    assert tried > 1000


@pytest.mark.parametrize("place", STEPS, ids="-".join)
def test_what_is_in_the_table_is_taken_by_each_side_that_may(place: Place):
    kind, state, step = place
    by, to = expected()[place]
    for side in sorted(by):
        file, handoff, said = _place(kind, state, step, side)
        actor, at = cases.actor_of(kind, side), cases.NOW
        if side is Side.CLOCK:
            tick = tick_of(handoff, BY_DEFAULT)
            assert tick is not None
            assert tick[0] is step
            at = tick[1]
        made = take(file, "h", step, actor, said, Taking(at=at))
        after = applied(file, Entry(file="f", seq=2, at=at, by=actor, event=made)).handoffs["h"]
        if step is Step.CONTEST and side is Side.PERSON:
            assert (after.state, after.contested) == (state, at)
        elif to == "?":
            assert after.state in OPEN_ENDED[step]
        else:
            assert after.state is (state if to == "=" else State(to))
        assert (made.to, made.due, made.tick) == (after.state, after.due, after.tick)
        assert (after.ended is not None) == (after.state in ENDED)


def _place(kind: Kind, state: State, step: Step, side: Side | None = None) -> tuple[File, Handoff, Said]:
    """A file whose handoff is in this state, with all that the step asks for."""
    at = cases.NOW
    handoff = cases.handoff(kind, state)
    if state in ENDED:
        handoff = replace(handoff, ended=at)
    match step:
        case Step.ANSWER:
            handoff = replace(handoff, asked=at)
        case Step.MISS:
            handoff = replace(handoff, appointment=at - timedelta(hours=1))
        case Step.CONTEST if kind is not Kind.ORDERED or side is Side.TARGET:
            handoff = cases.reported(cases.handoff(kind, State.SENT), state)
            handoff = replace(handoff, ended=at if state in ENDED else None)
        case Step.CONTACT if side is Side.CLOCK:
            handoff = cases.reported(handoff, state, contact=True, until=at)
        case Step.ESCALATE:
            handoff = replace(handoff, reminded=9)
        case Step.EXPIRE:
            handoff = replace(handoff, reminded=9, escalated=True)
        case _:
            pass
    said = Said(
        reason=ReasonCode.NO_CAPACITY,
        text="parce que",
        on=at + timedelta(days=10),
        granted=True,
        outcome=Outcome.MET,
        reported=TOLD.get(state, Step.CONTACT),
        to=Target(organisation=cases.THIRD),
        child="child",
    )
    return cases.file(handoff), handoff, said
