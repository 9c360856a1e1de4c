"""Erasing: by the head of service, or by time. Told before, whole or not at all, and never undone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog

from api.actions.casework.filing import act, actor_of, seen_in
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.casework import remembering
from graph.model.casework.acts import Event, Linked
from graph.model.casework.file import Actor, ActorKind, File, FileState
from graph.model.casework.remembering import BY_TIME, TOLD_BEFORE, Cause, needs_visa
from graph.model.errors import InvalidInput
from graph.store.casework.files import MOST_ENTRIES
from graph.store.casework.forgetting import AT_ONCE, Silent
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.sealing import Unreadable
from graph.store.unit import Graph, Unit

CLOCK: Final = Actor(kind=ActorKind.CLOCK)
NOT_SAME: Final = "Recopiez le numéro du dossier tel qu’il est écrit : rien n’a été effacé."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What time asks for, counted: `to_tell` are those to be told now, `told` those whose notice runs, `due` those that can be
    erased now, `visa` those that wait for an archive's, `open` those still open though nobody has met the person for so long.
    """

    to_tell: int = 0
    told: int = 0
    due: int = 0
    visa: int = 0
    open: int = 0


async def forget(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    *,
    key: str,
    visa: str = "",
    why: Cause = Cause.ASKED,
    repeated: str = "",
    at: datetime | None = None,
) -> None:
    """Erase a file that has ended, with those that went into it. `repeated` is its id, typed again.

    Raises NotFound, NotAllowed, StepNotAllowed while it is open, ReasonMissing without the visa that its body needs, InvalidInput.
    """
    moment = at or datetime.now(UTC)
    asked = ("forget", file_id, visa, why.value)

    async def make(unit: Unit) -> list[str]:
        if await unit.replies.found(viewer.key, key, asked):
            return [file_id]
        file, _ = await seen_in(unit, viewer, await unit.files.load(file_id), moment)
        lead = file.lead or (file.leads[-1] if file.leads else None)
        organisation = lead.organisation if lead else file.organisation
        above = await unit.keeping.above(organisation)
        check(viewer, Operation.FORGET_FILE, Subject(organisation=organisation, above=above))
        if repeated != file_id:
            raise InvalidInput(NOT_SAME, "repeated")
        gone = await _erase(unit, file, actor_of(viewer), moment, visa, why)
        await unit.replies.keep(viewer.key, key, asked, {"file": file_id})
        return gone

    await destroy_keys(rooms.graph, await rooms.graph.write(make))


async def answer_right(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    asking: str,
    granted: bool,
    text: str,
    *,
    key: str,
    at: datetime | None = None,
) -> File:
    """Say what came of what a member asked for. Raises NotFound, NotAllowed, StepNotAllowed, ReasonMissing."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [remembering.right_answered(file, asking, granted, text)]

    asked = ("right", asking, granted, text)
    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


async def planned(graph: Graph, at: datetime) -> Planned:
    """What time asks for at this moment; nothing is written."""
    counts: Counter[str] = Counter()
    before = remembering.silent_since(at + TOLD_BEFORE)
    async for one in _silent(graph, before, (*BY_TIME, FileState.OPEN)):
        stage = _stage(one, at)
        if stage == "due":
            try:
                async with graph.reading() as unit:
                    file = await unit.files.load(one.id)
                    stage = "visa" if file and needs_visa(await _kinds(unit, await gone_into(unit, file))) else "due"
            except (Unreadable, KeyUnavailable) as fault:
                log.error("file_not_read", fault=type(fault).__name__)
                continue
        counts[stage] += 1
    return Planned(**{name: counts[name] for name in ("to_tell", "told", "due", "visa", "open")})


async def by_time(graph: Graph, at: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Tell what is soon to be erased, erase what is due; one file a transaction. How many were erased.

    What needs a visa waits for the head of service; one that cannot be read is gone past, and looked at again the next time.
    Raises Unavailable; what was done before stays done.
    """
    await finish(graph)
    found = [one async for one in _silent(graph, remembering.silent_since(at + TOLD_BEFORE), BY_TIME)]
    erased = 0
    for number, one in enumerate(found):
        try:
            erased += await _in_time(graph, one, at)
        except (Unreadable, KeyUnavailable) as fault:
            log.error("file_not_forgotten", fault=type(fault).__name__)
        progress(number + 1, len(found))
    return erased


