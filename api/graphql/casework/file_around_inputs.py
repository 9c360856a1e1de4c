"""What a client says of who is around a file, and of what is looked at again: one act of the model each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import strawberry

from api.graphql.casework.file_inputs import FILE, MemberInput
from api.graphql.enums import CircleKind
from api.graphql.given import KEY
from graph.model.casework.acts import (
    CircleLeft,
    CircleSet,
    CoReferentLeft,
    CoReferentSet,
    Event,
    Kept,
    MemberSet,
    WorkersSet,
)
from graph.model.casework.file import CircleMember, CoReferent, Watch
from graph.model.casework.writings import (
    Looked,
    WatchSet,
)


@strawberry.input(description="A member of a file, new or said anew.")
class SetMemberInput:
    """As she is from now on."""

    file: strawberry.ID = strawberry.field(description=FILE)
    member: MemberInput = strawberry.field(description="The member.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return MemberSet(member=self.member.member())


@strawberry.input(description="Someone around a file, new or said anew.")
class SetCircleMemberInput:
    """With what she may know."""

    file: strawberry.ID = strawberry.field(description=FILE)
    id: strawberry.ID | None = strawberry.field(default=None, description="Who; null for someone new.")
    kind: CircleKind = strawberry.field(description="What she is to it.")
    name: str = strawberry.field(description="Who.")
    tie: str = strawberry.field(default="", description="Which tie.")
    phone: str = strawberry.field(default="", description="Telephone.")
    organisation: str = strawberry.field(default="", description="For whom she works, in words.")
    may_know: str = strawberry.field(description="What may be told to her.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return CircleSet(
            member=CircleMember(
                id=str(self.id or ""),
                kind=self.kind,
                name=self.name.strip(),
                tie=self.tie.strip(),
                phone=self.phone.strip(),
                organisation=self.organisation.strip(),
                may_know=self.may_know.strip(),
            )
        )


@strawberry.input(description="Someone who is no longer around a file.")
class RemoveCircleMemberInput:
    """By her id."""

    file: strawberry.ID = strawberry.field(description=FILE)
    id: strawberry.ID = strawberry.field(description="Who.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return CircleLeft(member=str(self.id))


@strawberry.input(description="Another body's referent, new or said anew.")
class SetCoReferentInput:
    """For one matter."""

    file: strawberry.ID = strawberry.field(description=FILE)
    id: strawberry.ID | None = strawberry.field(default=None, description="Who; null for someone new.")
    organisation: str = strawberry.field(description="Of which organisation: an id of the directory, or a name.")
    matter: str = strawberry.field(description="For what.")
    name: str = strawberry.field(default="", description="Who.")
    phone: str = strawberry.field(default="", description="Telephone.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return CoReferentSet(
            co_referent=CoReferent(
                id=str(self.id or ""),
                organisation=self.organisation.strip(),
                matter=self.matter.strip(),
                name=self.name.strip(),
                phone=self.phone.strip(),
            )
        )


@strawberry.input(description="Another body's referent who is none any more.")
class RemoveCoReferentInput:
    """By its id."""

    file: strawberry.ID = strawberry.field(description=FILE)
    id: strawberry.ID = strawberry.field(description="Who.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return CoReferentLeft(co_referent=str(self.id))


@strawberry.input(description="Who works on a file with its lead.")
class SetWorkersInput:
    """Beside the lead."""

    file: strawberry.ID = strawberry.field(description=FILE)
    accounts: list[strawberry.ID] = strawberry.field(description="Accounts of colleagues.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return WorkersSet(accounts=frozenset(str(one) for one in self.accounts))


@strawberry.input(description="A watch, new or said anew.")
class SetWatchInput:
    """Look again, until when."""

    file: strawberry.ID = strawberry.field(description=FILE)
    id: strawberry.ID | None = strawberry.field(default=None, description="Which; null for a new one.")
    what: str = strawberry.field(description="On what.")
    next: date = strawberry.field(description="When someone next looks.")
    every_days: int = strawberry.field(description="How often, in days.")
    until: date = strawberry.field(description="The last day.")
    account: strawberry.ID | None = strawberry.field(default=None, description="Who looks; null for whoever leads.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return WatchSet(
            watch=Watch(
                id=str(self.id or ""),
                what=self.what.strip(),
                next=self.next,
                every_days=self.every_days,
                until=self.until,
                account=str(self.account or ""),
            )
        )


@strawberry.input(description="What was seen on a watch.")
class LookInput:
    """And when again."""

    file: strawberry.ID = strawberry.field(description=FILE)
    watch: strawberry.ID = strawberry.field(description="Which watch.")
    text: str = strawberry.field(description="What was seen, or heard.")
    next: date | None = strawberry.field(default=None, description="When someone looks again; null ends the watch.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Looked(watch=str(self.watch), text=self.text.strip(), next=self.next)


@strawberry.input(description="A file that its lead has looked at as a whole.")
class KeepFileInput:
    """And when again."""

    file: strawberry.ID = strawberry.field(description=FILE)
    review: datetime = strawberry.field(description="When she looks at it again.")
    text: str = strawberry.field(default="", description="In a few words.")
    transitional: bool = strawberry.field(default=False, description="Whether it is kept for want of a relay.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Kept(review=self.review, text=self.text.strip(), transitional=self.transitional)


Around: TypeAlias = (
    SetMemberInput
    | SetCircleMemberInput
    | RemoveCircleMemberInput
    | SetCoReferentInput
    | RemoveCoReferentInput
    | SetWorkersInput
    | SetWatchInput
    | LookInput
    | KeepFileInput
)
