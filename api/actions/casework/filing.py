"""The one road of every change of a file: once for each key, seen before it is touched, decided by the model, then written."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.acts import Event, LeadMoved, Opened, Reopened, Stepped
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Actor, ActorKind, File
from graph.model.casework.free_text import checked_texts
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.leaving import standing_in, stood_in
from graph.model.casework.sight import NOTHING, Sight, sight
from graph.model.errors import NotAllowed, NotFound
from graph.store import records
from graph.store.casework.reads import ReadPage
from graph.store.unit import Graph, Unit

ABSENT: Final = "Ce dossier n’existe pas, ou vous n’y avez pas accès."
NOT_YOURS: Final = "Vous pouvez lire ce dossier, pas y agir : rien n’a été modifié."

_LEADING: Final = (Opened, LeadMoved, Reopened, Stepped)

Load = Callable[[Unit], Awaitable[File]]
Decide = Callable[[Unit, File, Actor, datetime], Awaitable[Sequence[Event]]]
Also = Callable[[Unit, File], Awaitable[None]]


def actor_of(viewer: Viewer) -> Actor:
    """Whoever is signed in, as she is written in a file's log."""
    return Actor(
        kind=ActorKind.PROFESSIONAL, account=viewer.account, organisation=viewer.organisation, name=viewer.name
    )


async def seen(
    rooms: Rooms, viewer: Viewer, file_id: str, at: datetime | None = None, *, page: ReadPage = ReadPage.FILE
) -> tuple[File, Sight]:
    """A file and what the viewer sees of it, which is noted. Raises NotFound: hidden and absent look the same."""
    moment = at or datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        file, found = await seen_in(unit, viewer, await unit.files.load(file_id), moment)
    await noted(rooms, viewer, [file.id], found.groups, page, moment)
    return file, found


async def sight_of(rooms: Rooms, viewer: Viewer, file: File, at: datetime) -> Sight:
    """What the viewer sees of a file that an act of hers has just made, which may be nothing any longer."""
    async with rooms.graph.reading() as unit:
        try:
            return (await seen_in(unit, viewer, file, at))[1]
        except NotFound:
            return NOTHING


async def noted(
    rooms: Rooms, viewer: Viewer, files: Sequence[str], groups: Iterable[ShareGroup], page: ReadPage, at: datetime
) -> None:
    """Write down that the viewer reads these groups of these files, before they are shown. Raises Unavailable: then nothing is."""
    await rooms.graph.write(
        lambda unit: unit.file_reads.note(files, viewer.account, viewer.organisation, page, groups, at)
    )


async def seen_in(unit: Unit, viewer: Viewer, file: File | None, at: datetime) -> tuple[File, Sight]:
    """The same within a unit."""
    if file is None or not viewer.signed_in:
        raise NotFound(ABSENT)
    lead = file.lead or (file.leads[-1] if file.leads else None)
    above = await unit.keeping.above(lead.organisation) if lead and lead.organisation != viewer.organisation else ()
    found = sight(file, viewer, at, above)
    ours = lead is not None and lead.organisation == viewer.organisation
    if not found.works and ours and await _stands_in(unit, viewer, file, at):
        found = sight(replace(file, workers=file.workers | {viewer.account}), viewer, at, above)
    if not found.whole and (sent := await _sent_by_the_absent(unit, viewer, file, at)):
        found = replace(found, handoffs=found.handoffs | sent, written=found.written | (sent - found.handoffs))
    if found.nothing:
        raise NotFound(ABSENT)
    return file, found


async def _sent_by_the_absent(unit: Unit, viewer: Viewer, file: File, at: datetime) -> frozenset[str]:
    """The open handoffs that a colleague for whom she stands in that day sent of a file that others lead now."""
    house = Subject(organisation=viewer.organisation, account=viewer.account)
    if not may(viewer, Operation.WORK_ON_FILE, house):
        return frozenset()
    sent = {
        one.id: one.sender_account
        for one in file.handoffs.values()
        if one.open and one.sender == viewer.organisation and one.sender_account not in {"", viewer.account}
    }
    if not sent:
        return frozenset()
    leaves, day = await unit.timing.leaves(viewer.organisation), at.astimezone(PARIS).date()
    away = stood_in(leaves, viewer.account, day, desk=False)
    return frozenset(id_ for id_, account in sent.items() if account in away)


