"""What is counted of one file, from the file itself: as its rows in clear tell it."""

from __future__ import annotations

from datetime import datetime

from graph.model.casework.contact import Cause
from graph.model.casework.file import File, MemberRole
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact


def commune_of(file: File) -> str:
    """Where the household lives, by its first adult who says so. Nothing where an address is to be kept from somebody: who lives
    with a member whose address is secret lives at that address.
    """
    there = [member for member in file.members.values() if member.left is None]
    if file.danger_at_home or any(member.secret for member in there):
        return ""
    there.sort(key=lambda member: member.role is MemberRole.CHILD)
    return next((member.identity.commune for member in there if member.identity.commune), "")


def persons_of(file: File) -> int:
    """How many the household counts now: one at least."""
    return max(1, sum(member.left is None for member in file.members.values()))


def facts_of(file: File, requested: datetime | None = None) -> Facts:
    """The facts of a file; `requested` is when the contact was that led to it, its opening where there was none.

    Of a file that was erased nothing is left here: its rows tell the same (graph/store/figures).
    """
    asked, commune = requested or file.opened, commune_of(file)
    lead = file.lead or file.leads[-1]
    return Facts(
        handoffs=tuple(_handoff(file, id_, asked, commune) for id_ in file.handoffs),
        needs=tuple(
            NeedFact(
                id=need.id,
                file=file.id,
                competence=need.competence,
                opened=need.opened,
                commune=commune,
                urgent=need.urgent,
                ended=need.ended,
                outcome=need.outcome,
                cause=Cause(file.no_relay[need.id]) if need.id in file.no_relay else None,
            )
            for need in file.needs.values()
        ),
        files=(
            FileFact(
                id=file.id,
                state=file.state,
                organisation=file.organisation,
                lead=lead.organisation,
                account=lead.account,
                lead_since=lead.since,
                opened=file.opened,
                requested=asked,
                commune=commune,
                persons=persons_of(file),
                transitional=file.transitional,
                closed=file.closed,
                outcome=file.outcome,
            ),
        ),
    )


def _handoff(file: File, id_: str, asked: datetime, commune: str) -> HandoffFact:
    handoff = file.handoffs[id_]
    first = file.needs.get(handoff.needs[0]) if handoff.needs else None
    return HandoffFact(
        id=handoff.id,
        file=file.id,
        kind=handoff.kind,
        state=handoff.state,
        sender=handoff.sender,
        target=handoff.target.organisation,
        requested=asked,
        drafted=handoff.drafted,
        needs=handoff.needs,
        competence=first.competence if first else "",
        commune=commune,
        agreement=handoff.target.agreement,
        service=handoff.target.service,
        urgent=handoff.urgent,
        parent=handoff.parent,
        chain=len(handoff.chain),
        sent=handoff.sent,
        answered=handoff.answered,
        contacted=handoff.contacted,
        ended=handoff.ended,
        reason=handoff.reason,
        outcome=handoff.outcome,
    )
