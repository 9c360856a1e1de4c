"""A take-over is proposed by whoever was asked, while it was asked and ninety days after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from graph.model.casework.handoff import Handoff, Kind, State
from graph.model.casework.taking_over import STANDS_AFTER, may_propose
from tests.model.casework import cases
from tests.model.casework.cases import NOW, OURS, THEIRS, THIRD

LATER = NOW + STANDS_AFTER
OPEN = cases.handoff(state=State.IN_PROGRESS)
ENDED = replace(cases.handoff(state=State.DECLINED), ended=NOW)


@pytest.mark.parametrize(
    ("handoff", "days", "may"),
    [
        (OPEN, 0, True),
        (OPEN, 400, True),
        (ENDED, 90, True),
        (ENDED, 91, False),
        (cases.handoff(state=State.DRAFT), 0, False),
        (cases.handoff(Kind.ORIENT), 0, False),
    ],
    ids=str,
)
def test_whoever_was_asked_may_propose_and_not_for_long(handoff: Handoff, days: int, may: bool) -> None:
    file = cases.file(handoff)
    assert may_propose(file, THEIRS, NOW + timedelta(days=days)) is may
    for other in (THIRD, OURS, ""):
        assert not may_propose(file, other, NOW)


def test_a_proposal_is_no_reason_for_the_next() -> None:
    asked = cases.handoff(Kind.TAKE_OVER, id_="t")
    assert not may_propose(cases.file(asked), THEIRS, NOW)
    assert not may_propose(cases.file(replace(ENDED, ended=NOW), asked), THEIRS, LATER + timedelta(days=1))
