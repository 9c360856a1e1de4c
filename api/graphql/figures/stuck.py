"""Where people get stuck: dead ends, bottlenecks, the ways of needs, needs for which nothing was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures import lacking, names, stuck
from api.actions.figures.stuck import STOPS, Body, Sign, Stuck
from api.actions.figures.ways import Ways, ways
from api.graphql.connections import page_size
from api.graphql.context import Info
from api.graphql.enums import Blockage, NoRelayCause
from api.graphql.enums import HandoffEnding as Ending
from api.graphql.figures.asked import (
    NOT_BY_THEME,
    Count,
    FigureBody,
    FigureDefinition,
    FigurePart,
    Period,
    parts_named,
    scope_of,
)
from api.graphql.organisations import First
from api.graphql.refusals import InvalidInput, NotAllowed
from graph.model import errors


@strawberry.type(description="A body at which needs stop.")
class DeadEnd:
    """With the causes that are beyond chance."""

    body: FigureBody = strawberry.field(description="Which.")
    causes: list[Blockage] = strawberry.field(description="Why they stop there.")
    received: Count = strawberry.field(description="Handoffs that it received in the period.")


@strawberry.type(description="Bodies at which needs stop, as far as that can be said beyond chance.")
class DeadEnds:
    """Of the network, judged by the year that ends with the period."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    found: strawberry.Private[tuple[Body, ...]]
    named: strawberry.Private[Mapping[str, str]]

    @strawberry.field(description="Those that received most first.")
    def bodies(self, first: First = 20) -> list[DeadEnd]:
        """So many of them."""
        return [
            DeadEnd(
                body=FigureBody.of(one.id, self.named),
                causes=[Blockage(cause.value) for cause in one.stops],
                received=Count.of(one.received),
            )
            for one in self.found[: page_size(first)]
        ]


@strawberry.type(description="A body that the network waits for, or hangs by.")
class Passage:
    """Of which something is told."""

    body: FigureBody = strawberry.field(description="Which.")
    received: Count = strawberry.field(description="Handoffs that it received in the period.")


@strawberry.type(
    description="Bodies through which needs pass and where they wait, as far as that can be said beyond chance."
)
class Bottlenecks:
    """Of the network, judged by the year that ends with the period."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    bridges_definition: FigureDefinition = strawberry.field(description="What `bridges` are, in words.")
    waits: strawberry.Private[tuple[Body, ...]]
    hangs: strawberry.Private[tuple[Body, ...]]
    named: strawberry.Private[Mapping[str, str]]

    @strawberry.field(description="Where needs wait; those that received most first.")
    def bodies(self, first: First = 20) -> list[Passage]:
        """So many of them."""
        return self._shown(self.waits, first)

    @strawberry.field(description="Without which a part of the network would not be joined to the rest.")
    def bridges(self, first: First = 20) -> list[Passage]:
        """So many of them."""
        return self._shown(self.hangs, first)

    def _shown(self, some: tuple[Body, ...], first: int | None) -> list[Passage]:
        return [
            Passage(body=FigureBody.of(one.id, self.named), received=Count.of(one.received))
            for one in some[: page_size(first)]
        ]


@strawberry.type(description="Bodies to which needs were sent one after the other.")
class Chain:
    """A way, with its end."""

    stops: list[FigureBody] = strawberry.field(description="In the order of the sending.")
    ending: Ending = strawberry.field(description="What became of them at the last.")
    count: Count = strawberry.field(description="How many needs.")


@strawberry.type(description="Needs that went to and fro.")
class Bounces:
    """Of those that were handed on."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    handed: Count = strawberry.field(description="Needs that were handed on.")
    count: Count = strawberry.field(description="How many of them bounced.")


