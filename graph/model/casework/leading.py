"""Who leads after whom: what a change of lead ends, and to whom a file goes back when the change did not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File, Lead, LeadCause
from graph.model.casework.handoff import OF_THE_FILE, ON_A_GROUND, UNSENT, Handoff, Kind, OrderedLead, State

# Changes that leave the file with those who have it.
_WITHIN: Final = frozenset({LeadCause.ASSIGNED, LeadCause.DEPARTURE})


def led(file: File, lead: Lead) -> File:
    """The file under another lead.

    Where it leaves an organisation, those who worked on it there do so no longer, and what would have moved it (transfers,
    assignments, take-overs) and has not been begun is recalled. A reorganisation recalls only what would move it within a house,
    or to whoever leads now: what was asked of others goes on. Within one, an assignment takes the place of the one before.
    """
    if file.lead is None:
        return replace(file, lead=lead)
    leaves = lead.organisation != file.lead.organisation
    handoffs = {
        id_: recalled(handoff, lead.since) if _moot(handoff, lead, leaves) else handoff
        for id_, handoff in file.handoffs.items()
    }
    workers = frozenset[str]() if leaves else file.workers
    return replace(file, lead=lead, leads=(*file.leads, file.lead), handoffs=handoffs, workers=workers)


def _moot(handoff: Handoff, lead: Lead, leaves: bool) -> bool:
    if not handoff.open or handoff.begun or handoff.id == lead.handoff:
        return False
    if leaves and lead.cause is LeadCause.REORGANISED and handoff.kind in OF_THE_FILE:
        asker = handoff.sender if handoff.kind is Kind.TAKE_OVER else handoff.target.organisation
        return handoff.kind is Kind.ASSIGN or asker == lead.organisation
    if leaves:
        return handoff.kind in OF_THE_FILE
    return handoff.kind is Kind.ASSIGN and handoff.moved_lead and lead.cause is LeadCause.ASSIGNED


def recalled(handoff: Handoff, at: datetime) -> Handoff:
    """It ends because the file has gone elsewhere or is closed: nothing more is owed, nothing of it can be contested."""
    return replace(
        handoff,
        state=State.RECALLED,
        ended=at,
        tick=None,
        asked=None,
        unanswered=False,
        reported=None,
        contested=None,
        settled=True,
    )


def lead_before(file: File, handoff: Handoff, at: datetime) -> Lead | None:
    """To whom the file goes back when what brought it here did not hold.

    None where this handoff has not moved it, has ended, or where the file has gone on to another organisation since: a lead who
    came by another road is not taken off. A colleague who has followed the one who came by it is.
    """
    line = _standing(file)
    came = max((place for place, lead in enumerate(line) if lead.handoff == handoff.id), default=0)
    if not came or not handoff.moved_lead or not handoff.open:
        return None
    here = line[came].organisation
    for lead in line[came + 1 :]:
        if lead.cause is LeadCause.REORGANISED:
            here = lead.organisation
        elif lead.cause not in _WITHIN or lead.organisation != here:
            return None
    return replace(line[came - 1], since=at, cause=LeadCause.WENT_BACK)


def moved_by_contact(handoff: Handoff) -> bool:
    """Whether it is by the first contact that a handoff moves the lead."""
    return handoff.kind is Kind.TRANSFER or (handoff.kind is Kind.ORDERED and handoff.order is OrderedLead.AT_CONTACT)


def grounded(file: File, handoff: Handoff, at: datetime) -> bool:
    """Whether what let it leave still stands that day, or it needs nothing. One that has made its target lead needs it no longer,
    as long as that organisation leads: who leads works on the file in her own right.
    """
    if handoff.kind not in ON_A_GROUND or handoff.state in UNSENT:
        return True
    if handoff.moved_lead and file.lead is not None and file.lead.organisation == handoff.target.organisation:
        return True
    consent = file.consents.get(handoff.ground)
    return consent is not None and consent.stands(at.astimezone(PARIS).date())


def accepted_elsewhere(file: File, handoff: Handoff) -> bool:
    """Whether another transfer of the file is accepted, so that this one cannot be. One that has moved the lead already is over."""
    return handoff.kind is Kind.TRANSFER and any(
        other.kind is Kind.TRANSFER
        and other.id != handoff.id
        and other.state is State.ACCEPTED
        and not other.moved_lead
        for other in file.handoffs.values()
    )


def _standing(file: File) -> list[Lead]:
    """The leads, without those that were taken back."""
    standing: list[Lead] = []
    for lead in (*file.leads, file.lead):
        if lead is None:
            continue
        if lead.cause is not LeadCause.WENT_BACK:
            standing.append(lead)
            continue
        before = [
            place
            for place, one in enumerate(standing[:-1])
            if (one.organisation, one.handoff) == (lead.organisation, lead.handoff)
        ]
        standing = standing[: before[-1] + 1] if before else [*standing, lead]
    return standing
