"""Reports as tables of typed cells, and a service seen exactly by its head."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions.figures.house import Carried, House, house_seen
from api.actions.reports import table as model
from api.actions.reports.asking import Asked, asked_of
from api.actions.reports.registry import kind_of
from api.graphql.connections import Connection, page_of, page_size
from api.graphql.context import Info
from api.graphql.enums import ReportKind
from api.graphql.figures.asked import FigureBody, FigureDefinition, must_be_known
from api.graphql.organisations import After, First
from api.graphql.refusals import InvalidInput, NotAllowed
from graph.model import errors
from graph.model.figures.sums import AtLeast
from graph.model.figures.unit_activity import Activity

# What the address of a page calls its fields, and what they are called here.
FIELDS: Final = {
    "du": "period",
    "au": "period",
    "month": "period",
    "mois": "period",
    "territoire": "place",
    "unite": "place",
}


@strawberry.input(description="Whole months, one after the other, both ends included.")
class Months:
    """Where figures are published, the quarters that hold them."""

    from_: str = strawberry.field(name="from", description='The first month: "2026-01".')
    to: str | None = strawberry.field(default=None, description="The last one; the first alone when null.")


@strawberry.type(description="A cell of a report.")
class ReportCell:
    """Words, and a number or a day where it is one."""

    words: str = strawberry.field(description="As the page shows it, in French.")
    number: float | None = strawberry.field(description="The number; null when it is hidden, not known, or none.")
    day: date | None = strawberry.field(description="The day, where it is one.")
    hidden: bool = strawberry.field(description="Whether it is hidden.")
    at_least: bool = strawberry.field(description="Whether hidden numbers of some quarters would have to be added.")

    @classmethod
    def of(cls, cell: model.Cell) -> ReportCell:
        """From the report."""
        return cls(
            words=model.said(cell),
            number=float(cell) if isinstance(cell, int | float) else None,
            day=cell if isinstance(cell, date) else None,
            hidden=cell is model.Mark.HIDDEN,
            at_least=isinstance(cell, AtLeast),
        )


@strawberry.type(description="A column of a report.")
class ReportColumn:
    """Its head."""

    name: str = strawberry.field(description="In French.")
    unit: str = strawberry.field(description="In what it counts; empty when that is the name itself.")
    numeric: bool = strawberry.field(description="Whether it holds numbers.")


@strawberry.type(description="A line of a report.")
class ReportLine:
    """As many cells as there are columns; the first names it."""

    cells: list[ReportCell] = strawberry.field(description="In the order of the columns.")


@strawberry.type(description="A table of a report.")
class ReportTable:
    """The same as on the page, in the workbook and in the CSV."""

    slug: str = strawberry.field(description="Its name within the report, for programs.")
    title: str = strawberry.field(description="In French.")
    definition: str = strawberry.field(description="What is counted, in words.")
    columns: list[ReportColumn] = strawberry.field(description="From left to right.")
    held: strawberry.Private[model.Table]

    @strawberry.field(description="Its lines, in the order of the page.")
    def lines(self, first: First = 20, after: After = None) -> Connection[ReportLine]:
        """A page of them."""
        numbered = [(f"{number:06}", line) for number, line in enumerate(self.held.lines)]
        return page_of(
            numbered,
            lambda one: (one[0], self.slug),
            lambda one: ReportLine(cells=[ReportCell.of(cell) for cell in one[1]]),
            first,
            after,
        )

    @classmethod
    def of(cls, one: model.Table) -> ReportTable:
        """From the report."""
        return cls(
            slug=one.slug,
            title=one.title,
            definition=one.definition,
            columns=[
                ReportColumn(name=column.name, unit=column.unit, numeric=column.align is model.Align.NUMBER)
                for column in one.columns
            ],
            held=one,
        )


@strawberry.type(description="A report of a period.")
class Report:
    """Of one's own service exactly, or of the network as it was published."""

    kind: ReportKind = strawberry.field(description="Which.")
    title: str = strawberry.field(description="In French.")
    scope: str = strawberry.field(description="Whose it is, in French.")
    period: str = strawberry.field(description="Of when, in French.")
    sentence: str = strawberry.field(description="What it comes to, in French.")
    exact: bool = strawberry.field(description="Whether it is to the last one; not to be published as it stands then.")
    tables: list[ReportTable] = strawberry.field(description="In the order of the page.")
    notes: list[str] = strawberry.field(description="How it is to be read, in French.")

    @classmethod
    def of(cls, kind: ReportKind, one: model.Report) -> Report:
        """From the action."""
        return cls(
            kind=kind,
            title=one.title,
            scope=one.scope,
            period=one.period,
            sentence=one.sentence,
            exact=one.exact,
            tables=[ReportTable.of(table) for table in one.tables],
            notes=list(one.notes),
        )


