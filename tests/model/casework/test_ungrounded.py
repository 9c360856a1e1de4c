"""What is left of a handoff whose accord was taken back, or whose ground is over: it moves no lead, and can be given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from graph.model.access import Role, Viewer
from graph.model.casework import deciding
from graph.model.casework.clocks import BY_DEFAULT, working_days_after
from graph.model.casework.file import File, LeadCause, Outcome
from graph.model.casework.grounds import Ground, ShareGroup
from graph.model.casework.handoff import ENDED, ON_A_GROUND, Kind, OrderedLead, ReasonCode, State, Step
from graph.model.casework.said import Said
from graph.model.casework.sight import sight
from graph.model.casework.taking import allowed_steps
from graph.model.casework.telling import told
from graph.model.casework.timing import due_tick
from graph.model.errors import StepNotAllowed
from tests.model.casework import cases
from tests.model.casework.cases import CLOCK, NOW, OURS, PERSON, THEIRS, THEM, US

PRACTICAL = frozenset({ShareGroup.PRACTICAL})
AT_CONTACT = {"order": OrderedLead.AT_CONTACT}
MOVING = [(Kind.TRANSFER, {}), (Kind.ORDERED, AT_CONTACT)]
WHY = "a été retiré ou a pris fin"


def taken_back(file: File) -> File:
    return cases.write(file, deciding.consent_withdrawn(file, THEIRS), by=PERSON)


def last_day(file: File) -> File:
    """The ground of their handoff ends the day before."""
    over = cases.consent(THEIRS, THEIRS, until=date(2026, 3, 9), ground=Ground.LEGAL_DUTY)
    return cases.file(*file.handoffs.values(), consents={THEIRS: over}, seq=file.seq)


@pytest.mark.parametrize("gone", [taken_back, last_day])
def test_a_relay_whose_accord_is_gone_is_not_taken(gone: Callable[[File], File]):
    file = gone(cases.sent(cases.file(), Kind.TRANSFER, THEIRS, groups=PRACTICAL))
    for step in (Step.OPEN, Step.ASK, Step.WAITLIST, Step.FILE_FOR_DECISION, Step.ACCEPT, Step.REDIRECT):
        with pytest.raises(StepNotAllowed, match=WHY):
            cases.step(file, step, THEM)
    assert allowed_steps(file, file.handoffs["h"], THEM, NOW) == (Step.DECLINE,)
    declined = cases.step(file, Step.DECLINE, THEM, reason=ReasonCode.OTHER, text="sans accord")
    assert (declined.handoffs["h"].state, declined.lead) == (State.DECLINED, cases.lead())


@pytest.mark.parametrize(("kind", "more"), MOVING)
def test_nobody_moves_the_lead_by_an_accord_that_was_taken_back(kind: Kind, more: dict[str, OrderedLead]):
    file = taken_back(cases.file(cases.handoff(kind, State.ACCEPTED, **more)))
    for by in (THEM, cases.addressee(THEIRS), PERSON):
        assert Step.CONTACT not in allowed_steps(file, file.handoffs["h"], by, NOW)
        with pytest.raises(StepNotAllowed, match=WHY):
            cases.step(file, Step.CONTACT, by)
    with pytest.raises(StepNotAllowed, match=WHY):
        cases.step(file, Step.REPORT, US, reported=Step.CONTACT)
    assert (file.lead, file.handoffs["h"].state) == (cases.lead(), State.ACCEPTED)


def test_an_acceptance_is_not_reported_without_an_accord_and_a_refusal_is():
    file = taken_back(cases.sent(cases.file(), Kind.TRANSFER, THEIRS))
    with pytest.raises(StepNotAllowed, match=WHY):
        cases.step(file, Step.REPORT, US, reported=Step.ACCEPT)
    told = cases.step(file, Step.REPORT, US, Said(reason=ReasonCode.NO_CAPACITY), reported=Step.DECLINE)
    assert told.handoffs["h"].state is State.DECLINED


@pytest.mark.parametrize(("kind", "more"), MOVING)
def test_a_reported_contact_ends_where_the_accord_was_taken_back_meanwhile(kind: Kind, more: dict[str, OrderedLead]):
    file = cases.file(cases.handoff(kind, State.ACCEPTED, **more))
    file = taken_back(cases.step(file, Step.REPORT, US, reported=Step.CONTACT))
    late = working_days_after(NOW, 5)
    assert due_tick(file, file.handoffs["h"], late - timedelta(minutes=1), BY_DEFAULT) is None
    assert due_tick(file, file.handoffs["h"], late, BY_DEFAULT) is Step.EXPIRE
    with pytest.raises(StepNotAllowed):
        cases.step(file, Step.CONTACT, CLOCK, at=late)
    over = cases.step(file, Step.EXPIRE, CLOCK, at=late)
    assert (over.handoffs["h"].state, over.handoffs["h"].settled, over.lead) == (State.EXPIRED, False, cases.lead())


@pytest.mark.parametrize("kind", [Kind.REFER, Kind.RELINK])
def test_that_she_was_seen_is_her_own_word_where_it_moves_no_lead(kind: Kind):
    file = taken_back(cases.file(cases.handoff(kind, State.ACCEPTED)))
    with pytest.raises(StepNotAllowed, match=WHY):
        cases.step(file, Step.CONTACT, THEM)
    met = cases.step(file, Step.CONTACT, PERSON)
    assert (met.handoffs["h"].state, met.lead) == (State.IN_PROGRESS, cases.lead())


@pytest.mark.parametrize("kind", sorted(ON_A_GROUND))
def test_who_was_at_work_says_how_it_ended(kind: Kind):
    file = taken_back(cases.file(cases.handoff(kind, State.IN_PROGRESS)))
    with pytest.raises(StepNotAllowed, match=WHY):
        cases.step(file, Step.PAUSE, THEM, reason=ReasonCode.UNREACHABLE, on=NOW + timedelta(days=3))
    for step in (Step.COMPLETE, Step.FAIL):
        over = cases.step(file, step, THEM, reason=ReasonCode.OTHER, text="sans accord", outcome=Outcome.PARTLY_MET)
        assert over.handoffs["h"].state in ENDED


def test_who_gave_the_file_away_is_not_told_back_what_the_addressee_reads():
    file = cases.moved(cases.file(), THEIRS)
    ours = Viewer(account=US.account, organisation=OURS, organisations=(OURS,), roles=frozenset({Role.PROFESSIONAL}))
    seen = sight(file, ours, NOW)
    assert (seen.whole, seen.handoffs) == (False, {"h"})
    assert told(file, seen, NOW).members is None
    assert told(file, file.handoffs["h"], NOW).members is not None


def test_who_has_come_to_lead_goes_on_in_her_own_right():
    file = taken_back(cases.moved(cases.file(), THEIRS))
    paused = cases.step(file, Step.PAUSE, THEM, reason=ReasonCode.UNREACHABLE, on=NOW + timedelta(days=3))
    assert (paused.handoffs["h"].state, paused.lead) == (State.ON_HOLD, file.lead)
    back = cases.step(file, Step.DISPUTE, PERSON)
    assert back.lead
    assert (back.lead.organisation, back.lead.cause) == (OURS, LeadCause.WENT_BACK)
    with pytest.raises(StepNotAllowed, match=WHY):
        cases.step(back, Step.CONTACT, THEM)
