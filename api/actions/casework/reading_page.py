"""What a person's own page is made of: the file as she may see it, and the names around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from api.actions.casework.person import Behind
from api.actions.casework.referent import Referent, referent
from api.rooms import Rooms
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Actor, File
from graph.model.casework.household import Shown, apart_from_others, shown
from graph.model.casework.sentences import partner_of
from graph.model.directory import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A service that read the file, in which function, on which day; never a name."""

    organisation: str
    function: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Who reads (`by`), what she is shown, and the organisations that it names, by id.

    `looks` are the services that read the file, the latest first; None while no log of reads is kept, and the page then says
    nothing of it. `apart` where a danger at home may come from the reader: the page then names no referent, nor her house.
    """

    file: File
    by: Actor
    shown: Shown
    bodies: Mapping[str, Organisation]
    referent: Referent | None
    apart: bool = False
    looks: tuple[Look, ...] | None = None


async def gathered(rooms: Rooms, here: Behind, at: datetime) -> Gathered:
    """In one reading."""
    seen = shown(here.file, here.page.member, at)
    named = {partner_of(one) for one in seen.handoffs}
    named |= {one.recipient for one in seen.consents} | {one.organisation for one in seen.appointments}
    async with rooms.graph.reading() as unit:
        apart = apart_from_others(here.file, here.page.member)
        return Gathered(
            file=here.file,
            by=here.by,
            shown=seen,
            bodies=await unit.directory.organisations(sorted(named)),
            referent=None if apart else await referent(unit, here.file.lead, at.astimezone(PARIS).date()),
            apart=apart,
        )