@strawberry.type(description="The activity of a body, or of a service as a whole, in a period.")
class ActivityLine:
    """Between units of one service, nothing is counted on the line of the whole."""

    body: FigureBody | None = strawberry.field(description="Which; null for the service as a whole.")
    active: int = strawberry.field(description="Files that it led when the period ended.")
    persons: int = strawberry.field(description="Their persons.")
    transitional: int = strawberry.field(description="Those of them that it keeps for want of a relay.")
    opened: int = strawberry.field(description="Files that it opened.")
    received: int = strawberry.field(description="Files that came from another.")
    closed: int = strawberry.field(description="Files that were closed.")
    passed_on: int = strawberry.field(description="Files that went to another.")
    days: float | None = strawberry.field(description="Median duration of those that closed; null when none did.")
    asked: int = strawberry.field(description="Handoffs that it received.")
    waiting: int = strawberry.field(description="Those that it had not answered when the period ended.")
    sent: int = strawberry.field(description="Handoffs that it sent.")
    expecting: int = strawberry.field(description="Those that nobody had answered when the period ended.")
    requests: int = strawberry.field(description="Contacts at its front door.")

    @classmethod
    def of(cls, one: Activity, body: FigureBody | None) -> ActivityLine:
        """From the model."""
        return cls(
            body=body,
            active=one.active,
            persons=one.persons,
            transitional=one.transitional,
            opened=one.opened,
            received=one.received,
            closed=one.closed,
            passed_on=one.passed_on,
            days=one.days,
            asked=one.asked,
            waiting=one.waiting,
            sent=one.sent,
            expecting=one.expecting,
            requests=one.requests,
        )


@strawberry.type(description="What one professional of a service carries.")
class CarriedLoad:
    """When the period ended; what is to be done is of today."""

    account: strawberry.ID | None = strawberry.field(description="Whose; null for the desk.")
    name: str = strawberry.field(description="Her name; empty for the desk.")
    files: int = strawberry.field(description="Files that she led.")
    persons: int = strawberry.field(description="Their persons.")
    actions: int = strawberry.field(description="What she has to do today.")
    late: int = strawberry.field(description="How much of it is late.")

    @classmethod
    def of(cls, one: Carried) -> CarriedLoad:
        """From the action."""
        account = strawberry.ID(one.account) if one.account else None
        return cls(
            account=account, name=one.name, files=one.files, persons=one.persons, actions=one.actions, late=one.late
        )


@strawberry.type(description="What those carry who hold one post of a service.")
class PostLoad:
    """When the period ended; a post is told by whoever administers the service."""

    post: str = strawberry.field(description="Its name; empty for those of whom none is known, the desk among them.")
    professionals: int = strawberry.field(description="Who hold it.")
    files: int = strawberry.field(description="Files that they led.")
    persons: int = strawberry.field(description="Their persons.")


@strawberry.type(description="A service seen exactly by its head.")
class UnitActivity:
    """To the last one: not to be published as it stands."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    unit: FigureBody = strawberry.field(description="The service, or the unit below it that was asked.")
    whole: ActivityLine = strawberry.field(description="All of it together.")
    house: strawberry.Private[House]

    @strawberry.field(description="Each of its bodies, in order of name.")
    def bodies(self, first: First = 20) -> list[ActivityLine]:
        """So many of them."""
        return [
            ActivityLine.of(one, FigureBody.of(id_, {id_: name}))
            for id_, name, one in self.house.bodies[: page_size(first)]
        ]

    @strawberry.field(description="Who carries what, the most first.")
    def carried(self, first: First = 20) -> list[CarriedLoad]:
        """So many of them."""
        return [CarriedLoad.of(one) for one in self.house.carried[: page_size(first)]]

    @strawberry.field(description="What each post carries, the most first; nothing where no post was told.")
    def by_post(self, first: First = 20) -> list[PostLoad]:
        """So many of them."""
        return [
            PostLoad(post=name, professionals=one.professionals, files=one.files, persons=one.persons)
            for name, one in self.house.by_post[: page_size(first)]
        ]


ReportResult: TypeAlias = Annotated[Report | InvalidInput | NotAllowed, strawberry.union("ReportResult")]
UnitActivityResult: TypeAlias = Annotated[
    UnitActivity | InvalidInput | NotAllowed, strawberry.union("UnitActivityResult")
]


async def report(info: Info, kind: ReportKind, period: Months | None, place: str) -> Report:
    """Raises InvalidInput, NotAllowed."""
    must_be_known(info)
    it = kind_of(kind.value)
    territory, organisation = (place, "") if it.published else ("", place)
    try:
        asked = _asked(info, period, it.back, territory, organisation)
        return Report.of(kind, await it.make(info.context.rooms, info.context.viewer, asked))
    except errors.InvalidInput as refusal:
        raise errors.InvalidInput(refusal.message, FIELDS.get(refusal.field, refusal.field)) from None


async def unit_activity(info: Info, period: Months | None, unit: str) -> UnitActivity:
    """Raises InvalidInput, NotAllowed."""
    must_be_known(info)
    kind = kind_of(ReportKind.UNIT_ACTIVITY.value)
    try:
        asked = _asked(info, period, kind.back, "", unit)
    except errors.InvalidInput as refusal:
        raise errors.InvalidInput(refusal.message, "period") from None
    house = await house_seen(info.context.rooms, info.context.viewer, asked)
    named = house.unit.name
    return UnitActivity(
        definition=FigureDefinition.named("activity"),
        unit=FigureBody.of(house.unit.organisation, {house.unit.organisation: named}),
        whole=ActivityLine.of(house.whole, None),
        house=house,
    )


def _asked(info: Info, period: Months | None, back: int, territory: str, organisation: str) -> Asked:
    """The months that are asked; those of the page without."""
    first, last = (period.from_, period.to or period.from_) if period else ("", "")
    return asked_of(first, last, info.context.now, territory=territory, organisation=organisation, back=back)
