"""What a person's own page is made of: the file as she may see it, and the names around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api.actions.casework.person import Behind
from api.actions.casework.referent import Referent, referent
from api.rooms import Rooms
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Actor, File
from graph.model.casework.household import Shown, apart_from_others, shown, unsaid
from graph.model.casework.sentences import partner_of
from graph.model.directory import Organisation
from graph.store.casework.reads import MOST_READS, FileRead
from graph.store.unit import Unit

# Of the log of reads, on her page; her copy has them all.
SHOWN_READS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A service that read the file, in which function, on which day; never a name."""

    organisation: str
    function: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Who reads (`by`), what she is shown, and the organisations that it names, by id.

    `looks` are the services that read the file, the latest first. `apart` where a danger at home may come from the reader: the page
    then names no referent, nor her house, nor who read.
    """

    file: File
    by: Actor
    shown: Shown
    bodies: Mapping[str, Organisation]
    referent: Referent | None
    looks: tuple[Look, ...]
    apart: bool = False


async def gathered(rooms: Rooms, here: Behind, at: datetime) -> Gathered:
    """In one reading."""
    seen = shown(here.file, here.page.member, at)
    named = {partner_of(one) for one in seen.handoffs}
    named |= {one.recipient for one in seen.consents} | {one.organisation for one in seen.appointments}
    async with rooms.graph.reading() as unit:
        apart = apart_from_others(here.file, here.page.member)
        looks = looks_of(here.file, seen, await unit.file_reads.of(here.file.id, SHOWN_READS), apart=apart)
        named |= {one.organisation for one in looks}
        return Gathered(
            file=here.file,
            by=here.by,
            shown=seen,
            bodies=await unit.directory.organisations(sorted(named)),
            referent=None if apart else await referent(unit, here.file.lead, at.astimezone(PARIS).date()),
            apart=apart,
            looks=looks,
        )


def looks_of(file: File, seen: Shown, reads: Iterable[FileRead], *, apart: bool) -> tuple[Look, ...]:
    """Reads as a member may know them, in their order: each service and function once a day, without those that would tell her what
    another keeps secret; none to one from whom a danger may come.
    """
    if apart:
        return ()
    hidden = unsaid(file, seen)
    looks = (
        Look(organisation=read.organisation, function=read.function, on=read.first.astimezone(PARIS).date())
        for read in reads
        if read.organisation not in hidden
    )
    return tuple(dict.fromkeys(looks))


async def every_look(unit: Unit, file: File, member: str, at: datetime) -> tuple[Look, ...]:
    """All that the log holds, for a copy."""
    reads: list[FileRead] = []
    while page := await unit.file_reads.of(file.id, before=(reads[-1].first, reads[-1].id) if reads else None):
        reads += page
        if len(page) < MOST_READS:
            break
    return looks_of(file, shown(file, member, at), reads, apart=apart_from_others(file, member))
