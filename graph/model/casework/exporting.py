"""A copy of what is kept of one member, for herself. Others are not in it, nor whoever raised an alarm.

What she sees on her page decides what of the file is hers; in every text, the names and telephones of others that the file knows
are taken out. What is written of the household as a whole is left out where something of it is secret to her; where a danger at
home may come from her, so is all that is no part of her own needs. What else a text says of someone, nobody but a reader can tell:
whoever hands the copy over reads it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from graph.model.casework import acts, writings
from graph.model.casework.acts import Entry, Event
from graph.model.casework.clocks import PARIS
from graph.model.casework.copied import HER_OWN, OF_A_NEED, OF_THE_HOUSEHOLD
from graph.model.casework.file import Actor, File, Member, MemberRole
from graph.model.casework.household import apart_from_others, minor, shown

TAKEN_OUT: Final = "[…]"
SHORTEST_NAME: Final = 3

Told = dict[str, Any]
Made = Callable[["_Copy", Any], Told | None]


def copy_of(file: File, entries: Iterable[Entry], member: str, at: datetime) -> Told:
    """What is kept of `member`: plain values, moments and days as ISO text, codes as they are kept."""
    made = _Copy(file, member, at)
    entries = list(entries)
    made.askings = {
        entry.event.asking.id
        for entry in entries
        if isinstance(entry.event, writings.RightAsked) and entry.event.asking.member == member
    }
    log = [told for entry in entries if (told := made.entry(entry)) is not None]
    return {
        "file": file.id,
        "made": _plain(at),
        "state": file.state.value,
        "opened": _plain(file.opened),
        "last_contact": None if made.apart else _plain(file.last_contact),
        "member": made.member(file.members[member]),
        "entries": log,
    }


class _Copy:
    def __init__(self, file: File, member: str, at: datetime) -> None:
        self._file, self.of = file, member
        self._day = at.astimezone(PARIS).date()
        seen = shown(file, member, at)
        self.needs = {need.id for need in seen.needs}
        self.handoffs = seen.handoff_ids
        self.consents = {consent.id for consent in seen.consents}
        self.appointments = {appointment.id for appointment in seen.appointments}
        self.askings: set[str] = set()
        self._others = _names(file, member)
        self.apart = apart_from_others(file, member)
        self.kept_back = (
            self.apart
            or len(self.needs) < len(file.needs)
            or any(one.secret for one in file.members.values() if one.id != member)
        )

    def entry(self, entry: Entry) -> Told | None:
        """One line; None where it is another's, or nobody's to read."""
        kind = type(entry.event)
        told = EXPORTED[kind](self, entry.event)
        if told is None or (self.apart and not self._tied(entry.event)):
            return None
        if entry.seq in self._file.struck or (
            self.kept_back and kind in OF_THE_HOUSEHOLD and not self._of_her_need(entry.event)
        ):
            told = {name: told[name] for name in OF_THE_HOUSEHOLD.get(kind, ())}
        return {"at": _plain(entry.at), "act": entry.act, "by": self.actor(entry.by)} | {
            name: self.value(value) for name, value in told.items() if value not in (None, "", (), False)
        }

    def _of_her_need(self, event: Event) -> bool:
        if isinstance(event, OF_A_NEED):
            return event.need in self.needs
        handoff = getattr(event, "handoff", "")
        return handoff in self.handoffs and self.of_needs(handoff) and not isinstance(event, acts.Reviewed)

    def of_needs(self, handoff: str) -> bool:
        """Whether it is about some needs, not the household as a whole."""
        return bool(self._file.handoffs[handoff].needs)

    def _tied(self, event: Event) -> bool:
        """Whether it is about one of her own needs, or is an act of her own page."""
        if isinstance(event, acts.MemberSet):
            return event.member.id == self.of
        if isinstance(event, writings.OpinionGiven):
            return event.of == f"person:{self.of}"
        return isinstance(event, HER_OWN) or (isinstance(event, OF_A_NEED) and self._of_her_need(event))

    def actor(self, by: Actor) -> Told:
        """A service and a function, never a name."""
        mine = by.member == self.of
        if self.apart and not mine:
            return {"kind": "other_member" if by.member else by.kind.value}
        return {"kind": by.kind.value if mine or not by.member else "other_member"} | {
            name: value for name, value in (("organisation", by.organisation), ("function", by.function)) if value
        }

    def member(self, one: Member) -> Told:
        """Herself whole; of the others, that they are of the file."""
        if one.id != self.of and not self._child(one):
            return {"role": one.role.value}
        identity = {name: _plain(getattr(one.identity, name)) for name in one.identity.__slots__}
        told = {"role": one.role.value, "sex": one.sex, "age_band": one.age_band, "since": _plain(one.since)}
        return {name: value for name, value in {**told, **identity}.items() if value not in (None, "", False)}

    def _child(self, one: Member) -> bool:
        parent = self._file.members[self.of].role is MemberRole.PARENTAL_AUTHORITY
        return parent and not one.secret and minor(one, self._day)

    def value(self, value: Any) -> Any:
        """Plain, without the names of others."""
        plain = _plain(value)
        return (
            self._others.sub(TAKEN_OUT, plain) if isinstance(value, str) and not isinstance(value, StrEnum) else plain
        )


def _names(file: File, member: str) -> re.Pattern[str]:
    """What tells someone else: the parts of her name but those that are the member's own too, her telephone, her address."""
    own = set(file.members[member].identity.name.casefold().split())
    others = [one.identity for one in file.members.values() if one.id != member]
    texts = [part for one in others for part in (*one.name.split(), one.phone, one.email, one.address)]
    for one in file.circle.values():
        texts += [*one.name.split(), one.phone]
    words = {text for text in texts if len(text) >= SHORTEST_NAME and text.casefold() not in own}
    if not words:
        return re.compile(r"(?!)")
    found = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _some(*names: str) -> Made:
    """These fields of the event."""
    return lambda copy, event: {name: getattr(event, name) for name in names}


