"""The files behind a figure, as programs ask for them: which they are, and what each further narrowing would leave."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeAlias

import strawberry

from api.actions.casework import selecting as actions
from api.actions.casework.selecting import span_of
from api.graphql.connections import Connection, page_of, page_size
from api.graphql.context import Info
from api.graphql.enums import CountedFacts, CountedSplit
from api.graphql.organisations import After, First
from api.graphql.refusals import InvalidInput, NotAllowed
from graph.model import errors
from graph.model.figures import selecting

MOST_NARROWINGS = 10
LONGEST_VALUE = 1000
MOST_FILES = 10**6


@strawberry.input(description="One value by which the files are narrowed.")
class CountedNarrowing:
    """A split and its value."""

    by: CountedSplit = strawberry.field(description="By what.")
    value: str = strawberry.field(
        description='An id, a code, a bucket of days from 0, bodies of a way joined by ">"; "" for those that tell none.'
    )


@strawberry.input(description="What is counted, when, and by what it is narrowed.")
class CountedFilesFilter:
    """The same filter as on the page of files."""

    counted: CountedFacts = strawberry.field(description="What is counted.")
    from_: str = strawberry.field(name="from", description='The first month ("2026-03") or day ("2026-03-05").')
    to: str = strawberry.field(description="The last one, included.")
    unit: bool = strawberry.field(default=False, description="The whole service, for who heads it; her own files else.")
    by: list[CountedNarrowing] = strawberry.field(default_factory=list, description="All of these at once.")


@strawberry.type(description="A file in which something was counted.")
class CountedFile:
    """No word of it: `file` tells it to who may read it."""

    id: strawberry.ID | None = strawberry.field(description="Its id; null for one that others lead.")
    handoffs: list[strawberry.ID] = strawberry.field(description="The handoffs that were counted.")
    counted: int = strawberry.field(description="How many facts were counted in it.")


@strawberry.type(description="What one further value would leave.")
class CountedChoice:
    """A value with its number."""

    by: CountedSplit = strawberry.field(description="By what.")
    value: str = strawberry.field(description='Its value; "" for those that tell none.')
    files: int = strawberry.field(description="How many files it would leave.")


@strawberry.type(description="The files that a figure counted: all of them, and no other.")
class CountedFiles:
    """Exact: of one's own."""

    counted: int = strawberry.field(description="The figure.")
    files: int = strawberry.field(description="How many files it lies in.")
    elsewhere: int = strawberry.field(description="How many of these others lead.")
    untold: int = strawberry.field(description="How many of these have no line: of whom they are is not known there.")
    found: strawberry.Private[actions.Selection]

    @strawberry.field(description="The files, the latest first.")
    async def page(self, info: Info, first: First = 20, after: After = None) -> Connection[CountedFile]:
        """So many of them; that she knows now who has what is noted on each."""
        order = {line.found.file: f"{place:09}" for place, line in enumerate(self.found.lines)}
        found = page_of(self.found.lines, lambda one: (order[one.found.file], ""), _file, first, after)
        shown = {str(edge.node.id) for edge in found.edges}
        lines = [line for line in self.found.lines if line.found.file in shown]
        await actions.known(info.context.rooms, info.context.viewer, lines, info.context.now)
        return found

    @strawberry.field(description="Each value by which they could be narrowed, the most files first.")
    def choices(self, first: First = 20) -> list[CountedChoice]:
        """So many of them."""
        every = [
            CountedChoice(by=by, value=value, files=files)
            for by, counts in self.found.choices.items()
            for value, files in counts.items()
        ]
        return sorted(every, key=lambda one: (-one.files, one.by.value, one.value))[: page_size(first)]


CountedFilesResult: TypeAlias = Annotated[
    CountedFiles | InvalidInput | NotAllowed, strawberry.union("CountedFilesResult")
]


@strawberry.type
class CountedQueries:
    """Lists behind figures."""

    @strawberry.field(description="The files behind a figure: those of one's service for who heads it, else one's own.")
    async def counted_files(
        self, info: Info, filter: Annotated[CountedFilesFilter, strawberry.argument(description="Which.")]
    ) -> CountedFilesResult:
        """No file is opened."""
        by = _by(filter.by, selecting.splits_of(filter.counted))
        chosen = selecting.Chosen(counted=filter.counted, span=span_of(filter.from_, filter.to), by=by)
        viewer = info.context.viewer
        found = await actions.selection(info.context.rooms, viewer, chosen, unit=filter.unit, first=MOST_FILES)
        return CountedFiles(
            counted=found.counted, files=found.files, elsewhere=found.elsewhere, untold=found.untold, found=found
        )


def _by(some: list[CountedNarrowing], open_to: frozenset[CountedSplit]) -> Mapping[CountedSplit, str]:
    if len(some) > MOST_NARROWINGS or any(len(one.value) > LONGEST_VALUE for one in some):
        raise errors.InvalidInput("Trop de valeurs, ou une valeur trop longue.", "by")
    found = {one.by: one.value for one in some}
    if len(found) < len(some) or not found.keys() <= open_to:
        raise errors.InvalidInput("Ce compte ne se restreint pas ainsi, ou deux fois de la même façon.", "by")
    return MappingProxyType(found)


def _file(line: actions.Line) -> CountedFile:
    found = line.found
    return CountedFile(
        id=strawberry.ID(found.file) if line.open else None,
        handoffs=[strawberry.ID(one.id) for one in found.handoffs],
        counted=len(found.counted),
    )
