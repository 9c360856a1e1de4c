"""A handoff from its sender's side: prepared, sent, taken back, reported on."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.actions.casework import handing, taking_over
from api.graphql.casework.handoff import Handoff
from api.graphql.casework.handoff_inputs import (
    AnswerHandoffInput,
    ConsentHandoffInput,
    DraftHandoffInput,
    EscalateHandoffInput,
    RecallHandoffInput,
    RefuseHandoffInput,
    RemindHandoffInput,
    ReportHandoffInput,
    ReviewDangerInput,
    SettleHandoffInput,
    SubmitHandoffInput,
    VoidHandoffInput,
    WithdrawHandoffInput,
)
from api.graphql.casework.handoff_results import HandoffResult, stepped, told
from api.graphql.context import Info
from graph.model.casework.handoff import Kind, Step
from graph.model.errors import InvalidInput


@strawberry.type
class HandoffSending:
    """Steps of the sender's side."""

    @strawberry.mutation(description="Prepare a handoff; nothing leaves.")
    async def draft_handoff(
        self, info: Info, input: Annotated[DraftHandoffInput, strawberry.argument(description="What, to whom.")]
    ) -> HandoffResult:
        """By whoever works on the file; a take-over is proposed by a partner of it, or whom a look-up told of it."""
        context, key = info.context, input.idempotency_key
        rooms, viewer, draft = context.rooms, context.viewer, input.draft()
        file, hit = str(input.file or ""), str(input.hit or "")
        if not (file or hit):
            raise InvalidInput("Dites de quel dossier.", "file")
        if input.kind is Kind.TAKE_OVER:
            made = await taking_over.propose(rooms, viewer, file, draft, hit=hit, key=key, at=context.now)
        elif input.target is None or not file:
            raise InvalidInput("Dites de quel dossier, et à qui.", "target" if file else "file")
        else:
            made = await handing.prepare(rooms, viewer, file, draft, key=key, at=context.now)
        return Handoff.of(made, info)

    @strawberry.mutation(description="Say what follows from one that has ended.")
    async def settle_handoff(
        self,
        info: Info,
        input: Annotated[SettleHandoffInput, strawberry.argument(description="Which, and what follows.")],
    ) -> HandoffResult:
        """Then nothing is owed about it."""
        context, handoff, key = info.context, str(input.handoff), input.idempotency_key
        acting = handing.settle(context.rooms, context.viewer, handoff, input.text, key=key, at=context.now)
        return await told(info, handoff, acting)

    @strawberry.mutation(description="Say that what was told in danger was looked at by a second person.")
    async def review_danger(
        self,
        info: Info,
        input: Annotated[ReviewDangerInput, strawberry.argument(description="Which, and what she thinks of it.")],
    ) -> HandoffResult:
        """By someone else than who told it."""
        context, handoff, key = info.context, str(input.handoff), input.idempotency_key
        acting = handing.review(context.rooms, context.viewer, handoff, input.text, key=key, at=context.now)
        return await told(info, handoff, acting)

    @strawberry.mutation(description="Send it.")
    async def submit_handoff(
        self,
        info: Info,
        input: Annotated[SubmitHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """To the addressee if a ground covers it; else an accord is waited for."""
        return await stepped(info, input, Step.SUBMIT)

    @strawberry.mutation(description="Note the person's accord; it leaves.")
    async def consent_handoff(
        self,
        info: Info,
        input: Annotated[ConsentHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Leans on a consent of the file."""
        return await stepped(info, input, Step.CONSENT)

    @strawberry.mutation(description="Note that the person refuses.")
    async def refuse_handoff(
        self,
        info: Info,
        input: Annotated[RefuseHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """It stops there."""
        return await stepped(info, input, Step.REFUSE)

    @strawberry.mutation(description="Answer the addressee's question.")
    async def answer_handoff(
        self,
        info: Info,
        input: Annotated[AnswerHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Its clock goes on."""
        return await stepped(info, input, Step.ANSWER)

    @strawberry.mutation(description="Take it back.")
    async def recall_handoff(
        self,
        info: Info,
        input: Annotated[RecallHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Before anyone has met."""
        return await stepped(info, input, Step.RECALL)

    @strawberry.mutation(description="It stops because the person wants it so.")
    async def withdraw_handoff(
        self,
        info: Info,
        input: Annotated[WithdrawHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """What was told is no longer shown at once; others go on."""
        return await stepped(info, input, Step.WITHDRAW)

    @strawberry.mutation(description="Note an answer that the addressee gave by telephone.")
    async def report_handoff(
        self,
        info: Info,
        input: Annotated[ReportHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Unconfirmed until it acts itself, or five days."""
        return await stepped(info, input, Step.REPORT)

    @strawberry.mutation(description="It was entered by mistake.")
    async def void_handoff(
        self,
        info: Info,
        input: Annotated[VoidHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """By whoever entered it; a lead that it moved goes back."""
        return await stepped(info, input, Step.VOID)

    @strawberry.mutation(description="Ask again for an answer.")
    async def remind_handoff(
        self,
        info: Info,
        input: Annotated[RemindHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Once a day."""
        return await stepped(info, input, Step.REMIND)

    @strawberry.mutation(description="Tell the head of service.")
    async def escalate_handoff(
        self,
        info: Info,
        input: Annotated[EscalateHandoffInput, strawberry.argument(description="Which, and what is said.")],
    ) -> HandoffResult:
        """Once for each state."""
        return await stepped(info, input, Step.ESCALATE)
