"""Who else handles a need is told to whoever is told the need."""

from __future__ import annotations

from api.actions.casework.answering_page import _looks_on
from api.actions.casework.handing import Handed
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Step
from graph.model.casework.sight import Sight
from graph.model.casework.telling import Told
from tests.model.casework import cases


def test_a_landlord_reads_no_need_from_the_relays_that_might_take_it() -> None:
    file, steps = cases.file(cases.handoff()), (Step.REDIRECT,)
    part, whole = (Handed(file=file, sight=Sight(whole=one), id="h") for one in (False, True))
    practical, need = (Told(groups=frozenset({one})) for one in (ShareGroup.PRACTICAL, ShareGroup.NEED))
    assert not _looks_on(part, practical, steps)
    assert _looks_on(part, need, steps)
    assert _looks_on(whole, practical, steps)
