"""What may be done with reorganisations: planned, changed move by move, published, called off."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions import reorganisation_moves as moves
from api.actions import reorganising
from api.actions.reorganisation_said import Said, move_of
from api.graphql.context import Info
from api.graphql.enums import FilesRule, MoveKind, OrganisationKind
from api.graphql.given import KEY
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from api.graphql.reorganisation_types import Reorganisation
from graph.model import errors
from graph.model.reorganisation import plan as model

WHICH: Final = "The reorganisation."
EXPECTED: Final = "The version that was seen; the act is refused when it was changed past it."


@strawberry.type(description="Someone else changed this reorganisation meanwhile; nothing was done.")
class ReorganisationConflict(Refusal):
    """Two who wrote at once."""

    current: Reorganisation = strawberry.field(description="How it stands now.")


class ReorganisationConflictHandler(strawberry.ExceptionHandler[errors.Conflict, ReorganisationConflict]):
    """Makes of the model's Conflict the member of the union."""

    def handle(self, exception: errors.Conflict, *, field: object, info: object) -> ReorganisationConflict:
        """The refusal as data."""
        assert isinstance(exception.current, model.Plan), "plans conflict with plans"
        current = Reorganisation.of(exception.current)
        return ReorganisationConflict(message=exception.message, code=exception.code, current=current)


@strawberry.input(description="One of those among whom an organisation is split.")
class HeirInput:
    """What is in one of each of its lists goes there; an empty list leaves that open."""

    organisation: strawberry.ID = strawberry.field(description="Who it is.")
    scope: str = strawberry.field(default="", description="What goes there, in words.")
    territories: list[strawberry.ID] = strawberry.field(default_factory=list, description="Whose people go there.")
    competences: list[strawberry.ID] = strawberry.field(default_factory=list, description="What goes there.")


@strawberry.input(description="A move; each kind uses some of the fields.")
class MoveInput:
    """By ids."""

    kind: MoveKind = strawberry.field(description="What it does.")
    organisation: strawberry.ID | None = strawberry.field(
        default=None, description="What it is about, or who has it now; for CREATE_BODY the id that it is to have."
    )
    to: strawberry.ID | None = strawberry.field(
        default=None, description="Who receives, succeeds, or what it is to be a part of."
    )
    organisations: list[strawberry.ID] = strawberry.field(default_factory=list, description="Those that are merged.")
    name: str = strawberry.field(default="", description="The name of a new or renamed organisation.")
    organisation_kind: OrganisationKind | None = strawberry.field(default=None, description="Of a new organisation.")
    territories: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="What is covered, or whose people's files go."
    )
    heirs: list[HeirInput] = strawberry.field(default_factory=list, description="Of an organisation that is split.")
    service: strawberry.ID | None = strawberry.field(default=None, description="Of MOVE_SERVICE.")
    post: strawberry.ID | None = strawberry.field(default=None, description="Of MOVE_POST.")
    accounts: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Who moves, or the professionals whose files go."
    )
    with_files: bool = strawberry.field(default=True, description="Whether her files come along.")
    rule: FilesRule = strawberry.field(default=FilesRule.ALL, description="Which files go.")

    def said(self) -> Said:
        """As the action takes it."""
        return Said(
            kind=self.kind,
            body=self.organisation or "",
            to=self.to or "",
            bodies=tuple(self.organisations),
            name=self.name,
            organisation_kind=self.organisation_kind.value if self.organisation_kind else "",
            territories=tuple(self.territories),
            heirs=tuple(
                model.Heir(
                    id=one.organisation,
                    scope=one.scope,
                    territories=tuple(one.territories),
                    competences=tuple(one.competences),
                )
                for one in self.heirs
            ),
            thing=self.service or self.post or "",
            accounts=tuple(self.accounts),
            with_files=self.with_files,
            rule=self.rule,
        )


@strawberry.input(description="A new draft.")
class PlanReorganisationInput:
    """Its title and day; its moves may come later."""

    title: str = strawberry.field(description="What it is called.")
    on: date = strawberry.field(description="The day on which it is to be done.")
    moves: list[MoveInput] = strawberry.field(default_factory=list, description="What it changes.")
    like: strawberry.ID | None = strawberry.field(
        default=None, description="Another one whose moves it begins with: a variant of it."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="One move more.")
class AddMoveInput:
    """At the end."""

    reorganisation: strawberry.ID = strawberry.field(description=WHICH)
    move: MoveInput = strawberry.field(description="The move.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Another move in the place of one.")
