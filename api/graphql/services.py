"""Services: what an organisation offers, for whom, how, and whether there is room."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from api.graphql.competences import Competence
from api.graphql.context import Info
from api.graphql.enums import ListingState, Mode, Public
from api.graphql.places import Contact, Place, Territory, territories
from api.graphql.references import OrganisationType, organisation_of
from api.graphql.voices import Voice, voices_of
from graph.model import directory
from graph.model.freshness import known_capacity
from search.hours import PARIS


@strawberry.type(description="Room, as someone vouched for it on a day. What is not known is null.")
class Capacity:
    """What still counts of it: after 30 days only "full until" a day to come does, and the rest is unknown."""

    vouched_on: date = strawberry.field(description="The day it was said.")
    places_free: int | None = strawberry.field(description="Places free that day.")
    waiting_days: int | None = strawberry.field(description="Typical wait, in days.")
    full_until: date | None = strawberry.field(description="Full until that day; null when it is not full.")

    @classmethod
    def of(cls, capacity: directory.Capacity | None) -> Capacity | None:
        """From the model, as of today."""
        capacity = known_capacity(capacity, datetime.now(PARIS).date())
        if capacity is None:
            return None
        return cls(
            vouched_on=capacity.vouched_on,
            places_free=capacity.places_free,
            waiting_days=capacity.waiting_days,
            full_until=capacity.full_until,
        )


@strawberry.type(description="What an organisation offers. Sessions outside the walls are a service of their own.")
class Service:
    """A published service."""

    id: strawberry.ID = strawberry.field(description="Our own, stable: `source:local-id`.")
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="In French; empty when unknown.")
    conditions: str = strawberry.field(description="What one must meet or bring, in French; empty when unknown.")
    fee: str = strawberry.field(description="What it costs, in French; empty when unknown.")
    competences: list[Competence] = strawberry.field(description="What it handles.")
    publics: list[Public] = strawberry.field(description="For whom; empty means everyone.")
    excludes: list[Public] = strawberry.field(description="For whom it is not; always wins over `publics`.")
    modes: list[Mode] = strawberry.field(description="How one is received; empty when unknown.")
    place: Place | None = strawberry.field(description="Where one is received.")
    contact: Contact = strawberry.field(description="How to reach it.")
    hours: str = strawberry.field(description="Opening hours, OSM `opening_hours`; empty when unknown.")
    capacity: Capacity | None = strawberry.field(description="Whether there is room; null when nobody said.")
    answer_days: int | None = strawberry.field(
        description="Measured time to a first answer, in days; null when unknown."
    )
    without_residence_condition: bool | None = strawberry.field(
        description="Open without condition of residence status; null when unknown."
    )
    interpreter: bool | None = strawberry.field(description="Interpreter available; null when unknown.")
    accessible: bool | None = strawberry.field(description="Accessible with a wheelchair; null when unknown.")
    free: bool | None = strawberry.field(description="Free of charge; null when unknown.")
    source: str = strawberry.field(description="Who says so.")
    vouched_on: date = strawberry.field(description="The last day someone vouched for it.")
    state: ListingState = strawberry.field(description="The state of its listing.")
    demonstration: bool = strawberry.field(description="Made up to show the product: not a real service.")
    organisation_id: strawberry.Private[str]
    cover_ids: strawberry.Private[tuple[str, ...]]
    record: strawberry.Private[directory.Service]

    @classmethod
    def of(cls, record: directory.Service) -> Service:
        """From the model."""
        return cls(
            id=strawberry.ID(record.id),
            name=record.name,
            description=record.description,
            conditions=record.conditions,
            fee=record.fee,
            competences=[Competence.of(competence) for competence in record.competences],
            publics=list(record.publics),
            excludes=list(record.excludes),
            modes=list(record.modes),
            place=Place.of(record.place),
            contact=Contact.of(record.contact),
            hours=record.hours,
            capacity=Capacity.of(record.capacity),
            answer_days=record.answer_days,
            without_residence_condition=record.without_residence_condition,
            interpreter=record.interpreter,
            accessible=record.accessible,
            free=record.free,
            source=record.source,
            vouched_on=record.vouched_on,
            state=record.state,
            demonstration=record.demonstration,
            organisation_id=record.organisation,
            cover_ids=record.covers,
            record=record,
        )

    @strawberry.field(description="Who says what of it, group by group: the value that stands first.")
    async def voices(self, info: Info) -> list[Voice]:
        """Its claims."""
        return await voices_of(info, self.record)

    @strawberry.field(description="Who offers it; null when that organisation may not be shown.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """One step up."""
        return await organisation_of(info, self.organisation_id)

    @strawberry.field(description="Where it is offered.")
    async def covers(self, info: Info) -> list[Territory]:
        """Territories covered as a whole."""
        return await territories(info, self.cover_ids)
