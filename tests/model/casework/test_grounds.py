"""Permission: what a ground asks for, and what it lets go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from graph.model.casework import deciding
from graph.model.casework.consequences import covering
from graph.model.casework.file import Outcome
from graph.model.casework.grounds import BY_LAW, PRACTICAL_ONLY, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind
from graph.model.errors import InvalidInput, StepNotAllowed
from tests.model.casework import cases
from tests.model.casework.cases import NOW, THEIRS, THIRD

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"purpose": "  "}, "purpose"),
        ({"groups": frozenset()}, "groups"),
        ({"until": date(2026, 3, 9)}, "until"),
        ({"ground": Ground.ACCORD, "member": "ana"}, "member"),
        ({"ground": Ground.ACCORD, "member": "someone", "means": Means.ORAL}, "member"),
        ({"informed": None}, "informed"),
        ({"id": THEIRS}, "consent"),
    ],
)
def test_a_ground_names_recipient_purpose_groups_end_and_how(wrong: dict[str, Any], field: str):
    with pytest.raises(InvalidInput) as refused:
        deciding.consent_given(cases.file(), replace(cases.consent(), **wrong))
    assert refused.value.field == field


@pytest.mark.parametrize("ground", sorted(BY_LAW))
def test_those_concerned_were_told_or_it_says_why_not(ground: Ground):
    one = cases.consent(ground=ground, informed=None, why_not="l’intérêt de l’enfant")
    assert deciding.consent_given(cases.file(), one).consent == one


def test_a_consent_cannot_be_given_withdrawn_or_on_a_file_that_is_closed():
    given = deciding.consent_given(cases.file(), cases.consent(withdrawn=NOW)).consent
    assert given.withdrawn is None
    closed = cases.write(cases.file(), deciding.closed(cases.file(), Outcome.MET, "voilà"))
    with pytest.raises(StepNotAllowed):
        deciding.consent_given(closed, cases.consent())


def test_it_covers_what_it_names_until_its_last_day():
    one = cases.consent(groups=cases.GROUPS, until=TODAY, needs=("rent",))
    assert one.covers(THEIRS, cases.GROUPS, ("rent",), TODAY)
    assert not one.covers(THIRD, cases.GROUPS, ("rent",), TODAY)
    assert not one.covers(THEIRS, cases.GROUPS | {ShareGroup.CIRCLE}, ("rent",), TODAY)
    assert not one.covers(THEIRS, cases.GROUPS, ("rent", "food"), TODAY)
    assert not one.covers(THEIRS, cases.GROUPS, ("rent",), date(2026, 3, 11))
    assert not replace(one, withdrawn=NOW).covers(THEIRS, cases.GROUPS, ("rent",), TODAY)


def test_what_was_said_of_one_need_does_not_let_the_whole_file_go():
    one = cases.consent(needs=("rent",))
    assert not one.covers(THEIRS, cases.GROUPS, (), TODAY)
    assert replace(one, needs=()).covers(THEIRS, cases.GROUPS, (), TODAY)


def test_the_last_day_is_that_of_paris():
    file = cases.file(consents={"yes": cases.consent(until=TODAY)})
    one = cases.handoff(Kind.REFER)
    assert covering(file, one, THEIRS, datetime(2026, 3, 10, 22, 59, tzinfo=UTC)) == cases.consent(until=TODAY)
    assert covering(file, one, THEIRS, datetime(2026, 3, 10, 23, 0, tzinfo=UTC)) is None


def test_a_landlord_is_told_practical_things_only():
    with pytest.raises(InvalidInput):
        cases.draft(cases.file(), Kind.REFER, THEIRS, practical_only=True)
    file = cases.draft(cases.file(), Kind.REFER, THEIRS, practical_only=True, groups=PRACTICAL_ONLY)
    assert file.handoffs["h"].groups == PRACTICAL_ONLY


def test_taken_back_once():
    file = cases.write(cases.file(), deciding.consent_withdrawn(cases.file(), THEIRS, "non"))
    assert file.consents[THEIRS].withdrawn == NOW
    with pytest.raises(StepNotAllowed):
        deciding.consent_withdrawn(file, THEIRS)
