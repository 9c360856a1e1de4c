"""What a person may ask of what is kept of her, done by who works on her file: an accord taken back, a copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from api.actions.casework.filing import ABSENT, noted, seen_in
from api.actions.casework.forgetting import gone_into
from api.actions.casework.reading_page import every_look
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.exporting import copy_of
from graph.model.casework.file import File, Lead
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.remembering import needs_visa
from graph.model.directory import Organisation
from graph.model.errors import NotFound
from graph.store.casework.reads import ReadPage
from graph.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A file with what may be done of it: `may_forget` by this viewer, `needs_visa` before it is erased."""

    file: File
    bodies: Mapping[str, Organisation]
    may_forget: bool
    needs_visa: bool


async def standing(rooms: Rooms, viewer: Viewer, file_id: str, at: datetime | None = None) -> Standing:
    """For those who see the whole file. Raises NotFound."""
    moment = at or datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        file = await _whole(unit, viewer, file_id, moment)
        files = await gone_into(unit, file)
        led = {one.organisation for one in files} | {lead.organisation for one in files for lead in leads_of(one)}
        named = led | {one.recipient for one in file.consents.values()}
        bodies = await unit.directory.organisations(sorted(named))
        lead = file.lead or file.leads[-1]
        above = await unit.keeping.above(lead.organisation)
    await noted(rooms, viewer, [file_id], {ShareGroup.IDENTITY}, ReadPage.FILE, moment)
    return Standing(
        file=file,
        bodies=bodies,
        may_forget=may(viewer, Operation.FORGET_FILE, Subject(organisation=lead.organisation, above=above)),
        needs_visa=needs_visa(bodies[id_].kind if id_ in bodies else "" for id_ in sorted(led)),
    )


async def access_copy(
    rooms: Rooms, viewer: Viewer, file_id: str, member: str, at: datetime | None = None
) -> dict[str, Any]:
    """What is kept of a member, for herself, with the services that read it and the organisations that it names; "linked" is what
    files held of her that went into this one. Whoever makes the copy reads the whole file, which is noted first. Raises NotFound.
    """
    moment = at or datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        file = await _whole(unit, viewer, file_id, moment)
    if member not in file.members:
        raise NotFound(ABSENT)
    await noted(rooms, viewer, [file.id], ShareGroup, ReadPage.COPY, moment)
    async with rooms.graph.reading(30.0) as unit:
        looks = await every_look(unit, file, member, moment)
        told, *before = [
            copy_of(one, (await unit.files.logs([one.id]))[one.id], member, moment)
            for one in await gone_into(unit, file)
            if member in one.members
        ]
        told |= {"linked": before} if before else {}
        told["reads"] = [
            {name: value for name, value in asdict(look).items() if value} | {"on": look.on.isoformat()}
            for look in looks
        ]
        bodies = await unit.directory.organisations(sorted(set().union(*map(_bodies, (told, *before)))))
    return told | {"organisations": {id_: body.name for id_, body in bodies.items()}}


def _bodies(told: Mapping[str, Any]) -> set[str]:
    found = {read["organisation"] for read in told.get("reads", ()) if "organisation" in read}
    for entry in told["entries"]:
        found |= {entry[name] for name in ("organisation", "recipient") if name in entry}
        found |= {entry["by"]["organisation"]} if "organisation" in entry["by"] else set()
    return found


def leads_of(file: File) -> tuple[Lead, ...]:
    """Whoever led it, and whoever leads it."""
    return (*file.leads, file.lead) if file.lead else file.leads


async def _whole(unit: Unit, viewer: Viewer, file_id: str, at: datetime) -> File:
    file, found = await seen_in(unit, viewer, await unit.files.load(file_id), at)
    if not found.whole:
        raise NotFound(ABSENT)
    return file
