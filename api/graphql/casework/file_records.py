"""Acts that are recorded in a file: who is around it, what is written, what is looked at again."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.actions.casework import recording
from api.graphql.casework.file import File
from api.graphql.casework.file_around_inputs import (
    Around,
    KeepFileInput,
    LookInput,
    RemoveCircleMemberInput,
    RemoveCoReferentInput,
    SetCircleMemberInput,
    SetCoReferentInput,
    SetMemberInput,
    SetWatchInput,
    SetWorkersInput,
)
from api.graphql.casework.file_results import FileResult, changed
from api.graphql.casework.file_writing_inputs import (
    AssessInput,
    HoldMeetingInput,
    RecordDeliveryInput,
    StrikeWritingInput,
    TellDecisionInput,
    TellWorryInput,
    WriteNoteInput,
    Written,
)
from api.graphql.context import Info


async def _recorded(info: Info, input: Around | Written) -> File:
    context, key = info.context, input.idempotency_key
    acting = recording.record(context.rooms, context.viewer, str(input.file), input.event(), key=key, at=context.now)
    return await changed(info, acting)


@strawberry.type
class FileRecords:
    """Each one entry of the file."""

    @strawberry.mutation(description="Say who is of a file.")
    async def set_member(
        self, info: Info, input: Annotated[SetMemberInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Whole: what is left out is empty."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Say who is around a file.")
    async def set_circle_member(
        self, info: Info, input: Annotated[SetCircleMemberInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """A relative, a neighbour, a professional."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Someone is no longer around a file.")
    async def remove_circle_member(
        self, info: Info, input: Annotated[RemoveCircleMemberInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """The log keeps that she was."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Say who else is a referent, for what.")
    async def set_co_referent(
        self, info: Info, input: Annotated[SetCoReferentInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Shown, never moved by us."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Someone is no longer a referent elsewhere.")
    async def remove_co_referent(
        self, info: Info, input: Annotated[RemoveCoReferentInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """The log keeps that she was."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Say who works on a file with its lead.")
    async def set_workers(
        self, info: Info, input: Annotated[SetWorkersInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """All of them: whoever is left out works on it no longer."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Write down a call, a visit, a letter.")
    async def write_note(
        self, info: Info, input: Annotated[WriteNoteInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Never deleted: an error is struck."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Note a meeting with its decisions.")
    async def hold_meeting(
        self, info: Info, input: Annotated[HoldMeetingInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """The person invited, or not."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Write a social evaluation.")
    async def assess(
        self, info: Info, input: Annotated[AssessInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Told with a handoff where the group is."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Note what an authority decided.")
    async def tell_decision(
        self, info: Info, input: Annotated[TellDecisionInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """With the last day to contest it."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Note what was given.")
    async def record_delivery(
        self, info: Info, input: Annotated[RecordDeliveryInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """With its cost, and who bore it."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Note that a worrying information was sent.")
    async def tell_worry(
        self, info: Info, input: Annotated[TellWorryInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Hidden from partners, and from the family's page."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Strike what was an error.")
    async def strike_writing(
        self, info: Info, input: Annotated[StrikeWritingInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Nothing is ever deleted."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Keep an eye on something.")
    async def set_watch(
        self, info: Info, input: Annotated[SetWatchInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """A next action that comes back."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Say what was seen on a watch.")
    async def look(
        self, info: Info, input: Annotated[LookInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Or end it."""
        return await _recorded(info, input)

    @strawberry.mutation(description="Say that the accompaniment goes on.")
    async def keep_file(
        self, info: Info, input: Annotated[KeepFileInput, strawberry.argument(description="What is said.")]
    ) -> FileResult:
        """Transitional where a relay is missing."""
        return await _recorded(info, input)
