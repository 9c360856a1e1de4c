"""What must hold of a file at any moment (I1–I10 of the domain), and of what an entry made of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from graph.model.casework import acts
from graph.model.casework.acts import Entry, Stepped
from graph.model.casework.applying import replayed
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import ActorKind, File, FileState, LeadCause
from graph.model.casework.grounds import Ground
from graph.model.casework.handoff import ON_A_GROUND, Handoff, Kind, OrderedLead, ReasonCode, Side, State, Step
from graph.model.casework.owed import Holder, NextAction, Owed, owed
from graph.model.casework.sight import shared_groups

WITH_CODE = frozenset({Step.DECLINE, Step.REDIRECT, Step.FAIL, Step.PAUSE})
# Ends that nothing opens again.
FINAL = frozenset({State.REDIRECTED, State.RECALLED, State.WITHDRAWN, State.EXPIRED, State.VOIDED})
LONGEST_CHAIN = 3


def one_lead(file: File, off: Collection[str]) -> None:
    """I1: each open file has one lead, a professional who is there or the desk; another has none."""
    assert (file.lead is not None) == file.open
    if file.lead:
        assert file.lead.organisation
        assert file.lead.account not in off
    accepted = [one for one in file.handoffs.values() if (one.kind, one.state) == (Kind.TRANSFER, State.ACCEPTED)]
    # I2: many transfers may be sent, one is accepted; those by which the file has already come and gone are over.
    assert len([one for one in accepted if not one.moved_lead]) <= 1


def owned(file: File, off: Collection[str]) -> None:
    """I3 and I4: whatever is open is owed by someone, by a date; whatever has ended says how; nothing gets lost by silence."""
    actions = owed(file)
    assert len({action.id for action in actions}) == len(actions)
    if not file.open:
        assert actions == ()
        assert [one for one in file.handoffs.values() if one.open] == []
        assert [one for one in file.needs.values() if one.open] == []
        return
    about = {(action.what, action.about) for action in actions if action.holder is Holder.WORKER}
    assert (Owed.REVIEW_FILE, file.id) in about
    owing = {id_ for _, id_ in about}
    assert [one.id for one in file.handoffs.values() if one.open and one.id not in owing] == []
    for need in file.needs.values():
        if need.open:
            assert need.id in owing or file.handing(need.id)
            assert need.due is None or (Owed.OUTSIDE_DATE, need.id) in about
        else:
            assert need.outcome is not None
    for action in actions:
        assert action.due.tzinfo is not None
        assert bool(action.organisation) == (action.holder is not Holder.COORDINATOR)
        assert not action.account or action.account.startswith(f"{action.organisation}/")
        # I7: nobody who is gone owes anything; the desk does, or a colleague.
        assert action.account not in off
    for one in file.handoffs.values():
        _ends_well(one, about, actions)


def _ends_well(one: Handoff, about: set[tuple[Owed, str]], actions: tuple[NextAction, ...]) -> None:
    if one.open:
        assert one.ended is None
        assert one.tick is not None or one.escalated
        tangled = any((action.what, action.about) == (Owed.UNTANGLE, one.id) for action in actions)
        assert tangled == (len(one.chain) > LONGEST_CHAIN)
        return
    assert one.ended is not None
    assert one.tick is None
    assert ((Owed.CHOOSE_NEXT, one.id) in about) == (not one.settled)
    if one.state is State.EXPIRED and not one.settled:
        heads = {(action.what, action.about) for action in actions if action.holder is Holder.HEAD}
        assert (Owed.CHOOSE_NEXT, one.id) in heads
    if one.state in {State.DECLINED, State.REDIRECTED, State.NOT_COMPLETED}:
        assert one.reason is not None
    if one.state is State.COMPLETED and one.kind is not Kind.ASSIGN:
        assert one.outcome


def told_on_a_ground(file: File, at: datetime) -> None:
    """I8, as long as it lasts: what a partner reads stands on a ground that stands, and ends with the handoff."""
    for one in file.handoffs.values():
        groups = shared_groups(file, one, at)
        if not groups:
            continue
        ground = file.consents[one.ground]
        assert one.open
        assert one.sent is not None
        assert ground.withdrawn is None
        assert ground.recipient == one.target.organisation
        assert at.astimezone(PARIS).date() <= ground.until
        assert groups <= one.groups & ground.groups


def same_again(file: File, log: list[Entry]) -> None:
    """I10: the entries make the file."""
    assert replayed(log) == file


# ------------------------------------------------------------------ what an entry made


def followed(before: File | None, entry: Entry, after: File) -> None:
    """I2, I5, I8, I9 of one entry, and what must never come back."""
    assert after.seq == entry.seq
    if before is None:
        return
    if before.lead != after.lead:
        _moved_rightly(before, entry, after)
    if isinstance(entry.event, Stepped):
        _said_why(entry.event)
        _answered_by_who_may(before, entry)
    if isinstance(entry.event, acts.Closed):
        assert entry.event.text
    for id_, one in after.handoffs.items():
        was = before.handoffs.get(id_)
        if was is None:
            _known_to_have_had_it(before, one)
        if one.sent and (was is None or was.sent is None):
            _left_on_a_ground(after, one, entry.at)
        if was and not was.open and one.open:
            assert was.state not in FINAL
            assert isinstance(entry.event, Stepped)
            assert entry.event.restored is not None


def _moved_rightly(before: File, entry: Entry, after: File) -> None:
    """I2: every change of lead has an allowed cause, and is kept."""
    event, lead = entry.event, after.lead
    if lead is None:
        assert after.state in {FileState.CLOSED, FileState.LINKED, FileState.ERASED}
        return
    assert before.lead is None or before.lead in after.leads
    if isinstance(event, acts.Reopened):
        assert lead.cause is LeadCause.REOPENED
    elif isinstance(event, acts.LeadMoved):
        assert lead.cause in {LeadCause.DEPARTURE, LeadCause.REORGANISED, LeadCause.LINKED}
    else:
        assert isinstance(event, Stepped)
        one = before.handoffs[event.handoff]
        match lead.cause:
            case LeadCause.ASSIGNED:
                assert (one.kind, event.step) == (Kind.ASSIGN, Step.SUBMIT)
                assert before.lead
                assert lead.organisation == before.lead.organisation
            case LeadCause.FIRST_CONTACT:
                assert (one.kind, event.step, lead.organisation) == (
                    Kind.TRANSFER,
                    Step.CONTACT,
                    one.target.organisation,
                )
                _leads_on_a_ground(before, one, entry.at)
            case LeadCause.TAKEN_OVER:
                assert (one.kind, event.step, lead.organisation) == (Kind.TAKE_OVER, Step.ACCEPT, one.sender)
            case LeadCause.ORDERED:
                assert one.kind is Kind.ORDERED
                at_once = event.step in {Step.SUBMIT, Step.CONSENT}
                assert one.order is (OrderedLead.AT_ONCE if at_once else OrderedLead.AT_CONTACT)
                assert at_once or event.step is Step.CONTACT
                _leads_on_a_ground(after, after.handoffs[one.id], entry.at)
            case LeadCause.WENT_BACK:
                assert event.step in {Step.VOID, Step.DISPUTE}
                assert one.moved_lead
                assert lead.organisation in {led.organisation for led in before.leads}
            case _:
                raise AssertionError(lead.cause)


def _leads_on_a_ground(file: File, one: Handoff, at: datetime) -> None:
    """No partner comes to lead by what was taken back, or has ended."""
    ground = file.consents[one.ground]
    assert ground.withdrawn is None
    assert at.astimezone(PARIS).date() <= ground.until


def _said_why(event: Stepped) -> None:
    """I5: a code, and words where the code says nothing."""
    if event.step in WITH_CODE or event.reported in WITH_CODE:
        assert event.reason is not None
        assert event.reason is not ReasonCode.OTHER or event.text


def _answered_by_who_may(before: File, entry: Entry) -> None:
    """I6: the addressee answers, or the sender says what she was told."""
    event = entry.event
    assert isinstance(event, Stepped)
    one, by = before.handoffs[event.handoff], entry.by
    leads = before.lead is not None and by.organisation == before.lead.organisation
    match event.side:
        case Side.TARGET:
            assert leads if one.kind is Kind.TAKE_OVER else by.organisation == one.target.organisation
        case Side.SENDER if by.kind is ActorKind.SYSTEM:
            # Two houses became one: what was to move the file between them is taken back with it.
            assert event.step is Step.RECALL
        case Side.SENDER:
            assert by.kind is ActorKind.PROFESSIONAL
            assert by.organisation == one.sender or (leads and one.kind is not Kind.TAKE_OVER)
        case Side.PERSON:
            assert by.kind is ActorKind.PERSON
        case Side.CLOCK:
            assert by.kind is ActorKind.CLOCK
    assert (event.reported is not None) == (event.step is Step.REPORT)


def _left_on_a_ground(file: File, one: Handoff, at: datetime) -> None:
    """I8: it names the recipient, the purpose, the groups and an end; in danger a second person looks at it."""
    if one.kind not in ON_A_GROUND:
        return
    ground = file.consents[one.ground]
    assert ground.recipient == one.target.organisation
    assert ground.purpose
    assert ground.withdrawn is None
    assert ground.until >= at.astimezone(PARIS).date()
    assert one.groups <= ground.groups
    assert not ground.needs or (one.needs and set(one.needs) <= set(ground.needs))
    assert ground.ground is not Ground.DANGER or one.id in file.to_review


def _known_to_have_had_it(before: File, one: Handoff) -> None:
    """I9: whom it goes to had it before, or refused it: that was said. A take-over or an assignment asks no house anew."""
    had = [
        other
        for other in before.handoffs.values()
        if other.target.organisation == one.target.organisation
        and (
            other.id in one.chain
            or (other.state is State.DECLINED and (not one.needs or set(one.needs) & set(other.needs)))
        )
    ]
    assert not had or one.confirmed or one.kind in {Kind.TAKE_OVER, Kind.ASSIGN}
    parent = before.handoffs.get(one.parent)
    assert one.chain == ((*parent.chain, parent.id) if parent else ())
