"""What coordinators count: who hands to whom, and where nobody answers. A hidden number is null, and says that it is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures import flows as actions
from api.actions.figures.flows import Band, End
from api.actions.figures.reading import quarters
from api.actions.figures.relays_by_commune import Coverage as Covered
from api.actions.figures.relays_by_commune import relays_by_commune
from api.actions.figures.told import AtLeast
from api.graphql.connections import page_size
from api.graphql.context import Info
from api.graphql.enums import FlowEnd, Public
from api.graphql.enums import HandoffEnding as Ending
from api.graphql.organisations import First
from api.graphql.places import Territory
from api.graphql.refusals import InvalidInput, NotAllowed
from graph.model import errors
from graph.model import territory as places
from graph.model.figures.periods import read_period
from graph.model.vocabulary import categories


@strawberry.input(description="Whole quarters, one after the other, both ends included.")
class Period:
    """Nothing shorter is published."""

    from_: str = strawberry.field(name="from", description='The first quarter: "2026-T1".')
    to: str | None = strawberry.field(default=None, description="The last one; the first alone when null.")


@strawberry.type(description="How many. What would let fewer than eleven persons be recognised is hidden.")
class Count:
    """A number that may be told or not."""

    value: int | None = strawberry.field(description="Null when it is hidden.")
    hidden: bool = strawberry.field(description="Whether it is hidden.")
    at_least: bool = strawberry.field(description="Whether hidden numbers of some quarters would have to be added.")

    @classmethod
    def of(cls, count: int | None) -> Count:
        """From what is told."""
        value = None if count is None else int(count)
        return cls(value=value, hidden=count is None, at_least=isinstance(count, AtLeast))


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
    found: strawberry.Private[Covered]

    @strawberry.field(description="Communes without a relay, the most populous first.")
    def without(self, first: First = 20) -> list[Territory]:
        """So many of them."""
        return [Territory.of(one.territory) for one in self.found.bare[: page_size(first)]]


FlowsResult: TypeAlias = Annotated[Flows | InvalidInput | NotAllowed, strawberry.union("FlowsResult")]
CoverageResult: TypeAlias = Annotated[Coverage | InvalidInput, strawberry.union("CoverageResult")]


async def flows(info: Info, period: Period, territory: str | None, category: str | None) -> Flows:
    """The network's. Raises InvalidInput, NotAllowed."""
    rooms, viewer = info.context.rooms, info.context.viewer
    if not viewer.signed_in:
        raise errors.NotAllowed("Identifiez-vous pour lire les chiffres.")
    published = await quarters(rooms, viewer)
    asked = read_period(period.from_, period.to or "")
    for quarter in asked.quarters:
        if quarter not in published:
            raise errors.InvalidInput(f"Le {quarter.words} n’est pas publié.", "period")
    if category and category not in categories():
        raise errors.InvalidInput("Ce thème n’est pas dans la liste.", "category")
    where = _territory(info, territory) if territory else None
    found = await actions.flows(
        rooms, viewer, asked, None if where and where.id == places.COUNTRY else where, category or ""
    )
    ends = [end for band in found.bands for end in (band.source, band.target)]
    bodies = sorted({id_ for kind, id_ in ends if kind in {End.SENDER, End.TARGET} and id_})
    async with rooms.graph.reading() as unit:
        names = dict(await unit.accounts.organisation_names(bodies))
    zones = {id_: rooms.places.get(id_) for kind, id_ in ends if kind is End.TERRITORY and id_}
    return Flows(
        sent=Count.of(found.sent),
        answered=Count.of(found.answered),
        outcomes=[OutcomeCount(outcome=ending, count=Count.of(count)) for ending, count in found.outcomes],
        found=found.bands,
        names=names | {id_: zone.name for id_, zone in zones.items() if zone},
    )


async def coverage(info: Info, competence: str, territory: str, public: Public | None) -> Coverage:
    """Open to everyone, as the directory is. Raises InvalidInput; Unavailable when the index does not answer."""
    where = _territory(info, territory)
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
        found=found,
    )


def _territory(info: Info, id_: str) -> places.Territory:
    found = info.context.rooms.places.get(id_)
    if found is None:
        raise errors.InvalidInput("Ce territoire n’existe pas dans la carte.", "territory")
    return found
