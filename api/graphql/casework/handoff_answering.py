"""A handoff from its addressee's side: received, answered, worked on, ended."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.actions.casework import slots
from api.graphql.casework.handoff_answers import (
    AcceptHandoffInput,
    AskHandoffInput,
    BookHandoffInput,
    CompleteHandoffInput,
    ContactHandoffInput,
    ContestHandoffInput,
    DecideHandoffInput,
    DeclineHandoffInput,
    DisputeHandoffInput,
    FailHandoffInput,
    FileForDecisionHandoffInput,
    MissHandoffInput,
    OfferSlotsInput,
    OpenHandoffInput,
    PauseHandoffInput,
    RedirectHandoffInput,
    ResumeHandoffInput,
    WaitlistHandoffInput,
)
from api.graphql.casework.handoff_results import HandoffResult, stepped, told
from api.graphql.context import Info
from graph.model.casework.handoff import Step


@strawberry.type
class HandoffAnswering:
    """Steps of the addressee's side."""

    @strawberry.mutation(description="Say that it was received.")
    async def open_handoff(
        self,
        info: Info,
        input: Annotated[OpenHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The clock runs on."""
        return await stepped(info, input, Step.OPEN)

    @strawberry.mutation(description="Ask the sender something.")
    async def ask_handoff(
        self, info: Info, input: Annotated[AskHandoffInput, strawberry.argument(description="Which, and what is said.")]
    ) -> HandoffResult:
        """The clock stands still until the answer, or its delay."""
        return await stepped(info, input, Step.ASK)

    @strawberry.mutation(description="Put it on a waiting list.")
    async def waitlist_handoff(
        self,
        info: Info,
        input: Annotated[WaitlistHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The listing says that it is full, where the viewer keeps its room."""
        return await stepped(info, input, Step.WAITLIST)

    @strawberry.mutation(description="File it for an authority's decision.")
    async def file_for_decision_handoff(
        self,
        info: Info,
        input: Annotated[FileForDecisionHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The delay of the law runs."""
        return await stepped(info, input, Step.FILE_FOR_DECISION)

    @strawberry.mutation(description="Tell the decision.")
    async def decide_handoff(
        self,
        info: Info,
        input: Annotated[DecideHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """A refusal tells the ways of appeal."""
        return await stepped(info, input, Step.DECIDE)

    @strawberry.mutation(description="Take it.")
    async def accept_handoff(
        self,
        info: Info,
        input: Annotated[AcceptHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Names who will do it."""
        return await stepped(info, input, Step.ACCEPT)

    @strawberry.mutation(description="Fix an appointment.")
    async def book_handoff(
        self,
        info: Info,
        input: Annotated[BookHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Mails and calendars tell nothing of what it is about."""
        return await stepped(info, input, Step.BOOK)

    @strawberry.mutation(description="Offer moments: the person chooses one on her own page.")
    async def offer_slots(
        self, info: Info, input: Annotated[OfferSlotsInput, strawberry.argument(description="Which, and when.")]
    ) -> HandoffResult:
        """Once for each key."""
        context, handoff = info.context, str(input.handoff)
        acting = slots.offer_for(
            context.rooms,
            context.viewer,
            handoff,
            input.slots,
            where=input.where,
            minutes=input.minutes,
            key=input.idempotency_key,
            at=context.now,
        )
        return await told(info, handoff, acting)

    @strawberry.mutation(description="The person did not come.")
    async def miss_handoff(
        self,
        info: Info,
        input: Annotated[MissHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The second time the lead and the head of service are told."""
        return await stepped(info, input, Step.MISS)

    @strawberry.mutation(description="They have met.")
    async def contact_handoff(
        self,
        info: Info,
        input: Annotated[ContactHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The first contact of a transfer moves the lead, in the same transaction."""
        return await stepped(info, input, Step.CONTACT)

    @strawberry.mutation(description="The work stands still.")
    async def pause_handoff(
        self,
        info: Info,
        input: Annotated[PauseHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Until a named day."""
        return await stepped(info, input, Step.PAUSE)

    @strawberry.mutation(description="The work goes on.")
    async def resume_handoff(
        self,
        info: Info,
        input: Annotated[ResumeHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Its clock begins anew."""
        return await stepped(info, input, Step.RESUME)

    @strawberry.mutation(description="The work is done.")
    async def complete_handoff(
        self,
        info: Info,
        input: Annotated[CompleteHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The need itself is ended by the lead."""
        return await stepped(info, input, Step.COMPLETE)

    @strawberry.mutation(description="The work ends without a result.")
    async def fail_handoff(
        self,
        info: Info,
        input: Annotated[FailHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The lead says what follows."""
        return await stepped(info, input, Step.FAIL)

    @strawberry.mutation(description="Do not take it.")
    async def decline_handoff(
        self,
        info: Info,
        input: Annotated[DeclineHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """The lead says what follows; the sender is shown who else may."""
        return await stepped(info, input, Step.DECLINE)

    @strawberry.mutation(description="Pass it to another.")
    async def redirect_handoff(
        self,
        info: Info,
        input: Annotated[RedirectHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """A new handoff, which a ground must cover."""
        return await stepped(info, input, Step.REDIRECT)

    @strawberry.mutation(description="Say that an answer that was noted was never given.")
    async def contest_handoff(
        self,
        info: Info,
        input: Annotated[ContestHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Within five days: all is as before."""
        return await stepped(info, input, Step.CONTEST)

    @strawberry.mutation(description="The person has seen nobody.")
    async def dispute_handoff(
        self,
        info: Info,
        input: Annotated[DisputeHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Hers to say: a professional is refused."""
        return await stepped(info, input, Step.DISPUTE)
