"""What an entry makes of a file. Pure and total: replaying the entries gives the file, whoever replays them and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, TypeVar

from graph.model.casework import acts
from graph.model.casework.acts import Entry, Stepped
from graph.model.casework.endings import ended, erased, joined
from graph.model.casework.file import File, FileState, ToCallBack
from graph.model.casework.handoff import Side, Step
from graph.model.casework.leading import led
from graph.model.casework.stepping import rehoused, stepped

V = TypeVar("V")


def applied(file: File | None, entry: Entry) -> File:
    """The file after this entry, which must be its next."""
    if file is None:
        if not isinstance(entry.event, acts.Opened):
            raise ValueError(f"{entry.key}: a log begins with its opening")
        return _opened(entry, entry.event)
    if entry.seq != file.seq + 1 or entry.file != file.id:
        raise ValueError(f"{entry.key} does not follow {file.id}:{file.seq}")
    return replace(_apply(entry.event, file, entry), seq=entry.seq)


def replayed(entries: Iterable[Entry]) -> File:
    """The file that a whole log makes."""
    file: File | None = None
    for entry in entries:
        file = applied(file, entry)
    if file is None:
        raise ValueError("an empty log makes no file")
    return file


def _opened(entry: Entry, event: acts.Opened) -> File:
    return File(
        id=entry.file,
        seq=entry.seq,
        state=FileState.OPEN,
        opened=entry.at,
        organisation=event.organisation,
        lead=event.lead,
        review=event.review,
        members={member.id: member for member in event.members},
        request=event.request,
        transitional=event.transitional,
        last_contact=entry.at,
    )


@singledispatch
def _apply(event: Any, file: File, entry: Entry) -> File:
    raise TypeError(type(event).__name__)


def _put(mapping: Mapping[str, V], key: str, value: V) -> dict[str, V]:
    return {**mapping, key: value}


def _without(mapping: Mapping[str, V], key: str) -> dict[str, V]:
    return {name: value for name, value in mapping.items() if name != key}


# ------------------------------------------------------------------ handoffs


@_apply.register
def _(event: Stepped, file: File, entry: Entry) -> File:
    before = file.handoffs[event.handoff]
    after = stepped(before, event, entry.at)
    if event.lead is not None:
        file = led(file, event.lead)
        after = replace(after, moved_lead=event.step not in {Step.VOID, Step.DISPUTE})
    handoffs = _put(file.handoffs, after.id, after)
    if event.child is not None:
        handoffs = _put(handoffs, event.child.id, event.child)
    review = file.to_review
    if event.review is not None:
        review = _put(review, after.id if event.child is None else event.child.id, event.review)
    met = entry.at if event.step is Step.CONTACT else file.last_contact
    # A relay was found for what is sent to one.
    unmet = {need: cause for need, cause in file.no_relay.items() if not (after.sent and need in after.needs)}
    sent = after.sent is not None and before.sent is None
    return replace(
        file, handoffs=handoffs, to_review=review, last_contact=met, no_relay=unmet if sent else file.no_relay
    )


@_apply.register
def _(event: acts.Drafted, file: File, entry: Entry) -> File:
    return replace(file, handoffs=_put(file.handoffs, event.handoff.id, event.handoff))


@_apply.register
def _(event: acts.Reassigned, file: File, entry: Entry) -> File:
    handoff = file.handoffs[event.handoff]
    if event.side is Side.TARGET:
        handoff = replace(handoff, target=replace(handoff.target, professional=event.account))
    else:
        handoff = replace(handoff, sender_account=event.account)
    return replace(file, handoffs=_put(file.handoffs, handoff.id, handoff))


@_apply.register
def _(event: acts.Rehoused, file: File, entry: Entry) -> File:
    return replace(file, handoffs=_put(file.handoffs, event.handoff, rehoused(file.handoffs[event.handoff], event)))


@_apply.register
def _(event: acts.Settled, file: File, entry: Entry) -> File:
    before = file.handoffs[event.handoff]
    settled = replace(before, settled=before.settled or not before.open, contested=None)
    return replace(file, handoffs=_put(file.handoffs, settled.id, settled))


@_apply.register
def _(event: acts.Reviewed, file: File, entry: Entry) -> File:
    return replace(file, to_review=_without(file.to_review, event.handoff))


# ------------------------------------------------------------------ the file itself


@_apply.register
def _(event: acts.LeadMoved, file: File, entry: Entry) -> File:
    return led(file, event.lead)


@_apply.register
def _(event: acts.WorkersSet, file: File, entry: Entry) -> File:
    return replace(file, workers=event.accounts)


@_apply.register
def _(event: acts.MemberSet, file: File, entry: Entry) -> File:
    return replace(file, members=_put(file.members, event.member.id, event.member))


@_apply.register(acts.NeedAdded)
@_apply.register(acts.NeedSet)
def _(event: acts.NeedAdded | acts.NeedSet, file: File, entry: Entry) -> File:
    return replace(file, needs=_put(file.needs, event.need.id, event.need))


@_apply.register
def _(event: acts.NeedEnded, file: File, entry: Entry) -> File:
    ended = replace(file.needs[event.need], outcome=event.outcome, outcome_text=event.text, ended=entry.at)
    return replace(file, needs=_put(file.needs, ended.id, ended), no_relay=_without(file.no_relay, ended.id))


@_apply.register
def _(event: acts.ConsentGiven, file: File, entry: Entry) -> File:
    return replace(file, consents=_put(file.consents, event.consent.id, event.consent))


@_apply.register
def _(event: acts.ConsentWithdrawn, file: File, entry: Entry) -> File:
    withdrawn = replace(file.consents[event.consent], withdrawn=entry.at)
    return replace(file, consents=_put(file.consents, withdrawn.id, withdrawn))


@_apply.register
def _(event: acts.CircleSet, file: File, entry: Entry) -> File:
    return replace(file, circle=_put(file.circle, event.member.id, event.member))


@_apply.register
def _(event: acts.CircleLeft, file: File, entry: Entry) -> File:
    return replace(file, circle=_without(file.circle, event.member))


@_apply.register
def _(event: acts.CoReferentSet, file: File, entry: Entry) -> File:
    return replace(file, co_referents=_put(file.co_referents, event.co_referent.id, event.co_referent))


@_apply.register
def _(event: acts.CoReferentLeft, file: File, entry: Entry) -> File:
    return replace(file, co_referents=_without(file.co_referents, event.co_referent))


@_apply.register
def _(event: acts.WatchSet, file: File, entry: Entry) -> File:
    return replace(file, watches=_put(file.watches, event.watch.id, event.watch))


@_apply.register
def _(event: acts.Looked, file: File, entry: Entry) -> File:
    if event.next is None:
        return replace(file, watches=_without(file.watches, event.watch))
    return replace(file, watches=_put(file.watches, event.watch, replace(file.watches[event.watch], next=event.next)))


@_apply.register
def _(event: acts.NoRelayFound, file: File, entry: Entry) -> File:
    return replace(file, no_relay=_put(file.no_relay, event.need, event.cause))


@_apply.register
def _(event: acts.ContactTold, file: File, entry: Entry) -> File:
    told = ToCallBack(id=event.id, organisation=event.organisation, told=entry.at, due=event.due, urgent=event.urgent)
    return replace(file, to_call=_put(file.to_call, event.id, told))


@_apply.register
def _(event: acts.CalledBack, file: File, entry: Entry) -> File:
    met = entry.at if event.reached else file.last_contact
    return replace(file, to_call=_without(file.to_call, event.contact), last_contact=met)


@_apply.register
def _(event: acts.AppointmentSet, file: File, entry: Entry) -> File:
    after = replace(file, appointments=_put(file.appointments, event.appointment.id, event.appointment))
    handoff = file.handoffs.get(event.appointment.handoff)
    if handoff is None or not handoff.open:
        return after
    handoff = replace(handoff, appointment=event.appointment.booked)
    if event.due is not None:
        begun = {"since": entry.at, "reminded": 0, "escalated": False}
        handoff = replace(handoff, due=event.due, tick=event.tick, **begun)
    return replace(after, handoffs=_put(file.handoffs, handoff.id, handoff))


@_apply.register
def _(event: acts.PageSet, file: File, entry: Entry) -> File:
    return replace(file, pages=_put(file.pages, event.page.member, event.page))


@_apply.register
def _(event: acts.OpinionGiven, file: File, entry: Entry) -> File:
    return replace(file, opinions=file.opinions | {f"{event.of}|{event.handoff}"})


@_apply.register
def _(event: acts.RightAsked, file: File, entry: Entry) -> File:
    return replace(file, askings=_put(file.askings, event.asking.id, event.asking))


@_apply.register
def _(event: acts.RightAnswered, file: File, entry: Entry) -> File:
    return replace(file, askings=_without(file.askings, event.asking))


@_apply.register
def _(event: acts.ForgettingTold, file: File, entry: Entry) -> File:
    return replace(file, forgotten_on=event.on)


@_apply.register
def _(event: acts.Kept, file: File, entry: Entry) -> File:
    return replace(file, review=event.review, transitional=event.transitional)


@_apply.register
def _(event: acts.Noted, file: File, entry: Entry) -> File:
    return replace(file, last_contact=entry.at) if event.with_person else file


@_apply.register
def _(event: acts.Met, file: File, entry: Entry) -> File:
    return replace(file, last_contact=entry.at) if event.came else file


@_apply.register
def _(event: acts.Struck, file: File, entry: Entry) -> File:
    return replace(file, struck=file.struck | {event.entry})


@_apply.register(acts.Assessed)
@_apply.register(acts.DecisionTold)
@_apply.register(acts.Delivered)
@_apply.register(acts.WorryTold)
def _(event: Any, file: File, entry: Entry) -> File:
    return file


@_apply.register
def _(event: acts.Closed, file: File, entry: Entry) -> File:
    return ended(file, entry.at, FileState.CLOSED, event.outcome, event.text)


@_apply.register
def _(event: acts.Reopened, file: File, entry: Entry) -> File:
    return replace(
        file,
        state=FileState.OPEN,
        lead=event.lead,
        review=event.review,
        closed=None,
        outcome=None,
        forgotten_on=None,
        last_contact=entry.at,
    )


@_apply.register
def _(event: acts.Linked, file: File, entry: Entry) -> File:
    if event.into:
        return replace(ended(file, entry.at, FileState.LINKED), linked=event.other)
    return joined(file, event)


@_apply.register
def _(event: acts.Erased, file: File, entry: Entry) -> File:
    return erased(file, entry.at)
