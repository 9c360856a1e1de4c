"""Who sees what: by role, by relation, by the state of a handoff. What may not be seen is as if it were not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from graph.model.access import Role, Viewer
from graph.model.casework import deciding
from graph.model.casework.file import File, Lead, LeadCause, Outcome
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import ENDED, UNSENT, Kind, State, Step
from graph.model.casework.sight import NOTHING, Sight, sight
from tests.model.casework import cases
from tests.model.casework.cases import GROUPS, NOW, OURS, THEIRS, THEM, THIRD

PRO, HEAD = Role.PROFESSIONAL, Role.HEAD_OF_SERVICE
PARENT = "t:departement"


def viewer(organisation: str, role: Role = PRO, name: str = "9") -> Viewer:
    return Viewer(account=f"{organisation}/{name}", organisation=organisation, roles=frozenset({role}))


def seen(file: File, organisation: str, role: Role = PRO, name: str = "9", above: tuple[str, ...] = ()) -> Sight:
    return sight(file, viewer(organisation, role, name), NOW, above)


@pytest.mark.parametrize("role", sorted(set(Role) - {PRO, HEAD}))
def test_no_other_role_reads_a_file(role: Role):
    file = cases.file(cases.handoff())
    for organisation in (OURS, THEIRS, PARENT):
        assert seen(file, organisation, role, "1", (PARENT,)) == NOTHING
        assert seen(cases.file(lead=cases.lead(account="")), organisation, role, "1", (PARENT,)) == NOTHING


def test_a_professional_sees_the_files_that_she_leads_works_on_or_keeps_for_the_desk():
    file = cases.file(cases.handoff(), workers=frozenset({f"{OURS}/2"}))
    assert seen(file, OURS, name="1").whole
    assert seen(file, OURS, name="2").works
    assert seen(file, OURS, name="3") == NOTHING
    assert seen(replace(file, lead=cases.lead(account="")), OURS, name="3").works
    assert seen(file, THIRD, name="1") == NOTHING


def test_a_head_of_service_sees_those_of_her_unit_and_of_what_is_below():
    file = cases.file()
    assert seen(file, OURS, HEAD).works
    assert seen(file, PARENT, HEAD, above=(PARENT,)).works
    assert seen(file, PARENT, PRO, above=(PARENT,)) == NOTHING
    assert seen(file, PARENT, HEAD) == NOTHING


def test_a_visitor_and_whoever_acts_for_nobody_see_nothing():
    file = cases.file(cases.handoff())
    assert sight(file, Viewer(), NOW) == NOTHING
    assert sight(file, Viewer(account=f"{OURS}/1", roles=frozenset({HEAD})), NOW) == NOTHING


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", [Kind.REFER, Kind.RELINK, Kind.TRANSFER, Kind.ORDERED])
def test_an_addressee_sees_what_was_consented_from_sending_to_the_end(kind: Kind, state: State):
    file = cases.file(replace(cases.handoff(kind, state), ended=NOW if state in ENDED else None))
    for role in (PRO, HEAD):
        found = seen(file, THEIRS, role)
        assert not found.whole
        assert not found.works
        assert found.handoffs == (frozenset() if state in UNSENT else {"h"})
        assert found.groups == (GROUPS if state not in UNSENT | ENDED else frozenset())
    assert seen(file, THIRD, HEAD) == NOTHING


def test_what_ended_before_it_was_sent_was_never_there():
    for state in (State.RECALLED, State.WITHDRAWN, State.VOIDED):
        file = cases.file(replace(cases.handoff(Kind.REFER, state), sent=None, ended=NOW))
        assert seen(file, THEIRS, HEAD) == NOTHING


def test_a_consent_taken_back_or_run_out_ends_it_at_once():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    assert seen(file, THEIRS).groups == GROUPS
    back = cases.write(file, deciding.consent_withdrawn(file, THEIRS))
    assert (seen(back, THEIRS).groups, seen(back, THEIRS).handoffs) == (frozenset(), {"h"})
    assert (seen(file, THEIRS).follows, seen(back, THEIRS).follows) == (True, False)
    late = sight(file, viewer(THEIRS), NOW + timedelta(days=365 * 5))
    assert late.groups == frozenset()


def test_a_consent_that_says_less_than_was_asked_for_shows_less():
    file = cases.sent(cases.file(), Kind.REFER, THEIRS)
    less = cases.consent(THEIRS, groups=frozenset({ShareGroup.NEED}))
    assert seen(replace(file, consents={THEIRS: less}), THEIRS).groups == {ShareGroup.NEED}


def test_where_the_person_goes_alone_nobody_is_told():
    file = cases.sent(cases.file(), Kind.ORIENT, THEIRS)
    assert seen(file, THEIRS, HEAD) == NOTHING


def test_who_offers_to_take_over_sees_her_offer_and_nothing_of_the_file():
    file = cases.sent(cases.file(), Kind.TAKE_OVER, OURS, by=THEM)
    assert seen(file, THEIRS) == Sight(handoffs=frozenset({"h"}))
    led = cases.step(file, Step.ACCEPT, cases.US)
    assert seen(led, THEIRS, name="1").whole
    assert not seen(led, OURS, name="1").whole


def test_whoever_passed_a_file_on_still_sees_what_she_sent_and_may_mend_an_error():
    file = cases.moved(cases.file(), THEIRS)
    assert seen(file, OURS, name="1") == Sight(handoffs=frozenset({"h"}), written=frozenset({"h"}))
    assert seen(file, OURS, Role.LISTING_EDITOR, "1") == NOTHING
    assert seen(file, OURS, name="2") == NOTHING
    assert seen(file, THEIRS, name="1").works
    done = cases.step(file, Step.COMPLETE, THEM, outcome=Outcome.MET)
    assert seen(done, OURS, name="1") == NOTHING


def test_a_closed_file_is_read_by_those_who_had_it_and_worked_on_by_nobody():
    file = cases.file(cases.handoff(Kind.REFER, State.SENT))
    closed = cases.write(file, deciding.closed(file, Outcome.NO_NEWS, "deux appels et une lettre"))
    assert (seen(closed, OURS, name="1").whole, seen(closed, OURS, name="1").works) == (True, False)
    assert seen(closed, OURS, HEAD).whole
    assert seen(closed, THEIRS) == Sight(handoffs=frozenset({"h"}))


def test_a_colleague_who_follows_sees_it_and_the_one_who_left_does_not():
    to = Lead(organisation=OURS, account=f"{OURS}/2", since=NOW, cause=LeadCause.DEPARTURE)
    file = cases.write(cases.file(), deciding.departed(cases.file(), to, "part"))
    assert seen(file, OURS, name="2").works
    assert seen(file, OURS, name="1") == NOTHING


def test_the_coordinator_sees_a_file_while_it_is_escalated():
    tangled = cases.handoff(chain=("a", "b", "c", "d"))
    for one, expected in (
        (tangled, True),
        (replace(tangled, chain=("a", "b", "c")), False),
        (replace(tangled, state=State.DECLINED, ended=NOW), False),
    ):
        found = seen(cases.file(one), PARENT, Role.COORDINATOR)
        assert (found.escalated, found.whole, found.handoffs, found.groups) == (
            expected,
            False,
            frozenset(),
            frozenset(),
        )
        assert found.nothing != expected
