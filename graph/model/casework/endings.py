"""How a file ends: closed, gone into another, erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from graph.model.casework import own_page
from graph.model.casework.acts import Linked
from graph.model.casework.file import File, FileState, Outcome, PersonPage
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
        to_call={},
        no_relay={},
        closed=at,
        outcome=outcome,
        pages={id_: own_page.at_the_end(page, at, state) for id_, page in file.pages.items()},
    )


def joined(file: File, event: Linked) -> File:
    """The file with what comes from the one that went into it; what is here stays as it is."""
    # Whoever is to be feared must not see on an open page that something changed.
    shut = {id_: replace(one, on=False, token="", code="", until=None) for id_, one in file.pages.items()}
    danger = {id_: PersonPage(member=id_, danger_at_home=True) for id_ in event.danger}
    return replace(
        file,
        needs={**file.needs, **{one.id: one for one in event.needs}},
        members={**{one.id: one for one in event.members}, **file.members},
        watches={**{one.id: one for one in event.watches}, **file.watches},
        to_call={**{one.id: one for one in event.to_call}, **file.to_call},
        circle={**{one.id: one for one in event.circle}, **file.circle},
        co_referents={**{one.id: one for one in event.co_referents}, **file.co_referents},
        no_relay={**dict(event.no_relay), **file.no_relay},
        pages={**shut, **danger} if danger else file.pages,
        last_contact=max((at for at in (file.last_contact, event.last_contact) if at), default=None),
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
