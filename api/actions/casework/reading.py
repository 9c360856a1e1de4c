"""Files as they are read: lists, one file with its story, who read it. What is shown of a person is noted before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from api.actions.casework.filing import ABSENT, noted, seen_in
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.account import Account
from graph.model.casework.acts import Entry
from graph.model.casework.file import File
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.owed import NextAction, owed
from graph.model.casework.sight import Sight
from graph.model.casework.telling import Told, told
from graph.model.errors import NotAllowed, NotFound
from graph.store.below import below
from graph.store.casework.lists import Part
from graph.store.casework.lookups import Hit
from graph.store.casework.reads import FileRead, ReadPage
from graph.store.unit import Unit

MOST_UNITS: Final = 500
NOT_THE_UNIT: Final = "La liste de l’unité est celle de la personne qui en est responsable."


class Scope(StrEnum):
    """Whose files: those that she leads or works on, the duty desk's, the whole unit's, those that ended."""

    MINE = "mine"
    DESK = "desk"
    UNIT = "unit"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class FileList:
    """A page of files in order, with what is owed next about each; `counts` are exact, and hold the scopes that she may read."""

    files: tuple[tuple[File, NextAction | None], ...]
    counts: Mapping[Scope, int]
    names: Mapping[str, str]
    accounts: Mapping[str, Account]
    more: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as its viewer sees it: `entries` are none to who does not see the whole. Names by id."""

    file: File
    sight: Sight
    told: Told
    entries: tuple[Entry, ...]
    accounts: Mapping[str, Account]
    names: Mapping[str, str]
    colleagues: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """Who read a file, and who looked the person up and was told that it is there, the latest first."""

    file: File
    reads: tuple[FileRead, ...]
    hits: tuple[Hit, ...]
    accounts: Mapping[str, Account]
    names: Mapping[str, str]


async def files(
    rooms: Rooms, viewer: Viewer, scope: Scope, *, first: int, skip: int = 0, at: datetime | None = None
) -> FileList:
    """A page of the files of a scope, what is owed first before what is owed later. Raises NotAllowed."""
    moment = at or datetime.now(UTC)
    own = Subject(organisation=viewer.organisation)
    if not (viewer.organisation and may(viewer, Operation.OPEN_FILE, own)):
        raise NotAllowed("Les dossiers sont lus par les professionnels qui accompagnent : ce droit manque à ce compte.")
    heads = may(viewer, Operation.READ_UNIT, own)
    if scope is Scope.UNIT and not heads:
        raise NotAllowed(NOT_THE_UNIT)
    async with rooms.graph.reading() as unit:
        units = [viewer.organisation, *(await below(unit, viewer.organisation, MOST_UNITS) if heads else [])]
        part = part_of(viewer, scope, units, heads)
        pages = unit.file_lists.ended if scope is Scope.ENDED else unit.file_lists.open
        found = await listed(unit, await pages(part, first, skip))
        counts = await _counts(unit, viewer, units, heads)
    await read_in_list(rooms, viewer, found, moment)
    return replace(found, counts=counts, more=skip + first < counts[scope])


async def listed(unit: Unit, ids: Sequence[str]) -> FileList:
    """These files, opened, with what a line tells of each: no count. Those that do not open are left out."""
    opened = await unit.file_lists.opened(ids)
    leads = [file.lead or file.leads[-1] for file in opened]
    accounts = await unit.accounts.of([lead.account for lead in leads if lead.account])
    names = await unit.accounts.organisation_names(sorted({lead.organisation for lead in leads}))
    files = tuple((file, next(iter(owed(file)), None)) for file in opened)
    return FileList(files=files, counts={}, names=names, accounts=accounts, more=False)


async def read_in_list(rooms: Rooms, viewer: Viewer, found: FileList, at: datetime) -> None:
    """Write down that she reads what the lines of a list tell."""
    if found.files:
        groups = (ShareGroup.IDENTITY, ShareGroup.NEED)
        await noted(rooms, viewer, [file.id for file, _ in found.files], groups, ReadPage.LIST, at)


