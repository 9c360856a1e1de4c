"""How long people wait, and when there is how much to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures import delays as waits
from api.actions.figures import loads
from api.graphql.connections import page_size
from api.graphql.context import Info
from api.graphql.figures.asked import NOT_BY_THEME, Count, FigureDefinition, Period, parts_named, scope_of
from api.graphql.organisations import First
from api.graphql.refusals import InvalidInput, NotAllowed
from graph.model import errors
from graph.model.figures.histograms import FROM, in_words
from graph.model.figures.networked import Days


@strawberry.type(description="Delays between two numbers of days.")
class DelayBucket:
    """Whole days, both included."""

    first: int = strawberry.field(name="from", description="The first day.")
    last: int | None = strawberry.field(name="to", description="The last one; null where there is none.")
    words: str = strawberry.field(description="In French.")
    count: Count = strawberry.field(description="For how many it came within these days.")
    waiting: Count | None = strawberry.field(
        description="How many have waited so long and still wait; null where nothing is told of that."
    )


@strawberry.type(description="Delays as a distribution.")
class DelayDistribution:
    """Every bucket, the shortest delays first."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    buckets: list[DelayBucket] = strawberry.field(description="The shortest first.")
    half: DelayBucket | None = strawberry.field(
        description="Where half of those for whom it came are reached; null when a part is hidden."
    )
    nine_tenths: DelayBucket | None = strawberry.field(description="The same of nine in ten.")

    @classmethod
    def of(cls, found: waits.Distribution, figure: str) -> DelayDistribution:
        """From what is told."""
        buckets = [
            DelayBucket(
                first=FROM[number],
                last=FROM[number + 1] - 1 if number + 1 < len(FROM) else None,
                words=in_words(number),
                count=Count.of(done),
                waiting=Count.of(found.waiting[number]) if found.waiting else None,
            )
            for number, done in enumerate(found.done)
        ]
        half, late = found.within(waits.HALF), found.within(waits.NINE_TENTHS)
        return cls(
            definition=FigureDefinition.named(figure),
            buckets=buckets,
            half=None if half is None else buckets[half],
            nine_tenths=None if late is None else buckets[late],
        )


@strawberry.type(description="Days since the request of a person, those who still wait being counted (Kaplan–Meier).")
class DelayEstimate:
    """Of the whole network in one quarter."""

    median: int | None = strawberry.field(
        description="Within which half had it; null when fewer have, or it is hidden."
    )
    p90: int | None = strawberry.field(description="Within which nine in ten had it; null when fewer have.")
    hidden: bool = strawberry.field(description="Whether too few are concerned to tell.")

    @classmethod
    def of(cls, days: Days) -> DelayEstimate:
        """From what is told."""
        hidden = days.count is None
        return cls(median=None if hidden else days.median, p90=None if hidden else days.p90, hidden=hidden)


@strawberry.type(description="The three steps of a need, as the whole network took them in one quarter.")
class DelayEstimates:
    """All since the request."""

    sent: DelayEstimate = strawberry.field(description="Until something was sent for it.")
    answered: DelayEstimate = strawberry.field(description="Until somebody answered.")
    contact: DelayEstimate = strawberry.field(description="Until somebody met the person.")


@strawberry.type(description="How long people wait. Of all categories together: delays are not told by theme.")
class Delays:
    """Days of those for whom it came; who still waits is beside."""

    contact: DelayDistribution = strawberry.field(description="From the request to the first contact.")
    answer: DelayDistribution = strawberry.field(
        description="From the sending to the answer, or to the end of the time for one."
    )
    open: Count = strawberry.field(description="Needs that were open when the period ended.")
    estimates: DelayEstimates | None = strawberry.field(
        description="Of the whole network; null for more than one quarter, and for one's own service."
    )


@strawberry.type(description="A month and how many handoffs were sent in it.")
class MonthCount:
    """In Paris."""

    month: str = strawberry.field(description='"2026-03".')
    count: Count = strawberry.field(description="How many.")


@strawberry.type(description="The load of a territory or of a body, month by month.")
class LoadPart:
    """Handoffs that it received."""

    id: strawberry.ID | None = strawberry.field(description="What it is; null where that is not known.")
    name: str = strawberry.field(description="In French.")
    months: list[MonthCount] = strawberry.field(description="Each month of the period.")


@strawberry.type(description="What came to a service on a day.")
class LoadDay:
    """To the last one."""

    day: date = strawberry.field(description="In Paris.")
    contacts: int = strawberry.field(description="Contacts at its front door.")
    received: int = strawberry.field(description="Handoffs that it received.")


@strawberry.type(description="When there is how much to do. A handoff counts in the month of its sending.")
class Load:
    """By month as published; by day for one's own service."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    months: list[MonthCount] = strawberry.field(description="Of all that is asked; empty for one's own service.")
    days: list[LoadDay] = strawberry.field(
        description="Days on which something came to one's own service; empty for the network."
    )
    found: strawberry.Private[loads.Months | None] = None
    named: strawberry.Private[Mapping[str, str]]

    @strawberry.field(description="The parts of the territory, the busiest first; bodies under a département.")
    def parts(self, first: First = 20) -> list[LoadPart]:
        """So many of them."""
        size = page_size(first)
        if self.found is None:
            return []
        return [
            LoadPart(
                id=strawberry.ID(one.id) if one.id else None,
                name=self.named[one.id],
                months=_months(self.found, one),
            )
            for one in self.found.parts[:size]
        ]


DelaysResult: TypeAlias = Annotated[Delays | InvalidInput | NotAllowed, strawberry.union("DelaysResult")]
LoadResult: TypeAlias = Annotated[Load | InvalidInput | NotAllowed, strawberry.union("LoadResult")]


async def delays(info: Info, period: Period, territory: str, exact: bool) -> Delays:
    """Raises InvalidInput, NotAllowed."""
    scope = await scope_of(info, period, territory, exact=exact)
    found = await waits.delays(info.context.rooms, info.context.viewer, scope)
    told = found.estimated
    return Delays(
        contact=DelayDistribution.of(found.contact, "first_contact"),
        answer=DelayDistribution.of(found.answer, "answer_times"),
        open=Count.of(found.open),
        estimates=DelayEstimates(
            sent=DelayEstimate.of(told.sent),
            answered=DelayEstimate.of(told.answered),
            contact=DelayEstimate.of(told.contact),
        )
        if told
        else None,
    )


async def load(info: Info, period: Period, territory: str, category: str, exact: bool) -> Load:
    """Raises InvalidInput, NotAllowed."""
    context, definition = info.context, FigureDefinition.named("calendar")
    scope = await scope_of(info, period, territory, category, exact=exact)
    if category and not exact:
        raise errors.InvalidInput(NOT_BY_THEME, "category")
    if exact:
        days = await loads.days(context.rooms, context.viewer, scope)
        every = sorted(days.contacts.keys() | days.received.keys())
        told = [LoadDay(day=day, contacts=days.contacts[day], received=days.received[day]) for day in every]
        return Load(definition=definition, months=[], days=told, named={})
    found = await loads.months(context.rooms, context.viewer, scope)
    named = await parts_named(info, found.split, [one.id for one in found.parts])
    return Load(definition=definition, months=_months(found, found.whole), days=[], found=found, named=named)


def _months(found: loads.Months, line: loads.Line) -> list[MonthCount]:
    return [
        MonthCount(month=month, count=Count.of(count)) for month, count in zip(found.months, line.counts, strict=True)
    ]