@strawberry.type(description="The ways of needs. Of the network as a whole: they are not told by territory.")
class Chains:
    """And how many came back."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    bounces: Bounces = strawberry.field(description="Needs that went to and fro.")
    found: strawberry.Private[Ways]
    named: strawberry.Private[Mapping[str, str]]

    @strawberry.field(description="The most followed first; those that too few follow are not told.")
    def chains(self, first: First = 15) -> list[Chain]:
        """So many of them."""
        return [
            Chain(
                stops=[FigureBody.of(stop, self.named) for stop in one.targets],
                ending=one.ending,
                count=Count.of(one.count),
            )
            for one in self.found.chains[: page_size(first)]
        ]


@strawberry.type(description="For how many needs nothing was found, for one reason.")
class UnmetCause:
    """A cause."""

    cause: NoRelayCause = strawberry.field(description="Why.")
    count: Count = strawberry.field(description="How many.")


@strawberry.type(
    description="Needs for which no relay was found: open at the end of a quarter, or told at a front door in it."
)
class Unmet:
    """A need that stays open counts in each quarter."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    count: Count = strawberry.field(description="All of them.")
    causes: list[UnmetCause] = strawberry.field(description="By cause; empty where a category is asked.")
    themes: list[FigurePart] = strawberry.field(
        description="By category; by competence where a category is asked, those alone of which something is told."
    )
    found: strawberry.Private[lacking.Lacking]
    named: strawberry.Private[Mapping[str, str]]

    @strawberry.field(description="By the parts of the territory of which something is told, the most first.")
    def places(self, first: First = 20) -> list[FigurePart]:
        """So many of them."""
        told = sorted(self.found.places.told.items(), key=lambda one: (-one[1], one[0]))
        return [FigurePart.of(id_, self.named[id_], count) for id_, count in told[: page_size(first)]]


DeadEndsResult: TypeAlias = Annotated[DeadEnds | InvalidInput | NotAllowed, strawberry.union("DeadEndsResult")]
BottlenecksResult: TypeAlias = Annotated[Bottlenecks | InvalidInput | NotAllowed, strawberry.union("BottlenecksResult")]
ChainsResult: TypeAlias = Annotated[Chains | InvalidInput | NotAllowed, strawberry.union("ChainsResult")]
UnmetResult: TypeAlias = Annotated[Unmet | InvalidInput | NotAllowed, strawberry.union("UnmetResult")]


async def dead_ends(info: Info, period: Period, territory: str, exact: bool) -> DeadEnds:
    """Raises InvalidInput, NotAllowed."""
    found = (await _stuck(info, period, territory, exact)).signed(*STOPS)
    named = await names.bodies(info.context.rooms, (one.id for one in found))
    return DeadEnds(definition=FigureDefinition.named("dead_ends"), found=found, named=named)


async def bottlenecks(info: Info, period: Period, territory: str, exact: bool) -> Bottlenecks:
    """Raises InvalidInput, NotAllowed."""
    found = await _stuck(info, period, territory, exact)
    waits, hangs = found.signed(Sign.BOTTLENECK), found.signed(Sign.BRIDGE)
    return Bottlenecks(
        definition=FigureDefinition.named("bottlenecks"),
        bridges_definition=FigureDefinition.named("cuts"),
        waits=waits,
        hangs=hangs,
        named=await names.bodies(info.context.rooms, (one.id for one in (*waits, *hangs))),
    )


async def chains(info: Info, period: Period, category: str, exact: bool) -> Chains:
    """Raises InvalidInput, NotAllowed."""
    scope = await scope_of(info, period, "", category, exact=exact)
    if category and not exact:
        raise errors.InvalidInput(NOT_BY_THEME, "category")
    found = await ways(info.context.rooms, info.context.viewer, scope)
    return Chains(
        definition=FigureDefinition.named("chains"),
        bounces=Bounces(
            definition=FigureDefinition.named("bounces"),
            handed=Count.of(found.handed),
            count=Count.of(found.bounced),
        ),
        found=found,
        named=await names.bodies(info.context.rooms, {stop for one in found.chains for stop in one.targets}),
    )


async def unmet(info: Info, period: Period, territory: str, category: str) -> Unmet:
    """Raises InvalidInput, NotAllowed."""
    context = info.context
    scope = await scope_of(info, period, territory, category)
    try:
        found = await lacking.lacking(context.rooms, context.viewer, scope)
    except errors.InvalidInput as refusal:
        raise errors.InvalidInput(refusal.message, "territory") from None
    called = names.theme if category else names.category
    return Unmet(
        definition=FigureDefinition.named("unmet"),
        count=Count.of(found.count),
        causes=[UnmetCause(cause=cause, count=Count.of(count)) for cause, count in found.causes],
        themes=[FigurePart.of(id_, called(id_), count) for id_, count in found.themes],
        found=found,
        named=await parts_named(info, found.split, found.places.told),
    )


async def _stuck(info: Info, period: Period, territory: str, exact: bool) -> Stuck:
    scope = await scope_of(info, period, territory, exact=exact)
    found = await stuck.stuck(info.context.rooms, info.context.viewer, scope)
    if found is None:
        raise errors.InvalidInput(stuck.CHOOSE, "territory")
    return found
