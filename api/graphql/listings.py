"""A listing as those who keep it see it, and what they may do to it."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions import keeping as actions
from api.graphql.context import Info
from api.graphql.enums import FieldGroup
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from api.graphql.voices import Voice, voices_among
from graph.model import errors
from graph.model.keeping import Kept, Target

KEY: Final = "Chosen by the client: the same act under the same key is done once."


@strawberry.type(description="A service or an organisation with its log.")
class Listing:
    """What is kept."""

    id: strawberry.ID = strawberry.field(description='Its kind and id: "service:…" or "organisation:…".')
    seq: int = strawberry.field(description="The number of the last change; to be given as `expectedSeq`.")
    voices: list[Voice] = strawberry.field(description="Who says what, group by group.")

    @classmethod
    def of(cls, kept: Kept) -> Listing:
        """As the model has it."""
        voices = voices_among(type(kept.record), kept.claims)
        return cls(id=strawberry.ID(kept.target.key), seq=kept.seq, voices=voices)


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

    listing: strawberry.ID = strawberry.field(description='Its kind and id: "service:…" or "organisation:…".')
    groups: list[FieldGroup] = strawberry.field(description="Which fields.")
    expected_seq: int | None = strawberry.field(
        default=None, description="The last change that was seen; the act is refused when a group changed past it."
    )
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
