"""What was written in a file, and who read it: for those who work on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.enums import ReadPage, ShareGroup, WritingKind
from api.graphql.references import OrganisationType, organisation_of
from graph.model.casework.acts import Entry
from graph.model.casework.story import writing_kind
from graph.store.casework.reads import FileRead


@strawberry.type(description="A part of what something cost, and who bore it.")
class Payer:
    """Of a delivery."""

    name: str = strawberry.field(description="Who pays.")
    cents: int = strawberry.field(description="How much, in cents.")


@strawberry.type(
    description="Something written in a file: a note, a meeting, an evaluation, a decision, what was given."
)
class Writing:
    """Never deleted: an error is struck. What its kind does not have is null."""

    entry: strawberry.Private[Entry]
    seq: int = strawberry.field(description="Its number in the log of the file.")
    at: datetime = strawberry.field(description="When it was written.")
    by: str = strawberry.field(description="By whom.")
    kind: WritingKind = strawberry.field(description="What it is.")
    struck: bool = strawberry.field(description="Whether it was an error.")

    @classmethod
    def of(cls, entry: Entry, *, struck: bool) -> Writing | None:
        """None for an entry that is no writing."""
        kind = writing_kind(entry.event)
        if kind is None:
            return None
        return cls(entry=entry, seq=entry.seq, at=entry.at, by=entry.by.name, kind=kind, struck=struck)

    def _said(self, *names: str) -> Any:
        """The first of these that its kind has."""
        return next((getattr(self.entry.event, name) for name in names if hasattr(self.entry.event, name)), None)

    @strawberry.field(description="The words: of a decision its reasons, of a meeting what was decided.")
    def text(self) -> str | None:
        """As they were typed."""
        return self._said("text", "decided", "reasons", "why_not")

    @strawberry.field(description="The day that it speaks of.")
    def on(self) -> date | None:
        """When it took place."""
        moment = self._said("on", "since")
        return moment.date() if isinstance(moment, datetime) else moment

    @strawberry.field(description="To whom it was told, or addressed.")
    def to(self) -> str | None:
        """Of an emergency, a worrying information, a decision's authority."""
        return self._said("to", "addressee", "authority")

    @strawberry.field(description="Who was there.")
    def present(self) -> list[str] | None:
        """Of a meeting."""
        return self._said("present")

    @strawberry.field(description="Whether the person was invited.")
    def invited(self) -> bool | None:
        """To a meeting."""
        return self._said("invited")

    @strawberry.field(description="Whether the person was there.")
    def came(self) -> bool | None:
        """At a meeting, in a call, on a visit."""
        return self._said("came", "with_person")

    @strawberry.field(description="Which need it is about.")
    def need(self) -> strawberry.ID | None:
        """Of an evaluation, a decision."""
        return self._said("need") or None

    @strawberry.field(description="Whether it is a yes.")
    def granted(self) -> bool | None:
        """Of a decision."""
        return self._said("granted")

    @strawberry.field(description="How it can be contested.")
    def appeal(self) -> str | None:
        """Of a decision."""
        return self._said("appeal")

    @strawberry.field(description="Until when it can be contested.")
    def appeal_until(self) -> date | None:
        """Of a decision."""
        return self._said("appeal_until")

    @strawberry.field(description="What was given.")
    def what(self) -> str | None:
        """Of a delivery."""
        return self._said("what")

    @strawberry.field(description="How much of it.")
    def quantity(self) -> int | None:
        """Of a delivery, in its unit."""
        return self._said("quantity")

    @strawberry.field(description="In which unit.")
    def unit(self) -> str | None:
        """Nights, euros, minutes."""
        return self._said("unit")

    @strawberry.field(description="What one unit costs, in cents.")
    def unit_cents(self) -> int | None:
        """Of a delivery."""
        return self._said("unit_cents")

    @strawberry.field(description="Time that it took, in minutes.")
    def minutes(self) -> int | None:
        """Of a delivery."""
        return self._said("minutes")

    @strawberry.field(description="Who pays which part.")
    def payers(self) -> list[Payer] | None:
        """Of a delivery."""
        payers = self._said("payers")
        return None if payers is None else [Payer(name=name, cents=cents) for name, cents in payers]


@strawberry.type(description="A watch: look again, until when.")
class Watch:
    """A next action that comes back."""

    id: strawberry.ID = strawberry.field(description="In the file.")
    what: str = strawberry.field(description="On what.")
    next: date = strawberry.field(description="When someone next looks.")
    every_days: int = strawberry.field(description="How often, in days.")
    until: date = strawberry.field(description="The last day.")


@strawberry.type(description="Someone read the file: once for a person and a quarter of an hour.")
class Access:
    """Who, when, what."""

    first: datetime = strawberry.field(description="When, within that quarter of an hour, for the first time.")
    last: datetime = strawberry.field(description="And for the last time.")
    function: str = strawberry.field(description="What the reader was then.")
    pages: list[ReadPage] = strawberry.field(description="Where it was read.")
    groups: list[ShareGroup] = strawberry.field(description="What was shown.")
    read: strawberry.Private[FileRead]

    @classmethod
    def of(cls, read: FileRead) -> Access:
        """From the log of reads."""
        groups = [ShareGroup(group) for group in read.groups]
        return cls(
            first=read.first, last=read.last, function=read.function, pages=list(read.pages), groups=groups, read=read
        )

    @strawberry.field(description="The reader's name.")
    async def name(self, info: Info) -> str | None:
        """Null when the account is no more."""
        account = await info.context.loaders.accounts.load(self.read.account)
        return account.name if account else None

    @strawberry.field(description="For which organisation; null for none.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """The reader's."""
        return await organisation_of(info, self.read.organisation)
