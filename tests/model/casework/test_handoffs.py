"""What the table alone does not say: questions, reports, appointments, leads that go back, what stands in the way of a step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.model.casework import deciding
from graph.model.casework.clocks import statutory, working_days_after
from graph.model.casework.file import Actor, File, Lead, LeadCause, Outcome
from graph.model.casework.grounds import Ground
from graph.model.casework.handoff import Kind, OrderedLead, ReasonCode, State, Step, Target
from graph.model.casework.said import Said, Taking
from graph.model.casework.taking import allowed_steps, take
from graph.model.errors import ConsentMissing, InvalidInput, NeedsConfirming, NotFound, ReasonMissing, StepNotAllowed
from tests.model.casework import cases
from tests.model.casework.cases import CLOCK, FOURTH, NOW, OURS, PERSON, THEIRS, THEM, THIRD, US

DAY = timedelta(days=1)
NO = Said(reason=ReasonCode.NO_CAPACITY)


def refused(file: File, step: Step, by: Actor, said: Said = NO, *, why: str = "", at: datetime = NOW) -> None:
    with pytest.raises(StepNotAllowed) as refusal:
        cases.step(file, step, by, said, at=at)
    assert why in refusal.value.message


# ------------------------------------------------------------------ sending


def test_what_no_ground_covers_waits_for_an_accord_and_leaves_with_it():
    file = cases.sent(cases.file(consents={}), Kind.REFER, THEIRS)
    assert (file.handoffs["h"].state, file.handoffs["h"].sent) == (State.AWAITING_CONSENT, None)
    with pytest.raises(ConsentMissing):
        cases.step(file, Step.CONSENT, US)
    file = cases.write(file, deciding.consent_given(file, cases.consent()))
    one = cases.step(file, Step.CONSENT, US, at=NOW + DAY).handoffs["h"]
    assert (one.state, one.sent, one.ground) == (State.SENT, NOW + DAY, "yes")


def test_an_accord_that_names_another_does_not_let_it_leave():
    file = cases.sent(cases.file(consents={}), Kind.REFER, THEIRS)
    file = cases.write(file, deciding.consent_given(file, cases.consent(recipient=THIRD)))
    with pytest.raises(ConsentMissing):
        cases.step(file, Step.CONSENT, US, consent="yes")


def test_in_danger_a_second_person_looks_at_it_the_next_working_day():
    friday = NOW + 3 * DAY
    file = cases.file(consents={"danger": cases.consent("danger", ground=Ground.DANGER, why_not="un enfant")})
    file = cases.sent(file, Kind.REFER, THEIRS, at=friday)
    assert {id_: due.date().isoformat() for id_, due in file.to_review.items()} == {"h": "2026-03-16"}
    with pytest.raises(StepNotAllowed, match="une seconde personne"):
        deciding.reviewed(file, "h", US, "vu")
    with pytest.raises(StepNotAllowed, match="à relire"):
        deciding.closed(file, Outcome.DECEASED, "décédée")
    head = cases.worker(OURS, f"{OURS}/head")
    assert cases.write(file, deciding.reviewed(file, "h", head, "vu")).to_review == {}


def test_an_accord_noted_for_what_waited_is_looked_at_again_as_well():
    file = cases.sent(cases.file(consents={}), Kind.REFER, THEIRS)
    consent = cases.consent(ground=Ground.DANGER, why_not="un enfant")
    file = cases.step(cases.write(file, deciding.consent_given(file, consent)), Step.CONSENT, US)
    assert set(file.to_review) == {"h"}


@pytest.mark.parametrize("late", [False, True])
def test_an_order_moves_the_lead_at_once_whenever_it_leaves(late: bool):
    file = cases.file() if not late else cases.file(consents={})
    file = cases.sent(file, Kind.ORDERED, THEIRS, order=OrderedLead.AT_ONCE)
    if late:
        assert file.lead == cases.lead()
        file = cases.write(file, deciding.consent_given(file, cases.consent()))
        file = cases.step(file, Step.CONSENT, US)
    assert file.lead
    assert (file.lead.organisation, file.lead.cause) == (THEIRS, LeadCause.ORDERED)
    for step, by in ((Step.RECALL, US), (Step.DECLINE, THEM), (Step.REDIRECT, THEM)):
        refused(file, step, by, why="le référent a déjà changé")


def test_a_handoff_that_the_file_has_not_does_not_exist():
    with pytest.raises(NotFound):
        take(cases.file(), "h", Step.OPEN, THEM, NO, Taking(at=NOW))


# ------------------------------------------------------------------ questions and the clock


def test_opening_restarts_no_clock():
    sent = cases.sent(cases.file(), Kind.REFER, THEIRS)
    opened = cases.step(sent, Step.OPEN, THEM, at=NOW + 2 * DAY).handoffs["h"]
    assert (opened.since, opened.due, opened.tick) == (NOW, sent.handoffs["h"].due, sent.handoffs["h"].tick)


def test_a_question_puts_the_clock_off_and_gives_no_new_one():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    file = cases.step(file, Step.ASK, THEM, at=NOW + DAY, text="Quelle commune ?")
    assert file.handoffs["h"].due == working_days_after(NOW + DAY, 3)
    refused(file, Step.ASK, THEM, Said(text="Et quel âge ?"), why="attend déjà sa réponse")
    refused(file, Step.EXPIRE, CLOCK, why="pas encore l’heure", at=NOW + 300 * DAY)
    one = cases.step(file, Step.ANSWER, US, at=NOW + 3 * DAY, text="Besançon").handoffs["h"]
    # Three days to answer; it asked after one of them, and two days were ours.
    assert (one.asked, one.due) == (None, working_days_after(NOW, 5))


def test_a_question_that_nobody_answers_is_the_senders_fault_and_can_still_be_answered():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    file = cases.step(file, Step.ASK, THEM, text="Quelle commune ?")
    late = working_days_after(NOW, 3)
    refused(file, Step.ESCALATE, CLOCK, why="pas encore l’heure", at=late - timedelta(minutes=1))
    file = cases.step(file, Step.ESCALATE, CLOCK, at=late)
    one = file.handoffs["h"]
    assert (one.unanswered, one.escalated, one.since) == (True, False, late)
    assert one.due == working_days_after(late, 3)
    after = cases.step(file, Step.ANSWER, US, at=late + DAY, text="Besançon").handoffs["h"]
    assert (after.asked, after.unanswered, after.since, after.due) == (None, False, late, one.due)


def test_time_does_what_is_due_and_nothing_twice():
    file, taken, at = cases.sent(cases.file(), Kind.REFER, THEIRS), [], NOW
    while tick := file.handoffs["h"].tick:
        at = tick
        done = [s for s in Step if s in {Step.REMIND, Step.ESCALATE, Step.EXPIRE} and _works(file, s, at)]
        taken.append((done[0], at))
        assert len(done) == 1
        file = cases.step(file, done[0], CLOCK, at=at)
    days = [working_days_after(NOW, days) for days in (3, 7, 9, 30)]
    assert taken == list(zip([Step.REMIND, Step.REMIND, Step.ESCALATE, Step.EXPIRE], days, strict=True))
    assert file.handoffs["h"].state is State.EXPIRED


def _works(file: File, step: Step, at: datetime) -> bool:
    try:
        cases.step(file, step, CLOCK, at=at)
    except StepNotAllowed:
        return False
    return True


def test_an_appointment_is_what_the_clock_waits_for():
    file = cases.file(cases.handoff(Kind.REFER, State.ACCEPTED))
    day = NOW + 50 * DAY
    file = cases.step(file, Step.BOOK, THEM, on=day)
    assert (file.handoffs["h"].due, file.handoffs["h"].tick) == (day, day)
    refused(file, Step.MISS, THEM, why="pas encore passé")
    missed = cases.step(file, Step.MISS, THEM, at=day + DAY).handoffs["h"]
    assert (missed.appointment, missed.missed, missed.due) == (None, 1, working_days_after(day + DAY, 10))
    with pytest.raises(InvalidInput, match="trop loin"):
        cases.step(file, Step.BOOK, THEM, on=NOW + 61 * DAY)


# ------------------------------------------------------------------ answers by telephone


def test_a_report_can_be_contested_for_five_days_and_gives_back_what_was():
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.REPORT, US, NO, reported=Step.DECLINE)
    one = file.handoffs["h"]
    assert (one.state, one.reason) == (State.DECLINED, ReasonCode.NO_CAPACITY)
    assert one.reported
    assert one.reported.until == working_days_after(NOW, 5)
    refused(file, Step.CONTEST, THEM, Said(text="non"), why="délai", at=one.reported.until + timedelta(minutes=1))
    refused(file, Step.CONTEST, US, Said(text="non"))
    back = cases.step(file, Step.CONTEST, THEM, text="non", at=NOW + DAY).handoffs["h"]
    assert (back.state, back.ended, back.reason, back.reported) == (State.SENT, None, None, None)
    assert back.due == working_days_after(NOW + DAY, 3)


def test_a_report_of_a_report_goes_back_to_what_was_confirmed():
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.REPORT, US, reported=Step.ACCEPT)
    file = cases.step(file, Step.REPORT, US, NO, reported=Step.DECLINE)
    assert cases.step(file, Step.CONTEST, THEM, text="non").handoffs["h"].state is State.SENT


@pytest.mark.parametrize(("step", "by"), [(Step.RECALL, US), (Step.WITHDRAW, PERSON), (Step.VOID, US)])
def test_what_is_ended_after_a_report_cannot_be_contested_back(step: Step, by: Actor):
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.REPORT, US, reported=Step.ACCEPT)
    file = cases.step(file, step, by, text="erreur")
    assert file.handoffs["h"].reported is None
    refused(file, Step.CONTEST, THEM, Said(text="non"))


def test_a_need_that_was_met_is_not_opened_by_a_contest():
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.REPORT, US, NO, reported=Step.DECLINE)
    file = cases.write(file, deciding.need_ended(file, "rent", Outcome.MET, ""))
    refused(file, Step.CONTEST, THEM, Said(text="non"), why="déjà conclu")


def test_a_reported_contact_moves_the_lead_when_nobody_contests_it():
    file = cases.step(cases.sent(cases.file(), Kind.TRANSFER, THEIRS), Step.REPORT, US, reported=Step.ACCEPT)
    file = cases.step(file, Step.REPORT, US, reported=Step.CONTACT)
    one = file.handoffs["h"]
    assert (one.state, one.contacted, file.lead) == (State.ACCEPTED, None, cases.lead())
    late = working_days_after(NOW, 5)
    assert one.tick == late
    refused(file, Step.CONTACT, CLOCK, why="pas encore l’heure", at=late - timedelta(minutes=1))
    after = cases.step(file, Step.CONTACT, CLOCK, at=late)
    assert after.lead
    assert (after.lead.organisation, after.handoffs["h"].state) == (THEIRS, State.IN_PROGRESS)


def test_a_waiting_list_is_looked_at_again_on_the_day_that_was_told():
    file = cases.file(cases.handoff(Kind.REFER, State.WAITLISTED, due=NOW, interim="hôtel", reminded=1))
    for by, said in ((THEM, Said(on=NOW + 20 * DAY)), (US, Said(on=NOW + 20 * DAY, reported=Step.WAITLIST))):
        one = cases.step(file, Step.REPORT if said.reported else Step.WAITLIST, by, said).handoffs["h"]
        assert (one.state, one.due, one.tick, one.reminded) == (State.WAITLISTED, said.on, said.on, 0)


def test_a_decision_told_by_telephone_says_the_ways_of_appeal():
    file = cases.file(cases.handoff(Kind.REFER, State.AWAITING_DECISION))
    with pytest.raises(ReasonMissing):
        cases.step(file, Step.REPORT, US, reported=Step.DECIDE, granted=False)
    one = cases.step(file, Step.REPORT, US, reported=Step.DECIDE, granted=False, appeal="deux mois").handoffs["h"]
    assert (one.state, one.outcome, one.reason) == (
        State.NOT_COMPLETED,
        Outcome.RIGHT_REFUSED,
        ReasonCode.NOT_ELIGIBLE,
    )


def test_a_silence_counts_by_what_was_asked_for_also_when_it_is_told():
    housing = "logement-hebergement--etre-accompagne-pour-se-loger"
    for needs in (("rent",), ()):
        file = cases.file(cases.handoff(Kind.REFER, State.RECEIVED, needs=needs))
        told = cases.step(file, Step.REPORT, US, reported=Step.FILE_FOR_DECISION).handoffs["h"]
        done = cases.step(file, Step.FILE_FOR_DECISION, THEM).handoffs["h"]
        assert told.statutory == done.statutory == told.due
    assert statutory((housing,), NOW).date().isoformat() == "2026-05-10"


# ------------------------------------------------------------------ leads


def test_a_transfer_moves_the_lead_at_the_first_contact_and_ends_the_others():
    file = cases.sent(cases.file(), Kind.TRANSFER, THIRD, "other")
    file = cases.moved(file, THEIRS)
    assert file.lead
    assert (file.lead.organisation, file.lead.cause) == (THEIRS, LeadCause.FIRST_CONTACT)
    assert cases.leaders(file.leads) == [(OURS, LeadCause.OPENED)]
    assert cases.states(file) == {"other": State.RECALLED, "h": State.IN_PROGRESS}
    refused(file, Step.DECLINE, THEM)


def test_one_transfer_is_accepted_by_whatever_road():
    file = cases.sent(cases.file(), Kind.TRANSFER, THEIRS, "first")
    for state in (State.SENT, State.WAITLISTED, State.AWAITING_DECISION):
        other = cases.handoff(Kind.TRANSFER, state, target=Target(organisation=THIRD))
        both = cases.step(cases.file(*file.handoffs.values(), other), Step.ACCEPT, THEM, id_="first")
        them, why = cases.worker(THIRD), "déjà accepté"
        if state is State.SENT:
            refused(both, Step.ACCEPT, them, why=why)
            refused(both, Step.REPORT, US, Said(reported=Step.ACCEPT), why=why)
        elif state is State.WAITLISTED:
            refused(both, Step.CONTACT, them, why=why)
            refused(both, Step.REPORT, US, Said(reported=Step.CONTACT), why=why)
        else:
            refused(both, Step.DECIDE, them, Said(granted=True), why=why)


def test_a_contested_refusal_does_not_make_two_accepted_transfers():
    file = cases.sent(cases.sent(cases.file(), Kind.TRANSFER, THEIRS), Kind.TRANSFER, THIRD, "other")
    file = cases.step(file, Step.ACCEPT, THEM)
    file = cases.step(file, Step.REPORT, US, NO, reported=Step.DECLINE)
    file = cases.step(file, Step.ACCEPT, cases.worker(THIRD), id_="other")
    file = cases.step(file, Step.CONTEST, THEM, text="non")
    assert cases.states(file) == {"h": State.RECEIVED, "other": State.ACCEPTED}


def test_nobody_was_seen_and_the_lead_goes_back():
    file = cases.step(cases.moved(cases.file(), THEIRS), Step.DISPUTE, PERSON)
    assert file.lead
    assert (file.lead.organisation, file.lead.account, file.lead.cause) == (OURS, f"{OURS}/1", LeadCause.WENT_BACK)
    one = file.handoffs["h"]
    assert (one.state, one.contacted, one.moved_lead) == (State.ACCEPTED, None, False)
    again = cases.step(file, Step.CONTACT, THEM)
    assert again.lead
    assert again.lead.organisation == THEIRS


def test_a_colleague_of_the_new_lead_makes_no_difference_to_going_back():
    file = cases.moved(cases.file(), THEIRS)
    to = Lead(organisation=THEIRS, account=f"{THEIRS}/2", since=NOW, cause=LeadCause.DEPARTURE)
    file = cases.write(file, deciding.departed(file, to, "part"))
    back = cases.step(file, Step.DISPUTE, PERSON).lead
    assert back
    assert back.organisation == OURS


def test_a_lead_who_came_by_another_road_is_not_taken_off():
    file = cases.moved(cases.file(), THEIRS, "first")
    file = cases.moved(file, THIRD, "second", by=THEM)
    disputed = cases.step(file, Step.DISPUTE, PERSON, id_="first")
    assert disputed.lead == file.lead
    assert disputed.handoffs["first"].state is State.ACCEPTED
    # Nor does meeting the person after all bring the file back to those who had it.
    met = cases.step(disputed, Step.CONTACT, THEM, id_="first")
    assert met.lead == file.lead
    voided = cases.step(file, Step.VOID, US, id_="first", text="erreur")
    assert voided.lead == file.lead
    # While it is disputed, another transfer can be accepted.
    other = cases.sent(disputed, Kind.TRANSFER, FOURTH, "third", by=cases.worker(THIRD))
    assert cases.step(other, Step.ACCEPT, cases.worker(FOURTH), id_="third").handoffs["third"].state is State.ACCEPTED


def test_going_back_twice_leads_to_whoever_was_there_first():
    file = cases.moved(cases.moved(cases.file(), THEIRS, "first"), THIRD, "second", by=THEM)
    for id_, to in (("second", THEIRS), ("first", OURS)):
        file = cases.step(file, Step.DISPUTE, PERSON, id_=id_)
        assert file.lead
        assert file.lead.organisation == to


def test_an_error_long_after_moves_nobody():
    file = cases.steps(cases.moved(cases.file(), THEIRS), (Step.COMPLETE, THEM), outcome=Outcome.MET)
    after = cases.step(file, Step.VOID, US, text="erreur", at=NOW + 300 * DAY)
    assert (after.lead, after.handoffs["h"].state) == (file.lead, State.VOIDED)
    assert not after.handoffs["h"].settled


def test_only_the_author_voids():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    refused(file, Step.VOID, cases.worker(OURS, f"{OURS}/2"), Said(text="erreur"), why="seule la personne")


def test_an_assignment_moves_the_lead_at_once_and_takes_the_place_of_the_one_before():
    two, three = (Target(organisation=OURS, professional=f"{OURS}/{n}") for n in (2, 3))
    file = cases.sent(cases.file(), Kind.ASSIGN, OURS, "first", target=two)
    file = cases.sent(file, Kind.ASSIGN, OURS, "second", target=three)
    assert file.lead
    assert file.lead.account == f"{OURS}/3"
    assert cases.states(file) == {"first": State.RECALLED, "second": State.ACCEPTED}
    back = cases.step(file, Step.VOID, US, id_="second", text="erreur").lead
    assert back
    assert back.account == f"{OURS}/2"


def test_a_take_over_is_answered_by_whoever_leads_and_kept_when_nobody_came():
    file = cases.sent(cases.file(), Kind.TAKE_OVER, OURS, by=THEM)
    refused(file, Step.ACCEPT, THEM)
    assert Step.ACCEPT in allowed_steps(file, file.handoffs["h"], US, NOW)
    file = cases.steps(file, (Step.ACCEPT, US), (Step.CONTACT, THEM))
    assert file.lead
    assert (file.lead.organisation, file.lead.account, file.lead.cause) == (
        THEIRS,
        f"{THEIRS}/1",
        LeadCause.TAKEN_OVER,
    )
    assert cases.step(file, Step.DISPUTE, PERSON).lead == file.lead


def test_those_who_worked_on_it_stay_behind_when_it_leaves():
    file = cases.file(workers=frozenset({f"{OURS}/2"}))
    assert cases.moved(file, THEIRS).workers == frozenset()
    two = Target(organisation=OURS, professional=f"{OURS}/3")
    assert cases.sent(file, Kind.ASSIGN, OURS, target=two).workers == file.workers


# ------------------------------------------------------------------ redirecting


def test_the_child_of_a_redirect_leaves_on_a_ground_of_its_own():
    file = cases.sent(cases.file(), Kind.TRANSFER, THEIRS)
    after = cases.step(file, Step.REDIRECT, THEM, NO, to=Target(organisation=THIRD), child="child")
    child = after.handoffs["child"]
    assert (child.state, child.ground, child.kind, child.chain) == (State.SENT, THIRD, Kind.TRANSFER, ("h",))
    assert after.lead == file.lead
    nobody = cases.step(file, Step.REDIRECT, THEM, NO, to=Target(organisation="t:autre"), child="child")
    assert nobody.handoffs["child"].state is State.AWAITING_CONSENT
    assert nobody.handoffs["child"].sent is None
    with pytest.raises(InvalidInput, match="suit déjà"):
        cases.step(file, Step.REDIRECT, THEM, NO, to=Target(organisation=OURS), child="child")
    met = cases.steps(after, (Step.ACCEPT, cases.worker(THIRD)), (Step.CONTACT, cases.worker(THIRD)), id_="child")
    assert met.lead
    assert met.lead.organisation == THIRD


def test_whoever_has_had_it_is_asked_again_only_knowingly():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    file = cases.step(file, Step.REDIRECT, THEM, NO, to=Target(organisation=THIRD), child="child")
    again = Target(organisation=THEIRS)
    with pytest.raises(NeedsConfirming):
        cases.step(file, Step.REDIRECT, cases.worker(THIRD), NO, to=again, child="last", id_="child")
    file = cases.step(file, Step.REDIRECT, cases.worker(THIRD), NO, to=again, child="last", id_="child", confirmed=True)
    file = cases.step(file, Step.DECLINE, THEM, NO, id_="last")
    with pytest.raises(NeedsConfirming):
        cases.draft(file, Kind.REFER, THEIRS, "anew")
    with pytest.raises(ReasonMissing):
        cases.draft(file, Kind.REFER, THEIRS, "anew", confirmed=True, purpose="")
    anew = cases.draft(file, Kind.REFER, THEIRS, "anew", confirmed=True, parent="last").handoffs["anew"]
    assert anew.chain == ("h", "child", "last")


# ------------------------------------------------------------------ the file


def test_a_closed_file_leaves_nothing_to_contest_or_to_open_again():
    file = cases.step(cases.sent(cases.file(), Kind.REFER, THEIRS), Step.REPORT, US, NO, reported=Step.DECLINE)
    file = cases.sent(file, Kind.REFER, THIRD, "open")
    closed = cases.write(file, deciding.closed(file, Outcome.NO_NEWS, "deux appels et une lettre"))
    assert cases.states(closed) == {"h": State.DECLINED, "open": State.RECALLED}
    for id_ in ("h", "open"):
        with pytest.raises(StepNotAllowed):
            cases.step(closed, Step.CONTEST, THEM, Said(text="non"), id_=id_)
    again = cases.write(closed, deciding.reopened(closed, US, NOW, "revient"))
    refused(again, Step.CONTEST, THEM, Said(text="non"))
    voided = cases.step(closed, Step.VOID, US, text="erreur")
    assert (voided.lead, voided.handoffs["h"].state) == (None, State.VOIDED)


def test_a_file_is_not_closed_over_a_partner_at_work():
    file = cases.file(cases.handoff(Kind.REFER, State.IN_PROGRESS))
    with pytest.raises(StepNotAllowed, match="encore au travail"):
        deciding.closed(file, Outcome.MET, "voilà")
    closed = cases.write(file, deciding.closed(file, Outcome.DECEASED, "décédée"))
    assert cases.states(closed) == {"h": State.RECALLED}


def test_the_person_contests_an_order_and_the_lead_owes_her_an_answer():
    file = cases.sent(cases.file(), Kind.ORDERED, THEIRS)
    refused(file, Step.WITHDRAW, PERSON)
    file = cases.step(file, Step.CONTEST, PERSON, text="je ne suis pas d’accord")
    assert (file.handoffs["h"].state, file.handoffs["h"].contested) == (State.SENT, NOW)
    file = cases.write(file, deciding.settled(file, "h", "recours expliqué"))
    assert (file.handoffs["h"].contested, file.handoffs["h"].settled) == (None, False)
    with pytest.raises(StepNotAllowed):
        deciding.settled(file, "h", "encore")


@pytest.mark.parametrize("step", [Step.DECLINE, Step.REDIRECT, Step.FAIL, Step.PAUSE])
def test_whoever_turns_away_says_why(step: Step):
    state = State.SENT if step in {Step.DECLINE, Step.REDIRECT} else State.IN_PROGRESS
    file = cases.file(cases.handoff(Kind.REFER, state))
    known: dict[str, Any] = {"on": NOW + DAY, "to": Target(organisation=THIRD), "child": "child"}
    with pytest.raises(ReasonMissing):
        cases.step(file, step, THEM, **known)
    with pytest.raises(ReasonMissing):
        cases.step(file, step, THEM, **known, reason=ReasonCode.OTHER, text="  ")
    assert cases.step(file, step, THEM, NO, **known).handoffs["h"].state is not state


def test_an_addressee_who_names_nobody_leaves_whom_it_was_sent_to():
    target = Target(organisation=THEIRS, professional=f"{THEIRS}/7")
    file = cases.file(cases.handoff(Kind.REFER, State.SENT, target=target))
    accepted = cases.step(file, Step.ACCEPT, cases.addressee(THEIRS)).handoffs["h"]
    assert accepted.target.professional == f"{THEIRS}/7"
    named = cases.step(file, Step.ACCEPT, THEM).handoffs["h"]
    assert named.target.professional == f"{THEIRS}/1"
