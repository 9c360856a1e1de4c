"""What a member sees of the file on her own page: her own, and what is the household's. Of the others, nothing secret."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Appointment, File, Member, MemberRole, Need
from graph.model.casework.grounds import Consent, Ground
from graph.model.casework.handoff import Handoff, State

ADULT_AT: Final = 18
# Never told to a child's parents, nor to the household as such (contraception, abortion, violence, a child in danger).
KEPT_TO_ONESELF: Final = frozenset(
    {
        "sante--sante-sexuelle",
        "petite-enfance--planification-familiale",
        "protection--violences-conjugales",
        "protection--enfance-en-danger",
        "famille--surmonter-conflits-separation-violence",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one member may be shown, each in the order in which it was known."""

    needs: tuple[Need, ...]
    handoffs: tuple[Handoff, ...]
    consents: tuple[Consent, ...]
    appointments: tuple[Appointment, ...]

    @property
    def handoff_ids(self) -> frozenset[str]:
        """Those on which she may act."""
        return frozenset(handoff.id for handoff in self.handoffs)


def minor(member: Member, day: date) -> bool:
    """Whether she is a child of the household; a birthday is believed before a role."""
    born = member.identity.born
    if member.role is not MemberRole.CHILD or born is None:
        return member.role is MemberRole.CHILD
    return (day.year - born.year - ((day.month, day.day) < (born.month, born.day))) < ADULT_AT


def shown(file: File, member: str, at: datetime) -> Shown:
    """What this member may be shown of the file at this moment."""
    day = at.astimezone(PARIS).date()
    apart = apart_from_others(file, member)
    needs = {id_: need for id_, need in file.needs.items() if _told_need(file, need, member, day, apart)}
    handoffs = tuple(one for one in file.handoffs.values() if _told_handoff(file, one, needs.keys(), apart))
    ids = {handoff.id for handoff in handoffs}
    return Shown(
        needs=tuple(needs.values()),
        handoffs=handoffs,
        consents=tuple(one for one in file.consents.values() if _told_consent(one, member, ids, file)),
        appointments=tuple(
            one
            for one in file.appointments.values()
            if _told_appointment(one, member, ids, apart) and (one.slots or one.booked)
        ),
    )


def _told_appointment(one: Appointment, member: str, handoffs: set[str], apart: bool) -> bool:
    """Hers, or the household's where she is of it; that of a handoff goes with it."""
    if one.member:
        return one.member == member
    return one.handoff in handoffs if one.handoff else not apart


def unsaid(file: File, seen: Shown) -> frozenset[str]:
    """The organisations that are of the file only by what this member is not shown: that they read it would tell her of it."""
    led = {file.organisation} | {lead.organisation for lead in (*file.leads, *((file.lead,) if file.lead else ()))}
    told = led | {body for one in seen.handoffs for body in (one.sender, one.target.organisation)}
    told |= {one.recipient for one in seen.consents}
    every = {body for one in file.handoffs.values() for body in (one.sender, one.target.organisation)}
    every |= {one.recipient for one in file.consents.values()}
    return frozenset(every - told - {""})


def apart_from_others(file: File, member: str) -> bool:
    """Whether this member is one of those from whom a danger at home may come: she sees what is her own, and nothing else."""
    page = file.pages.get(member)
    return file.danger_at_home and not (page and page.danger_at_home)


def _told_need(file: File, need: Need, member: str, day: date, apart: bool) -> bool:
    if need.member == member:
        return True
    if need.secret or apart or need.competence in KEPT_TO_ONESELF:
        return False
    if not need.member:
        return True
    owner = file.members.get(need.member)
    parent = file.members[member].role is MemberRole.PARENTAL_AUTHORITY
    return owner is not None and parent and minor(owner, day) and not owner.secret


def _told_handoff(file: File, handoff: Handoff, needs: Collection[str], apart: bool) -> bool:
    """What it is about is known to her, it has left or waits for her word, and it is no part of a child's protection."""
    consent = file.consents.get(handoff.ground)
    if handoff.state is State.VOIDED or (consent is not None and _hidden(consent)):
        return False
    # An orientation and an assignment are never "sent": they are accepted as they leave.
    if handoff.state is State.DRAFT or (handoff.state is State.RECALLED and handoff.sent is None):
        return False
    return all(need in needs for need in handoff.needs) if handoff.needs else not apart


def _told_consent(consent: Consent, member: str, handoffs: set[str], file: File) -> bool:
    if consent.ground is Ground.ACCORD:
        return consent.member == member
    leaning = any(file.handoffs[id_].ground == consent.id for id_ in handoffs)
    return leaning and not _hidden(consent)


def _hidden(consent: Consent) -> bool:
    """A child's protection has a path of its own; what was told without her knowing is hers to know once she was informed."""
    if consent.ground is Ground.CASF_L226_2_2:
        return True
    return consent.ground is not Ground.ACCORD and consent.informed is None
