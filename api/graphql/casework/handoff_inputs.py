"""What each step of a handoff's sender asks for."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.casework.handoff_asked import DAY, HandoffTargetInput, MayHaveWords, OfHandoff, WithReason, WithWords
from api.graphql.enums import HandoffKind, HandoffStep, OrderedLead, Outcome, ShareGroup
from api.graphql.given import KEY
from graph.model.casework.deciding import Draft
from graph.model.casework.handoff import Target
from graph.model.casework.said import Said


@strawberry.input(description="A handoff to be prepared. Nothing leaves yet.")
class DraftHandoffInput:
    """What is handed to whom."""

    file: strawberry.ID | None = strawberry.field(
        default=None, description="Of which file; required but for a take-over by a hit."
    )
    hit: strawberry.ID | None = strawberry.field(
        default=None, description="For a take-over, in the place of the file: an answer that a look-up gave you lately."
    )
    kind: HandoffKind = strawberry.field(description="What is handed, and who leads afterwards.")
    target: HandoffTargetInput | None = strawberry.field(
        default=None, description="Towards whom; required but for a take-over, which goes to whoever leads."
    )
    needs: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Open needs of the file; none are needed where the file itself is handed."
    )
    purpose: str = strawberry.field(default="", description="What it is for.")
    message: str = strawberry.field(default="", description="Words to the addressee.")
    groups: list[ShareGroup] = strawberry.field(default_factory=list, description="What of the file is to be told.")
    consent: strawberry.ID | None = strawberry.field(
        default=None, description="What lets it leave; found among those of the file when null."
    )
    urgent: bool = strawberry.field(default=False, description="Whether its clocks run in real time.")
    order: OrderedLead = strawberry.field(
        default=OrderedLead.UNCHANGED, description="When the lead moves, for a measure that an authority ordered."
    )
    authority: str = strawberry.field(
        default="", description="Who ordered it, and when, for a measure that was ordered."
    )
    parent: strawberry.ID | None = strawberry.field(default=None, description="The handoff that it follows from.")
    confirmed: bool = strawberry.field(
        default=False, description="The sender knows that this addressee has declined it, or was there already."
    )
    idempotency_key: str = strawberry.field(description=KEY)

    def draft(self) -> Draft:
        """For the model, without an id."""
        return Draft(
            id="",
            kind=self.kind,
            target=self.target.target() if self.target else Target(organisation=""),
            needs=tuple(str(need) for need in self.needs),
            purpose=self.purpose,
            message=self.message,
            groups=frozenset(self.groups),
            ground=self.consent or "",
            urgent=self.urgent,
            order=self.order,
            authority=self.authority,
            parent=self.parent or "",
            confirmed=self.confirmed,
        )


@strawberry.input(description="It is sent: to the addressee if a ground covers it, else an accord is waited for.")
class SubmitHandoffInput(OfHandoff):
    """And the consent that it leans on."""

    consent: strawberry.ID | None = strawberry.field(
        default=None, description="A consent of the file; found among them when null."
    )

    def said(self) -> Said:
        """For the model."""
        return Said(consent=self.consent or "")


@strawberry.input(description="The person's accord is noted, and it leaves.")
class ConsentHandoffInput(SubmitHandoffInput):
    """By a consent of the file."""


@strawberry.input(description="The person refuses that it leaves.")
class RefuseHandoffInput(MayHaveWords):
    """Noted by the sender."""


@strawberry.input(description="The sender answers what was asked.")
class AnswerHandoffInput(WithWords):
    """An answer."""


@strawberry.input(description="The sender takes it back.")
class RecallHandoffInput(MayHaveWords):
    """Before anyone has met."""


@strawberry.input(description="It stops because the person wants it so, or another measure ends it.")
class WithdrawHandoffInput(MayHaveWords):
    """Noted by the sender."""


@strawberry.input(
    description="An answer that the sender had by telephone: it stands unconfirmed, and may be contested."
)
class ReportHandoffInput(WithReason):
    """What the addressee said, with what that step asks for."""

    reported: HandoffStep | None = strawberry.field(default=None, description="The step that it took; required.")
    on: datetime | None = strawberry.field(default=None, description=DAY)
    interim: str = strawberry.field(default="", description="What is done meanwhile, for a waiting list.")
    position: int | None = strawberry.field(default=None, description="The place on a waiting list, from 1.")
    outcome: Outcome | None = strawberry.field(default=None, description="What came of it, where it was completed.")

    def said(self) -> Said:
        """For the model."""
        return Said(
            reason=self.reason,
            text=self.text,
            reported=self.reported,
            on=self.on,
            interim=self.interim,
            position=self.position,
            outcome=self.outcome or "",
        )


@strawberry.input(description="It was entered by mistake; whoever entered it takes it away.")
class VoidHandoffInput(WithWords):
    """An error."""


@strawberry.input(description="The sender asks again for an answer.")
class RemindHandoffInput(MayHaveWords):
    """Once a day at most."""


@strawberry.input(description="The head of service is told.")
class EscalateHandoffInput(MayHaveWords):
    """By the sender."""


@strawberry.input(description="Whoever works on the file has seen how it ended, and says what follows.")
class SettleHandoffInput(MayHaveWords):
    """Then nothing is owed about it."""


@strawberry.input(
    description="A second person who works on the file has looked at what was told in danger; words are required."
)
class ReviewDangerInput(WithWords):
    """The day after, at the latest."""
