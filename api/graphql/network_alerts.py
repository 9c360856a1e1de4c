"""Alerts of the network, as programs see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures import alerts as actions
from api.graphql.connections import Connection, page_of
from api.graphql.context import Info
from api.graphql.enums import AlertKind, AlertUrgency
from api.graphql.given import KEY
from api.graphql.organisations import After, First
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound
from graph.model import errors
from graph.model.figures import alert_words, alerts

MOST_FIGURE = 10**12


@strawberry.type(description="Someone knows, and does not want to be told until a day.")
class AlertSilence:
    """Why an alert is not in the list."""

    reason: str = strawberry.field(description="Why, in French; read by the others.")
    until: date = strawberry.field(description="The last day of it.")
    at: datetime = strawberry.field(description="When it was asked for.")


@strawberry.type(description="Where people get stuck, noticed by itself; there as long as it is true.")
class NetworkAlert:
    """Persons are only counted from what is published; fewer than eleven are never told."""

    id: strawberry.ID = strawberry.field(description="Of its kind and subject.")
    kind: AlertKind = strawberry.field(description="What was noticed.")
    urgency: AlertUrgency = strawberry.field(description="How soon it asks for something.")
    sentence: str = strawberry.field(description="What is the case, in French.")
    trend: str = strawberry.field(description="Before and now, in French.")
    figure: int = strawberry.field(description="What it is about: inhabitants, handoffs, days, files, needs, searches.")
    before: int | None = strawberry.field(description="The same a period earlier; null where that is hidden.")
    since: date = strawberry.field(description="Since when it is true.")
    organisation: strawberry.ID | None = strawberry.field(description="The body that it is about.")
    territory: strawberry.ID | None = strawberry.field(description="The territory that it is about.")
    competence: strawberry.ID | None = strawberry.field(description="The competence, or its category.")
    listing: strawberry.ID | None = strawberry.field(description="The listing that it is about.")
    silence: AlertSilence | None = strawberry.field(description="Why it is kept from the list; null when it is not.")

    @classmethod
    def of(cls, standing: alerts.Standing, names: alert_words.Names) -> NetworkAlert:
        """From the model."""
        alert, silence = standing.alert, standing.silence
        return cls(
            id=strawberry.ID(alert.id),
            kind=alert.kind,
            urgency=alert.urgency,
            sentence=alert_words.sentence(alert, names),
            trend=alert_words.trend(alert),
            figure=alert.figure,
            before=alert.before,
            since=alert.since,
            organisation=strawberry.ID(alert.organisation) if alert.organisation else None,
            territory=strawberry.ID(alert.territory) if alert.territory else None,
            competence=strawberry.ID(alert.competence) if alert.competence else None,
            listing=strawberry.ID(alert.listing) if alert.listing else None,
            silence=AlertSilence(reason=silence.reason, until=silence.until, at=silence.at) if silence else None,
        )


@strawberry.input(description="Which alert is to be silent, why, until when.")
class SilenceAlertInput:
    """A silence."""

    alert: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why; mandatory, and read by the others.")
    until: date = strawberry.field(description="The last day of it, at most 180 days from today.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Which alert is to be told again.")
class UnsilenceAlertInput:
    """Which."""

    alert: strawberry.ID = strawberry.field(description="Its id.")
    idempotency_key: str = strawberry.field(description=KEY)


AlertResult: TypeAlias = Annotated[NetworkAlert | NotAllowed | NotFound | InvalidInput, strawberry.union("AlertResult")]


@strawberry.type
class AlertQueries:
    """What coordinators are told."""

    @strawberry.field(
        description="Alerts of the network, the most urgent first, silent ones too; null for whoever may not read figures."
    )
    async def alerts(self, info: Info, first: First = 20, after: After = None) -> Connection[NetworkAlert] | None:
        """As of the last morning."""
        context = info.context
        try:
            told = await actions.told(context.rooms, context.viewer, context.now)
        except (errors.NotAllowed, errors.NotSignedIn):
            return None
        them = alerts.in_order((*told.standing, *told.silenced))
        return page_of(them, _place, lambda one: NetworkAlert.of(one, told.names), first, after)


@strawberry.type
class AlertMutations:
    """Acts on alerts."""

    @strawberry.mutation(description="Keep an alert from the list until a day, for a reason.")
    async def silence_alert(
        self,
        info: Info,
        input: Annotated[SilenceAlertInput, strawberry.argument(description="Which, why, until when.")],
    ) -> AlertResult:
        """For coordinators."""
        context = info.context
        made = await actions.silence(
            context.rooms,
            context.viewer,
            str(input.alert),
            reason=input.reason,
            until=input.until,
            key=input.idempotency_key,
            at=context.now,
        )
        return NetworkAlert.of(made, await actions.names(context.rooms, made))

    @strawberry.mutation(description="Tell an alert again.")
    async def unsilence_alert(
        self, info: Info, input: Annotated[UnsilenceAlertInput, strawberry.argument(description="Which.")]
    ) -> AlertResult:
        """For coordinators."""
        context = info.context
        made = await actions.unsilence(context.rooms, context.viewer, str(input.alert), key=input.idempotency_key)
        return NetworkAlert.of(made, await actions.names(context.rooms, made))


def _place(one: alerts.Standing) -> tuple[str, str]:
    """The order of the page, as a text that sorts alike."""
    urgency, kind, figure, since, id_ = alerts.place(one)
    return f"{urgency}.{kind:02}.{MOST_FIGURE + figure:013}.{since.isoformat()}", id_