def part_of(viewer: Viewer, scope: Scope, units: Sequence[str], heads: bool) -> Part:
    """Which files a scope holds. The unit's list holds those of the units below; a desk is one's own. Of those that ended, she
    reads the desks' too.
    """
    if scope is Scope.DESK:
        return Part((viewer.organisation,), accounts=("",))
    every = scope is Scope.UNIT or (scope is Scope.ENDED and heads)
    accounts = (viewer.account, "") if scope is Scope.ENDED else (viewer.account,)
    return Part(tuple(units), accounts=accounts, worker=viewer.account, every=every)


async def _counts(unit: Unit, viewer: Viewer, units: Sequence[str], heads: bool) -> dict[Scope, int]:
    """Of the scopes that she may read."""
    some = await unit.file_lists.open_counts(part_of(viewer, Scope.MINE, units, heads))
    past = await unit.file_lists.ended_counts(part_of(viewer, Scope.ENDED, units, heads))
    own = some.get(viewer.organisation)
    found = {
        Scope.MINE: sum(one.hers for one in some.values()),
        Scope.DESK: own.desk if own else 0,
        Scope.ENDED: sum(one.every if heads else one.hers for one in past.values()),
    }
    return found | {Scope.UNIT: sum(one.every for one in some.values())} if heads else found


async def open_(
    rooms: Rooms, viewer: Viewer, file_id: str, page: ReadPage = ReadPage.FILE, at: datetime | None = None
) -> Opened:
    """One file with its story. Raises NotFound: hidden and absent look the same."""
    moment = at or datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        file, sight = await seen_in(unit, viewer, await unit.files.load(file_id), moment)
        entries = (await unit.files.logs([file.id]))[file.id] if sight.whole or sight.handoffs else ()
        shown = told(file, sight, moment, entries)
        accounts, names = await _named(unit, file)
        colleagues = await _colleagues(unit, file) if sight.works else ()
    await noted(rooms, viewer, [file.id], sight.groups, page, moment)
    return Opened(file, sight, shown, entries if sight.whole else (), accounts, names, colleagues)


async def readers(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    *,
    before: tuple[datetime, str] | None = None,
    most: int,
    at: datetime | None = None,
) -> Readers:
    """Who read a file, for who works on it. Raises NotFound, also for who sees a part of it alone."""
    moment = at or datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        file, sight = await seen_in(unit, viewer, await unit.files.load(file_id), moment)
        if not sight.whole:
            raise NotFound(ABSENT)
        reads = await unit.file_reads.of(file.id, most, before)
        hits = await unit.lookups.hits_on(file.id)
        both = [*reads, *hits]
        accounts = await unit.accounts.of(sorted({one.account for one in both}))
        names = await unit.accounts.organisation_names(sorted({one.organisation for one in both}))
    await noted(rooms, viewer, [file.id], (), ReadPage.READERS, moment)
    return Readers(file, tuple(reads), tuple(hits), accounts, names)


async def _named(unit: Unit, file: File) -> tuple[dict[str, Account], dict[str, str]]:
    """The accounts that lead, led and work on it; the names of the organisations that it speaks of."""
    leads = [*file.leads, *([file.lead] if file.lead else [])]
    accounts = {lead.account for lead in leads} | file.workers
    bodies = {file.organisation} | {lead.organisation for lead in leads}
    bodies |= {one.target.organisation for one in file.handoffs.values()}
    bodies |= {one.sender for one in file.handoffs.values()} | {one.recipient for one in file.consents.values()}
    bodies |= {one.organisation for one in file.co_referents.values()}
    bodies |= {one.organisation for one in file.appointments.values()}
    return (
        await unit.accounts.of(sorted(accounts - {""})),
        await unit.accounts.organisation_names(sorted(bodies - {""})),
    )


async def _colleagues(unit: Unit, file: File) -> tuple[Account, ...]:
    members = await unit.accounts.members(file.lead.organisation) if file.lead else []
    return tuple(account for one, account in members if one.active and account.active)
