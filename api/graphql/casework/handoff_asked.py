"""What steps of a handoff ask for in common."""

from __future__ import annotations

from typing import Final

import strawberry

from api.graphql.enums import ReasonCode
from api.graphql.given import KEY
from graph.model.casework.handoff import Target
from graph.model.casework.said import NOTHING, Said

WHY: Final = "The code; required."
WORDS: Final = "Some words; required where the code says nothing by itself."
DAY: Final = "The moment that is named."


@strawberry.input(description="Towards whom.")
class HandoffTargetInput:
    """An organisation, and who in it."""

    organisation: strawberry.ID = strawberry.field(description="The organisation, of the directory.")
    service: strawberry.ID | None = strawberry.field(default=None, description="One of its services.")
    post: strawberry.ID | None = strawberry.field(default=None, description="Who to call there.")
    agreement: strawberry.ID | None = strawberry.field(default=None, description="The agreement that it goes through.")
    professional: strawberry.ID | None = strawberry.field(
        default=None, description="The account of who is to do it; the duty desk when null."
    )

    def target(self) -> Target:
        """For the model."""
        return Target(
            organisation=str(self.organisation),
            service=self.service or "",
            post=self.post or "",
            agreement=self.agreement or "",
            professional=self.professional or "",
        )


@strawberry.input
class OfHandoff:
    """What every step says: of which handoff, seen when, under which key. Steps that say no more are this and a name."""

    handoff: strawberry.ID = strawberry.field(description="Which handoff.")
    expected_seq: int | None = strawberry.field(
        default=None,
        description="`Handoff.seq` as it was seen: the step is refused when the handoff moved past it.",
    )
    idempotency_key: str = strawberry.field(description=KEY)

    def said(self) -> Said:
        """For the model."""
        return NOTHING


@strawberry.input
class WithWords(OfHandoff):
    """A step that is said in words."""

    text: str = strawberry.field(description="The words; required.")

    def said(self) -> Said:
        """For the model."""
        return Said(text=self.text)


@strawberry.input
class MayHaveWords(OfHandoff):
    """A step that may say more."""

    text: str = strawberry.field(default="", description="Words that go with it.")

    def said(self) -> Said:
        """For the model."""
        return Said(text=self.text)


@strawberry.input
class WithReason(OfHandoff):
    """A step that says why."""

    reason: ReasonCode | None = strawberry.field(default=None, description=WHY)
    text: str = strawberry.field(default="", description=WORDS)

    def said(self) -> Said:
        """For the model."""
        return Said(reason=self.reason, text=self.text)
