"""What is done to a file beside its handoffs: opening, needs, drafts, endings, two that become one, logs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph.model.casework import acts, deciding
from graph.model.casework.acts import Entry
from graph.model.casework.applying import applied, replayed
from graph.model.casework.file import FileState, Lead, LeadCause, Member, MemberRole, Outcome, PersonPage
from graph.model.casework.handoff import Kind, OrderedLead, ReasonCode, State, Step, Target
from graph.model.casework.linking import linked
from graph.model.casework.owed import owed
from graph.model.errors import InvalidInput, NeedsConfirming, ReasonMissing, Refusal, StepNotAllowed
from tests.model.casework import cases
from tests.model.casework.cases import NOW, OURS, THEIRS, THEM, US

ANA = Member(id="ana", role=MemberRole.ADULT)


def test_a_file_is_opened_by_its_lead_and_needs_someone():
    file = cases.write(None, deciding.opened(US, (ANA,), NOW))
    assert file.lead == Lead(organisation=OURS, account=US.account, since=NOW, cause=LeadCause.OPENED)
    assert (file.seq, file.state, file.leads) == (1, FileState.OPEN, ())
    with pytest.raises(InvalidInput):
        deciding.opened(US, (), NOW)
    brief = deciding.opened(US, (ANA,), NOW, transitional=True)
    assert brief.review < deciding.opened(US, (ANA,), NOW).review


@pytest.mark.parametrize(
    ("kind", "to", "wrong", "field"),
    [
        (Kind.REFER, THEIRS, {"needs": ()}, "needs"),
        (Kind.REFER, THEIRS, {"needs": ("food",)}, "needs"),
        (Kind.REFER, THEIRS, {"order": OrderedLead.AT_ONCE}, "order"),
        (Kind.REFER, THEIRS, {"parent": "nothing"}, "parent"),
        (Kind.TRANSFER, OURS, {}, "target"),
        (Kind.ASSIGN, THEIRS, {}, "target"),
        (Kind.ASSIGN, OURS, {"target": Target(organisation=OURS, professional=f"{OURS}/1")}, "target"),
        (Kind.ASSIGN, OURS, {"by": THEM}, "target"),
        (Kind.TAKE_OVER, THEIRS, {"by": THEM}, "target"),
        (Kind.TAKE_OVER, OURS, {}, "target"),
    ],
)
def test_what_cannot_be_prepared(kind: Kind, to: str, wrong: dict[str, Any], field: str):
    file = cases.file()
    with pytest.raises(InvalidInput) as refused:
        cases.draft(file, kind, to, **wrong)
    assert refused.value.field == field
    assert file == cases.file()


def test_a_handoff_has_its_id_to_itself():
    file = cases.draft(cases.file(), Kind.REFER, THEIRS)
    with pytest.raises(InvalidInput):
        cases.draft(file, Kind.REFER, cases.THIRD)


def test_only_the_lead_ends_a_need_and_not_over_a_partner():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    with pytest.raises(StepNotAllowed, match="encore ouverte"):
        deciding.need_ended(file, "rent", Outcome.MET, "")
    with pytest.raises(ReasonMissing):
        deciding.need_ended(cases.file(), "rent", Outcome.NO_NEWS, " ")
    ended = cases.write(cases.file(), deciding.need_ended(cases.file(), "rent", Outcome.MET, ""))
    assert (ended.needs["rent"].outcome, ended.needs["rent"].ended) == (Outcome.MET, NOW)
    with pytest.raises(StepNotAllowed):
        deciding.need_ended(ended, "rent", Outcome.MET, "")
    again = cases.write(ended, deciding.need_set(ended, replace(ended.needs["rent"], urgent=True)))
    assert (again.needs["rent"].open, again.needs["rent"].urgent, again.needs["rent"].outcome) == (True, True, None)


def test_a_file_that_ends_says_how_and_leaves_nothing_open():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    with pytest.raises(ReasonMissing):
        deciding.closed(file, Outcome.MET, "")
    closed = cases.write(file, deciding.closed(file, Outcome.MOVED, "arrivée confirmée par Lyon"))
    assert (closed.state, closed.lead, closed.outcome, closed.closed) == (FileState.CLOSED, None, Outcome.MOVED, NOW)
    assert closed.needs["rent"].outcome is Outcome.MOVED
    assert cases.leaders(closed.leads) == [(OURS, LeadCause.OPENED)]
    assert owed(closed) == ()


def test_whoever_reopens_it_leads_and_what_was_ended_stays_so():
    file = cases.write(cases.file(), deciding.closed(cases.file(), Outcome.NO_NEWS, "deux appels et une lettre"))
    with pytest.raises(StepNotAllowed):
        deciding.reopened(cases.file(), THEM, NOW, "revient")
    again = cases.write(file, deciding.reopened(file, THEM, NOW, "revient"), by=THEM)
    assert again.lead == Lead(organisation=THEIRS, account=THEM.account, since=NOW, cause=LeadCause.REOPENED)
    assert (again.open, again.outcome, again.closed) == (True, None, None)
    assert not again.needs["rent"].open


@pytest.mark.parametrize("cause", sorted(set(LeadCause)))
def test_without_a_handoff_a_lead_moves_by_departure_reorganisation_and_linking_alone(cause: LeadCause):
    to = cases.lead(account=f"{OURS}/2", cause=cause)
    if cause in deciding.WITHOUT_HANDOFF:
        assert cases.write(cases.file(), deciding.departed(cases.file(), to, "part")).lead == to
        with pytest.raises(StepNotAllowed):
            deciding.departed(cases.file(), replace(to, handoff="h"), "part")
    else:
        with pytest.raises(StepNotAllowed):
            deciding.departed(cases.file(), to, "part")


def test_two_files_of_one_person_have_one_lead():
    kept = cases.file()
    gone = cases.file(
        cases.handoff(Kind.REFER, State.ACCEPTED, needs=("food",)),
        id="g",
        lead=cases.lead(THEIRS),
        needs={"food": cases.need("food"), "old": cases.need("old", ended=NOW, outcome=Outcome.MET)},
        members={"ana": ANA, "leo": Member(id="leo", role=MemberRole.CHILD)},
        pages={"leo": PersonPage(member="leo", danger_at_home=True)},
    )
    kept = replace(kept, pages={"ana": PersonPage(member="ana", on=True, token="t", code="c")})
    stays, goes = linked(kept, gone, lambda: "food-again")
    after = cases.write(kept, stays)
    assert (set(after.needs), set(after.members), after.lead) == ({"rent", "food-again"}, {"ana", "leo"}, kept.lead)
    # What is to be feared in one is to be feared in both, and nothing open stays open.
    assert after.danger_at_home
    assert after.pages == {"ana": PersonPage(member="ana"), "leo": PersonPage(member="leo", danger_at_home=True)}
    left = applied(gone, Entry(file="g", seq=2, at=NOW, by=US, event=goes))
    assert (left.state, left.linked, left.lead) == (FileState.LINKED, "f", None)
    assert owed(left) == ()
    assert cases.states(left) == {"h": State.RECALLED}


def test_files_are_not_linked_over_a_partner_at_work_or_when_one_is_not_open():
    kept, gone = cases.file(), cases.file(id="g")
    for one, other in (
        (kept, cases.file(cases.handoff(Kind.REFER, State.IN_PROGRESS), id="g")),
        (kept, replace(gone, to_review={"h": NOW})),
        (kept, replace(gone, state=FileState.CLOSED, lead=None)),
        (replace(kept, state=FileState.CLOSED, lead=None), gone),
    ):
        with pytest.raises(StepNotAllowed):
            linked(one, other, lambda: "new")
    with pytest.raises(InvalidInput):
        linked(kept, kept, lambda: "new")


def test_nothing_is_left_of_a_file_that_is_erased_but_that_it_was():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    file = cases.write(file, deciding.closed(file, Outcome.MET, "voilà"))
    gone = cases.write(file, acts.Erased(why="deux ans"))
    assert gone.state is FileState.ERASED
    assert (gone.members, gone.needs, gone.handoffs, gone.consents, gone.leads) == ({}, {}, {}, {}, ())
    for decide in (
        lambda: deciding.need_added(gone, cases.need("food")),
        lambda: deciding.consent_given(gone, cases.consent()),
        lambda: deciding.reopened(gone, US, NOW, "revient"),
        lambda: cases.draft(gone, Kind.REFER, THEIRS),
    ):
        with pytest.raises(Refusal):
            decide()


def test_a_log_begins_with_its_opening_and_has_no_gap():
    opening = Entry(file="f", seq=1, at=NOW, by=US, event=deciding.opened(US, (ANA,), NOW))
    added = Entry(file="f", seq=2, at=NOW, by=US, event=acts.NeedAdded(need=cases.need()))
    assert set(replayed([opening, added]).needs) == {"rent"}
    for log in (
        [],
        [added],
        [opening, replace(added, seq=3)],
        [opening, replace(added, file="g")],
        [opening, added, added],
    ):
        with pytest.raises(ValueError, match=r"log|follow|entries"):
            replayed(log)


def test_the_review_of_a_file_is_looked_at_and_put_off():
    file = cases.write(cases.file(), acts.Kept(review=NOW + timedelta(days=30), text="tout va bien"))
    assert file.review == NOW + timedelta(days=30)


def test_a_house_that_declined_the_need_gives_the_file_to_a_colleague_without_a_word():
    file = cases.sent(cases.file(consents={"ours": cases.consent("ours", OURS)}), Kind.REFER, OURS, "declined")
    file = cases.step(file, Step.DECLINE, US, id_="declined", reason=ReasonCode.NO_CAPACITY)
    two = Target(organisation=OURS, professional=f"{OURS}/2")
    given = cases.sent(file, Kind.ASSIGN, OURS, target=two, purpose="")
    assert given.lead and given.lead.account == f"{OURS}/2"
    with pytest.raises(NeedsConfirming):
        cases.draft(file, Kind.REFER, OURS)
