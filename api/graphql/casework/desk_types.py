"""A contact at a front door, and its month, as programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from api.actions.casework.looking_up import Answer
from api.graphql.enums import AgeBand, Channel, NoRelayCause, Requester, Sequel, Sex
from graph.model.casework import desk_report as months
from graph.model.casework import front_desk as model
from graph.model.casework.front_desk import Followed
from graph.model.vocabulary import competence, label


@strawberry.type(description="A problem that a contact leaves open.")
class RequestNeed:
    """Anonymous, as the contact is."""

    competence: strawberry.ID = strawberry.field(description="Of the closed list.")
    urgent: bool = strawberry.field(description="Whether it can wait.")
    cause: NoRelayCause | None = strawberry.field(description="Why no relay was found for it; null while it is open.")


@strawberry.type(description="What followed a contact.")
class RequestSequel:
    """One gesture."""

    sequel: Sequel = strawberry.field(description="What was done.")
    to: str = strawberry.field(description='A relay or an organisation: "service:…", "organisation:…"; or empty.')

    @classmethod
    def of(cls, one: Followed) -> RequestSequel:
        """From the model."""
        return cls(sequel=one.sequel, to=one.to)


@strawberry.type(description="A contact at a front door: codes, and nobody's name.")
class Request:
    """For whoever stands at that door."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    seq: int = strawberry.field(description="The number of its last entry.")
    at: datetime = strawberry.field(description="When it was noted.")
    channel: Channel = strawberry.field(description="How it came.")
    requester: Requester = strawberry.field(description="Who asked.")
    sex: Sex = strawberry.field(description="Of whom it is about.")
    age_band: AgeBand = strawberry.field(description="Of whom it is about.")
    commune: strawberry.ID | None = strawberry.field(description="Where; null when it is not known.")
    reasons: list[strawberry.ID] = strawberry.field(description="Competences, the main one first.")
    at_once: bool = strawberry.field(description="Whether it was answered at once.")
    danger: bool = strawberry.field(description="Whether someone was in danger.")
    voided: bool = strawberry.field(description="Whether it was a slip: it counts nowhere then.")
    needs: list[RequestNeed] = strawberry.field(description="What it leaves open.")
    sequels: list[RequestSequel] = strawberry.field(description="What followed, the first first.")
    file: strawberry.ID | None = strawberry.field(description="The file that it led to; null when there is none.")

    @classmethod
    def of(cls, one: model.Request) -> Request:
        """From the model."""
        contact = one.contact
        return cls(
            id=strawberry.ID(one.id),
            seq=one.seq,
            at=one.at,
            channel=contact.channel,
            requester=contact.requester,
            sex=contact.sex,
            age_band=contact.age_band,
            commune=strawberry.ID(contact.commune) if contact.commune else None,
            reasons=[strawberry.ID(reason) for reason in contact.reasons],
            at_once=contact.at_once,
            danger=contact.danger,
            voided=one.voided,
            needs=[
                RequestNeed(competence=strawberry.ID(need.competence), urgent=need.urgent, cause=need.cause)
                for need in one.needs.values()
            ],
            sequels=[RequestSequel.of(sequel) for sequel in one.sequels],
            file=strawberry.ID(one.file) if one.file else None,
        )


@strawberry.type(description="Someone who may already follow the person: whom to call, and no more.")
class KnownLead:
    """An answer to "already followed? by whom?"."""

    hit: strawberry.ID = strawberry.field(description="Give it to `relink`: good for whoever asked, for twelve hours.")
    organisation: strawberry.ID = strawberry.field(description="Which organisation leads the file.")
    service: str = strawberry.field(description="Its name.")
    phone: str = strawberry.field(description="Of its duty desk, else its own; empty when neither is known.")
    lead: str | None = strawberry.field(description="The colleague who leads it; null in another organisation.")
    file: strawberry.ID | None = strawberry.field(description="The file; null where the viewer may not read it.")
    closed: bool = strawberry.field(description="Whether nobody leads it any longer.")

    @classmethod
    def of(cls, one: Answer) -> KnownLead:
        """From the action's answer."""
        known = one.known
        return cls(
            hit=strawberry.ID(one.hit),
            organisation=strawberry.ID(known.organisation),
            service=known.service,
            phone=known.phone,
            lead=known.lead or None,
            file=strawberry.ID(known.file) if known.file else None,
            closed=known.closed,
        )


@strawberry.type(description="A line of the report.")
class ReportCount:
    """How many of what."""

    code: str = strawberry.field(description="Of its closed list, or a territory's id; empty where it is not known.")
    label: str = strawberry.field(description="In French; empty for a territory.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="The month of a front door, exact, for its own organisation.")
class FrontDeskReport:
    """Voided contacts count nowhere."""

    month: str = strawberry.field(description='In Paris: "2026-03".')
    total: int = strawberry.field(description="Contacts noted.")
    at_once: int = strawberry.field(description="Of these, answered at once.")
    danger: int = strawberry.field(description="Of these, with someone in danger.")
    channels: list[ReportCount] = strawberry.field(description="How they came.")
    requesters: list[ReportCount] = strawberry.field(description="Who asked.")
    sexes: list[ReportCount] = strawberry.field(description="Of whom they were about.")
    age_bands: list[ReportCount] = strawberry.field(description="Of whom they were about.")
    reasons: list[ReportCount] = strawberry.field(description="About what; a contact may have several.")
    communes: list[ReportCount] = strawberry.field(description="Where, by territory id.")
    sequels: list[ReportCount] = strawberry.field(description="What followed.")
    unmet: list[ReportCount] = strawberry.field(description="Needs for which no relay was found, by cause.")
    home_visits: int = strawberry.field(description="Visits: noted in files, or the contact itself.")
    emergencies: int = strawberry.field(description="Interventions outside one's field.")
    watches_set: int = strawberry.field(description="Watches set in the month.")
    looks: int = strawberry.field(description="News taken in the month.")
    watched: int = strawberry.field(description="Watches that stand now.")
    files_opened: int = strawberry.field(description="Files opened in the month.")

    @classmethod
    def of(cls, found: months.Report) -> FrontDeskReport:
        """From the model."""
        return cls(
            month=found.month,
            total=found.total,
            at_once=found.at_once,
            danger=found.danger,
            channels=_counts("channel", found.channels),
            requesters=_counts("requester", found.requesters),
            sexes=_counts("sex", found.sexes),
            age_bands=_counts("age_band", found.age_bands),
            reasons=[ReportCount(code=id_, label=competence(id_).label, count=many) for id_, many in found.reasons],
            communes=[ReportCount(code=id_, label="", count=many) for id_, many in found.communes],
            sequels=_counts("sequel", found.sequels),
            unmet=_counts("cause", found.unmet),
            home_visits=found.home_visits,
            emergencies=found.work.emergencies,
            watches_set=found.work.watches_set,
            looks=found.work.looks,
            watched=found.work.watched,
            files_opened=found.work.opened,
        )


def _counts(family: str, counted: Sequence[tuple[str, int]]) -> list[ReportCount]:
    return [ReportCount(code=code, label=label(family, code), count=many) for code, many in counted]
