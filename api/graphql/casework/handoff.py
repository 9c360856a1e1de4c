"""The type of a handoff, and reading one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import strawberry

from api.actions.casework import handing
from api.actions.casework.answering_page import about, reads
from api.actions.casework.filing import actor_of
from api.actions.casework.handing import Handed
from api.graphql.casework.entries import Entry, page_of_entries
from api.graphql.connections import Connection
from api.graphql.context import Info
from api.graphql.enums import HandoffKind, HandoffState, HandoffStep, OrderedLead, Owed, ReasonCode, ShareGroup
from api.graphql.organisations import After, First
from api.graphql.references import OrganisationType, organisation_of, shown
from api.graphql.services import Service
from graph.model.casework import owed
from graph.model.casework.handoff import Kind
from graph.model.casework.sight import acting_for, shared_groups
from graph.model.casework.slots import to_come
from graph.model.casework.taking import allowed_steps
from graph.model.errors import NotFound


@strawberry.type(description="Who owes what, by when, about what.")
class NextAction:
    """One thing owed."""

    id: strawberry.ID = strawberry.field(description="Of the action; it changes when something else is owed.")
    what: Owed = strawberry.field(description="What is owed.")
    file: strawberry.ID = strawberry.field(description="About which file; it is not shown to everyone who owes.")
    about: strawberry.ID = strawberry.field(description="About which handoff, need or watch of it; or the file itself.")
    due: datetime = strawberry.field(description="By when.")
    urgent: bool = strawberry.field(description="Whether its clock runs in real time.")
    mine: bool = strawberry.field(description="Whether the viewer herself owes it.")
    desk: bool = strawberry.field(description="Whether the duty desk owes it: anyone there may take it.")
    instead_of: str | None = strawberry.field(
        description="The colleague who owes it and is away, where the viewer stands in for her today; null elsewhere."
    )
    organisation_id: strawberry.Private[str]

    @classmethod
    def of(cls, action: owed.NextAction, info: Info, instead: str | None = None) -> NextAction:
        """From the model; `instead` as in an inbox."""
        viewer = info.context.viewer
        return cls(
            id=strawberry.ID(action.id),
            what=action.what,
            file=strawberry.ID(action.file),
            about=strawberry.ID(action.about),
            due=action.due,
            urgent=action.urgent,
            mine=bool(action.account) and action.account == viewer.account,
            desk=action.holder is owed.Holder.WORKER and not action.account,
            instead_of=instead,
            organisation_id=action.organisation,
        )

    @strawberry.field(description="Which organisation owes it; null for whoever keeps the network.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """The owing one."""
        return await organisation_of(info, self.organisation_id)


@strawberry.type(description="A movement of one need towards another actor, or of the file itself.")
class Handoff:
    """As the viewer may see it: its sender's house whole, its addressee what it was told, from the sending to the end."""

    handed: strawberry.Private[Handed]
    id: strawberry.ID = strawberry.field(description="Of the handoff.")
    file: strawberry.ID = strawberry.field(description="Of the file; it is not shown to everyone.")
    seq: int | None = strawberry.field(
        description="The last entry of its file: give it back as `expectedSeq`; null once it has ended and nothing is shared."
    )
    kind: HandoffKind = strawberry.field(description="What is handed, and who leads afterwards.")
    state: HandoffState = strawberry.field(description="Where it is.")
    unconfirmed: bool = strawberry.field(
        description="Whether the state is what the sender was told by telephone, and the addressee may still contest."
    )
    urgent: bool = strawberry.field(description="Whether its clocks run in real time.")
    sent: datetime | None = strawberry.field(description="When it left.")
    contacted: datetime | None = strawberry.field(description="When the person and the addressee first met.")
    ended: datetime | None = strawberry.field(description="When it ended.")
    reason: ReasonCode | None = strawberry.field(description="Why it was refused, passed on or not completed.")
    order: OrderedLead = strawberry.field(description="When the lead moves by an authority's order.")
    authority: str | None = strawberry.field(description="Who ordered it; null once the viewer may read it no longer.")
    needs: list[strawberry.ID] | None = strawberry.field(description="Needs of the file; null for an addressee.")
    purpose: str | None = strawberry.field(description="What it is for; null once the viewer may read it no longer.")
    message: str | None = strawberry.field(
        description="The sender's words; null to whom the situation is not told, or is told no longer."
    )
    question: str | None = strawberry.field(description="What the addressee asked, while it waits for an answer.")
    appointment: datetime | None = strawberry.field(description="When they are to meet.")
    slots: list[datetime] | None = strawberry.field(
        description="Moments that the addressee offers and of which none is taken yet; null once the viewer may read no longer."
    )
    told: list[ShareGroup] | None = strawberry.field(
        description="What the addressee may read of the file now; null for one to whom nothing is told any longer."
    )

    @classmethod
    def of(cls, handed: Handed, info: Info) -> Handoff:
        """One that is in the viewer's sight."""
        one, whole = handed.handoff, handed.sight.whole
        groups = shared_groups(handed.file, one, info.context.now)
        words = reads(handed, info.context.viewer, info.context.now)
        # What the sender wrote is of the situation; whoever asked to take the file over wrote it herself.
        situation = whole or one.kind is Kind.TAKE_OVER or ShareGroup.SITUATION in groups
        return cls(
            handed=handed,
            id=strawberry.ID(one.id),
            file=strawberry.ID(handed.file.id),
            seq=handed.file.seq if one.open or handed.sight.follows else None,
            kind=one.kind,
            state=one.state,
            unconfirmed=one.open and one.reported is not None,
            urgent=one.urgent,
            sent=one.sent,
            contacted=one.contacted,
            ended=one.ended,
            reason=one.reason,
            order=one.order,
            authority=one.authority if words else None,
            needs=[strawberry.ID(need) for need in one.needs] if whole else None,
            purpose=one.purpose if words else None,
            message=one.message if words and situation else None,
            question=one.question if words and one.asked else None,
            appointment=one.appointment if words else None,
            slots=_slots(handed, info.context.now) if words else None,
            told=sorted(groups) if words else None,
        )

    @strawberry.field(description="Who answers for sending it.")
    async def sender(self, info: Info) -> OrganisationType | None:
        """An organisation; null when the directory may not show it."""
        return await organisation_of(info, self.handed.handoff.sender)

    @strawberry.field(description="To whom.")
    async def target(self, info: Info) -> OrganisationType | None:
        """An organisation; null when the directory may not show it."""
        return await organisation_of(info, self.handed.handoff.target.organisation)

    @strawberry.field(description="For which of its services, where one was named.")
    async def service(self, info: Info) -> Service | None:
        """Of the target."""
        id_ = self.handed.handoff.target.service
        record = await info.context.loaders.services.load(id_) if id_ else None
        return Service.of(record) if record and shown(record) else None

    @strawberry.field(description="What was done to it, the first first.")
    async def steps(self, info: Info, first: First = 50, after: After = None) -> Connection[Entry]:
        """Its part of the file's log."""
        log = await info.context.loaders.logs.load(self.handed.file.id)
        mine = [entry for entry in log if about(entry, self.handed.id)]
        words = reads(self.handed, info.context.viewer, info.context.now)
        seen = self.handed.sight.handoffs
        return page_of_entries(mine, info.context.viewer.organisation, first, after, seen=seen, words=words)

    @strawberry.field(description="What is owed about it next; null only when nothing is.")
    def next_action(self, info: Info) -> NextAction | None:
        """By whoever owes it, the viewer or not."""
        found = owed.of_handoff(self.handed.file, self.handed.id)
        return NextAction.of(found, info) if found else None

    @strawberry.field(description="What the viewer may do now.")
    def allowed(self, info: Info) -> list[HandoffStep]:
        """Judged again when it is done."""
        handed, context = self.handed, info.context
        unit_below = acting_for(handed.file, handed.sight)
        return list(allowed_steps(handed.file, handed.handoff, actor_of(context.viewer), context.now, unit_below))

    @strawberry.field(
        description="The handoff that it follows from; null where there is none, or none of the viewer's."
    )
    def parent(self, info: Info) -> Handoff | None:
        """In the chain."""
        return _other(self.handed, self.handed.handoff.parent, info)

    @strawberry.field(description="Those that follow from it, and that the viewer may see.")
    def children(self, info: Info) -> list[Handoff]:
        """In the chain."""
        ids = [id_ for id_, one in self.handed.file.handoffs.items() if one.parent == self.handed.id]
        found = [_other(self.handed, id_, info) for id_ in ids]
        return [one for one in found if one is not None]


def _slots(handed: Handed, at: datetime) -> list[datetime]:
    mine = [one for one in handed.file.appointments.values() if one.handoff == handed.id and not one.booked]
    return [slot for one in to_come(handed.file, mine, at) for slot in one.slots if slot > at]


def _other(handed: Handed, id_: str, info: Info) -> Handoff | None:
    return Handoff.of(replace(handed, id=id_), info) if id_ in handed.sight.handoffs else None


async def handoff(info: Info, id_: str) -> Handoff | None:
    """One handoff; None when there is none of this id, or none that the viewer may know of."""
    context = info.context
    try:
        return Handoff.of(await handing.seen(context.rooms, context.viewer, id_, context.now), info)
    except NotFound:
        return None
