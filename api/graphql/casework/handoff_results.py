"""What a step of a handoff answers, and the one road from a mutation to its act."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import Annotated, TypeAlias

import strawberry

from api.actions.casework import handing
from api.actions.casework.handing import Handed
from api.graphql.casework.handoff import Handoff
from api.graphql.casework.handoff_inputs import OfHandoff
from api.graphql.context import Info
from api.graphql.refusals import (
    ConsentMissing,
    InvalidInput,
    NeedsConfirming,
    NotAllowed,
    NotFound,
    ReasonMissing,
    Refusal,
    StepNotAllowed,
)
from graph.model import errors
from graph.model.casework.file import File
from graph.model.casework.handoff import Step


@strawberry.type(description="The handoff moved meanwhile; nothing was done.")
class Conflict(Refusal):
    """Two who acted at once: the second sees what the first did."""

    current: Handoff = strawberry.field(description="How it stands now.")


HandoffResult: TypeAlias = Annotated[
    Handoff
    | StepNotAllowed
    | Conflict
    | ConsentMissing
    | NotAllowed
    | ReasonMissing
    | InvalidInput
    | NotFound
    | NeedsConfirming,
    strawberry.union("HandoffResult"),
]


async def stepped(info: Info, input: OfHandoff, step: Step) -> Handoff | Conflict:
    """The handoff after a step. Other refusals go on to the handlers of the schema."""
    context = info.context
    acting = handing.step(
        context.rooms,
        context.viewer,
        str(input.handoff),
        step,
        input.said(),
        key=input.idempotency_key,
        expected_seq=input.expected_seq,
        at=context.now,
    )
    return await told(info, str(input.handoff), acting)


async def told(info: Info, handoff: str, acting: Awaitable[Handed]) -> Handoff | Conflict:
    """What was done, or how it stands where someone else was there first."""
    try:
        return Handoff.of(await acting, info)
    except errors.Conflict as refusal:
        if not isinstance(refusal.current, File):
            raise
        seen = await handing.seen(info.context.rooms, info.context.viewer, handoff, info.context.now)
        current = Handoff.of(replace(seen, file=refusal.current), info)
        return Conflict(message=refusal.message, code=refusal.code, current=current)
