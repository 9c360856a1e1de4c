"""The worker's side of a member's own page: opened, given another code, closed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from api.actions.casework.filing import ABSENT, act, noted, seen_in
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import own_page
from graph.model.casework.acts import Event, PageSet
from graph.model.casework.file import Actor, File, Member, PersonPage
from graph.model.casework.grounds import ShareGroup
from graph.model.errors import NotFound
from graph.store.casework.reads import ReadPage
from graph.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is handed over, once: nobody can read it again. Empty where the same act was asked for before."""

    file: File
    token: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A member and her page; `locked` after too many wrong codes."""

    member: Member
    page: PersonPage
    locked: bool


async def pages(rooms: Rooms, viewer: Viewer, file_id: str) -> tuple[File, list[PageState]]:
    """The pages of a file's members. Raises NotFound: for those who see the whole file alone."""
    at = datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        file, found = await seen_in(unit, viewer, await unit.files.load(file_id), at)
        if not found.whole:
            raise NotFound(ABSENT)
        tries = await unit.doors.tries(file_id)
    await noted(rooms, viewer, [file_id], {ShareGroup.IDENTITY}, ReadPage.FILE, at)
    return file, [
        PageState(
            member=member, page=own_page.of(file, member.id), locked=tries.get(member.id, 0) >= own_page.MOST_TRIES
        )
        for member in file.members.values()
        if member.left is None
    ]


async def open_page(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    member: str,
    *,
    key: str,
    confirmed: bool = False,
    at: datetime | None = None,
) -> Handed:
    """A new address and a new code: those before open nothing any longer, whoever is behind them is out.

    Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput, NeedsConfirming where there is danger at home.
    """
    token, code = own_page.new_token(), own_page.new_code()
    door, kept = own_page.digest(token), await asyncio.to_thread(own_page.hashed, code)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        page = own_page.opened(file, member, door, kept, moment, confirmed=confirmed)
        await unit.doors.open(door, file.id, member)
        return [PageSet(page=page)]

    file = await act(rooms, viewer, file_id, key=key, asked=("open page", member, confirmed), decide=decide, at=at)
    fresh = file.pages.get(member)
    return Handed(file=file, token=token, code=code) if fresh and fresh.token == door else Handed(file=file)


async def close_page(
    rooms: Rooms,
    viewer: Viewer,
    file_id: str,
    member: str,
    *,
    key: str,
    danger: bool | None = None,
    at: datetime | None = None,
) -> File:
    """It opens no longer, at once; `danger` notes a danger at home, or that there is none any more.
    Where it notes one, the pages of all the others of the household close with it.

    Raises NotFound, NotAllowed, InvalidInput.
    """

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        await unit.doors.close(file.id, member)
        pages = [own_page.closed(file, member, danger=danger)]
        if danger:
            pages += own_page.closed_around(file, member)
        for page in pages[1:]:
            await unit.doors.close(file.id, page.member)
        return [PageSet(page=page) for page in pages]

    return await act(rooms, viewer, file_id, key=key, asked=("close page", member, danger), decide=decide, at=at)
