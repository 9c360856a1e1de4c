"""Agreements: who may act for whom, on what, where, until when."""

from __future__ import annotations

from datetime import date

import strawberry

from api.graphql.competences import Competence
from api.graphql.context import Info
from api.graphql.enums import AgreementKind, Public
from api.graphql.places import Territory, territories
from api.graphql.references import OrganisationType, organisation_of, organisations_of
from graph.model import directory


@strawberry.type(description="One body may act for others: convention, mandat de gestion.")
class Agreement:
    """An agreement that may be shown."""

    id: strawberry.ID = strawberry.field(description="Our own, stable: `source:local-id`.")
    label: str = strawberry.field(description="What it is called, in French.")
    kind: AgreementKind = strawberry.field(description="What binds the parties.")
    competences: list[Competence] = strawberry.field(description="For what.")
    publics: list[Public] = strawberry.field(description="For whom; empty means everyone.")
    since: date = strawberry.field(description="First day.")
    until: date | None = strawberry.field(description="Last day; null when it has no end.")
    capacity: int | None = strawberry.field(description="In `unit` a day; null when it has no bound.")
    unit: str = strawberry.field(description="What capacity and price count, in French; empty when neither is known.")
    unit_price: float | None = strawberry.field(description="In euros for one `unit`; null when unknown.")
    payers: list[str] = strawberry.field(description="Who pays, in French.")
    note: str = strawberry.field(description="How it is used, in French; empty when nothing is to be added.")
    source: str = strawberry.field(description="Who says so.")
    vouched_on: date = strawberry.field(description="The last day someone vouched for it.")
    demonstration: bool = strawberry.field(description="Made up to show the product: not a real agreement.")
    given_to_id: strawberry.Private[str]
    granted_by_ids: strawberry.Private[tuple[str, ...]]
    cover_ids: strawberry.Private[tuple[str, ...]]

    @classmethod
    def of(cls, record: directory.Agreement) -> Agreement:
        """From the model."""
        return cls(
            id=strawberry.ID(record.id),
            label=record.label,
            kind=record.kind,
            competences=[Competence.of(competence) for competence in record.competences],
            publics=list(record.publics),
            since=record.since,
            until=record.until,
            capacity=record.capacity,
            unit=record.unit,
            unit_price=record.unit_price,
            payers=list(record.payers),
            note=record.note,
            source=record.source,
            vouched_on=record.vouched_on,
            demonstration=record.demonstration,
            given_to_id=record.given_to,
            granted_by_ids=record.granted_by,
            cover_ids=record.covers,
        )

    @strawberry.field(description="The body that may act; null when it may not be shown.")
    async def given_to(self, info: Info) -> OrganisationType | None:
        """Who acts."""
        return await organisation_of(info, self.given_to_id)

    @strawberry.field(description="The bodies for which it acts; those that may not be shown are left out.")
    async def granted_by(self, info: Info) -> list[OrganisationType]:
        """For whom."""
        return await organisations_of(info, self.granted_by_ids)

    @strawberry.field(description="Where it holds.")
    async def covers(self, info: Info) -> list[Territory]:
        """Territories covered as a whole."""
        return await territories(info, self.cover_ids)
