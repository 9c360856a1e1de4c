"""Many listings at once, by a file: looked at first, then done all or not at all, once for each file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from typing import ClassVar, Final
from uuid import uuid4

import msgspec

from api.actions.post_gesture import write_many
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.directory import ListingState, Post, Service
from graph.model.errors import NotFound, Refusal, RefusalCode
from graph.model.keeping import Act, Entry, Kept, ListingKind, Target, Word, edited, entry, voice_of, words_after
from graph.model.listing import GROUPS, FieldGroup, split
from graph.model.uploads import SeenCell, SeenFault, SeenLine, Upload, UploadState
from graph.store.below import below
from graph.store.unit import Unit
from importers.sheets.columns import Sheet
from importers.sheets.grid import Fault
from importers.sheets.plan import Held, Plan, Planned, plan
from importers.sheets.table import Filled, Row, read_file
from importers.sheets.values import Known
from search.hours import PARIS

MOST_UNITS: Final = 500
LONGEST_NAME: Final = 100
# Ten thousand lines are read and written in one transaction: each of its statements may take this long.
READ_SECONDS: Final = 60.0
WRITE_SECONDS: Final = 120.0
WRITTEN_AT_ONCE: Final = 500
MOST_TOLD: Final = 20
ABSENT: Final = (
    "Cet envoi n’existe pas, ou son aperçu a plus d’une heure. Rien n’a été modifié : envoyez le fichier à nouveau."
)
NOT_YOURS: Final = "Vous n’avez pas ce droit sur cette fiche."
STATES: Final[Mapping[ListingState, Operation]] = {
    ListingState.SUSPENDED: Operation.SUSPEND,
    ListingState.ARCHIVED: Operation.ARCHIVE,
}
# A file is read by one thread at a time: ten at once would take all the memory that one may.
_reading: Final = asyncio.Semaphore(1)


class Moved(Refusal):
    """The listings of these lines are no longer what was seen, or undone; nothing was written."""

    code: ClassVar[RefusalCode] = RefusalCode.CONFLICT

    def __init__(self, what: str, lines: Sequence[str], then: str) -> None:
        told = ", ".join(lines[:MOST_TOLD]) + (f" et {len(lines) - MOST_TOLD} autres" if len(lines) > MOST_TOLD else "")
        super().__init__(f"{what} : {told}. Rien n’a été modifié. {then}")
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Own:
    """What a viewer may change by file, with the bodies above each organisation."""

    held: Held
    above: Mapping[str, tuple[str, ...]]

    def subject(self, organisation: str) -> Subject:
        """What an act on its listings is about."""
        return Subject(organisation=organisation, above=self.above.get(organisation, ()))


def known(rooms: Rooms, at: datetime) -> Known:
    """What cells may refer to."""
    places = rooms.places
    return Known(places.get, partial(places.complete, limit=3), at.astimezone(PARIS).date())


async def own(unit: Unit, viewer: Viewer, operation: Operation) -> Own:
    """The services and posts of the acting organisation and of the units below it, where she may. Raises NotAllowed."""
    check(viewer, operation, Subject(organisation=viewer.organisation))
    ids = [viewer.organisation, *await below(unit, viewer.organisation, MOST_UNITS)]
    above = dict.fromkeys(ids[1:], (viewer.organisation,))
    ids = [id_ for id_ in ids if may(viewer, operation, Subject(organisation=id_, above=above.get(id_, ())))]
    bodies = await unit.directory.organisations(ids)
    services = [one for some in (await unit.directory.services_of(ids)).values() for one in some]
    posts = [one for some in (await unit.directory.posts_of(ids)).values() for one in some]
    names = {id_: body.name for id_, body in bodies.items()}
    held = Held(viewer.organisation, names, {one.id: one for one in services}, {one.id: one for one in posts})
    return Own(held, above)


async def look_at(rooms: Rooms, viewer: Viewer, name: str, content: bytes, at: datetime | None = None) -> Upload:
    """Read a file, compare it, and keep what was seen for an hour. The same file again: what was done of it then.

    Raises NotAllowed, and Unreadable when it is no table.
    """
    at = (at or datetime.now(UTC)).replace(microsecond=0)
    check(viewer, Operation.IMPORT, Subject(organisation=viewer.organisation))
    digest = blake2b(content, digest_size=16).hexdigest()
    async with rooms.graph.reading() as unit:
        before = await unit.uploads.same(viewer.organisation, digest)
        if before and (done := await unit.uploads.get(before)):
            return done
    async with _reading:
        filled = await asyncio.to_thread(read_file, content)
        async with rooms.graph.reading(READ_SECONDS) as unit:
            mine = await own(unit, viewer, Operation.IMPORT)
        found = await asyncio.to_thread(plan, filled, mine.held, known(rooms, at), digest)
    faults = [*map(_fault, found.faults), *_barred(viewer, mine, found)]
    upload = Upload(
        id=uuid4().hex,
        organisation=viewer.organisation,
        by=viewer.account,
        said_by=viewer.name,
        file=" ".join(name.split())[:LONGEST_NAME] or "sans nom",
        digest=digest,
        at=at,
        state=UploadState.REFUSED if faults else UploadState.WAITING,
        created=sum(one.new for one in found.planned),
        changed=sum(not one.new for one in found.planned),
        unchanged=found.unchanged,
        faults=len(faults),
    )
    lines = [_seen(one) for one in found.planned]

    async def keep(unit: Unit) -> None:
        await unit.uploads.sweep(at)
        await unit.uploads.make_room(upload.organisation, upload.by)
        await unit.uploads.add(upload, lines, faults)

    await rooms.graph.write(keep)
    return upload


async def seen(rooms: Rooms, viewer: Viewer, id_: str, at: datetime | None = None) -> Upload:
    """One upload. Raises NotFound when there is none, or none that she may see: the two look the same."""
    async with rooms.graph.reading() as unit:
        upload = await unit.uploads.get(id_)
    if upload is None or not may_see(viewer, upload, at or datetime.now(UTC)):
        raise NotFound(ABSENT)
    return upload


def may_see(viewer: Viewer, upload: Upload, at: datetime) -> bool:
    """Whether an upload is hers to see, confirm or take back."""
    allowed = may(viewer, Operation.IMPORT, Subject(organisation=viewer.organisation))
    return allowed and upload.seen_by(viewer.account, viewer.organisation, at)


async def confirm(rooms: Rooms, viewer: Viewer, id_: str, at: datetime | None = None) -> Upload:
    """Do all that was seen, in one transaction; what is done already is not done again.

    Raises NotFound, NotAllowed, and Moved with the lines whose listings are no longer what was seen.
    """
    at = at or datetime.now(UTC)

    async def act(unit: Unit) -> None:
        upload = await unit.uploads.take(id_, uuid4().hex, UploadState.WAITING)
        if upload is None:
            return
        if not may_see(viewer, upload, at):
            raise NotFound(ABSENT)
        lines = await unit.uploads.lines(upload)
        mine = await own(unit, viewer, Operation.IMPORT)
        rows = tuple(Row(Sheet(line.sheet), line.line, line.cells) for line in lines)
        again = await asyncio.to_thread(plan, Filled(rows, ()), mine.held, known(rooms, at), upload.digest)
        _same_as_seen(lines, again)
        done = await _write(unit, viewer, mine, again, at, f"Fichier « {upload.file} »")
        await unit.uploads.applied(upload, [_done(line, done, mine.held) for line in lines], at)

    await rooms.graph.write(act, seconds=WRITE_SECONDS)
    return await seen(rooms, viewer, id_, at)


def _same_as_seen(lines: Sequence[SeenLine], again: Plan) -> None:
    now = {(one.sheet.value, one.line): _seen(one) for one in again.planned}
    moved = [line_words(line) for line in lines if now.get((line.sheet, line.line)) != line]
    if moved or again.faults:
        raise Moved(
            "L’annuaire a changé depuis l’aperçu", moved, "Envoyez le fichier à nouveau pour voir ce qui diffère."
        )


async def _write(
    unit: Unit, viewer: Viewer, mine: Own, found: Plan, at: datetime, note: str
) -> dict[tuple[str, int], int]:
    """Write what is planned; the entry that each line made, by sheet and line."""
    services = [one for one in found.planned if isinstance(one.record, Service)]
    posts = [(mine.held.posts.get(one.id), one.record) for one in found.planned if isinstance(one.record, Post)]
    done: dict[tuple[str, int], int] = {}
    for start in range(0, len(services), WRITTEN_AT_ONCE):
        some = services[start : start + WRITTEN_AT_ONCE]
        held = await unit.keeping.currents([Target(ListingKind.SERVICE, one.id) for one in some if not one.new])
        made = [_entry(viewer, mine, one, held, at, note) for one in some]
        await unit.keeping.append_all(made)
        done |= {(one.sheet.value, one.line): new.seq for one, (new, _) in zip(some, made, strict=True)}
    await write_many(unit, viewer, posts, at)
    return done


def _entry(
    viewer: Viewer, mine: Own, one: Planned, held: Mapping[Target, Kept], at: datetime, note: str
) -> tuple[Entry, Mapping[FieldGroup, Word | None]]:
    """The entry of one line in the log of its service, with what its voice says from now on."""
    assert isinstance(one.record, Service)
    target, today = Target(ListingKind.SERVICE, one.id), at.astimezone(PARIS).date()
    if one.new:
        subject = mine.subject(one.record.organisation)
        record = replace(one.record, source=voice_of(viewer, subject), vouched_on=today)
        kept = Kept(target=target, record=record, claims=(), standing={}, conflicts=(), seq=0, above=subject.above)
        said = {claim.group: claim.value for claim in split(record)}
        new = entry(kept, Act.CREATED, said, viewer, at, note=note)
    else:
        kept = held[target]
        whole = {group: {name: getattr(one.record, name) for name in GROUPS[Service][group]} for group in one.groups}
        new = entry(kept, Act.EDITED, edited(kept, whole), viewer, at, note=note)
    return new, words_after(new, None, today)


def _barred(viewer: Viewer, mine: Own, found: Plan) -> list[SeenFault]:
    """The lines that she may not write, though she may send files."""
    barred = []
    for one in found.planned:
        subject = mine.subject(one.record.organisation)
        for operation, group in _operations(one):
            if not may(viewer, operation, subject, group):
                barred.append(SeenFault(one.sheet.value, one.line, "", one.name[:80], NOT_YOURS))
                break
    return barred


def _operations(one: Planned) -> list[tuple[Operation, FieldGroup | None]]:
    if isinstance(one.record, Post):
        return [(Operation.EDIT_POST, None)]
    if one.new:
        return [(Operation.CREATE, None)]
    asked: list[tuple[Operation, FieldGroup | None]] = [(Operation.EDIT, group) for group in one.groups]
    if any(cell.column == "État" for cell in one.cells) and one.record.state in STATES:
        asked.append((STATES[one.record.state], None))
    return asked


def _seen(one: Planned) -> SeenLine:
    return SeenLine(
        sheet=one.sheet.value,
        line=one.line,
        id=one.id,
        name=one.name,
        new=one.new,
        cells=dict(one.said),
        seen=tuple(SeenCell(cell.column, cell.group.value, cell.before, cell.after) for cell in one.cells),
    )


def _done(line: SeenLine, done: Mapping[tuple[str, int], int], held: Held) -> SeenLine:
    """The line as it is kept once it was done: what it takes to take it back."""
    if line.sheet == Sheet.SERVICES:
        return replace(line, seq=done[line.sheet, line.line])
    before = held.posts.get(line.id)
    return replace(line, held=msgspec.json.encode(before).decode() if before else "")


def _fault(fault: Fault) -> SeenFault:
    return SeenFault(str(fault.sheet), fault.line, fault.column, fault.value, fault.message)


def line_words(line: SeenLine) -> str:
    """A line as a refusal names it."""
    return f"ligne {line.line} ({line.name[:60]})"
