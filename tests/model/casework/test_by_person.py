"""What a person does on her page: her own acts, and no other's. Refused, it leaves everything as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from graph.model.casework import by_person, deciding
from graph.model.casework.acts import ConsentGiven, ConsentWithdrawn, Entry, NeedEnded, Stepped
from graph.model.casework.by_person import Question
from graph.model.casework.clocks import BY_DEFAULT, Clock, Clocks, working_days_after
from graph.model.casework.file import File, FileState, Outcome, Right
from graph.model.casework.grounds import Ground, Means
from graph.model.casework.handoff import Kind, OrderedLead, State, Step, Target
from graph.model.casework.notices import NoticeKind, notices
from graph.model.casework.owed import Holder, Owed, owed
from graph.model.casework.said import Said
from graph.model.casework.sight import shared_groups
from graph.model.casework.writings import AppointmentSet, OpinionGiven, RightAnswered
from graph.model.errors import InvalidInput, NotFound, StepNotAllowed
from tests.api.casework.family import (
    AT,
    CHILD,
    FATHER,
    HEALTH,
    MOTHER,
    PARTNER,
    RENT,
    SCHOOL,
    Making,
    consent,
    draft,
    family,
    person,
    slots,
)

GOOD = {Question.CLEAR: 4, Question.TIMELY: 2, Question.USEFUL: 5}


def file_of(made: Making) -> File:
    assert made.file is not None
    return made.file


def test_an_accord_is_taken_back_and_nothing_is_read_any_longer() -> None:
    made = family()
    made.handed(draft(), Step.OPEN)
    file = file_of(made)
    assert shared_groups(file, file.handoffs["h-rent"], AT) != frozenset()
    events = by_person.taken_back(file, "c-rent", person(), AT)
    assert [type(event) for event in events] == [ConsentWithdrawn]
    file = made.add(*events, by=person())
    assert shared_groups(file, file.handoffs["h-rent"], AT) == frozenset()
    assert file.handoffs["h-rent"].state is State.RECEIVED
    with pytest.raises(StepNotAllowed):
        by_person.taken_back(file, "c-rent", person(), AT)


def test_the_accord_of_another_is_not_hers_to_take_back() -> None:
    with pytest.raises(NotFound):
        by_person.taken_back(file_of(family()), "c-rent", person(FATHER), AT)


def test_what_the_law_lets_be_told_is_not_taken_back() -> None:
    made = family()
    law = consent("c-law", "t:x", ground=Ground.LEGAL_DUTY, member="", means=None, informed=AT.date())
    made.add(deciding.consent_given(file_of(made), law))
    made.handed(draft("h-x", target=Target(organisation="t:x")))
    with pytest.raises(StepNotAllowed, match="la loi"):
        by_person.taken_back(file_of(made), "c-law", person(), AT)


def test_her_accord_lets_what_waits_for_it_leave() -> None:
    made = family()
    made.handed(draft("h-new", target=Target(organisation="t:new")))
    file = file_of(made)
    assert file.handoffs["h-new"].state is State.AWAITING_CONSENT
    assert by_person.steps(file, file.handoffs["h-new"], person(), AT) == (Step.CONSENT, Step.REFUSE, Step.WITHDRAW)
    given, stepped = by_person.stepped(file, "h-new", Step.CONSENT, person(), AT, consent="c-new")
    assert isinstance(given, ConsentGiven)
    assert isinstance(stepped, Stepped)
    assert (given.consent.means, given.consent.member, given.consent.recipient) == (Means.ONLINE, MOTHER, "t:new")
    file = made.add(given, stepped, by=person())
    assert (file.handoffs["h-new"].state, file.handoffs["h-new"].ground) == (State.SENT, "c-new")


def test_who_holds_parental_authority_agrees_to_what_is_about_her_child() -> None:
    made = family()
    file = made.handed(draft("h-new", needs=(SCHOOL,), target=Target(organisation="t:new")))
    given, stepped = by_person.stepped(file, "h-new", Step.CONSENT, person(), AT, consent="c-new")
    assert isinstance(given, ConsentGiven)
    assert given.consent.informed == AT.date()
    assert made.add(given, stepped, by=person()).handoffs["h-new"].state is State.SENT


def test_she_stops_one_and_the_others_go_on() -> None:
    made = family()
    made.add(deciding.consent_given(file_of(made), consent("c-b", "t:b")))
    made.handed(draft(), Step.OPEN)
    made.handed(draft("h-b", target=Target(organisation="t:b")), Step.OPEN)
    file = made.add(*by_person.stepped(file_of(made), "h-rent", Step.WITHDRAW, person(), AT, consent=""), by=person())
    assert (file.handoffs["h-rent"].state, file.handoffs["h-b"].state) == (State.WITHDRAWN, State.RECEIVED)
    assert (Owed.CHOOSE_NEXT, "h-rent") in {(one.what, one.about) for one in owed(file)}


def test_i_have_seen_nobody() -> None:
    made = family()
    made.handed(draft(), Step.ACCEPT, Step.CONTACT)
    file = made.add(*by_person.stepped(file_of(made), "h-rent", Step.DISPUTE, person(), AT, consent=""), by=person())
    assert (file.handoffs["h-rent"].state, file.handoffs["h-rent"].contacted) == (State.ACCEPTED, None)


@pytest.mark.parametrize("step", [step for step in Step if step not in by_person.STEPS])
def test_no_step_of_others_is_hers(step: Step) -> None:
    made = family()
    made.handed(draft(), Step.ACCEPT)
    with pytest.raises(StepNotAllowed):
        by_person.stepped(file_of(made), "h-rent", step, person(), AT, consent="")


def test_what_is_not_shown_is_absent() -> None:
    made = family()
    made.add(deciding.consent_given(file_of(made), consent("c-h", "t:h", member=CHILD, informed=AT.date())))
    made.handed(draft("h-health", needs=(HEALTH,), target=Target(organisation="t:h")))
    with pytest.raises(NotFound):
        by_person.stepped(file_of(made), "h-health", Step.WITHDRAW, person(), AT, consent="")
    with pytest.raises(NotFound):
        by_person.stepped(file_of(made), "no", Step.WITHDRAW, person(), AT, consent="")
    with pytest.raises(NotFound):
        by_person.no_longer_wanted(file_of(made), HEALTH, person(), AT)


def test_she_no_longer_needs_it_and_what_was_asked_ends_with_it() -> None:
    made = family()
    made.handed(draft(), Step.OPEN)
    made.handed(draft("h-new", target=Target(organisation="t:new")))
    events = by_person.no_longer_wanted(file_of(made), RENT, person(), AT)
    file = made.add(*events, by=person())
    assert {one.state for one in file.handoffs.values()} == {State.WITHDRAWN}
    assert isinstance(events[-1], NeedEnded)
    assert file.needs[RENT].outcome is Outcome.NO_LONGER_WANTED
    with pytest.raises(StepNotAllowed):
        by_person.no_longer_wanted(file, RENT, person(), AT)


def test_a_measure_that_was_ordered_goes_on() -> None:
    made = family()
    made.handed(draft(kind=Kind.ORDERED, order=OrderedLead.UNCHANGED), Step.OPEN)
    with pytest.raises(StepNotAllowed):
        by_person.no_longer_wanted(file_of(made), RENT, person(), AT)
    assert Step.CONTEST in by_person.steps(file_of(made), file_of(made).handoffs["h-rent"], person(), AT)


def test_a_slot_is_booked_moved_and_cancelled() -> None:
    made = family()
    made.handed(draft(), Step.ACCEPT)
    first, second = slots().appointment.slots
    made.add(slots("h-rent"))
    events = by_person.booked(file_of(made), "r1", first, person(), AT)
    assert [type(event) for event in events] == [Stepped, AppointmentSet]
    file = made.add(*events, by=person())
    assert (file.appointments["r1"].booked, file.handoffs["h-rent"].appointment) == (first, first)
    file = made.add(*by_person.booked(file, "r1", second, person(), AT), by=person())
    assert (file.appointments["r1"].booked, file.handoffs["h-rent"].appointment) == (second, second)
    file = made.add(*by_person.cancelled(file, "r1", person(), AT), by=person())
    assert (file.appointments["r1"].booked, file.handoffs["h-rent"].appointment) == (None, None)
    assert file.appointments["r1"].cancelled == AT
    free = file.handoffs["h-rent"]
    assert (free.due, free.tick) == (working_days_after(AT, 10), working_days_after(AT, 10))
    cancelled = Entry(file=file.id, seq=file.seq, at=AT, by=person(), event=made.events[-1][1])
    [told] = notices(file, cancelled)
    assert (told.kind, told.organisation) == (NoticeKind.TO_SEE, free.target.organisation)
    with pytest.raises(StepNotAllowed):
        by_person.cancelled(file, "r1", person(), AT)
    file = made.add(*by_person.booked(file, "r1", first, person(), AT), by=person())
    assert (file.appointments["r1"].booked, file.appointments["r1"].cancelled) == (first, None)


def test_no_slot_but_one_that_was_offered_and_is_to_come() -> None:
    made = family()
    file = made.add(slots())
    first, second = file.appointments["r1"].slots
    for slot, at in ((first + timedelta(hours=1), AT), (first, second)):
        with pytest.raises(InvalidInput):
            by_person.booked(file, "r1", slot, person(), at)


def test_an_opinion_is_given_at_the_end_once() -> None:
    made = family()
    made.handed(draft(), Step.ACCEPT, Step.CONTACT)
    with pytest.raises(StepNotAllowed):
        by_person.her_opinion(file_of(made), "h-rent", GOOD, "", person(), AT)
    made.step("h-rent", Step.DISPUTE, person(), replace(_words(), text="x"))
    made.step("h-rent", Step.CONTACT, PARTNER)
    made.step("h-rent", Step.COMPLETE, PARTNER, replace(_words(), outcome=Outcome.MET.value))
    assert not by_person.may_say(file_of(made), FATHER, "h-none", AT)
    [event] = by_person.her_opinion(file_of(made), "h-rent", GOOD, " Merci. ", person(), AT)
    assert event == OpinionGiven(
        of=f"person:{MOTHER}", answers=(("clear", 4), ("timely", 2), ("useful", 5)), text="Merci.", handoff="h-rent"
    )
    file = made.add(event, by=person())
    with pytest.raises(StepNotAllowed):
        by_person.her_opinion(file, "h-rent", GOOD, "", person(), AT)


@pytest.mark.parametrize("wrong", [{}, {Question.CLEAR: 0}, {Question.USEFUL: 6}])
def test_every_question_has_its_answer(wrong: dict[Question, int]) -> None:
    made = family()
    file = made.add(deciding.closed(file_of(made), Outcome.MET, "fini"))
    assert file.state is FileState.CLOSED
    with pytest.raises(InvalidInput):
        by_person.her_opinion(file, "", {**GOOD, **wrong} if wrong else {}, "", person(), AT)


def test_what_is_asked_of_what_is_kept_is_owed_within_a_month() -> None:
    made = family()
    file = made.add(*by_person.right_asked(file_of(made), Right.ERASURE, person(), AT, asking="a1"), by=person())
    found = [(one.holder, one.due) for one in owed(file) if one.what is Owed.ANSWER_RIGHT]
    assert found == [(Holder.HEAD, AT + timedelta(days=30)), (Holder.WORKER, AT + timedelta(days=30))]
    with pytest.raises(StepNotAllowed):
        by_person.right_asked(file, Right.ERASURE, person(), AT, asking="a2")
    by_person.right_asked(file, Right.COPY, person(), AT, asking="a2")
    file = made.add(deciding.closed(file, Outcome.MET, "fini"))
    assert [one.holder for one in owed(file)] == [Holder.HEAD]
    file = made.add(RightAnswered(asking="a1", granted=False, text="non"))
    assert owed(file) == ()


def _words() -> Said:

    return Said()


def test_the_clock_of_what_she_does_is_that_of_the_house_that_then_owes() -> None:
    made = family()
    made.handed(draft(), Step.ACCEPT, Step.CONTACT)
    file = file_of(made)
    target = file.handoffs["h-rent"].target.organisation
    slow = replace(BY_DEFAULT, days={**BY_DEFAULT.days, State.ACCEPTED: Clock(30)})

    def due(clocks: dict[str, Clocks]) -> datetime:
        (event,) = by_person.stepped(file, "h-rent", Step.DISPUTE, person(), AT, consent="", clocks=clocks)
        assert isinstance(event, Stepped)
        return event.due

    plain = by_person.stepped(file, "h-rent", Step.DISPUTE, person(), AT, consent="")[0]
    assert isinstance(plain, Stepped)
    assert due({"t:another": slow}) == plain.due
    assert due({target: slow}) == working_days_after(AT, 30)
    assert due({target: slow}) > plain.due