async def _stands_in(unit: Unit, viewer: Viewer, file: File, at: datetime) -> bool:
    """Whether she stands in that day for one of those who work on the file, herself or as one of the desk: who owes what they owe
    works on it.
    """
    leaves, day = await unit.timing.leaves(viewer.organisation), at.astimezone(PARIS).date()
    workers = {*file.workers, *((file.lead.account,) if file.lead else ())} - {""}
    return any(standing_in(leaves, one, day) in {viewer.account, ""} for one in workers)


async def act(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    *,
    key: str,
    asked: object,
    decide: Decide,
    at: datetime | None = None,
) -> File:
    """Change a file by whoever works on it, once for each key. The file as it then stands.

    Raises NotFound, NotAllowed for who may read it but not work on it, InvalidInput for a key that served another input, and what
    `decide` raises; nothing is written then.
    """
    moment = at or datetime.now(UTC)

    async def load(unit: Unit) -> File:
        file, found = await seen_in(unit, viewer, await unit.files.load(file_id), moment)
        # Nobody works on a file that ended; who worked on it sees it whole, and may take it up again.
        if not (found.works if file.open else found.whole):
            raise NotAllowed(NOT_YOURS)
        return file

    return await once(rooms.graph, viewer, key=key, asked=(file_id, asked), load=load, decide=decide, at=moment)


async def once(
    graph: Graph,
    viewer: Viewer,
    *,
    key: str,
    asked: object,
    load: Load,
    decide: Decide,
    at: datetime,
    by: Actor | None = None,
    again: Load | None = None,
) -> File:
    """Load, decide, write, once for each key. `by` is whoever acts, if not the viewer.

    Asked again, nothing is done, and the file is the one that stands now, for whoever still sees something of it: `again` says
    who does, where her sight of the file does not. Raises NotFound to whoever does not.

    What is refused is not kept under its key: nothing was done, and the same demand may be granted later.
    """

    async def make(unit: Unit) -> File:
        told = await blinded(unit, asked)
        if before := await unit.replies.found(viewer.key, key, told):
            # A page and a link are asked anew whether they still open.
            reread = again or (load if by else None)
            return await reread(unit) if reread else await _answered(unit, viewer, before, at)
        file = await load(unit)
        actor = by or actor_of(viewer)
        events = await decide(unit, file, actor, at)
        for event in events:
            checked_texts(event)
        if events:
            file = await unit.files.append(file, actor, at, *await seated(unit, file.id, events))
        await unit.replies.keep(viewer.key, key, told, {"file": file.id, "seq": file.seq})
        return file

    return await graph.write(make)


async def created(
    graph: Graph,
    viewer: Viewer,
    *,
    key: str,
    asked: object,
    events: Sequence[Event],
    at: datetime,
    also: Also | None = None,
) -> File:
    """A new file with its first events, once for each key; `also` is written with it, or refuses it."""
    id_ = uuid4().hex
    for event in events:
        checked_texts(event)

    async def make(unit: Unit) -> File:
        told = await blinded(unit, asked)
        if before := await unit.replies.found(viewer.key, key, told):
            return await _answered(unit, viewer, before, at)
        file = await unit.files.append(None, actor_of(viewer), at, *await seated(unit, id_, events), id_=id_)
        if also is not None:
            await also(unit, file)
        await unit.replies.keep(viewer.key, key, told, {"file": file.id, "seq": file.seq})
        return file

    return await graph.write(make)


async def _answered(unit: Unit, viewer: Viewer, reply: Mapping[str, Any], at: datetime) -> File:
    """The file as it stands, in the viewer's present sight, which is noted. Raises NotFound: a key opens nothing that is lost."""
    file, found = await seen_in(unit, viewer, await unit.files.load(reply["file"]), at)
    if found.groups:
        await unit.file_reads.note([file.id], viewer.account, viewer.organisation, ReadPage.DATA, found.groups, at)
    return file


async def blinded(unit: Unit, asked: object) -> str:
    """What was asked, to be compared without being kept: the graph holds no mark of a name or a word that could be guessed at."""
    secret = await asyncio.to_thread(unit.keyring.house, "replies")
    return hmac.digest(secret, records.digest(asked).encode(), "sha256").hex()


async def seated(unit: Unit, file: str, events: Sequence[Event]) -> list[Event]:
    """The events, with each new lead checked and locked: the duty desk where she takes no new work."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, _LEADING) and event.lead is not None:
            found.append(replace(event, lead=await unit.seats.taken(file, event.lead)))
        else:
            found.append(event)
    return found
