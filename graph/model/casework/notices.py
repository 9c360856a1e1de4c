"""Who is told of what after an entry: an address in the house, and which of a few sentences. Never a name, a need, a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graph.model.casework.acts import Closed, ConsentWithdrawn, Entry, LeadMoved, Linked, Reassigned, Rehoused, Stepped
from graph.model.casework.file import File, LeadCause
from graph.model.casework.handoff import Handoff, Kind, Side, State, Step
from graph.model.casework.owed import Holder, of_handoff
from graph.model.casework.writings import AppointmentSet, ContactTold, ForgettingTold, RightAsked


class NoticeKind(StrEnum):
    """What is told."""

    ARRIVED = "arrived"
    REMINDED = "reminded"
    LATE = "late"
    ANSWERED = "answered"
    ASKED = "asked"
    ENDED = "ended"
    HANDED_OVER = "handed_over"
    REPORTED = "reported"
    TO_SEE = "to_see"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Notice:
    """One thing to tell: to an account of the organisation, to its desk (`account` empty), or to its head."""

    kind: NoticeKind
    organisation: str
    account: str = ""
    holder: Holder = Holder.WORKER
    urgent: bool = False
    about: str = ""


# Of the file's side: what the target did, and the file's lead waits for.
_ANSWERS: Final = frozenset(
    {Step.ACCEPT, Step.WAITLIST, Step.DECIDE, Step.FILE_FOR_DECISION, Step.CONTACT, Step.COMPLETE, Step.BOOK, Step.MISS}
)
_ENDS: Final = frozenset({Step.DECLINE, Step.REDIRECT, Step.FAIL, Step.EXPIRE, Step.WITHDRAW, Step.REFUSE})


def notices(file: File, entry: Entry) -> tuple[Notice, ...]:
    """What is told after this entry; `file` is as it stands now. Nobody is told of her own act."""
    found = {one for one in _notices(file, entry) if one.organisation and not _herself(one, entry)}
    return tuple(sorted(found, key=lambda one: (one.kind, one.organisation, one.account, one.holder, one.about)))


def _herself(notice: Notice, entry: Entry) -> bool:
    if entry.by.organisation != notice.organisation or notice.holder is not Holder.WORKER:
        return False
    return notice.account in {"", entry.by.account}


def _notices(file: File, entry: Entry) -> Iterator[Notice]:
    yield from _recalled(file, entry)
    match entry.event:
        case LeadMoved() as event if event.lead.cause is not LeadCause.OPENED:
            yield Notice(
                kind=NoticeKind.HANDED_OVER,
                organisation=event.lead.organisation,
                account=event.lead.account,
                about=file.id,
            )
        case Reassigned() as event if (handoff := file.handoffs.get(event.handoff)) is not None:
            side = handoff.target.organisation if event.side is Side.TARGET else handoff.sender
            yield Notice(kind=NoticeKind.HANDED_OVER, organisation=side, account=event.account, about=handoff.id)
        case Rehoused() as event:
            yield Notice(
                kind=NoticeKind.HANDED_OVER,
                organisation=event.organisation,
                account=event.account,
                about=event.handoff,
            )
        case Stepped() as event if (handoff := file.handoffs.get(event.handoff)) is not None:
            yield from _of_step(file, handoff, event, entry)
        case Linked(into=False):
            yield from _to_last_lead(file, NoticeKind.HANDED_OVER)
        case Linked() | ConsentWithdrawn() | RightAsked():
            yield from _to_last_lead(file, NoticeKind.TO_SEE)
        case ContactTold() as event:
            yield from _to_last_lead(file, NoticeKind.TO_SEE, urgent=event.urgent)
        case ForgettingTold():
            yield from _to_last_lead(file, NoticeKind.TO_SEE, holder=Holder.HEAD)
        case AppointmentSet() as event if event.appointment.cancelled is not None:
            handoff = file.handoffs.get(event.appointment.handoff)
            if handoff is not None:
                yield _to_target(file, handoff, NoticeKind.TO_SEE)
            else:
                yield Notice(kind=NoticeKind.TO_SEE, organisation=event.appointment.organisation, about=file.id)
        case _:
            return


def _recalled(file: File, entry: Entry) -> Iterator[Notice]:
    """What this entry recalled because the file ended or went elsewhere: whoever had been asked, or had asked for the file."""
    event = entry.event
    moves = isinstance(event, Closed | Linked | LeadMoved) or (isinstance(event, Stepped) and event.lead is not None)
    if not moves:
        return
    for handoff in file.handoffs.values():
        if handoff.state is not State.RECALLED or handoff.ended != entry.at or handoff.sent is None:
            continue
        asker = handoff.kind is Kind.TAKE_OVER
        yield from _to_lead(file, handoff, NoticeKind.ENDED) if asker else [_to_target(file, handoff, NoticeKind.ENDED)]


def _to_last_lead(
    file: File, kind: NoticeKind, *, urgent: bool = False, holder: Holder = Holder.WORKER
) -> Iterator[Notice]:
    """Whoever leads it, or led it last; the head of service there where she holds it."""
    lead = file.lead or (file.leads[-1] if file.leads else None)
    if lead is not None:
        account = lead.account if holder is Holder.WORKER else ""
        yield Notice(
            kind=kind, organisation=lead.organisation, account=account, holder=holder, urgent=urgent, about=file.id
        )


def _of_step(file: File, handoff: Handoff, event: Stepped, entry: Entry) -> Iterator[Notice]:
    if event.lead is not None and event.lead.account != entry.by.account:
        yield Notice(
            kind=NoticeKind.HANDED_OVER,
            organisation=event.lead.organisation,
            account=event.lead.account,
            about=file.id,
        )
    if event.to is State.SENT and event.step in {Step.SUBMIT, Step.CONSENT}:
        yield _to_target(file, handoff, NoticeKind.ARRIVED)
    if event.child is not None and event.child.state is State.SENT:
        yield _to_target(file, event.child, NoticeKind.ARRIVED)
    if event.step is Step.REMIND:
        yield _to_owner(file, handoff, NoticeKind.REMINDED)
    elif event.step is Step.ESCALATE:
        late = _to_owner(file, handoff, NoticeKind.LATE)
        yield Notice(
            kind=NoticeKind.LATE,
            organisation=late.organisation,
            holder=Holder.HEAD,
            urgent=handoff.urgent,
            about=handoff.id,
        )
        yield from _to_lead(file, handoff, NoticeKind.LATE)
    elif event.step is Step.ASK:
        yield from _to_lead(file, handoff, NoticeKind.ASKED)
    elif event.step is Step.ANSWER:
        yield _to_target(file, handoff, NoticeKind.ANSWERED)
    elif event.step is Step.REPORT:
        yield _to_target(file, handoff, NoticeKind.REPORTED)
    elif event.step in {Step.RECALL, Step.WITHDRAW, Step.DISPUTE} and handoff.sent is not None:
        yield _to_target(file, handoff, NoticeKind.ENDED)
    if event.step in _ANSWERS:
        yield from _to_lead(file, handoff, NoticeKind.ANSWERED)
    if event.step in _ENDS or event.step in {Step.DISPUTE, Step.CONTEST}:
        yield from _to_lead(file, handoff, NoticeKind.ENDED)
    if event.step is Step.EXPIRE:
        yield _to_target(file, handoff, NoticeKind.ENDED)


def _to_target(file: File, handoff: Handoff, kind: NoticeKind) -> Notice:
    organisation, account = handoff.target.organisation, handoff.target.professional
    if handoff.kind is Kind.TAKE_OVER and file.lead is not None:
        organisation, account = file.lead.organisation, file.lead.account
    return Notice(kind=kind, organisation=organisation, account=account, urgent=handoff.urgent, about=handoff.id)


def _to_lead(file: File, handoff: Handoff, kind: NoticeKind) -> Iterator[Notice]:
    """The file's lead; for a take-over, whoever asked for it."""
    if handoff.kind is Kind.TAKE_OVER:
        organisation, account = handoff.sender, handoff.sender_account
    elif file.lead is not None:
        organisation, account = file.lead.organisation, file.lead.account
    else:
        return
    yield Notice(kind=kind, organisation=organisation, account=account, urgent=handoff.urgent, about=handoff.id)


def _to_owner(file: File, handoff: Handoff, kind: NoticeKind) -> Notice:
    """Whoever owes the next action of the handoff."""
    action = of_handoff(file, handoff.id)
    if action is None:
        return _to_target(file, handoff, kind)
    return Notice(
        kind=kind,
        organisation=action.organisation,
        account=action.account,
        urgent=handoff.urgent,
        about=handoff.id,
    )
