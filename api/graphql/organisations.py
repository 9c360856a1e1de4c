"""Organisations and what stands around them in the graph."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

import strawberry

from api.graphql.agreements import Agreement
from api.graphql.connections import Connection, named_page, page_of
from api.graphql.context import Info
from api.graphql.enums import ListingState, OrganisationKind, SuccessionKind
from api.graphql.places import Contact, Place, Territory, territories
from api.graphql.posts import Post
from api.graphql.references import organisation_of, shown
from api.graphql.services import Service
from api.graphql.voices import Voice, voices_of
from graph.model import directory, vocabulary

First: TypeAlias = Annotated[int | None, strawberry.argument(description="Page size, 1 to 50.")]
After: TypeAlias = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]


@strawberry.type(description="How a body was carried to another.")
class Succession:
    """Seen from one of the two bodies."""

    on: date = strawberry.field(description="First day of the successor.")
    kind: SuccessionKind = strawberry.field(description="In what way.")
    scope: str = strawberry.field(description="What went there when a body was split; empty when everything did.")
    other_id: strawberry.Private[str]

    @strawberry.field(description="The body at the other end; null when it may not be shown.")
    async def organisation(self, info: Info) -> Organisation | None:
        """The predecessor or the successor."""
        return await organisation_of(info, self.other_id)


@strawberry.type(description="Any body, or a unit of one.")
class Organisation:
    """A published organisation; a closed one keeps its page and names its successors."""

    id: strawberry.ID = strawberry.field(description="Our own, stable: `source:local-id`.")
    name: str = strawberry.field(description="Its name.")
    aliases: list[str] = strawberry.field(description="Other names under which it is found.")
    kind: OrganisationKind | None = strawberry.field(description="What it is; null when that is not in the list.")
    kind_label: str = strawberry.field(description="What it is, in French.")
    description: str = strawberry.field(description="In French; empty when unknown.")
    place: Place | None = strawberry.field(description="Where it receives.")
    contact: Contact = strawberry.field(description="How to reach it.")
    hours: str = strawberry.field(description="Opening hours, OSM `opening_hours`; empty when unknown.")
    source: str = strawberry.field(description="Who says so.")
    vouched_on: date = strawberry.field(description="The last day someone vouched for it.")
    state: ListingState = strawberry.field(description="The state of its listing.")
    closed_on: date | None = strawberry.field(description="First day without it; null while it exists.")
    demonstration: bool = strawberry.field(description="Made up to show the product: not a real body.")
    part_of_id: strawberry.Private[str]
    cover_ids: strawberry.Private[tuple[str, ...]]
    record: strawberry.Private[directory.Organisation]

    @classmethod
    def of(cls, record: directory.Organisation) -> Organisation:
        """From the model."""
        kind = vocabulary.kinds().get(record.kind)
        return cls(
            id=strawberry.ID(record.id),
            name=record.name,
            aliases=list(record.aliases),
            kind=OrganisationKind(record.kind) if kind else None,
            kind_label=kind.label if kind else record.kind,
            description=record.description,
            place=Place.of(record.place),
            contact=Contact.of(record.contact),
            hours=record.hours,
            source=record.source,
            vouched_on=record.vouched_on,
            state=record.state,
            closed_on=record.closed_on,
            demonstration=record.demonstration,
            part_of_id=record.part_of,
            cover_ids=record.covers,
            record=record,
        )

    @strawberry.field(description="Who says what of it, group by group: the value that stands first.")
    async def voices(self, info: Info) -> list[Voice]:
        """Its claims."""
        return await voices_of(info, self.record)

    @strawberry.field(description="The body that it is a unit of; null when it is none.")
    async def part_of(self, info: Info) -> Organisation | None:
        """One step up."""
        return await organisation_of(info, self.part_of_id)

    @strawberry.field(description="Where it acts.")
    async def covers(self, info: Info) -> list[Territory]:
        """Territories covered as a whole."""
        return await territories(info, self.cover_ids)

    @strawberry.field(description="Its own units, one step down, in order of name.")
    async def units(self, info: Info, first: First = 20, after: After = None) -> Connection[Organisation]:
        """One step down."""
        units = await info.context.loaders.units_of.load(self.id)
        return page_of([unit for unit in units if shown(unit)], name_of, Organisation.of, first, after)

    @strawberry.field(description="What it offers, in order of name.")
    async def services(self, info: Info, first: First = 20, after: After = None) -> Connection[Service]:
        """Published services only."""
        services = await info.context.loaders.services_of.load(self.id)
        return page_of([service for service in services if shown(service)], name_of, Service.of, first, after)

    @strawberry.field(description="Who to call there, in order of label.")
    async def posts(self, info: Info, first: First = 20, after: After = None) -> Connection[Post]:
        """Posts outlive their holders."""
        posts = await info.context.loaders.posts_of.load(self.id)
        today = info.context.today
        return page_of(posts, label_of, lambda post: Post.of(post, today), first, after)

    @strawberry.field(
        description="Agreements that it grants or is given, in order of label. Reserved ones are left out."
    )
    async def agreements(self, info: Info, first: First = 20, after: After = None) -> Connection[Agreement]:
        """Published agreements; the reserved ones are for their parties."""
        agreements = await info.context.loaders.agreements_of.load(self.id)
        published = [agreement for agreement in agreements if not agreement.reserved]
        return page_of(published, label_of, Agreement.of, first, after)

    @strawberry.field(description="The bodies that it took over from, the most recent first.")
    async def predecessors(self, info: Info) -> list[Succession]:
        """Edges that end here."""
        return [
            _succession(record, record.predecessor)
            for record in await info.context.loaders.successions_of.load(self.id)
            if record.successor == self.id
        ]

    @strawberry.field(description="The bodies that it was carried to, the most recent first.")
    async def successors(self, info: Info) -> list[Succession]:
        """Edges that start here."""
        return [
            _succession(record, record.successor)
            for record in await info.context.loaders.successions_of.load(self.id)
            if record.predecessor == self.id
        ]


def name_of(record: directory.Organisation | directory.Service) -> tuple[str, str]:
    """What lists of organisations and services are in order of."""
    return record.name, record.id


def label_of(record: directory.Post | directory.Agreement) -> tuple[str, str]:
    """What lists of posts and agreements are in order of."""
    return record.label, record.id


def organisation_page(
    records: tuple[directory.Organisation, ...], *, more: bool, started: bool
) -> Connection[Organisation]:
    """A page of the directory, as the graph gave it."""
    return named_page(records, name_of, Organisation.of, more=more, started=started)


def _succession(record: directory.Succession, other_id: str) -> Succession:
    return Succession(on=record.on, kind=record.kind, scope=record.scope, other_id=other_id)
