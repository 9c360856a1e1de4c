"""A file taken back: all that it changed says again what it said before, if nothing was changed since; and files given out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import msgspec

from api.actions.files import ABSENT, WRITE_SECONDS, WRITTEN_AT_ONCE, Moved, known, line_words, may_see, own, seen
from api.actions.post_gesture import write_many
from api.rooms import Rooms
from graph.model.access import Operation, Viewer, check
from graph.model.directory import ListingState, Post
from graph.model.errors import InvalidInput, NotFound
from graph.model.keeping import Act, Entry, Kept, ListingKind, Target, Word, edited, entry, taken_back, words_after
from graph.model.listing import FieldGroup
from graph.model.uploads import SeenLine, Upload, UploadState
from graph.store.unit import Unit
from importers.sheets.cells import plain
from importers.sheets.columns import Sheet, Told, columns
from importers.sheets.making import with_values
from importers.sheets.values import Known
from importers.sheets.writing import as_csv, as_workbook
from search.hours import PARIS

SINCE: Final = "Des fiches de cet envoi ont été modifiées depuis"
THEN: Final = "Annulez d’abord ces modifications sur leurs pages, ou corrigez ces fiches une à une."
READ_SECONDS: Final = 60.0


async def take_back(rooms: Rooms, viewer: Viewer, id_: str, at: datetime | None = None) -> Upload:
    """Undo all of an upload in one transaction; what it created is archived. What is undone already is not undone again.

    Raises NotFound, NotAllowed, and Moved with the lines whose listings were changed since.
    """
    at = at or datetime.now(UTC)

    async def act(unit: Unit) -> None:
        upload = await unit.uploads.take(id_, uuid4().hex, UploadState.APPLIED)
        if upload is None:
            return
        if not may_see(viewer, upload, at):
            raise NotFound(ABSENT)
        lines = await unit.uploads.lines(upload)
        note = f"Envoi annulé : « {upload.file} »"
        blocked = await _take_back_services(unit, viewer, [one for one in lines if one.seq is not None], at, note)
        posts = [one for one in lines if one.seq is None]
        blocked += await _take_back_posts(unit, viewer, posts, known(rooms, at), at)
        if blocked:
            raise Moved(SINCE, [line_words(line) for line in blocked], THEN)
        await unit.uploads.taken_back(upload, at)

    await rooms.graph.write(act, seconds=WRITE_SECONDS)
    return await seen(rooms, viewer, id_, at)


async def _take_back_services(
    unit: Unit, viewer: Viewer, lines: Sequence[SeenLine], at: datetime, note: str
) -> list[SeenLine]:
    """Write the entries that undo those of these lines; the lines where that cannot be."""
    blocked: list[SeenLine] = []
    for start in range(0, len(lines), WRITTEN_AT_ONCE):
        by_target = {Target(ListingKind.SERVICE, line.id): line for line in lines[start : start + WRITTEN_AT_ONCE]}
        held = await unit.keeping.currents(list(by_target))
        logs = await unit.keeping.since({target: (line.seq or 0) - 1 for target, line in by_target.items()})
        said: list[tuple[Entry, Mapping[FieldGroup, Word | None]]] = []
        for target, line in by_target.items():
            undone = _undone(viewer, line, held.get(target), logs[target], at, note)
            if undone is None:
                blocked.append(line)
            else:
                said.append(undone)
        if said:
            await unit.keeping.append_all(said)
    return blocked


def _undone(
    viewer: Viewer, line: SeenLine, kept: Kept | None, log: Sequence[Entry], at: datetime, note: str
) -> tuple[Entry, Mapping[FieldGroup, Word | None]] | None:
    """The entry that undoes that of a line, with its words; None when something came in between."""
    done = next((one for one in log if one.seq == line.seq), None)
    if kept is None or done is None:
        return None
    since = [one for one in log if one.seq > done.seq]
    today = at.astimezone(PARIS).date()
    if done.act is Act.CREATED:
        check(viewer, Operation.ARCHIVE, kept.subject)
        if since:
            return None
        whole = edited(kept, {FieldGroup.IDENTITY: {"state": ListingState.ARCHIVED}})
        new = entry(kept, Act.EDITED, whole, viewer, at, note=note)
        return new, words_after(new, None, today)
    if done.by != viewer.key:
        for group in done.steps:
            check(viewer, Operation.UNDO, kept.subject, group)
    try:
        new = taken_back(kept, done, since, viewer, at, note)
    except InvalidInput:
        return None
    return new, words_after(new, done, today)


async def _take_back_posts(
    unit: Unit, viewer: Viewer, lines: Sequence[SeenLine], known_: Known, at: datetime
) -> list[SeenLine]:
    """The posts as they were, in the columns that the file changed; the lines where someone changed them again."""
    if not lines:
        return []
    mine = await own(unit, viewer, Operation.IMPORT)
    blocked: list[SeenLine] = []
    moves: list[tuple[Post | None, Post | None]] = []
    for line in lines:
        now = mine.held.posts.get(line.id)
        if now is None or any(_told(now, cell.column, known_) != cell.after for cell in line.seen):
            blocked.append(line)
            continue
        check(viewer, Operation.EDIT_POST, mine.subject(now.organisation))
        moves.append((now, None if line.new else _restored(now, line, known_)))
    if not blocked:
        await write_many(unit, viewer, moves, at)
    return blocked


def _restored(now: Post, line: SeenLine, known_: Known) -> Post:
    before = msgspec.json.decode(line.held, type=Post)
    changed = {cell.column for cell in line.seen}
    values: dict[str, Any] = {c.path: c.value(before) for c in columns(Sheet.POSTS) if c.name in changed}
    post = with_values(now, values, known_.today)
    assert isinstance(post, Post)
    return post


def _told(record: Told, name: str, known_: Known) -> str:
    column = next(column for column in columns(Sheet.POSTS) if column.name == name)
    return plain(column.told(record, known_))


async def given_out(rooms: Rooms, viewer: Viewer, sheet: Sheet | None, at: datetime | None = None) -> bytes:
    """The services and posts that she keeps, but for archived ones: one table as a CSV, or both as a workbook (None).

    Raises NotAllowed.
    """
    async with rooms.graph.reading(READ_SECONDS) as unit:
        held = (await own(unit, viewer, Operation.EXPORT)).held
    services = [one for one in held.services.values() if one.state is not ListingState.ARCHIVED]
    services.sort(key=lambda one: (one.organisation, one.name, one.id))
    posts = sorted(held.posts.values(), key=lambda one: (one.organisation, one.label, one.id))
    tables: dict[Sheet, Sequence[Told]] = {Sheet.SERVICES: services, Sheet.POSTS: posts}
    words = known(rooms, at or datetime.now(UTC))
    if sheet:
        return await asyncio.to_thread(as_csv, sheet, tables[sheet], words)
    return await asyncio.to_thread(as_workbook, tables, words)