def _of_need(*names: str) -> Made:
    """The same, where its need is hers (or it is about none)."""
    return lambda copy, event: (
        {name: getattr(event, name) for name in names} if not event.need or event.need in copy.needs else None
    )


def _need(copy: _Copy, event: acts.NeedAdded | acts.NeedSet) -> Told | None:
    need = event.need
    if need.id not in copy.needs:
        return None
    return {name: getattr(need, name) for name in ("competence", "words", "urgent", "due", "due_what")}


def _handoff(copy: _Copy, event: acts.Drafted) -> Told | None:
    one = event.handoff
    if one.id not in copy.handoffs:
        return None
    # What is asked for the household as a whole may tell what is secret to her.
    words = () if copy.kept_back and not one.needs else ("purpose", "message")
    told = {name: getattr(one, name) for name in ("kind", "authority", *words, "groups", "urgent")}
    return {"handoff": one.id, "recipient": one.target.organisation} | told


def _step(copy: _Copy, event: acts.Stepped) -> Told | None:
    if event.handoff not in copy.handoffs:
        return None
    words = () if copy.kept_back and not copy.of_needs(event.handoff) else ("text", "interim", "appeal")
    names = ("handoff", "reason", "on", "outcome", *words)
    return {name: getattr(event, name) for name in names}


def _of_handoff(*names: str) -> Made:
    return lambda copy, event: (
        {name: getattr(event, name) for name in names} if event.handoff in copy.handoffs else None
    )


def _consent(copy: _Copy, event: acts.ConsentGiven) -> Told | None:
    if event.consent.id not in copy.consents:
        return None
    names = ("ground", "recipient", "purpose", "groups", "until", "means", "informed")
    return {name: getattr(event.consent, name) for name in names}


def _opened(copy: _Copy, event: acts.Opened) -> Told:
    return {"organisation": event.organisation, "members": [copy.member(one) for one in event.members]}


def _member(copy: _Copy, event: acts.MemberSet) -> Told:
    return {"members": [copy.member(event.member)]}


