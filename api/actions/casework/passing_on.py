"""From a relay to a request that left: the ground, the draft and the sending as one act; and who else might take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from api.actions.casework.filing import act
from api.actions.casework.handing import Handed, made_id, seen, target_of
from api.actions.find_relay import Ask, Page, find_relay
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File
from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff, Kind, State, Step
from graph.model.casework.receivers import practical_only
from graph.model.casework.said import Said, Taking
from graph.model.casework.taking import take
from graph.model.errors import InvalidInput
from graph.model.relay import Relay
from graph.store.unit import Unit

MOST_RELAYS: Final = 5
# More are looked at, since those who have had it are left out.
LOOKED_AT: Final = 20


async def send(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    draft: Draft,
    consent: Consent | None,
    *,
    key: str,
    settles: str = "",
    at: datetime | None = None,
) -> Handed:
    """Note the ground, prepare and send, in one transaction: all of it or nothing. `settles` is a handoff that this one follows,
    and about which nothing is owed any longer.

    Raises NotFound, NotAllowed, InvalidInput, StepNotAllowed, NeedsConfirming.
    """
    moment = at or datetime.now(UTC)
    made = replace(draft, id=made_id(viewer, key), parent=settles)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        body = await target_of(unit, made.target, moment)
        taking = Taking(at=moment, clocks=await unit.timing.clocks(made.target.organisation))
        so_far = _SoFar(file, by, moment)
        if consent is not None:
            given = replace(consent, id=made_id(viewer, f"{key}|accord"), given=moment, recorded_by=by.account)
            so_far.add(deciding.consent_given(so_far.file, given))
        ready = replace(made, practical_only=practical_only(body.kind))
        so_far.add(deciding.drafted(so_far.file, ready, by, taking))
        so_far.add(take(so_far.file, made.id, Step.SUBMIT, by, Said(), taking))
        before = so_far.file.handoffs.get(settles)
        if before is not None and not before.open and not before.settled:
            so_far.add(deciding.settled(so_far.file, settles, ""))
        return so_far.events

    asked = ("send", replace(draft, id=""), replace(consent, id="", given=EPOCH) if consent else None, settles)
    await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=moment)
    return await seen(rooms, viewer, made.id, moment)


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
