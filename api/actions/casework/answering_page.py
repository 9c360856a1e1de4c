"""A handoff as its page shows it: what is told, what was done, what may be done now, who else might take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.casework.filing import actor_of
from api.actions.casework.handing import Handed, noted, seen_in_unit
from api.actions.casework.passing_on import next_relays
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.account import Account
from graph.model.casework.acts import Drafted, Entry, Settled, Stepped
from graph.model.casework.file import Actor
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Handoff, Kind, State, Step
from graph.model.casework.owed import NextAction, of_handoff
from graph.model.casework.sight import acting_for, shared_groups
from graph.model.casework.taking import allowed_steps
from graph.model.casework.telling import NOTHING, Told, told
from graph.model.relay import Relay
from graph.store.unit import Unit

# Where it is, or was, refused: who else might take it is told to both sides.
_PASSED_ON: Final = frozenset({Step.DECLINE, Step.REDIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`told` is what its addressee reads now; `reads` whether the viewer may read words; `names` of organisations by id;
    `colleagues` of the viewer, who may be named to do it; `relays` those who might take it instead.
    """

    handed: Handed
    told: Told
    reads: bool
    entries: tuple[Entry, ...]
    allowed: tuple[Step, ...]
    owed: NextAction | None
    names: Mapping[str, str]
    accounts: Mapping[str, Account]
    colleagues: tuple[Account, ...]
    relays: tuple[Relay, ...]


async def opened(rooms: Rooms, viewer: Viewer, handoff_id: str, at: datetime) -> Opened:
    """One handoff. Raises NotFound: hidden and absent look the same."""
    async with rooms.graph.reading() as unit:
        handed = await seen_in_unit(unit, viewer, handoff_id, at)
        file, handoff = handed.file, handed.handoff
        log = (await unit.files.logs([file.id]))[file.id]
        chain = [one for one in file.handoffs.values() if one.id in handed.sight.handoffs and _of_chain(one, handoff)]
        bodies = {handoff.sender, handoff.target.organisation, *(one.target.organisation for one in chain)}
        names = await unit.accounts.organisation_names(sorted(bodies))
        allowed = allowed_steps(file, handoff, actor_of(viewer), at, acting_for(file, handed.sight))
        members = await unit.accounts.members(viewer.organisation) if Step.ACCEPT in allowed else []
        accounts = await unit.accounts.of(sorted({handoff.target.professional, handoff.sender_account} - {""}))
    await noted(rooms, viewer, handed, at)
    may_read = reads(handed, viewer, at)
    shown = told(file, handoff, at, log) if may_read else NOTHING
    return Opened(
        handed=handed,
        told=shown,
        reads=may_read,
        entries=tuple(entry for entry in log if about(entry, handoff.id)),
        allowed=allowed,
        owed=of_handoff(file, handoff.id),
        names=names,
        accounts=accounts,
        colleagues=tuple(a for m, a in members if m.active and a.active),
        relays=await next_relays(rooms, handed, _commune(shown), at) if _looks_on(handed, shown, allowed) else (),
    )


async def of_addressee(unit: Unit, handed: Handed, by: Actor, at: datetime) -> Opened:
    """The same for one who has no account: what is told, what was done, what may be answered; no colleague, no other relay."""
    file, handoff = handed.file, handed.handoff
    log = (await unit.files.logs([file.id]))[file.id]
    names = await unit.accounts.organisation_names(sorted({handoff.sender, handoff.target.organisation}))
    return Opened(
        handed=handed,
        told=told(file, handoff, at, log),
        reads=handoff.open and bool(shared_groups(file, handoff, at)),
        entries=tuple(entry for entry in log if about(entry, handoff.id)),
        allowed=allowed_steps(file, handoff, by, at),
        owed=of_handoff(file, handoff.id),
        names=names,
        accounts={},
        colleagues=(),
        relays=(),
    )


def reads(handed: Handed, viewer: Viewer, at: datetime) -> bool:
    """Whether the viewer may read what was written with it: who sees the file whole; its addressee while it is shared; who asked to
    take the file over while that waits. A house that gave the file away by it knows that it did, and no more.
    """
    if handed.sight.whole:
        return True
    one = handed.handoff
    if one.kind is Kind.TAKE_OVER:
        return one.open and one.sender == viewer.organisation
    return one.target.organisation == viewer.organisation and bool(shared_groups(handed.file, one, at))


def about(entry: Entry, handoff: str) -> bool:
    """Whether an entry is of this handoff."""
    match entry.event:
        case Drafted(handoff=made):
            return made.id == handoff
        case Stepped(handoff=id_, child=child):
            return id_ == handoff or (child is not None and child.id == handoff)
        case Settled(handoff=id_):
            return id_ == handoff
        case _:
            return False


def _of_chain(one: Handoff, handoff: Handoff) -> bool:
    return one.id in handoff.chain or handoff.id in one.chain or one.id == handoff.parent or one.parent == handoff.id


def _looks_on(handed: Handed, shown: Told, allowed: tuple[Step, ...]) -> bool:
    # Who else handles a need says what the need is.
    if not handed.sight.whole and ShareGroup.NEED not in shown.groups:
        return False
    refused = handed.handoff.state in {State.DECLINED, State.NOT_COMPLETED, State.EXPIRED}
    return bool(_PASSED_ON & set(allowed)) or (refused and handed.sight.works)


def _commune(shown: Told) -> str:
    return next((m.practical.commune for m in shown.members or () if m.practical and m.practical.commune), "")
