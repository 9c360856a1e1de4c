"""The professional's side of persons' own pages, of what they may ask, and of forgetting; opinions of partners.

The person's own page is no part of it: she has a code and a browser, and no programme speaks for her.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from api.actions.casework import forgetting, opinions
from api.actions.casework import own_page as actions
from api.graphql.context import Info
from api.graphql.enums import ForgettingCause
from api.graphql.given import KEY
from api.graphql.refusals import InvalidInput, NeedsConfirming, NotAllowed, NotFound, ReasonMissing, StepNotAllowed
from graph.model import errors
from graph.model.casework.by_person import Question
from graph.model.casework.file import File
from graph.model.casework.file import PersonPage as PageRecord


@strawberry.type(description="A member's own page.")
class PersonPage:
    """Off until it is opened."""

    member: strawberry.ID = strawberry.field(description="Whose it is.")
    open: bool = strawberry.field(description="Whether it can be opened with its code.")
    danger_at_home: bool = strawberry.field(description="Whether it stays off for danger at home.")
    until: datetime | None = strawberry.field(description="When it closes by itself; null when it is off.")
    address: str | None = strawberry.field(description="Told once, to who opens it; null ever after.")
    code: str | None = strawberry.field(description="Told once, to who opens it; null ever after.")

    @classmethod
    def of(cls, page: PageRecord, address: str | None = None, code: str | None = None) -> PersonPage:
        """From the model."""
        return cls(
            member=strawberry.ID(page.member),
            open=page.on,
            danger_at_home=page.danger_at_home,
            until=page.until,
            address=address,
            code=code,
        )


@strawberry.type(description="What a member asked for was answered.")
class RightAnswered:
    """The answer is kept with the file."""

    file: strawberry.ID = strawberry.field(description="The file.")
    asking: strawberry.ID = strawberry.field(description="What was asked for.")


@strawberry.type(description="The file is erased: its words are gone, and its key.")
class FileForgotten:
    """Nothing can be read of it any longer."""

    file: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="An opinion was recorded.")
class OpinionRecorded:
    """Once a handoff and organisation."""

    handoff: strawberry.ID = strawberry.field(description="What it is about.")


@strawberry.input(description="A page to open, or to give a new address and code.")
class OpenPersonPageInput:
    """Whose."""

    file: strawberry.ID = strawberry.field(description="The file.")
    member: strawberry.ID = strawberry.field(description="A member of it.")
    confirmed: bool = strawberry.field(
        default=False, description="That she asks for it though there is danger at home, and alone can read it."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A page to close.")
class ClosePersonPageInput:
    """Whose."""

    file: strawberry.ID = strawberry.field(description="The file.")
    member: strawberry.ID = strawberry.field(description="A member of it.")
    danger_at_home: bool | None = strawberry.field(
        default=None, description="Notes danger at home, or that there is none any more; null leaves it."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="The answer to what a member asked for of what is kept of her.")
class AnswerRightInput:
    """Which, and what she was told."""

    file: strawberry.ID = strawberry.field(description="The file.")
    asking: strawberry.ID = strawberry.field(description="What was asked for.")
    granted: bool = strawberry.field(description="Whether it was done, or will be.")
    text: str = strawberry.field(default="", description="What she was told; mandatory for a refusal.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A file to erase for good.")
class ForgetFileInput:
    """Which, and why."""

    file: strawberry.ID = strawberry.field(description="Its id.")
    repeated: strawberry.ID = strawberry.field(description="Its id once more: nothing undoes it.")
    cause: ForgettingCause = strawberry.field(description="Why.")
    visa: str = strawberry.field(default="", description="The archive's, mandatory for a body of public archives.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What the addressee of a handoff says at its end; answers from 1 to 5.")
class GiveOpinionInput:
    """By the same questions as the person's."""

    handoff: strawberry.ID = strawberry.field(description="What it is about.")
    clear: int = strawberry.field(description="Whether what was told was clear.")
    timely: int = strawberry.field(description="Whether the answer came in time.")
    useful: int = strawberry.field(description="Whether what was done is useful.")
    text: str = strawberry.field(default="", description="In one's own words; names nobody.")
    idempotency_key: str = strawberry.field(description=KEY)


