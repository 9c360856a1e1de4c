"""What a plan writes into one file: its lead, both ends of its open handoffs, and the permissions that name who is no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from graph.model.casework.acts import ConsentGiven, Event, Rehoused, Settled, Stepped, WorkersSet
from graph.model.casework.deciding import departed
from graph.model.casework.file import File, Lead, LeadCause
from graph.model.casework.handoff import Kind, Side, State, Step
from graph.model.casework.leading import led
from graph.model.casework.writings import WatchSet
from graph.model.reorganisation.effects import HandoffEffect, Reading, Seat, of_file
from graph.model.reorganisation.facts import FileFacts


def moves_of(file: File, facts: FileFacts, reading: Reading, at: datetime, why: str) -> Sequence[Event]:
    """The events by which this file is as the plan has it; none for one that it leaves as it is."""
    if not file.open or file.lead is None:
        return []
    lead, ends = of_file(reading, facts)
    events: list[Event] = []
    after, seat = file, reading.destination(facts)
    if lead:
        moved = Lead(organisation=seat.organisation, account=seat.account, since=at, cause=LeadCause.REORGANISED)
        events.append(departed(file, moved, why))
        after = led(file, moved)
    events += _along(file, after, seat, reading)
    moot = _moot(file, ends)
    for end in ends:
        # What the move of the lead has recalled needs no other end.
        if after.handoffs[end.handoff].open and end.handoff not in moot:
            events += _rehoused(file, end)
    for id_ in sorted(moot):
        if (handoff := after.handoffs[id_]).open:
            step = Stepped(
                handoff=id_, step=Step.RECALL, side=Side.SENDER, to=State.RECALLED, due=handoff.due, text=why
            )
            events += [step, Settled(handoff=id_)]
    return events


def _moot(file: File, ends: Sequence[HandoffEffect]) -> set[str]:
    """What would move the file from one body to another, and has not begun, where both are afterwards the same."""
    after = {(end.handoff, end.side): end.after.organisation for end in ends}
    return {
        id_
        for id_ in {end.handoff for end in ends}
        if (handoff := file.handoffs[id_]).kind in {Kind.TRANSFER, Kind.TAKE_OVER}
        and not handoff.begun
        and after.get((id_, Side.SENDER), handoff.sender) == after.get((id_, Side.TARGET), handoff.target.organisation)
    }


def _along(file: File, after: File, seat: Seat, reading: Reading) -> list[Event]:
    """Those who work on it and are of the same house as its lead still do; what another was to watch is the lead's to watch."""
    if file.lead is None or not seat.organisation:
        return []
    source = file.lead.organisation
    staying = frozenset(one for one in file.workers if reading.home(one, source) == seat.organisation)
    events: list[Event] = [WorkersSet(accounts=staying)] if staying != after.workers else []
    left = [
        one for one in file.watches.values() if one.account and reading.home(one.account, source) != seat.organisation
    ]
    return [*events, *(WatchSet(watch=replace(watch, account=seat.account)) for watch in left)]


def _rehoused(file: File, end: HandoffEffect) -> list[Event]:
    handoff = file.handoffs[end.handoff]
    made = Rehoused(handoff=end.handoff, side=end.side, organisation=end.after.organisation, account=end.after.account)
    if end.side is Side.SENDER:
        return [made]
    made = replace(made, service=end.service, post=end.post, ground=handoff.ground)
    consent = file.consents.get(handoff.ground)
    if consent is None or consent.recipient == end.after.organisation:
        return [made]
    # The same permission, to the house that has taken the other's place; a person who does not want that takes it back.
    renamed = replace(consent, id=f"{consent.id}~{end.handoff}", recipient=end.after.organisation)
    return [ConsentGiven(consent=renamed), replace(made, ground=renamed.id)]
