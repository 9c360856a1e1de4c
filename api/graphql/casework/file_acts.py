"""Acts on a file itself: opened, given, closed, joined; its needs; what may be told of it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.actions.casework import following, handoffs, linking, opening
from api.actions.casework.handing import made_id
from api.graphql.casework.file_inputs import (
    AddNeedInput,
    AssignFileInput,
    CloseFileInput,
    EndNeedInput,
    GiveConsentInput,
    LinkFileInput,
    NeedInput,
    OfferFileLinkInput,
    OpenFileInput,
    ReopenFileInput,
    SetNeedInput,
    WithdrawConsentInput,
)
from api.graphql.casework.file_results import (
    AddNeedResult,
    ConsentResult,
    FileLinkCode,
    FileLinkResult,
    FileResult,
    OpenFileResult,
    changed,
)
from api.graphql.context import Info
from graph.model.casework import file as model
from graph.model.errors import InvalidInput


def _need(info: Info, said: NeedInput) -> model.Need:
    return opening.need_of(
        str(said.competence),
        info.context.now,
        words=said.words,
        member=str(said.member or ""),
        urgent=said.urgent,
        due=said.due,
        due_what=said.due_what,
        secret=said.secret,
    )


@strawberry.type
class FileActs:
    """By whoever works on it."""

    @strawberry.mutation(description="Open a file. The viewer leads it from now on.")
    async def open_file(
        self, info: Info, input: Annotated[OpenFileInput, strawberry.argument(description="Who, and what for.")]
    ) -> OpenFileResult:
        """With or without a name."""
        context = info.context
        acting = opening.open_file(
            context.rooms,
            context.viewer,
            [member.member() for member in input.members],
            [_need(info, need) for need in input.needs],
            key=input.idempotency_key,
            request=str(input.request or ""),
            transitional=input.transitional,
            at=context.now,
        )
        return await changed(info, acting)

    @strawberry.mutation(description="A problem is known.")
    async def add_need(
        self, info: Info, input: Annotated[AddNeedInput, strawberry.argument(description="Which.")]
    ) -> AddNeedResult:
        """Of a member, or of the household."""
        context, key = info.context, input.idempotency_key
        need = _need(info, input.need)
        acting = opening.add_need(context.rooms, context.viewer, str(input.file), need, key=key, at=context.now)
        return await changed(info, acting)

    @strawberry.mutation(description="Say anew how urgent a need is; one that had ended is taken up again.")
    async def set_need(
        self, info: Info, input: Annotated[SetNeedInput, strawberry.argument(description="Which, and how.")]
    ) -> FileResult:
        """The problem itself stays what it is."""
        context = info.context
        acting = following.set_need(
            context.rooms,
            context.viewer,
            str(input.file),
            str(input.need),
            urgent=input.urgent,
            due=input.due,
            due_what=input.due_what,
            secret=input.secret,
            key=input.idempotency_key,
            at=context.now,
        )
        return await changed(info, acting)

    @strawberry.mutation(description="A need is met, or will not be.")
    async def end_need(
        self, info: Info, input: Annotated[EndNeedInput, strawberry.argument(description="Which, and how.")]
    ) -> FileResult:
        """Not while a partner is at work on it."""
        context, file, need = info.context, str(input.file), str(input.need)
        acting = opening.end_need(
            context.rooms,
            context.viewer,
            file,
            need,
            input.outcome,
            input.text,
            key=input.idempotency_key,
            at=context.now,
        )
        return await changed(info, acting)

    @strawberry.mutation(description="Something may be told from now on.")
    async def give_consent(
        self, info: Info, input: Annotated[GiveConsentInput, strawberry.argument(description="What, to whom.")]
    ) -> ConsentResult:
        """By the person's accord, or on a ground of the law."""
        context, key = info.context, input.idempotency_key
        consent = input.consent(made_id(context.viewer, key))
        acting = handoffs.give_consent(context.rooms, context.viewer, str(input.file), consent, key=key, at=context.now)
        return await changed(info, acting)

    @strawberry.mutation(description="It may not be told any longer. What was already read cannot be erased.")
    async def withdraw_consent(
        self, info: Info, input: Annotated[WithdrawConsentInput, strawberry.argument(description="Which.")]
    ) -> ConsentResult:
        """At once, everywhere."""
        context, file = info.context, str(input.file)
        acting = following.withdraw_consent(
            context.rooms,
            context.viewer,
            file,
            str(input.consent),
            input.text,
            key=input.idempotency_key,
            at=context.now,
        )
        return await changed(info, acting)

    @strawberry.mutation(description="Give a file to a colleague of the house, or to its duty desk, who leads at once.")
    async def assign_file(
        self, info: Info, input: Annotated[AssignFileInput, strawberry.argument(description="To whom.")]
    ) -> FileResult:
        """Within the organisation that leads it."""
        context, account, key = info.context, str(input.account or ""), input.idempotency_key
        acting = following.assign(
            context.rooms, context.viewer, str(input.file), account, input.text, key=key, at=context.now
        )
        return await changed(info, acting)

    @strawberry.mutation(description="The accompaniment ends, with what nobody has begun.")
    async def close_file(
        self, info: Info, input: Annotated[CloseFileInput, strawberry.argument(description="How.")]
    ) -> FileResult:
        """Not while a partner is at work."""
        context, file, key = info.context, str(input.file), input.idempotency_key
        acting = following.close(
            context.rooms, context.viewer, file, input.outcome, input.text, key=key, at=context.now
        )
        return await changed(info, acting)

    @strawberry.mutation(description="The accompaniment begins again; the viewer leads.")
    async def reopen_file(
        self, info: Info, input: Annotated[ReopenFileInput, strawberry.argument(description="Which.")]
    ) -> FileResult:
        """Whoever worked on it may."""
        context, file, key = info.context, str(input.file), input.idempotency_key
        return await changed(
            info, following.reopen(context.rooms, context.viewer, file, input.text, key=key, at=context.now)
        )

    @strawberry.mutation(description="A code for the person: this file goes into the one that it is typed in.")
    async def offer_file_link(
        self, info: Info, input: Annotated[OfferFileLinkInput, strawberry.argument(description="Which.")]
    ) -> FileLinkResult:
        """A new one puts the one before out of use."""
        context, file, key = info.context, str(input.file), input.idempotency_key
        code = await linking.offer_link(context.rooms, context.viewer, file, key=key, at=context.now)
        return FileLinkCode(file=input.file, code=code)

    @strawberry.mutation(description="Another file of the same person goes into this one, which keeps its lead.")
    async def link_file(
        self, info: Info, input: Annotated[LinkFileInput, strawberry.argument(description="Which.")]
    ) -> FileResult:
        """By the person's code, or by who works on both."""
        context, file, key = info.context, str(input.file), input.idempotency_key
        if (input.code is None) == (input.other is None):
            raise InvalidInput("Donnez le code de la personne, ou l’autre dossier : l’un des deux.", "code")
        acting = (
            linking.link_by_code(context.rooms, context.viewer, file, input.code, key=key, at=context.now)
            if input.code is not None
            else linking.link_files(context.rooms, context.viewer, file, str(input.other), key=key, at=context.now)
        )
        return await changed(info, acting)
