"""The questions of coordination, at the root of reading. Each is the action of a page, and open to whom the page is."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.graphql.context import Info
from api.graphql.enums import Public, ReportKind
from api.graphql.figures import agreements, flows, reports, stuck, waiting
from api.graphql.figures.asked import CategoryAsked, ExactAsked, PeriodAsked, TerritoryAsked
from api.graphql.given import bounded

COUNTED = "as published, hidden numbers null, for who may read the network's figures; or of one's own service exactly."


@strawberry.type
class FigureQueries:
    """What is counted."""

    @strawberry.field(description=f"Who hands to whom, and what comes of it: {COUNTED}")
    async def flows(
        self,
        info: Info,
        period: PeriodAsked,
        territory: TerritoryAsked = None,
        category: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of needs: its competences are then told apart.")
        ] = None,
        exact: ExactAsked = False,
    ) -> flows.FlowsResult:
        """As the page of the same name."""
        return await flows.flows(info, period, _id(territory, "territory"), _id(category, "category"), exact=exact)

    @strawberry.field(description="Communes without a relay for a competence, and who lives there.")
    async def coverage(
        self,
        info: Info,
        competence: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
        territory: Annotated[
            strawberry.ID,
            strawberry.argument(
                description="A région, département or intercommunality; of a commune, its département."
            ),
        ],
        public: Annotated[Public | None, strawberry.argument(description="What leaves it out is not counted.")] = None,
    ) -> flows.CoverageResult:
        """As a search would find them now."""
        return await flows.coverage(info, bounded(competence, "competence"), bounded(territory, "territory"), public)

    @strawberry.field(description=f"How long people wait: {COUNTED}")
    async def delays(
        self, info: Info, period: PeriodAsked, territory: TerritoryAsked = None, exact: ExactAsked = False
    ) -> waiting.DelaysResult:
        """As distributions."""
        return await waiting.delays(info, period, _id(territory, "territory"), exact)

    @strawberry.field(description=f"When there is how much to do: {COUNTED}")
    async def load(
        self,
        info: Info,
        period: PeriodAsked,
        territory: TerritoryAsked = None,
        category: CategoryAsked = None,
        exact: ExactAsked = False,
    ) -> waiting.LoadResult:
        """By month; by day in one's own service, which alone is told by category."""
        return await waiting.load(info, period, _id(territory, "territory"), _id(category, "category"), exact)

    @strawberry.field(description=f"Bodies at which needs stop, of a département: {COUNTED}")
    async def dead_ends(
        self, info: Info, period: PeriodAsked, territory: TerritoryAsked = None, exact: ExactAsked = False
    ) -> stuck.DeadEndsResult:
        """Beyond chance."""
        return await stuck.dead_ends(info, period, _id(territory, "territory"), exact)

    @strawberry.field(description=f"Bodies through which needs pass and where they wait, of a département: {COUNTED}")
    async def bottlenecks(
        self, info: Info, period: PeriodAsked, territory: TerritoryAsked = None, exact: ExactAsked = False
    ) -> stuck.BottlenecksResult:
        """Beyond chance."""
        return await stuck.bottlenecks(info, period, _id(territory, "territory"), exact)

    @strawberry.field(description=f"The ways of needs from body to body: {COUNTED}")
    async def chains(
        self, info: Info, period: PeriodAsked, category: CategoryAsked = None, exact: ExactAsked = False
    ) -> stuck.ChainsResult:
        """Of the network as a whole; one's own service alone is told by category."""
        return await stuck.chains(info, period, _id(category, "category"), exact)

    @strawberry.field(description="Needs for which nothing was found: as published, hidden numbers null.")
    async def unmet(
        self, info: Info, period: PeriodAsked, territory: TerritoryAsked = None, category: CategoryAsked = None
    ) -> stuck.UnmetResult:
        """By cause, theme and place."""
        return await stuck.unmet(info, period, _id(territory, "territory"), _id(category, "category"))

    @strawberry.field(description="What an agreement changed, for who may read it; known by the heads of its parties.")
    async def impact(
        self, info: Info, agreement: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> agreements.ImpactResult:
        """Before and after."""
        return await agreements.impact(info, bounded(agreement, "agreement"))

    @strawberry.field(
        description="What an agreement would be in another département, through who acts there: a simulation, told as ranges."
    )
    async def simulated_copy(
        self,
        info: Info,
        agreement: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
        departement: Annotated[strawberry.ID, strawberry.argument(description="The territory, of this level.")],
    ) -> agreements.SimulatedCopyResult:
        """As the page of the agreement."""
        return await agreements.simulated_copy(
            info, bounded(agreement, "agreement"), bounded(departement, "departement")
        )

    @strawberry.field(description="A report, table by table, for who may ask for it.")
    async def report(
        self,
        info: Info,
        kind: Annotated[ReportKind, strawberry.argument(description="Which.")],
        period: Annotated[
            reports.Months | None, strawberry.argument(description="Of when; the months of the page when null.")
        ] = None,
        place: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="A région or département of what is published; of what is exact, a unit of the service."
            ),
        ] = None,
    ) -> reports.ReportResult:
        """As its page, its workbook and its CSV."""
        return await reports.report(info, kind, period, _id(place, "place"))

    @strawberry.field(description="A service seen exactly by its head: unit by unit, and who carries what.")
    async def unit_activity(
        self,
        info: Info,
        period: Annotated[
            reports.Months | None, strawberry.argument(description="Of when; the last three months when null.")
        ] = None,
        unit: Annotated[
            strawberry.ID | None, strawberry.argument(description="A unit below it; the whole service when null.")
        ] = None,
    ) -> reports.UnitActivityResult:
        """To the last one."""
        return await reports.unit_activity(info, period, _id(unit, "unit"))


def _id(text: str | None, field: str) -> str:
    return bounded(text or "", field)
