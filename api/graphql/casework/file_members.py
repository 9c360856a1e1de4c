"""Who is of a file, and around it: members, leads, co-referents, circle. A group that the viewer may not read is null."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from api.graphql.context import Info
from api.graphql.enums import CircleKind, LeadCause, MemberRole
from api.graphql.references import OrganisationType, organisation_of
from graph.model.casework import file as model
from graph.model.casework.telling import ToldMember


@strawberry.type(description="Who answers for a file: a professional, or the duty desk of an organisation.")
class Lead:
    """From when, and by what."""

    since: datetime = strawberry.field(description="From when.")
    cause: LeadCause = strawberry.field(description="By what the lead moved to her.")
    desk: bool = strawberry.field(description="Whether the duty desk leads.")
    account: strawberry.ID | None = strawberry.field(description="Of the professional; null for the duty desk.")
    organisation_id: strawberry.Private[str]

    @classmethod
    def of(cls, lead: model.Lead) -> Lead:
        """From the model."""
        account = strawberry.ID(lead.account) if lead.account else None
        return cls(
            since=lead.since, cause=lead.cause, desk=lead.desk, account=account, organisation_id=lead.organisation
        )

    @strawberry.field(description="Her name; null for the duty desk.")
    async def name(self, info: Info) -> str | None:
        """As her account has it."""
        account = await info.context.loaders.accounts.load(str(self.account)) if self.account else None
        return account.name if account else None

    @strawberry.field(description="For which organisation.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """Hers; null when the directory may not show it."""
        return await organisation_of(info, self.organisation_id)


@strawberry.type(description="Who a member is.")
class Identity:
    """Either may be empty: a file can be opened without a name."""

    name: str = strawberry.field(description="As she gives it.")
    born: date | None = strawberry.field(description="Her date of birth.")


@strawberry.type(description="How a member is reached.")
class Reach:
    """Telephone, e-mail, post."""

    phone: str = strawberry.field(description="Telephone.")
    email: str = strawberry.field(description="E-mail address.")
    address: str = strawberry.field(description="Postal address.")


@strawberry.type(description="What it takes to receive a member.")
class Practical:
    """Enough to act, nothing of why."""

    language: str = strawberry.field(description="The language that she speaks best.")
    interpreter: bool = strawberry.field(description="Whether an interpreter is needed.")
    safe_hours: str = strawberry.field(description="When she may be called without danger.")
    commune: str = strawberry.field(description="INSEE code of where she lives.")


@strawberry.type(description="The place of a member in the household.")
class Household:
    """Known without a name."""

    role: MemberRole = strawberry.field(description="Who she is in the household.")
    sex: str = strawberry.field(description="As she says it.")
    age_band: str = strawberry.field(description="In years.")


@strawberry.type(description="Someone of a file. A group that the viewer may not read is null.")
class Member:
    """Each group told or not."""

    id: strawberry.ID = strawberry.field(description="In the file.")
    identity: Identity | None = strawberry.field(description="Who she is.")
    contact: Reach | None = strawberry.field(description="How she is reached.")
    practical: Practical | None = strawberry.field(description="What it takes to receive her.")
    household: Household | None = strawberry.field(description="Her place in the household.")
    secret: bool | None = strawberry.field(
        description="Whether her needs are told to those who work on them alone; null to who does not work on the file."
    )
    since: date | None = strawberry.field(description="Since when she is of the household, where it is told.")
    left: date | None = strawberry.field(description="Until when she was, where it is told.")

    @classmethod
    def of(cls, told: ToldMember, whole: model.Member | None) -> Member:
        """As she is told; `whole` to those who work on the file."""
        one, two, three, four = told.identity, told.contact, told.practical, told.household
        return cls(
            id=strawberry.ID(told.id),
            identity=Identity(name=one.name, born=one.born) if one else None,
            contact=Reach(phone=two.phone, email=two.email, address=two.address) if two else None,
            practical=Practical(
                language=three.language,
                interpreter=three.interpreter,
                safe_hours=three.safe_hours,
                commune=three.commune,
            )
            if three
            else None,
            household=Household(role=four.role, sex=four.sex, age_band=four.age_band) if four else None,
            secret=whole.secret if whole else None,
            since=whole.since if whole else None,
            left=whole.left if whole else None,
        )


@strawberry.type(description="Another body's own referent for one matter: shown, never moved by us.")
class CoReferent:
    """Paperwork, RSA, child protection, guardian."""

    id: strawberry.ID = strawberry.field(description="In the file.")
    matter: str = strawberry.field(description="For what.")
    name: str = strawberry.field(description="Who.")
    phone: str = strawberry.field(description="Telephone.")
    organisation_id: strawberry.Private[str]

    @classmethod
    def of(cls, one: model.CoReferent) -> CoReferent:
        """From the model."""
        id_ = strawberry.ID(one.id)
        return cls(id=id_, matter=one.matter, name=one.name, phone=one.phone, organisation_id=one.organisation)

    @strawberry.field(description="Of which organisation; null where the directory does not show it.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """Theirs."""
        return await organisation_of(info, self.organisation_id)

    @strawberry.field(description="The organisation as it was typed: an id of the directory, or a name.")
    def organisation_name(self) -> str:
        """What was typed."""
        return self.organisation_id


@strawberry.type(description="A relative or a professional around a file.")
class CircleMember:
    """With what she may know."""

    id: strawberry.ID = strawberry.field(description="In the file.")
    kind: CircleKind = strawberry.field(description="What she is to it.")
    name: str = strawberry.field(description="Who.")
    tie: str = strawberry.field(description="Which tie.")
    phone: str = strawberry.field(description="Telephone.")
    organisation: str = strawberry.field(description="For whom she works, in words.")
    may_know: str | None = strawberry.field(
        description="What may be told to her; null to who does not work on the file."
    )

    @classmethod
    def of(cls, one: model.CircleMember, *, whole: bool) -> CircleMember:
        """From the model."""
        return cls(
            id=strawberry.ID(one.id),
            kind=one.kind,
            name=one.name,
            tie=one.tie,
            phone=one.phone,
            organisation=one.organisation,
            may_know=one.may_know if whole else None,
        )
