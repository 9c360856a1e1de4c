"""What each step of a handoff asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import strawberry

from api.graphql.enums import HandoffKind, HandoffStep, OrderedLead, Outcome, ReasonCode, ShareGroup
from graph.model.casework.deciding import Draft
from graph.model.casework.handoff import Target
from graph.model.casework.said import NOTHING, Said

KEY: Final = "Chosen by the client: the same act under the same key is done once."
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


@strawberry.input(description="A handoff to be prepared. Nothing leaves yet.")
class DraftHandoffInput:
    """What is handed to whom."""

    file: strawberry.ID = strawberry.field(description="Of which file.")
    kind: HandoffKind = strawberry.field(description="What is handed, and who leads afterwards.")
    target: HandoffTargetInput = strawberry.field(description="Towards whom.")
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
            target=self.target.target(),
            needs=tuple(str(need) for need in self.needs),
            purpose=self.purpose,
            message=self.message,
            groups=frozenset(self.groups),
            ground=self.consent or "",
            urgent=self.urgent,
            order=self.order,
            parent=self.parent or "",
            confirmed=self.confirmed,
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


@strawberry.input(description="It was received.")
class OpenHandoffInput(OfHandoff):
    """By the addressee."""


@strawberry.input(description="The addressee asks something; its clock stands still meanwhile.")
class AskHandoffInput(WithWords):
    """A question."""


@strawberry.input(description="The sender answers what was asked.")
class AnswerHandoffInput(WithWords):
    """An answer."""


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


@strawberry.input(description="The person did not come.")
class MissHandoffInput(MayHaveWords):
    """To the appointment that was fixed."""


@strawberry.input(description="They have met. The first contact of a transfer moves the lead.")
class ContactHandoffInput(MayHaveWords):
    """Confirmed."""


@strawberry.input(description="The work stands still until a named day.")
class PauseHandoffInput(BookHandoffInput):
    """Until when."""


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


@strawberry.input(description="The addressee never said what the sender noted: within five days.")
class ContestHandoffInput(WithWords):
    """What was noted does not stand."""


@strawberry.input(description="The person has seen nobody: hers to say, not a professional's.")
class DisputeHandoffInput(WithWords):
    """The contact that was noted does not stand."""


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
