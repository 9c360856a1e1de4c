"""The front desk, as programs see it: contacts noted and followed, who may follow someone, the month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions.casework import front_desk, looking_up
from api.graphql.casework.desk_inputs import (
    CorrectRequestInput,
    FollowRequestInput,
    LookUpInput,
    NoteRequestNeedInput,
    RecordRequestInput,
    RelinkInput,
    VoidRequestInput,
)
from api.graphql.casework.desk_types import FrontDeskReport, KnownLead, Request
from api.graphql.connections import Connection, NameCursor, decode, named_page, page_size
from api.graphql.context import Info
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, ReasonMissing, StepNotAllowed, TooMuch
from graph.model import errors
from graph.model.casework.desk_report import read_month

LAST: Final = (datetime(9999, 1, 1, tzinfo=UTC), "")


@strawberry.type(description="Who may follow the person. An empty list when nobody is known to.")
class LookedUp:
    """An answer."""

    known: list[KnownLead] = strawberry.field(description="Those found.")


@strawberry.type(description="The lead was asked to call.")
class Relinked:
    """Put back in touch."""

    organisation: strawberry.ID = strawberry.field(description="Whose lead was asked.")


RecordRequestResult: TypeAlias = Annotated[
    Request | NotAllowed | NotFound | InvalidInput, strawberry.union("RecordRequestResult")
]
RequestResult: TypeAlias = Annotated[
    Request | NotAllowed | NotFound | StepNotAllowed | InvalidInput, strawberry.union("RequestResult")
]
LookUpResult: TypeAlias = Annotated[
    LookedUp | NotAllowed | ReasonMissing | TooMuch | InvalidInput, strawberry.union("LookUpResult")
]
RelinkResult: TypeAlias = Annotated[
    Relinked | NotAllowed | NotFound | StepNotAllowed | InvalidInput, strawberry.union("RelinkResult")
]


@strawberry.type
class DeskMutations:
    """Acts of a front desk."""

    @strawberry.mutation(description="Note a contact, without a name.")
    async def record_request(
        self, info: Info, input: Annotated[RecordRequestInput, strawberry.argument(description="What.")]
    ) -> RecordRequestResult:
        """Once for each key."""
        made = await front_desk.record(
            info.context.rooms,
            info.context.viewer,
            input.contact.contact(),
            key=input.idempotency_key,
            words=input.words,
            at=info.context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Say a contact as it should have been noted.")
    async def correct_request(
        self, info: Info, input: Annotated[CorrectRequestInput, strawberry.argument(description="What.")]
    ) -> RequestResult:
        """Its log keeps what was said before."""
        context, contact = info.context, input.contact.contact()
        made = await front_desk.correct(
            context.rooms,
            context.viewer,
            str(input.request),
            contact,
            key=input.idempotency_key,
            at=context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Undo a slip, or take the undoing back.")
    async def void_request(
        self, info: Info, input: Annotated[VoidRequestInput, strawberry.argument(description="Which.")]
    ) -> RequestResult:
        """A contact that led to a file is no slip."""
        context = info.context
        act = front_desk.restore if input.restore else front_desk.void
        made = await act(context.rooms, context.viewer, str(input.request), key=input.idempotency_key, at=context.now)
        return Request.of(made)

    @strawberry.mutation(description="Note a need of an anonymous contact, or that no relay was found for it.")
    async def note_request_need(
        self, info: Info, input: Annotated[NoteRequestNeedInput, strawberry.argument(description="What.")]
    ) -> RequestResult:
        """It hangs on the contact."""
        made = await front_desk.note_need(
            info.context.rooms,
            info.context.viewer,
            str(input.request),
            str(input.competence),
            key=input.idempotency_key,
            urgent=input.urgent,
            cause=input.cause,
            at=info.context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Keep with a contact what followed it.")
    async def follow_request(
        self, info: Info, input: Annotated[FollowRequestInput, strawberry.argument(description="What.")]
    ) -> RequestResult:
        """Answered, oriented, put back in touch by telephone."""
        made = await front_desk.follow(
            info.context.rooms,
            info.context.viewer,
            str(input.request),
            input.sequel,
            key=input.idempotency_key,
            to=input.to,
            competence=str(input.competence or ""),
            at=info.context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Already followed? By whom? Each look is written down; the person may see it.")
    async def look_up(
        self, info: Info, input: Annotated[LookUpInput, strawberry.argument(description="Who.")]
    ) -> LookUpResult:
        """A mutation, since it writes who looked."""
        context = info.context
        answers = await looking_up.look_up(
            context.rooms,
            context.viewer,
            input.sought(),
            ground=input.ground,
            network=input.network,
            request=str(input.request or ""),
            at=context.now,
        )
        return LookedUp(known=[KnownLead.of(answer) for answer in answers])

    @strawberry.mutation(description="Ask whoever already follows the person to call her.")
    async def relink(
        self, info: Info, input: Annotated[RelinkInput, strawberry.argument(description="With whom.")]
    ) -> RelinkResult:
        """Nothing is told but that she got in touch, and where."""
        context = info.context
        organisation = await looking_up.relink(
            context.rooms,
            context.viewer,
            str(input.hit),
            key=input.idempotency_key,
            request=str(input.request or ""),
            urgent=input.urgent,
            at=context.now,
        )
        return Relinked(organisation=strawberry.ID(organisation))


async def requests(info: Info, first: int | None, after: str | None) -> Connection[Request] | None:
    """Contacts of the viewer's door, the latest first; None for whoever stands at none."""
    size = page_size(first)
    before = _place(decode(after, NameCursor)) if after else LAST
    try:
        found = await front_desk.page(info.context.rooms, info.context.viewer, before, size + 1)
    except errors.NotAllowed:
        return None
    shown = found[:size]
    return named_page(
        shown, lambda one: (one.at.isoformat(), one.id), Request.of, more=len(found) > size, started=bool(after)
    )


async def report(info: Info, month: str) -> FrontDeskReport | None:
    """The month of the viewer's door; None for whoever stands at none. Raises InvalidInput."""
    read = read_month(month)
    try:
        return FrontDeskReport.of(await front_desk.monthly(info.context.rooms, info.context.viewer, read))
    except errors.NotAllowed:
        return None


def _place(cursor: NameCursor) -> tuple[datetime, str]:
    try:
        return datetime.fromisoformat(cursor.name).astimezone(UTC), cursor.id
    except ValueError:
        raise errors.InvalidInput(
            "Ce curseur n’est pas de cette liste. Reprenez à la première page.", "after"
        ) from None
