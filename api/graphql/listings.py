"""A listing as those who keep it see it, and what they may do to it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions import keeping as actions
from api.graphql.connections import Connection, page_of
from api.graphql.context import Info
from api.graphql.enums import FieldGroup
from api.graphql.given import KEY
from api.graphql.listing_history import ListingChange
from api.graphql.organisations import After, First, Organisation
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from api.graphql.services import Service
from api.graphql.voices import Voice, voices_among
from graph.model import directory, errors
from graph.model.freshness import due_on
from graph.model.keeping import Entry, Kept, Target

NAMED: Final = 'Its kind and id: "service:…" or "organisation:…".'
EXPECTED: Final = "The last change that was seen; the act is refused when a group changed past it."
# The last entry comes first: what lists are in order of must grow.
NUMBERS: Final = 100_000_000


@strawberry.type(description="A group of fields of a listing: whose word stands, and since when.")
class ListingGroup:
    """What is vouched for together. Its values are those of the record."""

    group: FieldGroup = strawberry.field(description="Which fields.")
    source: str = strawberry.field(description="Whose word stands.")
    said_by: str = strawberry.field(description="Who gave it, by name; empty for what was imported.")
    vouched_on: date = strawberry.field(description="The day someone vouched for it.")
    due_on: date | None = strawberry.field(description="When it is to be vouched for again; null for room.")
    contested: bool = strawberry.field(description="Whether another source says something else.")


@strawberry.type(description="A service or an organisation with its log.")
class Listing:
    """What is kept."""

    id: strawberry.ID = strawberry.field(description=NAMED)
    seq: int = strawberry.field(description="The number of the last change; to be given as `expectedSeq`.")
    voices: list[Voice] = strawberry.field(description="Who says what, group by group.")
    kept: strawberry.Private[Kept]

    @classmethod
    def of(cls, kept: Kept) -> Listing:
        """As the model has it."""
        voices = voices_among(type(kept.record), kept.claims)
        return cls(id=strawberry.ID(kept.target.key), seq=kept.seq, voices=voices, kept=kept)

    @strawberry.field(description="The service as it stands, whatever its state; null for an organisation.")
    def service(self) -> Service | None:
        """Its values."""
        record = self.kept.record
        return Service.of(record) if isinstance(record, directory.Service) else None

    @strawberry.field(description="The organisation as it stands, whatever its state; null for a service.")
    def organisation(self) -> Organisation | None:
        """Its values."""
        record = self.kept.record
        return Organisation.of(record) if isinstance(record, directory.Organisation) else None

    @strawberry.field(description="The first and the last day of a suspension, told or to come; empty without.")
    def suspension(self) -> list[date]:
        """One day alone: until further notice."""
        return [day for day in (self.kept.record.suspended_from, self.kept.record.suspended_until) if day]

    @strawberry.field(description="The id of the listing that took its place; null when none did.")
    def successor(self) -> strawberry.ID | None:
        """Of an archived one."""
        return strawberry.ID(self.kept.record.successor) if self.kept.record.successor else None

    @strawberry.field(description="The groups of which something is said, in the order of a page.")
    async def groups(self, info: Info) -> list[ListingGroup]:
        """Who said it, when, until when it holds."""
        log = await actions.history(info.context.rooms, info.context.viewer, self.kept.target)
        contested = {conflict.group for conflict in self.kept.conflicts}
        return [
            ListingGroup(
                group=group,
                source=claim.source,
                said_by=next((one.said_by for one in log if group in one.steps and one.voice == claim.source), ""),
                vouched_on=claim.vouched_on,
                due_on=None if group is FieldGroup.CAPACITY else due_on(group, claim.vouched_on),
                contested=group in contested,
            )
            for group, claim in self.kept.standing.items()
        ]

    @strawberry.field(description="What was done to it, the most recent first.")
    async def history(self, info: Info, first: First = 20, after: After = None) -> Connection[ListingChange]:
        """Its log."""
        log = await actions.history(info.context.rooms, info.context.viewer, self.kept.target)
        return page_of(log, _place_of, ListingChange.of, first, after)


def _place_of(entry: Entry) -> tuple[str, str]:
    return f"{NUMBERS - entry.seq:09}", ""


@strawberry.type(description="Someone else changed one of these groups meanwhile; nothing was done.")
class ListingConflict(Refusal):
    """Two who wrote at once: the second chooses."""

    current: Listing = strawberry.field(description="How the listing stands now.")


class ListingConflictHandler(strawberry.ExceptionHandler[errors.Conflict, ListingConflict]):
    """Makes of the model's Conflict the member of the union."""

    def handle(self, exception: errors.Conflict, *, field: object, info: object) -> ListingConflict:
        """The refusal as data. What else can be changed by two at once is no listing, and has a handler of its own."""
        assert isinstance(exception.current, Kept)
        return ListingConflict(message=exception.message, code=exception.code, current=Listing.of(exception.current))


@strawberry.input(description="Groups of fields that are still true.")
class ConfirmListingInput:
    """What is vouched for."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    groups: list[FieldGroup] = strawberry.field(description="Which fields.")
    expected_seq: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


ListingResult: TypeAlias = Annotated[
    Listing | ListingConflict | NotAllowed | NotFound | InvalidInput, strawberry.union("ListingResult")
]


@strawberry.type
class ListingMutations:
    """Acts on listings."""

    @strawberry.mutation(description="These groups are still true, today.")
    async def confirm_listing(
        self,
        info: Info,
        input: Annotated[ConfirmListingInput, strawberry.argument(description="Which groups of which listing.")],
    ) -> ListingResult:
        """One gesture a group."""
        found = await actions.confirm_groups(
            info.context.rooms,
            info.context.viewer,
            Target.named(input.listing),
            input.groups,
            key=input.idempotency_key,
            expected_seq=input.expected_seq,
            at=info.context.now,
        )
        return Listing.of(found)
