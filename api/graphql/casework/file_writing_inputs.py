"""What a client says of what is written in a file: one act of the model each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import strawberry

from api.graphql.casework.file_inputs import FILE
from api.graphql.enums import NoteKind
from api.graphql.given import KEY
from graph.model.casework.acts import (
    Event,
)
from graph.model.casework.writings import (
    Assessed,
    DecisionTold,
    Delivered,
    Met,
    Noted,
    Struck,
    WorryTold,
)


@strawberry.input(description="A part of a cost, and who bears it.")
class PayerInput:
    """Of a delivery."""

    name: str = strawberry.field(description="Who pays.")
    cents: int = strawberry.field(description="How much, in cents.")


@strawberry.input(description="Something written down.")
class WriteNoteInput:
    """What was said, seen, done."""

    file: strawberry.ID = strawberry.field(description=FILE)
    kind: NoteKind = strawberry.field(default=NoteKind.NOTE, description="What it is.")
    text: str = strawberry.field(description="The words.")
    on: datetime | None = strawberry.field(default=None, description="When it took place.")
    to: str = strawberry.field(default="", description="For an emergency: which competent partner was told.")
    with_person: bool = strawberry.field(default=False, description="Whether the person was there.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Noted(
            kind=self.kind, text=self.text.strip(), on=self.on, to=self.to.strip(), with_person=self.with_person
        )


@strawberry.input(description="A meeting.")
class HoldMeetingInput:
    """Who was there, what was decided."""

    file: strawberry.ID = strawberry.field(description=FILE)
    on: datetime = strawberry.field(description="When.")
    present: list[str] = strawberry.field(description="Who was there.")
    decided: str = strawberry.field(description="What was decided.")
    invited: bool = strawberry.field(description="Whether the person was invited.")
    came: bool = strawberry.field(default=False, description="Whether she came.")
    next: date | None = strawberry.field(default=None, description="When the next one is.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Met(
            on=self.on,
            present=tuple(name.strip() for name in self.present if name.strip()),
            decided=self.decided.strip(),
            invited=self.invited,
            came=self.came,
            next=self.next,
        )


@strawberry.input(description="A social evaluation.")
class AssessInput:
    """Of a need, or of the whole."""

    file: strawberry.ID = strawberry.field(description=FILE)
    need: strawberry.ID | None = strawberry.field(
        default=None, description="Of which need; null for the whole situation."
    )
    text: str = strawberry.field(description="The evaluation.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Assessed(need=str(self.need or ""), text=self.text.strip())


@strawberry.input(description="An authority's answer.")
class TellDecisionInput:
    """With its reasons and ways of appeal."""

    file: strawberry.ID = strawberry.field(description=FILE)
    authority: str = strawberry.field(description="Whose.")
    granted: bool = strawberry.field(description="Whether it is a yes.")
    on: date = strawberry.field(description="When it was taken.")
    need: strawberry.ID | None = strawberry.field(default=None, description="About which need.")
    reasons: str = strawberry.field(default="", description="Why; mandatory for a no.")
    appeal: str = strawberry.field(default="", description="How it can be contested; mandatory for a no.")
    appeal_until: date | None = strawberry.field(default=None, description="The last day to contest it.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return DecisionTold(
            authority=self.authority.strip(),
            granted=self.granted,
            on=self.on,
            need=str(self.need or ""),
            reasons=self.reasons.strip(),
            appeal=self.appeal.strip(),
            appeal_until=self.appeal_until,
        )


@strawberry.input(description="What was given under a handoff or an agreement.")
class RecordDeliveryInput:
    """Nights, sums, minutes."""

    file: strawberry.ID = strawberry.field(description=FILE)
    what: str = strawberry.field(description="What.")
    since: date = strawberry.field(description="The first day.")
    until: date = strawberry.field(description="The last day.")
    quantity: int = strawberry.field(description="How much.")
    unit: str = strawberry.field(description="In which unit.")
    unit_cents: int = strawberry.field(default=0, description="What one costs, in cents.")
    payers: list[PayerInput] = strawberry.field(
        default_factory=list, description="Who pays which part; together they make the whole."
    )
    handoff: strawberry.ID | None = strawberry.field(default=None, description="Under which handoff.")
    agreement: strawberry.ID | None = strawberry.field(default=None, description="Under which agreement.")
    quality: str = strawberry.field(default="", description="What the worker saw of it.")
    minutes: int = strawberry.field(default=0, description="Time that it took a worker, in minutes.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Delivered(
            what=self.what.strip(),
            since=self.since,
            until=self.until,
            quantity=self.quantity,
            unit=self.unit.strip(),
            unit_cents=self.unit_cents,
            payers=tuple((one.name.strip(), one.cents) for one in self.payers),
            handoff=str(self.handoff or ""),
            agreement=str(self.agreement or ""),
            quality=self.quality.strip(),
            minutes=self.minutes,
        )


@strawberry.input(description="A worrying information about a child.")
class TellWorryInput:
    """Nothing of what it says is kept."""

    file: strawberry.ID = strawberry.field(description=FILE)
    id: strawberry.ID | None = strawberry.field(default=None, description="Which; null for a new one.")
    on: date = strawberry.field(description="When it was sent.")
    addressee: str = strawberry.field(description="To whom.")
    acknowledged: date | None = strawberry.field(default=None, description="When its receipt was confirmed.")
    returned: date | None = strawberry.field(default=None, description="When what was done of it was told.")
    informed: date | None = strawberry.field(default=None, description="When the parents were told.")
    why_not: str = strawberry.field(default="", description="Or why they were not.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return WorryTold(
            id=str(self.id or ""),
            on=self.on,
            addressee=self.addressee.strip(),
            acknowledged=self.acknowledged,
            returned=self.returned,
            informed=self.informed,
            why_not=self.why_not.strip(),
        )


@strawberry.input(description="Something written that was an error.")
class StrikeWritingInput:
    """It stays, and is shown struck."""

    file: strawberry.ID = strawberry.field(description=FILE)
    entry: int = strawberry.field(description="Its number in the log.")
    why: str = strawberry.field(description="Which error.")
    idempotency_key: str = strawberry.field(description=KEY)

    def event(self) -> Event:
        """For the model."""
        return Struck(entry=self.entry, why=self.why.strip())


Written: TypeAlias = (
    WriteNoteInput
    | HoldMeetingInput
    | AssessInput
    | TellDecisionInput
    | RecordDeliveryInput
    | TellWorryInput
    | StrikeWritingInput
)
