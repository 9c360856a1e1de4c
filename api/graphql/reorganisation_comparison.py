"""A reorganisation before and after, as the schema shows it: figures that name nobody."""

from __future__ import annotations

import strawberry

from api.graphql.competences import Competence
from api.graphql.places import Territory
from graph.model.reorganisation import afterwards as coverage
from graph.model.reorganisation import carried, comparing


@strawberry.type(description="A figure of the network, to the nearest ten.")
class Around:
    """None where it may not be told."""

    count: int | None = strawberry.field(description="About how many; null where it is hidden, zero for none at all.")

    @classmethod
    def of(cls, figure: carried.Around) -> Around:
        """As the model has it."""
        return cls(count=figure.count)


@strawberry.type(description="Who handles something somewhere.")
class Handler:
    """By what right."""

    organisation_id: strawberry.ID = strawberry.field(description="Of the organisation.")
    name: str = strawberry.field(description="Its name.")
    source: str = strawberry.field(description="The text of law or the agreement; empty for none.")

    @classmethod
    def of(cls, one: coverage.Handler) -> Handler:
        """As the model has it."""
        return cls(organisation_id=strawberry.ID(one.organisation), name=one.name, source=one.source)


@strawberry.type(description="A competence in communes where who handles it changes.")
class CoverageChange:
    """Before and after."""

    competence: Competence = strawberry.field(description="What is handled.")
    communes: list[Territory] = strawberry.field(description="Where, the most populous first.")
    population: int = strawberry.field(description="Who lives there.")
    before: list[Handler] = strawberry.field(description="Among the organisations of the plan, before.")
    after: list[Handler] = strawberry.field(description="Among them, after.")
    lost: bool = strawberry.field(description="These communes lose their last relay.")
    gained: bool = strawberry.field(description="They gain their first one.")

    @classmethod
    def of(cls, one: coverage.CoverageChange) -> CoverageChange:
        """As the model has it."""
        return cls(
            competence=Competence.of(one.competence),
            communes=[Territory.of(place) for place in one.communes],
            population=one.population,
            before=[Handler.of(handler) for handler in one.before],
            after=[Handler.of(handler) for handler in one.after],
            lost=one.lost,
            gained=one.gained,
        )


@strawberry.type(description="What a unit carries.")
class UnitLoad:
    """Figures, and people."""

    files: Around = strawberry.field(description="Open files that it leads.")
    handoffs: Around = strawberry.field(description="Open handoffs that it sent or has to answer.")
    professionals: int = strawberry.field(description="Who work there.")

    @classmethod
    def of(cls, load: comparing.Load) -> UnitLoad:
        """As the model has it."""
        return cls(files=Around.of(load.files), handoffs=Around.of(load.handoffs), professionals=load.professionals)


@strawberry.type(description="A unit before and after.")
class UnitChange:
    """By its name before."""

    id: strawberry.ID = strawberry.field(description="Of the organisation.")
    name: str = strawberry.field(description="Its name.")
    before: UnitLoad | None = strawberry.field(description="Null where the plan creates it.")
    after: UnitLoad | None = strawberry.field(description="Null where the plan ends it.")


@strawberry.type(description="A plan before and after, by the rules by which it runs.")
class Comparison:
    """What it changes."""

    coverage: list[CoverageChange] = strawberry.field(description="Communes that lose their last relay first.")
    units: list[UnitChange] = strawberry.field(description="Each unit that changes.")
    files: Around = strawberry.field(description="Open files that change hands.")
    handoffs: Around = strawberry.field(description="Ends of open handoffs that change hands.")
    bodies_without_successor: list[strawberry.ID] = strawberry.field(description="Organisations that end without one.")
    services_without_successor: list[strawberry.ID] = strawberry.field(description="Services that nobody takes over.")
    posts_without_successor: list[strawberry.ID] = strawberry.field(description="Posts that nobody takes over.")
    people_without_place: int = strawberry.field(description="Professionals who are left without an organisation.")
    agreements_lapsing: list[str] = strawberry.field(description="Agreements of which a party ends, by label.")
    listings_changing_keepers: list[strawberry.ID] = strawberry.field(
        description="Services and posts whose keepers are others afterwards."
    )

    @classmethod
    def of(cls, one: comparing.Comparison) -> Comparison:
        """As the model has it."""
        return cls(
            coverage=[CoverageChange.of(change) for change in one.coverage],
            units=[
                UnitChange(
                    id=strawberry.ID(unit.id),
                    name=unit.name,
                    before=UnitLoad.of(unit.before) if unit.before else None,
                    after=UnitLoad.of(unit.after) if unit.after else None,
                )
                for unit in one.units
            ],
            files=Around.of(one.files),
            handoffs=Around.of(one.handoffs),
            bodies_without_successor=[strawberry.ID(body.id) for body in one.without.bodies],
            services_without_successor=[strawberry.ID(service.id) for service in one.without.services],
            posts_without_successor=[strawberry.ID(post.id) for post in one.without.posts],
            people_without_place=len(one.without.people),
            agreements_lapsing=[agreement.label for agreement in one.lapsing],
            listings_changing_keepers=[strawberry.ID(listing.id) for listing in one.keepers],
        )
