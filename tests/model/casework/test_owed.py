"""Who owes what, by when: for each state of each kind, and after what went wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graph.model.casework import acts, deciding
from graph.model.casework.clocks import working_days_after
from graph.model.casework.file import Actor, File, FileState, Lead, LeadCause, Outcome, Watch
from graph.model.casework.handoff import ENDED, Kind, ReasonCode, State, Step, Target
from graph.model.casework.owed import Holder, Owed, of_handoff, owed
from graph.model.casework.said import Said
from tests.model.casework import cases
from tests.model.casework.cases import CLOCK, NOW, OURS, PERSON, THEIRS, THEM, THIRD, US

# What each open state owes, and by whom: of most kinds; where the person goes alone or the asker leads, by her.
OWED = {
    State.DRAFT: (Owed.FINISH_DRAFT, OURS),
    State.AWAITING_CONSENT: (Owed.GET_CONSENT, OURS),
    State.SENT: (Owed.ANSWER, THEIRS),
    State.RECEIVED: (Owed.ANSWER, THEIRS),
    State.WAITLISTED: (Owed.REVIEW_WAIT, THEIRS),
    State.AWAITING_DECISION: (Owed.DECIDE, THEIRS),
    State.ACCEPTED: (Owed.MEET, THEIRS),
    State.IN_PROGRESS: (Owed.REVIEW_PROGRESS, THEIRS),
    State.ON_HOLD: (Owed.RESUME, THEIRS),
}
OTHERWISE = {
    (Kind.ORIENT, State.ACCEPTED): (Owed.CONFIRM_CONTACT, OURS),
    (Kind.ORIENT, State.IN_PROGRESS): (Owed.REVIEW_PROGRESS, OURS),
    (Kind.ASSIGN, State.ACCEPTED): (Owed.MEET, OURS),
    (Kind.TAKE_OVER, State.DRAFT): (Owed.FINISH_DRAFT, THEIRS),
    (Kind.TAKE_OVER, State.SENT): (Owed.ANSWER, OURS),
    (Kind.TAKE_OVER, State.RECEIVED): (Owed.ANSWER, OURS),
}


def about(file: File, id_: str = "h") -> set[tuple[Owed, Holder, str]]:
    return {(one.what, one.holder, one.organisation) for one in owed(file) if one.about == id_}


@pytest.mark.parametrize("state", OWED)
@pytest.mark.parametrize("kind", [Kind.REFER, Kind.RELINK, Kind.TRANSFER, Kind.ORDERED])
def test_every_open_state_is_owed_by_one(kind: Kind, state: State):
    what, organisation = OWED[state]
    file = cases.file(cases.handoff(kind, state))
    assert about(file) == {(what, Holder.WORKER, organisation)}
    action = of_handoff(file, "h")
    assert action
    assert (action.due, action.account) == (file.handoffs["h"].due, f"{OURS}/1" if organisation == OURS else "")


@pytest.mark.parametrize(("place", "expected"), OTHERWISE.items())
def test_the_other_kinds_are_owed_by_whoever_is_bound(place: tuple[Kind, State], expected: tuple[Owed, str]):
    file = cases.file(cases.handoff(*place))
    assert about(file) == {(expected[0], Holder.WORKER, expected[1])}


@pytest.mark.parametrize("state", sorted(ENDED))
def test_every_ending_but_completed_leaves_something_to_the_lead(state: State):
    one = replace(cases.handoff(Kind.REFER, state), ended=NOW, settled=state is State.COMPLETED)
    file = cases.file(one)
    expected = {(Owed.CHOOSE_NEXT, Holder.WORKER, OURS)}
    if state is State.EXPIRED:
        expected |= {(Owed.CHOOSE_NEXT, Holder.HEAD, OURS)}
    assert about(file) == (set() if state is State.COMPLETED else expected)
    if state is not State.COMPLETED:
        assert about(cases.write(file, deciding.settled(file, "h", "on continue"))) == set()


@pytest.mark.parametrize(
    ("step", "by"),
    [
        (Step.DECLINE, THEM),
        (Step.REDIRECT, THEM),
        (Step.RECALL, US),
        (Step.WITHDRAW, PERSON),
        (Step.VOID, US),
    ],
)
def test_an_ending_that_happens_leaves_it_too(step: Step, by: Actor):
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    said = Said(reason=ReasonCode.NO_CAPACITY, text="voilà", to=Target(organisation=THIRD), child="child")
    after = cases.step(file, step, by, said)
    assert about(after) == {(Owed.CHOOSE_NEXT, Holder.WORKER, OURS)}
    action = of_handoff(after, "h")
    assert action
    assert action.due == working_days_after(NOW, 3)


@pytest.mark.parametrize("state", [FileState.CLOSED, FileState.LINKED, FileState.ERASED])
def test_a_file_that_is_not_open_owes_nothing(state: FileState):
    assert owed(cases.file(cases.handoff(), state=state, lead=None)) == ()


def test_a_file_and_a_need_that_nobody_handles_are_owed_by_the_lead():
    file = cases.file()
    assert about(file, "f") == {(Owed.REVIEW_FILE, Holder.WORKER, OURS)}
    assert about(file, "rent") == {(Owed.PLACE_NEED, Holder.WORKER, OURS)}
    handled = cases.sent(file, Kind.REFER, THEIRS)
    assert about(handled, "rent") == set()
    declined = cases.step(handled, Step.DECLINE, THEM, reason=ReasonCode.NO_CAPACITY)
    assert about(declined, "rent") == {(Owed.PLACE_NEED, Holder.WORKER, OURS)}
    ended = cases.write(declined, deciding.need_ended(declined, "rent", Outcome.MET, ""))
    assert about(ended, "rent") == set()


def test_a_need_that_is_urgent_is_owed_in_real_time():
    friday = datetime(2026, 3, 13, 16, 0, tzinfo=UTC)
    assert deciding.need_review(friday, urgent=True) == friday + timedelta(hours=2)
    assert deciding.need_review(friday, urgent=False) == working_days_after(friday, 7)


def test_an_urgent_thing_is_said_to_be():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS, urgent=True)
    action = of_handoff(file, "h")
    assert action
    assert (action.urgent, action.due) == (True, NOW + timedelta(hours=2))


def test_a_question_is_owed_by_the_sender_and_when_it_waits_too_long_by_both():
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.ASK, THEM, text="Quelle commune ?")
    assert about(file) == {(Owed.ANSWER_QUESTION, Holder.WORKER, OURS)}
    late = cases.step(file, Step.ESCALATE, CLOCK, at=working_days_after(NOW, 3))
    assert about(late) == {
        (Owed.ANSWER_QUESTION, Holder.WORKER, OURS),
        (Owed.ANSWER_QUESTION, Holder.HEAD, OURS),
        (Owed.ANSWER, Holder.WORKER, THEIRS),
    }


def test_what_is_late_is_seen_by_the_head_of_who_is_late_and_by_the_lead():
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.ESCALATE, US)
    assert about(file) == {
        (Owed.ANSWER, Holder.WORKER, THEIRS),
        (Owed.SEE_LATE, Holder.HEAD, THEIRS),
        (Owed.SEE_LATE, Holder.WORKER, OURS),
    }
    ours = cases.file(cases.handoff(Kind.REFER, State.AWAITING_CONSENT, escalated=True))
    assert about(ours) == {(Owed.GET_CONSENT, Holder.WORKER, OURS), (Owed.SEE_LATE, Holder.HEAD, OURS)}


def test_the_second_absence_is_the_affair_of_the_lead_and_the_head():
    file = cases.file(cases.handoff(Kind.REFER, State.ACCEPTED, missed=1))
    assert about(file) == {(Owed.MEET, Holder.WORKER, THEIRS)}
    again = cases.file(cases.handoff(Kind.REFER, State.ACCEPTED, missed=2))
    assert about(again) == {
        (Owed.MEET, Holder.WORKER, THEIRS),
        (Owed.SEE_MISSED, Holder.WORKER, OURS),
        (Owed.SEE_MISSED, Holder.HEAD, OURS),
    }


@pytest.mark.parametrize("state", [State.SENT, State.WAITLISTED, State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD])
def test_once_an_accord_is_taken_back_the_lead_says_what_follows_and_its_addressee_owes_nothing(state: State):
    file = cases.file(cases.handoff(state=state, escalated=True))
    assert THEIRS in {one.organisation for one in owed(file)}
    after = cases.write(file, deciding.consent_withdrawn(file, THEIRS), by=PERSON)
    assert {one.organisation for one in owed(after)} == {OURS}
    next_one = of_handoff(after, "h")
    assert next_one is not None
    assert (next_one.what, next_one.account) == (Owed.CHOOSE_NEXT, after.lead.account if after.lead else "")
    # Another's accord changes nothing here.
    assert owed(cases.write(file, deciding.consent_withdrawn(file, THIRD), by=PERSON)) == owed(file)


def test_a_contested_order_is_owed_an_answer():
    file = cases.step(cases.sent(cases.file(), Kind.ORDERED, THEIRS), Step.CONTEST, PERSON, text="non")
    assert (Owed.SEE_CONTEST, Holder.WORKER, OURS) in about(file)
    assert (Owed.ANSWER, Holder.WORKER, THEIRS) in about(file)


def test_what_was_handed_on_too_often_is_untangled_by_the_coordinator():
    file = cases.file(cases.handoff(chain=("a", "b", "c", "d")))
    assert (Owed.UNTANGLE, Holder.COORDINATOR, "") in about(file)
    assert about(cases.file(cases.handoff(chain=("a", "b", "c")))) == {(Owed.ANSWER, Holder.WORKER, THEIRS)}


def test_a_draft_is_its_authors_while_she_is_there():
    by = cases.worker(OURS, f"{OURS}/2")
    file = cases.draft(cases.file(workers=frozenset({by.account})), Kind.REFER, THEIRS, by=by)
    action = of_handoff(file, "h")
    assert action
    assert action.account == by.account
    alone = of_handoff(replace(file, workers=frozenset()), "h")
    assert alone
    assert alone.account == f"{OURS}/1"


def test_what_a_former_lead_sent_is_the_present_leads():
    file = cases.sent(cases.file(), Kind.REFER, THIRD, "refer")
    file = cases.step(cases.moved(file, THEIRS), Step.ASK, cases.worker(THIRD), id_="refer", text="Depuis quand ?")
    assert about(file, "refer") == {(Owed.ANSWER_QUESTION, Holder.WORKER, THEIRS)}


def test_whoever_follows_a_lead_follows_her_in_what_brought_the_file():
    file = cases.moved(cases.file(), THEIRS)
    to = Lead(organisation=THEIRS, account=f"{THEIRS}/2", since=NOW, cause=LeadCause.DEPARTURE)
    action = of_handoff(cases.write(file, deciding.departed(file, to, "part")), "h")
    assert action
    assert (action.what, action.account) == (Owed.REVIEW_PROGRESS, f"{THEIRS}/2")


def test_a_watch_is_kept_by_who_set_it_or_by_the_lead_after_her():
    watch = Watch(id="w", what="le chauffage", next=NOW.date(), every_days=7, until=NOW.date(), account=f"{OURS}/2")
    file = cases.file(workers=frozenset({f"{OURS}/2"}))
    file = cases.write(file, acts.WatchSet(watch=watch))
    for one, account in ((file, f"{OURS}/2"), (cases.moved(file, THEIRS), f"{THEIRS}/1")):
        assert [action.account for action in owed(one) if action.about == "w"] == [account]


def test_what_is_owed_comes_by_its_date():
    file = cases.file(cases.handoff(), needs={"rent": cases.need(due=NOW.date()), "food": cases.need("food")})
    dates = [action.due for action in owed(file)]
    assert dates == sorted(dates)
    assert len({action.id for action in owed(file)}) == len(dates)