def _lead(copy: _Copy, event: acts.LeadMoved | acts.Reopened) -> Told:
    return {"organisation": event.lead.organisation, "text": event.text}


def _appointment(copy: _Copy, event: writings.AppointmentSet) -> Told | None:
    one = event.appointment
    if one.id not in copy.appointments:
        return None
    return {name: getattr(one, name) for name in ("organisation", "slots", "where", "booked", "cancelled")}


def _opinion(copy: _Copy, event: writings.OpinionGiven) -> Told | None:
    if event.of != f"person:{copy.of}" and (event.of.startswith("person:") or event.handoff not in copy.handoffs):
        return None
    return {"answers": tuple(f"{question} : {answer}" for question, answer in event.answers), "text": event.text}


def _page(copy: _Copy, event: acts.PageSet) -> Told | None:
    return {"on": event.page.on, "until": event.page.until} if event.page.member == copy.of else None


def _watch(copy: _Copy, event: writings.WatchSet) -> Told:
    return {"words": event.watch.what, "next": event.watch.next, "until": event.watch.until}


def _right(copy: _Copy, event: writings.RightAsked) -> Told | None:
    return {"right": event.asking.right} if event.asking.member == copy.of else None


def _answered(copy: _Copy, event: writings.RightAnswered) -> Told | None:
    return {"granted": event.granted, "text": event.text} if event.asking in copy.askings else None


def _nothing(copy: _Copy, event: Event) -> None:
    """Another's, or nobody's to read."""


def _plainly(copy: _Copy, event: Event) -> Told:
    """That it happened."""
    return {}


# One line an act (a test compares): what is not named here is in no copy.
EXPORTED: Final[Mapping[type[Event], Made]] = {
    acts.Opened: _opened,
    acts.MemberSet: _member,
    acts.NeedAdded: _need,
    acts.NeedSet: _need,
    acts.NeedEnded: _of_need("outcome", "text"),
    acts.Drafted: _handoff,
    acts.Stepped: _step,
    acts.Reassigned: _of_handoff("handoff"),
    acts.Rehoused: _of_handoff("handoff", "organisation"),
    acts.Settled: _of_handoff("handoff", "text"),
    acts.LeadMoved: _lead,
    acts.WorkersSet: _plainly,
    acts.ConsentGiven: _consent,
    acts.ConsentWithdrawn: lambda copy, event: {"text": event.text} if event.consent in copy.consents else None,
    acts.Reviewed: _of_handoff("handoff", "text"),
    acts.CircleSet: lambda copy, event: {"circle": event.member.kind, "may_know": event.member.may_know},
    acts.CircleLeft: _plainly,
    acts.CoReferentSet: lambda copy, event: {
        "organisation": event.co_referent.organisation,
        "words": event.co_referent.matter,
    },
    acts.CoReferentLeft: _plainly,
    acts.PageSet: _page,
    acts.Kept: _some("text", "transitional"),
    acts.Closed: _some("outcome", "text"),
    acts.Reopened: _lead,
    acts.Linked: _plainly,
    acts.Erased: _nothing,
    writings.Noted: _some("kind", "text", "on"),
    writings.Met: _some("on", "decided", "invited", "came", "next"),
    writings.Assessed: _of_need("text"),
    writings.DecisionTold: _of_need("authority", "granted", "on", "reasons", "appeal", "appeal_until"),
    writings.WatchSet: _watch,
    writings.Looked: _some("text", "next"),
    writings.Delivered: _some("what", "since", "until", "quantity", "unit", "unit_cents", "minutes"),
    writings.AppointmentSet: _appointment,
    writings.OpinionGiven: _opinion,
    writings.NoRelayFound: _of_need("cause"),
    # Worrying information has a path of its own, and whoever raised it is protected.
    writings.WorryTold: _nothing,
    writings.Struck: _some("why"),
    # She got in touch elsewhere, and was called back: hers to know.
    writings.ContactTold: _some("organisation", "due"),
    writings.CalledBack: _some("text", "reached"),
    writings.RightAsked: _right,
    writings.RightAnswered: _answered,
    writings.ForgettingTold: _some("on"),
}
