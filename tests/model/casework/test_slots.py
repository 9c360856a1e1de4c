"""Slots that are offered: to come, few, to someone of the file; and shown to whom they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph.model.casework.by_person import booked
from graph.model.casework.file import FileState, Member, MemberRole
from graph.model.casework.handoff import Kind, State
from graph.model.casework.household import shown
from graph.model.casework.slots import offered, offered_by_addressee, takeable, to_come
from graph.model.errors import InvalidInput, NotFound, StepNotAllowed
from tests.model.casework import cases
from tests.model.casework.cases import NOW

SOON = NOW + timedelta(days=3)
LEO = Member(id="leo", role=MemberRole.ADULT)


def two() -> Any:
    return cases.file(members={**cases.file().members, "leo": LEO})


def offer(file: Any, **said: Any) -> Any:
    plain = {"slots": [SOON + timedelta(hours=1), SOON], "where": "12 rue Haute", "minutes": 45, "member": ""}
    told = plain | said
    return offered(file, "a", told["slots"], told["where"], told["minutes"], told["member"], NOW)


def test_they_are_kept_in_order_for_the_house_that_leads() -> None:
    file = two()
    one = offer(file).appointment
    assert (one.slots, one.organisation, one.booked) == (
        (SOON, SOON + timedelta(hours=1)),
        file.lead.organisation,
        None,
    )


@pytest.mark.parametrize(
    "said",
    [
        {"slots": []},
        {"slots": [NOW]},
        {"slots": [NOW + timedelta(days=91)]},
        {"slots": [SOON, SOON]},
        {"slots": [SOON + timedelta(hours=hours) for hours in range(6)]},
        {"minutes": 0},
        {"minutes": 241},
        {"where": "x" * 201},
        {"member": "nobody"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        offer(two(), **said)


def test_nobody_offers_them_on_a_file_that_ended() -> None:
    with pytest.raises(StepNotAllowed):
        offer(replace(two(), state=FileState.CLOSED, lead=None))


def test_each_sees_hers_and_the_households() -> None:
    file = two()
    (ana, *_) = cases.file().members
    for member, seen in (("", {ana, "leo"}), ("leo", {"leo"})):
        after = cases.write(file, offer(file, member=member))
        assert {one for one in (ana, "leo") if shown(after, one, NOW).appointments} == seen


def from_them(file: Any, by: Any = cases.THEM, **said: Any) -> Any:
    told = {"slots": [SOON], "minutes": 45} | said
    return offered_by_addressee(file, "h", "a", told["slots"], "", told["minutes"], by, NOW)


def test_an_addressee_offers_once_it_has_accepted() -> None:
    accepted = cases.file(cases.handoff(state=State.ACCEPTED))
    for by in (cases.THEM, cases.addressee(cases.THEIRS)):
        one = from_them(accepted, by).appointment
        assert (one.organisation, one.handoff, one.member, one.slots) == (cases.THEIRS, "h", "", (SOON,))
    for by in (cases.US, cases.worker(cases.THIRD), cases.addressee(cases.THIRD)):
        with pytest.raises(StepNotAllowed):
            from_them(accepted, by)
    for state in set(State) - {State.ACCEPTED}:
        with pytest.raises(StepNotAllowed):
            from_them(cases.file(cases.handoff(state=state)))
    with pytest.raises(StepNotAllowed, match="déjà fixé"):
        from_them(cases.file(cases.handoff(state=State.ACCEPTED, appointment=SOON)))
    with pytest.raises(StepNotAllowed):
        from_them(cases.file(cases.handoff(Kind.ORIENT, State.ACCEPTED)))
    with pytest.raises(InvalidInput):
        from_them(accepted, slots=[NOW])
    with pytest.raises(NotFound):
        from_them(cases.file())


def test_what_was_offered_for_a_request_ends_with_it() -> None:
    accepted = cases.file(cases.handoff(state=State.ACCEPTED))
    after = cases.write(accepted, from_them(accepted), by=cases.THEM)
    one = after.appointments["a"]
    assert takeable(after, one)
    assert to_come(after, [one], NOW) == [one]
    assert to_come(after, [one], SOON) == []
    ended = replace(after, handoffs={"h": replace(after.handoffs["h"], state=State.RECALLED)})
    assert not takeable(ended, one)
    assert to_come(ended, [one], NOW) == []
    with pytest.raises(StepNotAllowed, match="terminée"):
        booked(ended, "a", SOON, cases.PERSON, NOW)
