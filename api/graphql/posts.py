"""Posts: who to call for this, whoever holds them."""

from __future__ import annotations

from datetime import date

import strawberry

from api.graphql.competences import Competence
from api.graphql.context import Info
from api.graphql.enums import HolderRole
from api.graphql.places import Contact, Territory, territories
from api.graphql.references import OrganisationType, organisation_of
from graph.model import directory


@strawberry.type(description="Someone who holds a post, or stands in for its holder.")
class Holder:
    """The dates of a leave stay inside: only whether it runs is told."""

    name: str = strawberry.field(description="Their name at work; empty when not given.")
    function: str = strawberry.field(description="Their function.")
    role: HolderRole = strawberry.field(description="Holder or substitute.")
    on_leave: bool = strawberry.field(description="Away on the day of the answer.")


@strawberry.type(description="“Who to call for this” inside an organisation. It outlives its holder.")
class Post:
    """A post and those who answer there."""

    id: strawberry.ID = strawberry.field(description="Our own, stable: `source:local-id`.")
    label: str = strawberry.field(description="What it is called, in French.")
    competences: list[Competence] = strawberry.field(
        description="For what; empty means all that its organisation handles."
    )
    contact: Contact = strawberry.field(description="How to reach it.")
    hours: str = strawberry.field(description="When it answers, OSM `opening_hours`; empty when unknown.")
    holders: list[Holder] = strawberry.field(description="Who holds it on the day of the answer, substitutes included.")
    duty_desk: bool = strawberry.field(description="Answers when nobody else does.")
    demonstration: bool = strawberry.field(description="Made up to show the product: not a real post.")
    organisation_id: strawberry.Private[str]
    cover_ids: strawberry.Private[tuple[str, ...]]

    @classmethod
    def of(cls, record: directory.Post, day: date) -> Post:
        """From the model, as it stands on this day."""
        return cls(
            id=strawberry.ID(record.id),
            label=record.label,
            competences=[Competence.of(competence) for competence in record.competences],
            contact=Contact.of(record.contact),
            hours=record.hours,
            holders=[_holder(holder, day) for holder in record.holders if _holds(holder, day)],
            duty_desk=record.duty_desk,
            demonstration=record.demonstration,
            organisation_id=record.organisation,
            cover_ids=record.covers,
        )

    @strawberry.field(description="Where it stands; null when that organisation may not be shown.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """One step up."""
        return await organisation_of(info, self.organisation_id)

    @strawberry.field(description="For where; empty means wherever its organisation acts.")
    async def covers(self, info: Info) -> list[Territory]:
        """Territories covered as a whole."""
        return await territories(info, self.cover_ids)


def _holds(holder: directory.Holder, day: date) -> bool:
    return (holder.since is None or holder.since <= day) and (holder.until is None or day <= holder.until)


def _holder(holder: directory.Holder, day: date) -> Holder:
    away = holder.leave_from is not None and holder.leave_from <= day
    back = holder.leave_until is not None and holder.leave_until < day
    return Holder(name=holder.name, function=holder.function, role=holder.role, on_leave=away and not back)
