"""From a relay to a request that left: the ground, the draft and the sending as one act; and who else might take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from api.actions.casework.filing import NOT_YOURS, act, actor_of, noted, seen_in
from api.actions.casework.handing import Handed, made_id, seen, target_of
from api.actions.find_relay import Ask, Page, find_relay
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File
from graph.model.casework.free_text import checked_texts
from graph.model.casework.grounds import Consent, ShareGroup
from graph.model.casework.handoff import Handoff, Kind, State, Step
from graph.model.casework.receivers import practical_only
from graph.model.casework.said import Said, Taking
from graph.model.casework.taking import take
from graph.model.casework.telling import Told, through
from graph.model.directory import Organisation
from graph.model.errors import InvalidInput, NotAllowed
from graph.model.relay import Relay
from graph.store.casework.reads import ReadPage
from graph.store.unit import Unit

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PREVIEWED: Final = "preview"
MOST_RELAYS: Final = 5
# More are looked at, since those who have had it are left out.
LOOKED_AT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is to be sent: the draft, the ground that is noted with it (None where one stands, or is waited for), and the handoff
    that this one follows, about which nothing is owed any longer.
    """

    draft: Draft
    consent: Consent | None = None
    follows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the addressee will read, exactly; `leaves` whether it leaves now, or waits for an accord."""

    file: File
    organisation: Organisation
    handoff: Handoff
    told: Told
    leaves: bool


async def preview(rooms: Rooms, viewer: Viewer, file_id: str, sending: Sending, at: datetime) -> Preview:
    """All that `send` would do, and nothing is done. Raises what it raises."""
    async with rooms.graph.reading() as unit:
        file, sight = await seen_in(unit, viewer, await unit.files.load(file_id), at)
        if not sight.works:
            raise NotAllowed(NOT_YOURS)
        made = replace(sending, draft=replace(sending.draft, id=PREVIEWED))
        body = await target_of(unit, made.draft.target, at)
        so_far = await _so_far(unit, file, actor_of(viewer), made, body, at, viewer.key)
        log = (await unit.files.logs([file.id]))[file.id]
    for event in so_far.events:
        checked_texts(event)
    handoff = so_far.file.handoffs[PREVIEWED]
    groups = handoff.groups if handoff.kind is not Kind.ORIENT else frozenset[ShareGroup]()
    await noted(rooms, viewer, [file.id], groups, ReadPage.HANDOFF, at)
    return Preview(
        file=file,
        organisation=body,
        handoff=handoff,
        told=through(so_far.file, handoff, groups, log),
        leaves=handoff.state is not State.AWAITING_CONSENT,
    )


async def send(
    rooms: Rooms, viewer: Viewer, file_id: str, sending: Sending, *, key: str, at: datetime | None = None
) -> Handed:
    """Note the ground, prepare and send, in one transaction: all of it or nothing.

    Raises NotFound, NotAllowed, InvalidInput, StepNotAllowed, NeedsConfirming.
    """
    moment = at or datetime.now(UTC)
    made = replace(sending, draft=replace(sending.draft, id=made_id(viewer, key)))

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        body = await target_of(unit, made.draft.target, moment)
        return (await _so_far(unit, file, by, made, body, moment, f"{viewer.key}|{key}")).events

    asked = ("send", replace(sending.draft, id=""), _asked(sending.consent), sending.follows)
    await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=moment)
    return await seen(rooms, viewer, made.draft.id, moment)


async def let_leave(
    rooms: Rooms, viewer: Viewer, handoff_id: str, consent: Consent, *, key: str, at: datetime | None = None
) -> Handed:
    """Note the ground that a prepared handoff waits for, and send it, in one transaction. Raises what `send` raises."""
    moment = at or datetime.now(UTC)
    found = await seen(rooms, viewer, handoff_id, moment)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        so_far = _SoFar(file, by, moment)
        so_far.add(deciding.consent_given(file, _given(consent, f"{viewer.key}|{key}", by, moment)))
        handoff = file.handoffs[handoff_id]
        step = Step.SUBMIT if handoff.state is State.DRAFT else Step.CONSENT
        clocks = await unit.timing.clocks(handoff.target.organisation)
        so_far.add(take(so_far.file, handoff_id, step, by, Said(), Taking(at=moment, clocks=clocks)))
        return so_far.events

    asked = ("let leave", handoff_id, _asked(consent))
    await act(rooms, viewer, found.file.id, key=key, asked=asked, decide=decide, at=moment)
    return await seen(rooms, viewer, handoff_id, moment)


async def _so_far(
    unit: Unit, file: File, by: Actor, sending: Sending, body: Organisation, at: datetime, key: str
) -> _SoFar:
    """The file with the ground, the draft and its sending."""
    taking = Taking(at=at, clocks=await unit.timing.clocks(body.id))
    so_far = _SoFar(file, by, at)
    if sending.consent is not None:
        so_far.add(deciding.consent_given(file, _given(sending.consent, key, by, at)))
    ready = replace(sending.draft, practical_only=practical_only(body.kind), parent=sending.follows)
    so_far.add(deciding.drafted(so_far.file, ready, by, taking))
    so_far.add(take(so_far.file, ready.id, Step.SUBMIT, by, Said(), taking))
    before = so_far.file.handoffs.get(sending.follows)
    if before is not None and not before.open and not before.settled:
        so_far.add(deciding.settled(so_far.file, before.id, ""))
    return so_far


def _given(consent: Consent, key: str, by: Actor, at: datetime) -> Consent:
    id_ = sha256(f"{key}|accord".encode()).hexdigest()[:32]
    return replace(consent, id=id_, given=at, recorded_by=by.account)


def _asked(consent: Consent | None) -> Consent | None:
    return replace(consent, id="", given=EPOCH) if consent else None


class _SoFar:
    """A file with events that are not written yet."""

    def __init__(self, file: File, by: Actor, at: datetime) -> None:
        self.file, self._by, self._at = file, by, at
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """The next one."""
        entry = Entry(file=self.file.id, seq=self.file.seq + 1, at=self._at, by=self._by, event=event)
        self.file = applied(self.file, entry)
        self.events.append(event)


async def next_relays(rooms: Rooms, handed: Handed, commune: str, at: datetime) -> tuple[Relay, ...]:
    """Who else handles this, here, the best first, without those who have had it and without its sender.

    None for a handoff of the file itself: nobody is found by a need then.
    """
    needs = [handed.file.needs[id_] for id_ in handed.handoff.needs if id_ in handed.file.needs]
    if not needs:
        return ()
    ask = Ask(
        competences=tuple(dict.fromkeys(need.competence for need in needs)),
        territory=commune if commune and rooms.places.get(commune) else "",
        at=at,
        urgent=handed.handoff.urgent,
    )
    try:
        found = await find_relay(rooms, ask, Page(count=LOOKED_AT))
    except InvalidInput:
        return ()
    had = had_it(handed.file, handed.handoff)
    left = [relay for relay in found.relays if relay.listing.organisation.id not in had]
    return tuple(left[:MOST_RELAYS])


def had_it(file: File, handoff: Handoff) -> frozenset[str]:
    """The organisations that have or had this handoff's needs in their hands, its sender's among them."""
    met = {
        one.target.organisation
        for one in file.handoffs.values()
        if one.kind is not Kind.TAKE_OVER
        and one.state not in {State.DRAFT, State.VOIDED}
        and (set(one.needs) & set(handoff.needs) or one.id in handoff.chain or one.id == handoff.id)
    }
    return frozenset(met | {handoff.sender})
