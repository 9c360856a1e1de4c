"""What coordinators count: who hands to whom, and where nobody answers. A hidden number is null, and says that it is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures import flows as actions
from api.actions.figures import names
from api.actions.figures.flows import Band, End
from api.actions.figures.relays_by_commune import Coverage as Covered
from api.actions.figures.relays_by_commune import relays_by_commune
from api.graphql.connections import page_size
from api.graphql.context import Info
from api.graphql.enums import FlowEnd, Public
from api.graphql.enums import HandoffEnding as Ending
from api.graphql.figures.asked import Count, FigureDefinition, Period, scope_of, territory_of
from api.graphql.organisations import First
from api.graphql.places import Territory
from api.graphql.refusals import InvalidInput, NotAllowed


@strawberry.type(description="Where a band begins or ends.")
class FlowPoint:
    """A body, a territory, a theme, an outcome; or those of which nothing is told one by one."""

    kind: FlowEnd = strawberry.field(description="What it is.")
    id: strawberry.ID | None = strawberry.field(
        description="Its id; null for those that are hidden, and for none told."
    )
    name: str | None = strawberry.field(description="Its name, of bodies and territories.")


@strawberry.type(description="So many handoffs from one point to another.")
class FlowBand:
    """A band of the picture."""

    source: FlowPoint = strawberry.field(description="Where it begins.")
    target: FlowPoint = strawberry.field(description="Where it ends.")
    count: Count = strawberry.field(description="How many handoffs.")


@strawberry.type(description="How many of the answers were of one kind.")
class OutcomeCount:
    """An outcome."""

    outcome: Ending = strawberry.field(description="What the answer was.")
    count: Count = strawberry.field(description="How many.")


@strawberry.type(
    description="Handoffs sent and answered in a period, as published. Those answered may have been sent before it."
)
class Flows:
    """Who hands to whom."""

    sent: Count = strawberry.field(description="Handoffs sent, by the moment of sending.")
    answered: Count = strawberry.field(description="Handoffs answered, or whose time for an answer was over.")
    outcomes: list[OutcomeCount] = strawberry.field(
        description="What the answers were; empty where a category is asked."
    )
    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    found: strawberry.Private[tuple[Band, ...]]
    names: strawberry.Private[Mapping[str, str]]

    @strawberry.field(
        description="The largest bands: between bodies under a département, between territories and outcomes above it."
    )
    def bands(self, first: First = 20) -> list[FlowBand]:
        """The largest first; those that are hidden last."""
        ordered = sorted(self.found, key=lambda one: (-(one.count or 0), one.source, one.target))
        return [
            FlowBand(source=self._point(one.source), target=self._point(one.target), count=Count.of(one.count))
            for one in ordered[: page_size(first)]
        ]

    def _point(self, end: tuple[End, str]) -> FlowPoint:
        kind, id_ = end
        told = kind is not End.HIDDEN and bool(id_)
        return FlowPoint(kind=kind, id=strawberry.ID(id_) if told else None, name=self.names.get(id_) if told else None)


@strawberry.type(description="Where a competence has relays, commune by commune, as a search would find them now.")
class Coverage:
    """Who lives where nobody answers."""

    territory: Territory = strawberry.field(
        description="What was looked at: the département of a commune that was asked."
    )
    relays: int = strawberry.field(description="All that cover it or a part of it.")
    cut: bool = strawberry.field(
        description="Whether there are more than were looked at: no commune is then said to have none."
    )
    communes: int = strawberry.field(description="How many communes it holds.")
    communes_without: int = strawberry.field(description="How many of them have no relay.")
    population: int = strawberry.field(description="Inhabitants.")
    population_without: int = strawberry.field(description="Inhabitants of communes without a relay.")
    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    found: strawberry.Private[Covered]

    @strawberry.field(description="Communes without a relay, the most populous first.")
    def without(self, first: First = 20) -> list[Territory]:
        """So many of them."""
        return [Territory.of(one.territory) for one in self.found.bare[: page_size(first)]]


FlowsResult: TypeAlias = Annotated[Flows | InvalidInput | NotAllowed, strawberry.union("FlowsResult")]
CoverageResult: TypeAlias = Annotated[Coverage | InvalidInput, strawberry.union("CoverageResult")]


async def flows(
    info: Info, period: Period, territory: str | None, category: str | None, *, exact: bool = False
) -> Flows:
    """The network's, or those of one's own service. Raises InvalidInput, NotAllowed."""
    rooms = info.context.rooms
    found = await actions.flows(
        rooms, info.context.viewer, await scope_of(info, period, territory, category, exact=exact)
    )
    ends = [end for band in found.bands for end in (band.source, band.target)]
    bodies = await names.bodies(rooms, (id_ for kind, id_ in ends if kind in {End.SENDER, End.TARGET}))
    zones = {id_: names.territory(rooms, id_) for kind, id_ in ends if kind is End.TERRITORY and id_}
    return Flows(
        sent=Count.of(found.sent),
        answered=Count.of(found.answered),
        outcomes=[OutcomeCount(outcome=ending, count=Count.of(count)) for ending, count in found.outcomes],
        definition=FigureDefinition.named("flows"),
        found=found.bands,
        names={**bodies, **zones},
    )


async def coverage(info: Info, competence: str, territory: str, public: Public | None) -> Coverage:
    """Open to everyone, as the directory is. Raises InvalidInput; Unavailable when the index does not answer."""
    where = territory_of(info, territory)
    async with info.context.turn():
        found = await relays_by_commune(info.context.rooms, competence, where, public, info.context.now)
    return Coverage(
        territory=Territory.of(found.territory),
        relays=found.relays,
        cut=found.cut,
        communes=len(found.communes),
        communes_without=len(found.bare),
        population=found.population,
        population_without=found.population_bare,
        definition=FigureDefinition.named("uncovered"),
        found=found,
    )
