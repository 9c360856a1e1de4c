"""What may be done to a listing: change its groups, say its room, suspend, archive, copy, publish, undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions import keeping as actions
from api.actions import listings
from api.graphql.context import Info
from api.graphql.given import KEY
from api.graphql.listing_inputs import ListingValuesInput, room_of, said_in, values_of
from api.graphql.listings import EXPECTED, NAMED, Listing, ListingResult
from graph.model.keeping import Kept, Target

WHY: Final = "Why, in French; kept in the history."


@strawberry.input(description="New values of a listing.")
class UpdateListingInput:
    """All groups in one act."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    values: ListingValuesInput = strawberry.field(description="What is said, group by group.")
    note: str = strawberry.field(default="", description=WHY)
    expected_seq: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Whether there is room, today. Nothing given: nobody can say.")
class SetCapacityInput:
    """Full: `placesFree` 0, or `fullUntil`."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    places_free: int | None = strawberry.field(default=None, description="Places free; 0 when it is full.")
    full_until: date | None = strawberry.field(default=None, description="Full until that day.")
    waiting_days: int | None = strawberry.field(default=None, description="Typical wait, in days.")
    expected_seq: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="From one day until another, both included; then it comes back by itself.")
class SuspendListingInput:
    """Until further notice without `until`."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    since: date = strawberry.field(description="The first day.")
    until: date | None = strawberry.field(default=None, description="The last day.")
    note: str = strawberry.field(default="", description=WHY)
    expected_seq: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A listing that has ended.")
class ArchiveListingInput:
    """Its name leads to the successor."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    successor: strawberry.ID | None = strawberry.field(
        default=None, description="A published service or organisation, of the same kind, by its own id."
    )
    note: str = strawberry.field(default="", description=WHY)
    expected_seq: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="An act on a whole listing that needs no more words.")
class ListingActInput:
    """Resume, publish, copy."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    expected_seq: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="An act to undo.")
class UndoListingChangeInput:
    """By its number."""

    listing: strawberry.ID = strawberry.field(description=NAMED)
    seq: int = strawberry.field(description="The number of the act.")
    note: str = strawberry.field(default="", description=WHY)
    idempotency_key: str = strawberry.field(description=KEY)


Update = Annotated[UpdateListingInput, strawberry.argument(description="Which listing, and what it says now.")]
SetCapacity = Annotated[SetCapacityInput, strawberry.argument(description="Which service, and how much room.")]
Suspend = Annotated[SuspendListingInput, strawberry.argument(description="Which listing, and for how long.")]
Archive = Annotated[ArchiveListingInput, strawberry.argument(description="Which listing, and who takes its place.")]
Act = Annotated[ListingActInput, strawberry.argument(description="Which listing.")]
Undo = Annotated[UndoListingChangeInput, strawberry.argument(description="Which act on which listing.")]

OnListing: TypeAlias = (
    SetCapacityInput | SuspendListingInput | ArchiveListingInput | ListingActInput | UndoListingChangeInput
)


async def _done(
    info: Info, input: OnListing, act: Callable[..., Awaitable[Kept]], *said: object, **more: object
) -> Listing:
    """What an act of api/actions made of the listing that the input names: `said` comes after it, `more` beside the key."""
    context, target = info.context, Target.named(input.listing)
    key = input.idempotency_key
    return Listing.of(await act(context.rooms, context.viewer, target, *said, key=key, at=context.now, **more))


@strawberry.type
class ListingChanges:
    """Acts on listings that change what they say."""

    @strawberry.mutation(description="Give groups of fields new values; a search shows them within two seconds.")
    async def update_listing(self, info: Info, input: Update) -> ListingResult:
        """All or nothing."""
        rooms, viewer = info.context.rooms, info.context.viewer
        target = Target.named(input.listing)
        held = await actions.kept(rooms, viewer, target)
        found = await actions.change_groups(
            rooms,
            viewer,
            target,
            values_of(rooms, held, input.values),
            key=input.idempotency_key,
            expected_seq=input.expected_seq,
            note=input.note,
            at=info.context.now,
            input=said_in(input.values),
        )
        return Listing.of(found)

    @strawberry.mutation(description="Whether there is room; counted on for thirty days.")
    async def set_capacity(self, info: Info, input: SetCapacity) -> ListingResult:
        """Of a service."""
        said = room_of(input.places_free, input.waiting_days, input.full_until, info.context.today)
        return await _done(info, input, listings.set_room, said, expected_seq=input.expected_seq)

    @strawberry.mutation(description="Nobody is received for a while; it comes back by itself.")
    async def suspend_listing(self, info: Info, input: Suspend) -> ListingResult:
        """With dates."""
        return await _done(
            info, input, listings.suspend, input.since, input.until, expected_seq=input.expected_seq, note=input.note
        )

    @strawberry.mutation(description="The end of a suspension, today.")
    async def resume_listing(self, info: Info, input: Act) -> ListingResult:
        """Back in the answers."""
        return await _done(info, input, listings.resume, expected_seq=input.expected_seq)

    @strawberry.mutation(description="It has ended; who looks for its name is led to its successor.")
    async def archive_listing(self, info: Info, input: Archive) -> ListingResult:
        """For good, unless it is undone."""
        return await _done(
            info, input, listings.archive, input.successor or "", expected_seq=input.expected_seq, note=input.note
        )

    @strawberry.mutation(description="A draft is shown to everyone from now on.")
    async def publish_listing(self, info: Info, input: Act) -> ListingResult:
        """Of a draft."""
        return await _done(info, input, listings.publish, expected_seq=input.expected_seq)

    @strawberry.mutation(description="A draft that says the same as a service, but for its room.")
    async def duplicate_listing(self, info: Info, input: Act) -> ListingResult:
        """The copy."""
        return await _done(info, input, listings.duplicate)

    @strawberry.mutation(description="Undo one act: what was said before is said again.")
    async def undo_listing_change(self, info: Info, input: Undo) -> ListingResult:
        """Unless the same group was changed since."""
        return await _done(info, input, actions.take_back, input.seq, note=input.note)