async def _in_time(graph: Graph, one: Silent, at: datetime) -> int:
    """What time asks for of one file now; how many were erased."""
    stage = _stage(one, at)
    if stage == "to_tell":
        await graph.write(lambda unit: _tell(unit, one.id, at))
    if stage != "due":
        return 0
    gone = await graph.write(lambda unit: _erase_due(unit, one.id, at))
    await destroy_keys(graph, gone)
    return len(gone)


async def finish(graph: Graph) -> int:
    """Destroy the keys of what was erased, where whoever erased it was killed before that. How many; one that cannot be destroyed
    yet is written down still.
    """
    count = 0
    while True:
        async with graph.reading() as unit:
            due = await unit.forgetting.keys_due()
        done = 0
        for id_ in due:
            try:
                await destroy_keys(graph, [id_])
                done += 1
            except KeyUnavailable as fault:
                log.error("key_not_destroyed", fault=type(fault).__name__)
        count += done
        if len(due) < AT_ONCE or not done:
            return count


async def destroy_keys(graph: Graph, files: Sequence[str]) -> None:
    """Destroy these keys, and then write down that it is done."""
    async with graph.reading() as unit:
        keyring = unit.keyring
    for id_ in files:
        await asyncio.to_thread(keyring.destroy, id_)
        await graph.write(lambda unit, id_=id_: unit.forgetting.key_gone(id_))


def _stage(one: Silent, at: datetime) -> str:
    if one.state is FileState.OPEN:
        return "open"
    if one.told is None:
        return "to_tell"
    if one.told > at or remembering.kept_until(one.contact) > at:
        return "told"
    return "due"


async def _silent(graph: Graph, before: datetime, states: Sequence[FileState]) -> AsyncIterator[Silent]:
    """Those whose person nobody has met since, the longest first."""
    after: Silent | None = None
    while True:
        async with graph.reading() as unit:
            found = await unit.forgetting.silent(before, states, after)
        for one in found:
            yield one
        if len(found) < AT_ONCE:
            return
        after = found[-1]


async def _tell(unit: Unit, file_id: str, at: datetime) -> None:
    file = await unit.files.load(file_id)
    told = remembering.forgetting_told(file, at) if file else None
    if file and told:
        await unit.files.append(file, CLOCK, at, told)


async def _erase_due(unit: Unit, file_id: str, at: datetime) -> list[str]:
    """Looked at anew: someone may have met the person since."""
    file = await unit.files.load(file_id)
    if file is None or not remembering.may_be_forgotten(file, at):
        return []
    if needs_visa(await _kinds(unit, await gone_into(unit, file))):
        return []
    return await _erase(unit, file, CLOCK, at, "", Cause.TIME)


async def _erase(unit: Unit, file: File, by: Actor, at: datetime, visa: str, why: Cause) -> list[str]:
    """The file and all that went into it; the ids whose keys are then to be destroyed."""
    gone = await gone_into(unit, file)
    event = remembering.erased(file, await _kinds(unit, gone), visa, why)
    for one in gone:
        await unit.forgetting.erase(one, by, at, event)
    return [one.id for one in gone]


async def gone_into(unit: Unit, file: File) -> list[File]:
    """The file, then those that went into it, into one of these, and so on; each once."""
    found, asked = [file], {file.id}
    for one in found:
        for id_ in await _linked_into(unit, one):
            other = None if id_ in asked else await unit.files.load(id_)
            asked.add(id_)
            if other is not None and other.state is FileState.LINKED and other.linked == one.id:
                found.append(other)
    return found


async def _kinds(unit: Unit, files: Sequence[File]) -> list[str]:
    """Of the bodies that led them, those that opened them among them."""
    ids = {file.organisation for file in files} | {lead.organisation for file in files for lead in file.leads}
    bodies = await unit.directory.organisations(sorted(ids))
    return [bodies[id_].kind if id_ in bodies else "" for id_ in sorted(ids)]


async def _linked_into(unit: Unit, file: File) -> list[str]:
    found: list[str] = []
    after = 0
    while entries := await unit.files.log(file.id, after):
        found += [entry.event.other for entry in entries if isinstance(entry.event, Linked) and not entry.event.into]
        after = entries[-1].seq
        if len(entries) < MOST_ENTRIES:
            break
    return found
