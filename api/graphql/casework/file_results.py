"""What an act on a file answers, and the one road from a mutation to its act."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, TypeAlias

import strawberry

from api.actions.casework import filing
from api.graphql.casework.file import File
from api.graphql.context import Info
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, ReasonMissing, StepNotAllowed
from graph.model.casework import file as model

OpenFileResult: TypeAlias = Annotated[File | NotAllowed | InvalidInput, strawberry.union("OpenFileResult")]
AddNeedResult: TypeAlias = Annotated[
    File | StepNotAllowed | NotAllowed | InvalidInput | NotFound, strawberry.union("AddNeedResult")
]
ConsentResult: TypeAlias = Annotated[
    File | StepNotAllowed | NotAllowed | InvalidInput | NotFound, strawberry.union("ConsentResult")
]
FileResult: TypeAlias = Annotated[
    File | StepNotAllowed | NotAllowed | ReasonMissing | InvalidInput | NotFound, strawberry.union("FileResult")
]


@strawberry.type(description="A code for the person to carry. It is told once more to the same key, and kept nowhere.")
class FileLinkCode:
    """It serves once, within a week."""

    file: strawberry.ID = strawberry.field(description="Which file it stands for.")
    code: str = strawberry.field(description="To be typed by whoever else accompanies her.")


FileLinkResult: TypeAlias = Annotated[
    FileLinkCode | StepNotAllowed | NotAllowed | InvalidInput | NotFound, strawberry.union("FileLinkResult")
]


async def changed(info: Info, acting: Awaitable[model.File]) -> File:
    """The file after an act, as the viewer then sees it: the entry that she made is the trace of it."""
    context = info.context
    file = await acting
    return File.of(file, await filing.sight_of(context.rooms, context.viewer, file, context.now))
