"""What an entry makes of a file. Pure and total: replaying the entries gives the file, whoever replays them and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, TypeVar

from graph.model.casework import acts
from graph.model.casework.acts import Entry, Stepped
from graph.model.casework.file import File, FileState
from graph.model.casework.handoff import Side, Step
from graph.model.casework.leading import led, recalled
from graph.model.casework.stepping import stepped

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
    return replace(file, handoffs=handoffs, to_review=review, last_contact=met)


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
    return replace(file, needs=_put(file.needs, ended.id, ended))


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
def _(event: acts.AppointmentSet, file: File, entry: Entry) -> File:
    return replace(file, appointments=_put(file.appointments, event.appointment.id, event.appointment))


@_apply.register
def _(event: acts.PageSet, file: File, entry: Entry) -> File:
    return replace(file, page=event.page)


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
@_apply.register(acts.OpinionGiven)
@_apply.register(acts.NoRelayFound)
@_apply.register(acts.WorryTold)
def _(event: Any, file: File, entry: Entry) -> File:
    return file


@_apply.register
def _(event: acts.Closed, file: File, entry: Entry) -> File:
    return _ended(file, entry, FileState.CLOSED, event)


def _ended(file: File, entry: Entry, state: FileState, event: acts.Closed | None) -> File:
    """Nothing open is left in it: needs end as the file does, what nobody has begun is recalled."""
    outcome, text = (event.outcome, event.text) if event else (None, "")
    needs = {
        id_: replace(need, outcome=outcome, outcome_text=text, ended=entry.at) if need.open else need
        for id_, need in file.needs.items()
    }
    handoffs = {
        id_: recalled(handoff, entry.at) if handoff.open else replace(handoff, settled=True, reported=None)
        for id_, handoff in file.handoffs.items()
    }
    lead = (file.lead,) if file.lead else ()
    return replace(
        file,
        state=state,
        lead=None,
        leads=(*file.leads, *lead),
        needs=needs,
        handoffs=handoffs,
        watches={},
        to_review={},
        closed=entry.at,
        outcome=outcome,
        page=replace(file.page, on=False, code="", token=""),
    )


@_apply.register
def _(event: acts.Reopened, file: File, entry: Entry) -> File:
    return replace(file, state=FileState.OPEN, lead=event.lead, review=event.review, closed=None, outcome=None)


@_apply.register
def _(event: acts.Linked, file: File, entry: Entry) -> File:
    if event.into:
        return replace(_ended(file, entry, FileState.LINKED, None), linked=event.other)
    needs = {**file.needs, **{need.id: need for need in event.needs}}
    members = {**{member.id: member for member in event.members}, **file.members}
    return replace(file, needs=needs, members=members)


@_apply.register
def _(event: acts.Erased, file: File, entry: Entry) -> File:
    return File(
        id=file.id,
        seq=file.seq,
        state=FileState.ERASED,
        opened=file.opened,
        organisation=file.organisation,
        lead=None,
        review=file.review,
        closed=file.closed or entry.at,
        outcome=file.outcome,
    )
