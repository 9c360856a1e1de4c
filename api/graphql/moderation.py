"""The moderators' queue and the log of what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from api.actions import moderation as actions
from api.graphql.connections import Connection, NameCursor, decode, named_page, page_size
from api.graphql.context import Info
from api.graphql.enums import FieldGroup, ModerationChoice, ModerationTask
from api.graphql.given import KEY
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from graph.model import errors, moderation


@strawberry.type(description="Something that waits for a moderator.")
class ModerationItem:
    """An entry of the queue."""

    id: strawberry.ID = strawberry.field(description="To be given to `decide`.")
    task: ModerationTask = strawberry.field(description="Why it waits.")
    subject: strawberry.ID = strawberry.field(description="What it is about: a listing, or a suggestion.")
    name: str = strawberry.field(description="Its name.")
    group: FieldGroup | None = strawberry.field(description="The fields that are at stake; null when it is the whole.")
    since: datetime = strawberry.field(description="Since when it waits.")
    mark: str = strawberry.field(description="How it is now; to be given to `decide`, which refuses when it changed.")
    choices: list[ModerationChoice] = strawberry.field(description="What may be decided.")

    @classmethod
    def of(cls, item: moderation.Item) -> ModerationItem:
        """From the model."""
        return cls(
            id=strawberry.ID(item.id),
            task=item.task,
            subject=strawberry.ID(item.subject),
            name=item.name,
            group=item.group,
            since=item.since,
            mark=item.mark,
            choices=list(moderation.CHOICES[item.task]),
        )


@strawberry.type(description="How many wait of one task.")
class TaskCount:
    """A count."""

    task: ModerationTask = strawberry.field(description="Why they wait.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="What waits for a moderator, the oldest first.")
class ModerationQueue:
    """The queue."""

    items: list[ModerationItem] = strawberry.field(description="The first fifty of the tasks that were asked for.")
    counts: list[TaskCount] = strawberry.field(description="Of each task.")
    more: bool = strawberry.field(description="Whether there were too many to count them all.")


@strawberry.type(description="What someone decided, and why.")
class Decision:
    """An entry of the log."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    task: ModerationTask = strawberry.field(description="Why it waited.")
    choice: ModerationChoice = strawberry.field(description="What was decided.")
    item: strawberry.ID = strawberry.field(description="The entry of the queue.")
    name: str = strawberry.field(description="What it was about.")
    by: str = strawberry.field(description="Who decided.")
    at: datetime = strawberry.field(description="When.")
    reason: str = strawberry.field(description="Why.")
    undone_at: datetime | None = strawberry.field(description="When it was taken back; null while it stands.")
    undone_by: str = strawberry.field(description="Who took it back; empty while it stands.")
    undone_reason: str = strawberry.field(description="Why it was taken back.")

    @classmethod
    def of(cls, made: moderation.Decision) -> Decision:
        """From the model."""
        return cls(
            id=strawberry.ID(made.id),
            task=made.task,
            choice=made.choice,
            item=strawberry.ID(made.item),
            name=made.name,
            by=made.by_name,
            at=made.at,
            reason=made.reason,
            undone_at=made.undone_at,
            undone_by=made.undone_name,
            undone_reason=made.undone_reason,
        )


@strawberry.type(description="It changed since it was looked at, or was decided meanwhile; nothing was done.")
class DecisionConflict(Refusal):
    """Two who decided at once, or too late to undo."""


class DecisionConflictHandler(strawberry.ExceptionHandler[errors.Conflict, DecisionConflict]):
    """Makes of the model's Conflict the member of the union."""

    def handle(self, exception: errors.Conflict, *, field: object, info: Any) -> DecisionConflict:
        """The refusal as data."""
        return DecisionConflict(message=exception.message, code=exception.code)


@strawberry.input(description="A decision.")
class DecideInput:
    """What is decided about what waits."""

    item: strawberry.ID = strawberry.field(description="The entry of the queue.")
    choice: ModerationChoice = strawberry.field(description="One of its `choices`.")
    reason: str = strawberry.field(description="Why; mandatory, and kept.")
    voice: str = strawberry.field(default="", description="Of sources that disagree: the one whose word stands.")
    mark: str = strawberry.field(
        default="", description="The entry's, to refuse when it changed since; empty: whatever."
    )
    parts: list[str] | None = strawberry.field(
        default=None, description="Of a suggestion: what is taken; all when null. Of a request to join: the roles."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A decision that is taken back.")
class UndoDecisionInput:
    """Which one, and why."""

    decision: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why; mandatory, and kept.")
    idempotency_key: str = strawberry.field(description=KEY)


DecisionResult: TypeAlias = Annotated[
    Decision | DecisionConflict | NotAllowed | NotFound | InvalidInput, strawberry.union("DecisionResult")
]


@strawberry.type
class ModerationMutations:
    """Acts of moderators."""

    @strawberry.mutation(description="Decide about what waits, with a reason.")
    async def decide(
        self, info: Info, input: Annotated[DecideInput, strawberry.argument(description="What, and why.")]
    ) -> DecisionResult:
        """For moderators."""
        made = await actions.decide(
            info.context.rooms,
            info.context.viewer,
            input.item,
            input.choice,
            reason=input.reason,
            voice=input.voice,
            mark=input.mark,
            parts=input.parts,
            key=input.idempotency_key,
            at=info.context.now,
        )
        return Decision.of(made)

    @strawberry.mutation(description="Take a decision back within thirty days: what waited waits again.")
    async def undo_decision(
        self, info: Info, input: Annotated[UndoDecisionInput, strawberry.argument(description="Which one, why.")]
    ) -> DecisionResult:
        """For those who may decide."""
        made = await actions.undo(
            info.context.rooms,
            info.context.viewer,
            input.decision,
            reason=input.reason,
            key=input.idempotency_key,
            at=info.context.now,
        )
        return Decision.of(made)


async def queue(info: Info, tasks: list[ModerationTask] | None) -> ModerationQueue | None:
    """What waits; None for whoever may not read it."""
    wanted = tasks if tasks is not None else list(moderation.Task)
    try:
        found = await actions.queue(info.context.rooms, info.context.viewer, tasks=wanted, at=info.context.now)
    except errors.NotAllowed:
        return None
    return ModerationQueue(
        items=[ModerationItem.of(item) for item in found.items],
        counts=[TaskCount(task=task, count=count) for task, count in found.counts.items()],
        more=found.more,
    )


async def log(info: Info, first: int | None, after: str | None, mine: bool) -> Connection[Decision] | None:
    """A page of what was decided, the latest first; None for whoever may not read it."""
    size = page_size(first)
    cursor = decode(after, NameCursor).key if after else ("", "")
    try:
        found = await actions.log(info.context.rooms, info.context.viewer, size + 1, mine=mine, after=cursor)
    except errors.NotAllowed:
        return None
    shown = found[:size]
    return named_page(shown, actions.place, Decision.of, more=len(found) > size, started=bool(after))
