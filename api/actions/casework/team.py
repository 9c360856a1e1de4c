"""A team as its members see it: who is away, who carries how much, what waits too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.rooms import Rooms
from graph.model.access import Operation, Role, Subject, Viewer, may
from graph.model.casework.leaving import Leave
from graph.model.casework.owed import NextAction
from graph.model.errors import NotFound
from graph.store.casework.teams import Load
from search.hours import PARIS

MOST_LATE: Final = 200
ABSENT: Final = "Cette page est celle d’un service qui accompagne des personnes. Rien n’a été modifié."


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`names` are those who work there, by account. What only the head of service sees is None for others."""

    organisation: str
    name: str
    names: Mapping[str, str]
    leaves: Sequence[Leave]
    head: bool
    load: Mapping[str, Load] | None = None
    late: Sequence[NextAction] | None = None
    late_count: int = 0


async def team(rooms: Rooms, viewer: Viewer, at: datetime) -> Team:
    """The team of the organisation that the viewer acts for. Raises NotFound for who accompanies nobody."""
    organisation = viewer.organisation
    subject = Subject(organisation=organisation)
    if not organisation or not may(viewer, Operation.ANSWER_HANDOFF, subject):
        raise NotFound(ABSENT)
    head = may(viewer, Operation.READ_UNIT, subject)
    today = at.astimezone(PARIS).date()
    async with rooms.graph.reading() as unit:
        members = await unit.accounts.members(organisation)
        leaves = [leave for leave in await unit.timing.leaves(organisation) if leave.until >= today]
        named = await unit.accounts.organisation_names([organisation])
        load = await unit.teams.load(organisation, at) if head else None
        late, count = await unit.teams.late([organisation], at, MOST_LATE) if head else (None, 0)
    working = {Role.PROFESSIONAL, Role.HEAD_OF_SERVICE}
    return Team(
        organisation=organisation,
        name=named.get(organisation, ""),
        names={
            account.id: account.name
            for membership, account in members
            if membership.active and working & membership.roles
        },
        leaves=leaves,
        head=head,
        load=load,
        late=late,
        late_count=count,
    )
