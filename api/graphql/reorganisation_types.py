"""Reorganisations as the schema shows them: the plan, its moves in words, before and after in figures that name nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import strawberry

from api.actions import reorganising
from api.actions.reorganisation_said import MoveKind, said_of
from api.actions.reorganised import compared
from api.actions.reorganised_places import PlaceStock, place_stocks
from api.graphql.context import Info
from api.graphql.enums import FilesRule, OrganisationKind, PlanState
from api.graphql.reorganisation_comparison import Around, Comparison
from graph.model.figures.sums import AtLeast
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.checking import OF_THE_PLAN
from graph.model.vocabulary import kinds


@strawberry.type(description="One of those among whom an organisation is split.")
class ReorganisationHeir:
    """As it was said."""

    organisation: strawberry.ID = strawberry.field(description="Who it is.")
    scope: str = strawberry.field(description="What goes there, in words.")
    territories: list[strawberry.ID] = strawberry.field(description="Whose people go there.")
    competences: list[strawberry.ID] = strawberry.field(description="What goes there.")

    @classmethod
    def of(cls, heir: model.Heir) -> ReorganisationHeir:
        """As the model has it."""
        return cls(
            organisation=strawberry.ID(heir.id),
            scope=heir.scope,
            territories=_ids(heir.territories),
            competences=_ids(heir.competences),
        )


@strawberry.type(description="One move of a reorganisation; what it says goes back into a MoveInput.")
class ReorganisationMove:
    """What it is about, by ids."""

    kind: MoveKind = strawberry.field(description="What it does.")
    bodies: list[strawberry.ID] = strawberry.field(description="The organisations that it names.")
    name: str = strawberry.field(description="The name that it gives; empty where it gives none.")
    organisation: strawberry.ID | None = strawberry.field(description="What it is about, or who has it now.")
    to: strawberry.ID | None = strawberry.field(description="Who receives, succeeds, or what it is to be a part of.")
    organisations: list[strawberry.ID] = strawberry.field(description="Those that are merged.")
    organisation_kind: OrganisationKind | None = strawberry.field(description="Of a new organisation.")
    territories: list[strawberry.ID] = strawberry.field(description="What is covered, or whose people's files go.")
    heirs: list[ReorganisationHeir] = strawberry.field(description="Of an organisation that is split.")
    service: strawberry.ID | None = strawberry.field(description="Of MOVE_SERVICE.")
    post: strawberry.ID | None = strawberry.field(description="Of MOVE_POST.")
    accounts: list[strawberry.ID] = strawberry.field(description="Who moves, or the professionals whose files go.")
    with_files: bool = strawberry.field(description="Whether her files come along.")
    rule: FilesRule = strawberry.field(description="Which files go.")

    @classmethod
    def of(cls, move: model.Move) -> ReorganisationMove:
        """As the model has it."""
        said = said_of(move)
        alone = model.Plan(id="", title="", on=date.min, moves=(move,))
        thing = strawberry.ID(said.thing) if said.thing else None
        return cls(
            kind=said.kind,
            bodies=_ids(sorted(model.bodies_named(alone))),
            name=said.name,
            organisation=strawberry.ID(said.body) if said.body else None,
            to=strawberry.ID(said.to) if said.to else None,
            organisations=_ids(said.bodies),
            organisation_kind=OrganisationKind(said.organisation_kind) if said.organisation_kind in kinds() else None,
            territories=_ids(said.territories),
            heirs=[ReorganisationHeir.of(one) for one in said.heirs],
            service=thing if said.kind is MoveKind.MOVE_SERVICE else None,
            post=thing if said.kind is MoveKind.MOVE_POST else None,
            accounts=_ids(said.accounts),
            with_files=said.with_files,
            rule=said.rule,
        )


@strawberry.type(description="The last thing that was written: a move that was another one before.")
class ReorganisationChange:
    """Changed back by giving `before` to `changeMove`."""

    place: int = strawberry.field(description="Of the move, from 0.")
    before: ReorganisationMove = strawberry.field(description="What it was.")

    @classmethod
    def of(cls, changed: model.Changed) -> ReorganisationChange:
        """As the model has it."""
        return cls(place=changed.place, before=ReorganisationMove.of(changed.before))


def _ids(ids: Iterable[str]) -> list[strawberry.ID]:
    return [strawberry.ID(id_) for id_ in ids]


@strawberry.type(description="What keeps a draft from being published.")
class ReorganisationFault:
    """Where, and a sentence."""

    move: int | None = strawberry.field(description="The place of the move, from 0; null for the plan itself.")
    field: str = strawberry.field(description="Of the move, or of the plan.")
    text: str = strawberry.field(description="In French.")


@strawberry.type(description="Files that a plan lets go by where people live, as far as they are published.")
class FilesByPlace:
    """Of the territories of one pair of organisations."""

    source: strawberry.ID = strawberry.field(description="The organisation whose files go.")
    to: strawberry.ID = strawberry.field(description="The organisation that leads them afterwards.")
    territories: list[strawberry.ID] = strawberry.field(description="As the plan says them, of any level.")
    quarter: str | None = strawberry.field(description="The last published one, “2026-T3”; null where there is none.")
    network: int | None = strawberry.field(
        description="Open files of the whole network there at its end, published; null where all of it is hidden."
    )
    at_least: bool = strawberry.field(description="Whether a part of them is hidden.")
    own: int | None = strawberry.field(
        description="Those that the source leads now, for who is at its head; null for everybody else."
    )

    @classmethod
    def of(cls, one: PlaceStock) -> FilesByPlace:
        """As it is read."""
        return cls(
            source=strawberry.ID(one.goes.source),
            to=strawberry.ID(one.goes.to),
            territories=[strawberry.ID(id_) for id_ in one.goes.territories],
            quarter=str(one.quarter) if one.quarter else None,
            network=None if one.network is None else int(one.network),
            at_least=isinstance(one.network, AtLeast),
            own=one.own,
        )


@strawberry.type(description="How far a reorganisation has come.")
class ReorganisationProgress:
    """Files that have moved, and those that are left."""

    moved: Around = strawberry.field(description="Files that it has moved.")
    left: Around = strawberry.field(description="Files that the organisations that it ends still hold.")
    percent: int | None = strawberry.field(description="How many of a hundred have moved; null where they are few.")


@strawberry.type(
    description="A change of the network on a day: a draft changes nothing, a published one is done on its day."
)
class Reorganisation:
    """A plan."""

    id: strawberry.ID = strawberry.field(description="Of the plan.")
    title: str = strawberry.field(description="As its author calls it.")
    on: date = strawberry.field(description="The day on which it is done.")
    state: PlanState = strawberry.field(description="Where it is in its life.")
    version: int = strawberry.field(description="How often it was written; give it back as `expectedVersion`.")
    moves: list[ReorganisationMove] = strawberry.field(description="In the order in which they were said.")
    changed: ReorganisationChange | None = strawberry.field(
        description="A move that was changed in place; null once anything else was written."
    )

    @classmethod
    def of(cls, plan: model.Plan) -> Reorganisation:
        """As the model has it."""
        return cls(
            id=strawberry.ID(plan.id),
            title=plan.title,
            on=plan.on,
            state=plan.state,
            version=plan.version,
            moves=[ReorganisationMove.of(move) for move in plan.moves],
            changed=ReorganisationChange.of(plan.changed) if plan.changed else None,
        )

    @strawberry.field(description="What keeps it from being published; none of one that is no draft.")
    async def faults(self, info: Info) -> list[ReorganisationFault]:
        """The plan's own first."""
        context = info.context
        found = await reorganising.planned(context.rooms, context.viewer, str(self.id), at=context.now)
        return [
            ReorganisationFault(move=None if one.move == OF_THE_PLAN else one.move, field=one.field, text=one.text)
            for one in found.faults
        ]

    @strawberry.field(description="What it would change, were it done as things are now; null once it has begun.")
    async def comparison(self, info: Info) -> Comparison | None:
        """Before and after."""
        context = info.context
        found = await compared(context.rooms, context.viewer, str(self.id), at=context.now)
        return Comparison.of(found.comparison) if found.comparison else None

    @strawberry.field(description="What stands open where files go by place; none where it has begun.")
    async def files_by_place(self, info: Info) -> list[FilesByPlace]:
        """From published figures alone: choosing other communes tells nothing that they do not."""
        context = info.context
        plan = (await reorganising.planned(context.rooms, context.viewer, str(self.id), at=context.now)).plan
        if plan.state in {model.PlanState.RUNNING, model.PlanState.DONE}:
            return []
        return [FilesByPlace.of(one) for one in await place_stocks(context.rooms, context.viewer, plan, at=context.now)]

    @strawberry.field(description="How far it has come.")
    async def progress(self, info: Info) -> ReorganisationProgress:
        """In files: at each moment each of them has one lead."""
        come = (await reorganising.status(info.context.rooms, info.context.viewer, str(self.id))).come
        return ReorganisationProgress(moved=Around.of(come.moved), left=Around.of(come.left), percent=come.percent)