PersonPageResult: TypeAlias = Annotated[
    PersonPage | NeedsConfirming | StepNotAllowed | NotAllowed | NotFound | InvalidInput,
    strawberry.union("PersonPageResult"),
]
RightResult: TypeAlias = Annotated[
    RightAnswered | ReasonMissing | StepNotAllowed | NotAllowed | NotFound | InvalidInput,
    strawberry.union("RightResult"),
]
ForgetResult: TypeAlias = Annotated[
    FileForgotten | ReasonMissing | StepNotAllowed | NotAllowed | NotFound | InvalidInput,
    strawberry.union("ForgetResult"),
]
OpinionResult: TypeAlias = Annotated[
    OpinionRecorded | StepNotAllowed | NotAllowed | NotFound | InvalidInput, strawberry.union("OpinionResult")
]


@strawberry.type
class PersonPageActs:
    """Acts on pages, rights, and forgetting."""

    @strawberry.mutation(
        description="Open a member's page: an address and a code, told once. Those before open nothing."
    )
    async def open_person_page(
        self, info: Info, input: Annotated[OpenPersonPageInput, strawberry.argument(description="Whose.")]
    ) -> PersonPageResult:
        """For who works on the file."""
        made = await actions.open_page(
            info.context.rooms,
            info.context.viewer,
            input.file,
            input.member,
            key=input.idempotency_key,
            confirmed=input.confirmed,
            at=info.context.now,
        )
        site = info.context.rooms.settings.public_site
        address = f"{site}/p/{made.token}" if made.token else None
        return PersonPage.of(_page(made.file, input.member), address, made.code or None)

    @strawberry.mutation(description="Close a member's page, at once; or note danger at home, or its end.")
    async def close_person_page(
        self, info: Info, input: Annotated[ClosePersonPageInput, strawberry.argument(description="Whose.")]
    ) -> PersonPageResult:
        """For who works on the file."""
        file = await actions.close_page(
            info.context.rooms,
            info.context.viewer,
            input.file,
            input.member,
            key=input.idempotency_key,
            danger=input.danger_at_home,
            at=info.context.now,
        )
        return PersonPage.of(_page(file, input.member))

    @strawberry.mutation(description="Say what came of a copy or an erasure that a member asked for.")
    async def answer_right(
        self, info: Info, input: Annotated[AnswerRightInput, strawberry.argument(description="Which, and what.")]
    ) -> RightResult:
        """For who works on the file."""
        file = await forgetting.answer_right(
            info.context.rooms,
            info.context.viewer,
            input.file,
            input.asking,
            input.granted,
            input.text,
            key=input.idempotency_key,
            at=info.context.now,
        )
        return RightAnswered(file=strawberry.ID(file.id), asking=input.asking)

    @strawberry.mutation(description="Erase a file that has ended, for good: nobody can undo it.")
    async def forget_file(
        self, info: Info, input: Annotated[ForgetFileInput, strawberry.argument(description="Which, and why.")]
    ) -> ForgetResult:
        """For the head of service."""
        await forgetting.forget(
            info.context.rooms,
            info.context.viewer,
            input.file,
            key=input.idempotency_key,
            visa=input.visa,
            why=input.cause,
            repeated=input.repeated,
            at=info.context.now,
        )
        return FileForgotten(file=input.file)

    @strawberry.mutation(description="Say how a handoff went, at its end, once: for the organisation that it was for.")
    async def give_opinion(
        self, info: Info, input: Annotated[GiveOpinionInput, strawberry.argument(description="What one says.")]
    ) -> OpinionResult:
        """For the addressee."""
        await opinions.give(
            info.context.rooms,
            info.context.viewer,
            input.handoff,
            {Question.CLEAR: input.clear, Question.TIMELY: input.timely, Question.USEFUL: input.useful},
            input.text,
            key=input.idempotency_key,
            at=info.context.now,
        )
        return OpinionRecorded(handoff=input.handoff)


async def person_pages(info: Info, file: str) -> list[PersonPage] | None:
    """Those of a file's members; None for whoever may not see the whole file."""
    try:
        _, states = await actions.pages(info.context.rooms, info.context.viewer, file)
    except errors.NotFound:
        return None
    return [PersonPage.of(one.page) for one in states]


def _page(file: File, member: str) -> PageRecord:
    return file.pages.get(member, PageRecord(member=member))