class ChangeMoveInput:
    """The others keep their places."""

    reorganisation: strawberry.ID = strawberry.field(description=WHICH)
    place: int = strawberry.field(description="Of the move that is changed, from 0.")
    move: MoveInput = strawberry.field(description="The move as it is to be, whole.")
    expected_version: int = strawberry.field(description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="One move less.")
class RemoveMoveInput:
    """By its place."""

    reorganisation: strawberry.ID = strawberry.field(description=WHICH)
    move: int = strawberry.field(description="Its place, from 0.")
    expected_version: int = strawberry.field(description=EXPECTED)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Which reorganisation is to be done, or is not to be.")
class SettleReorganisationInput:
    """Which."""

    reorganisation: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: str = strawberry.field(description=KEY)


ReorganisationResult: TypeAlias = Annotated[
    Reorganisation | ReorganisationConflict | NotAllowed | NotFound | InvalidInput,
    strawberry.union("ReorganisationResult"),
]


@strawberry.type
class ReorganisationMutations:
    """Acts on plans."""

    @strawberry.mutation(description="Prepare a reorganisation: a draft, which changes nothing.")
    async def plan_reorganisation(
        self, info: Info, input: Annotated[PlanReorganisationInput, strawberry.argument(description="The draft.")]
    ) -> ReorganisationResult:
        """Empty, with moves, or a copy."""
        rooms, viewer = info.context.rooms, info.context.viewer
        reorganising.must_plan(viewer)
        said = tuple(move_of(one.said(), input.on) for one in input.moves)
        if input.like:
            said = (*(await reorganising.planned(rooms, viewer, input.like, at=info.context.now)).plan.moves, *said)
        made = await reorganising.create(rooms, viewer, input.title, input.on, key=input.idempotency_key, moves=said)
        return Reorganisation.of(made)

    @strawberry.mutation(description="Add a move to a draft.")
    async def add_move(
        self, info: Info, input: Annotated[AddMoveInput, strawberry.argument(description="The move.")]
    ) -> ReorganisationResult:
        """What is wrong with it is told by `faults`."""
        context, key = info.context, input.idempotency_key
        made = await moves.add_move(
            context.rooms,
            context.viewer,
            input.reorganisation,
            input.move.said(),
            key=key,
            expected_version=input.expected_version,
        )
        return Reorganisation.of(made)

    @strawberry.mutation(description="Change a move of a draft in its place; `changed` tells what it was.")
    async def change_move(
        self, info: Info, input: Annotated[ChangeMoveInput, strawberry.argument(description="Which, and how.")]
    ) -> ReorganisationResult:
        """What is wrong with it is told by `faults`, as for one that is added."""
        context, key, seen = info.context, input.idempotency_key, input.expected_version
        made = await moves.change_move(
            context.rooms,
            context.viewer,
            input.reorganisation,
            input.place,
            input.move.said(),
            key=key,
            expected_version=seen,
        )
        return Reorganisation.of(made)

    @strawberry.mutation(description="Take a move out of a draft.")
    async def remove_move(
        self, info: Info, input: Annotated[RemoveMoveInput, strawberry.argument(description="Which move.")]
    ) -> ReorganisationResult:
        """The others keep their order."""
        context, key, seen = info.context, input.idempotency_key, input.expected_version
        made = await moves.remove_move(
            context.rooms, context.viewer, input.reorganisation, input.move, key=key, expected_version=seen
        )
        return Reorganisation.of(made)

    @strawberry.mutation(description="Publish a draft: it is done by itself on its day, file by file.")
    async def publish_reorganisation(
        self, info: Info, input: Annotated[SettleReorganisationInput, strawberry.argument(description="Which one.")]
    ) -> ReorganisationResult:
        """Frozen from then on."""
        context, key = info.context, input.idempotency_key
        made = await reorganising.publish(context.rooms, context.viewer, input.reorganisation, key=key, at=context.now)
        return Reorganisation.of(made)

    @strawberry.mutation(description="Call a reorganisation off: possible until it begins.")
    async def call_off_reorganisation(
        self, info: Info, input: Annotated[SettleReorganisationInput, strawberry.argument(description="Which one.")]
    ) -> ReorganisationResult:
        """Nothing changes."""
        context, key = info.context, input.idempotency_key
        made = await reorganising.call_off(context.rooms, context.viewer, input.reorganisation, key=key, at=context.now)
        return Reorganisation.of(made)
