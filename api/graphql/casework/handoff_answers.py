"""What each step of a handoff's addressee asks for."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.casework.handoff_asked import DAY, HandoffTargetInput, MayHaveWords, OfHandoff, WithReason, WithWords
from api.graphql.enums import Outcome
from api.graphql.given import KEY
from graph.model.casework.said import Said


@strawberry.input(description="It was received.")
class OpenHandoffInput(OfHandoff):
    """By the addressee."""


@strawberry.input(description="The addressee asks something; its clock stands still meanwhile.")
class AskHandoffInput(WithWords):
    """A question."""


@strawberry.input(description="It is put on a waiting list, which is looked at again on a named day.")
class WaitlistHandoffInput(MayHaveWords):
    """Where on it, until when, and what meanwhile."""

    position: int | None = strawberry.field(default=None, description="The place on the list, from 1.")
    on: datetime | None = strawberry.field(default=None, description="When it is looked at again, 60 days at most.")
    interim: str = strawberry.field(default="", description="What is done meanwhile.")

    def said(self) -> Said:
        """For the model."""
        return Said(text=self.text, on=self.on, interim=self.interim, position=self.position)


@strawberry.input(description="An authority is to decide, within the delay that the law gives it.")
class FileForDecisionHandoffInput(MayHaveWords):
    """The request is filed."""


@strawberry.input(description="An authority's decision.")
class DecideHandoffInput(WithReason):
    """Yes or no; a no tells the ways of appeal."""

    granted: bool | None = strawberry.field(default=None, description="Whether it is granted; required.")
    appeal: str = strawberry.field(default="", description="Ways of appeal and their delays; required for a refusal.")

    def said(self) -> Said:
        """For the model."""
        return Said(reason=self.reason, text=self.text, granted=self.granted, appeal=self.appeal)


@strawberry.input(description="The addressee takes it.")
class AcceptHandoffInput(MayHaveWords):
    """And names who will do it."""

    professional: strawberry.ID | None = strawberry.field(
        default=None, description="The account of who will do it; whoever accepts when null."
    )

    def said(self) -> Said:
        """For the model."""
        return Said(text=self.text, account=self.professional or "")


@strawberry.input(description="They are to meet.")
class BookHandoffInput(MayHaveWords):
    """When."""

    on: datetime | None = strawberry.field(default=None, description=DAY)

    def said(self) -> Said:
        """For the model."""
        return Said(text=self.text, on=self.on)


@strawberry.input(description="Moments among which the person chooses one, on her own page.")
class OfferSlotsInput:
    """By the addressee, once it is accepted and while no appointment is fixed."""

    handoff: strawberry.ID = strawberry.field(description="Which handoff.")
    slots: list[datetime] = strawberry.field(description="The moments, five at most, within three months.")
    minutes: int = strawberry.field(default=45, description="How long.")
    where: str = strawberry.field(default="", description="Where; the person reads it.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="The person did not come.")
class MissHandoffInput(MayHaveWords):
    """To the appointment that was fixed."""


@strawberry.input(description="They have met. The first contact of a transfer moves the lead.")
class ContactHandoffInput(MayHaveWords):
    """Confirmed."""


@strawberry.input(description="The work stands still until a named day.")
class PauseHandoffInput(WithReason):
    """Why, and until when."""

    on: datetime | None = strawberry.field(default=None, description=DAY)

    def said(self) -> Said:
        """For the model."""
        return Said(reason=self.reason, text=self.text, on=self.on)


@strawberry.input(description="The work goes on.")
class ResumeHandoffInput(MayHaveWords):
    """Again."""


@strawberry.input(description="The work is done.")
class CompleteHandoffInput(MayHaveWords):
    """And what came of it."""

    outcome: Outcome | None = strawberry.field(default=None, description="What came of it; required.")

    def said(self) -> Said:
        """For the model."""
        return Said(text=self.text, outcome=self.outcome or "")


@strawberry.input(description="The work ends without a result.")
class FailHandoffInput(WithReason):
    """Why."""


@strawberry.input(description="The addressee does not take it.")
class DeclineHandoffInput(WithReason):
    """Why."""


@strawberry.input(description="The addressee passes it to another, who must be covered by a ground too.")
class RedirectHandoffInput(WithReason):
    """To whom, and why."""

    to: HandoffTargetInput = strawberry.field(description="Towards whom.")
    confirmed: bool = strawberry.field(
        default=False, description="The addressee knows that this one has declined it, or was there already."
    )

    def said(self) -> Said:
        """For the model; the child's id is the action's to make."""
        return Said(reason=self.reason, text=self.text, to=self.to.target(), confirmed=self.confirmed)


@strawberry.input(description="The addressee never said what the sender noted: within five days.")
class ContestHandoffInput(WithWords):
    """What was noted does not stand."""


@strawberry.input(description="The person has seen nobody: hers to say, not a professional's.")
class DisputeHandoffInput(WithWords):
    """The contact that was noted does not stand."""
