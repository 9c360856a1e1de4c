"""How a file ends: closed, gone into another, erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from graph.model.casework import own_page
from graph.model.casework.file import File, FileState, Outcome
from graph.model.casework.leading import recalled


def ended(file: File, at: datetime, state: FileState, outcome: Outcome | None = None, text: str = "") -> File:
    """Nothing open is left in it: needs end as the file does, what nobody has begun is recalled."""
    needs = {
        id_: replace(need, outcome=outcome, outcome_text=text, ended=at) if need.open else need
        for id_, need in file.needs.items()
    }
    handoffs = {
        id_: recalled(handoff, at) if handoff.open else replace(handoff, settled=True, reported=None)
        for id_, handoff in file.handoffs.items()
    }
    return replace(
        file,
        state=state,
        lead=None,
        leads=(*file.leads, *((file.lead,) if file.lead else ())),
        needs=needs,
        handoffs=handoffs,
        watches={},
        to_review={},
        no_relay={},
        closed=at,
        outcome=outcome,
        pages={id_: own_page.at_the_end(page, at, state) for id_, page in file.pages.items()},
    )


def erased(file: File, at: datetime) -> File:
    """What is left of it: that there was a file, and when."""
    return File(
        id=file.id,
        seq=file.seq,
        state=FileState.ERASED,
        opened=file.opened,
        organisation=file.organisation,
        lead=None,
        review=file.review,
        closed=file.closed or at,
        outcome=file.outcome,
    )
