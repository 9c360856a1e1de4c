"""What a client says of a file itself: its opening, its needs, what may be told, its end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import strawberry

from api.graphql.enums import Ground, Means, MemberRole, Outcome, ShareGroup
from api.graphql.given import KEY
from graph.model.casework import file as model
from graph.model.casework import grounds

FILE: Final = "Which file."
WORDS: Final = "A few words."


@strawberry.input(
    description="A member of a file; what is left out is empty. Never a national number, nor a residence title."
)
class MemberInput:
    """Who she is, in the household and beyond."""

    id: strawberry.ID | None = strawberry.field(default=None, description="Which member; null for a new one.")
    role: MemberRole = strawberry.field(description="Who she is in the household.")
    name: str = strawberry.field(default="", description="As she gives it.")
    born: date | None = strawberry.field(default=None, description="Her date of birth.")
    phone: str = strawberry.field(default="", description="Telephone.")
    email: str = strawberry.field(default="", description="E-mail address.")
    address: str = strawberry.field(default="", description="Postal address.")
    commune: str = strawberry.field(default="", description="INSEE code of where she lives.")
    language: str = strawberry.field(default="", description="The language that she speaks best.")
    interpreter: bool = strawberry.field(default=False, description="Whether an interpreter is needed.")
    safe_hours: str = strawberry.field(default="", description="When she may be called without danger.")
    sex: str = strawberry.field(default="", description="As she says it.")
    age_band: str = strawberry.field(default="", description="In years.")
    secret: bool = strawberry.field(
        default=False, description="Whether her needs are told to those who work on them alone."
    )
    since: date | None = strawberry.field(default=None, description="Since when she is of the household.")
    left: date | None = strawberry.field(default=None, description="Until when she was.")

    def member(self) -> model.Member:
        """For the model."""
        identity = model.Identity(
            name=self.name.strip(),
            born=self.born,
            phone=self.phone.strip(),
            email=self.email.strip(),
            address=self.address.strip(),
            commune=self.commune.strip(),
            language=self.language.strip(),
            interpreter=self.interpreter,
            safe_hours=self.safe_hours.strip(),
        )
        return model.Member(
            id=str(self.id or ""),
            role=self.role,
            identity=identity,
            sex=self.sex,
            age_band=self.age_band,
            secret=self.secret,
            since=self.since,
            left=self.left,
        )


@strawberry.input(description="A need as it is first known.")
class NeedInput:
    """What is to be solved."""

    competence: strawberry.ID = strawberry.field(description="Which problem, of the closed list.")
    words: str = strawberry.field(default="", description="The words that it was told in.")
    member: strawberry.ID | None = strawberry.field(default=None, description="Whose; null for the household's.")
    urgent: bool = strawberry.field(default=False, description="Whether its clocks run in real time.")
    due: date | None = strawberry.field(default=None, description="A date that comes from outside.")
    due_what: str = strawberry.field(default="", description="What happens on that day.")
    secret: bool = strawberry.field(default=False, description="Whether the others of the household never see it.")


@strawberry.input(description="A new file, which the viewer leads from now on.")
class OpenFileInput:
    """With or without a name."""

    members: list[MemberInput] = strawberry.field(description="Who is accompanied: one at least.")
    needs: list[NeedInput] = strawberry.field(default_factory=list, description="What is to be solved first.")
    request: strawberry.ID | None = strawberry.field(default=None, description="The contact that it comes from.")
    transitional: bool = strawberry.field(default=False, description="Whether it is kept for want of a relay.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A need of a file.")
class AddNeedInput:
    """What is to be solved."""

    file: strawberry.ID = strawberry.field(description=FILE)
    need: NeedInput = strawberry.field(description="The need.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A need said anew; one that had ended is taken up again.")
class SetNeedInput:
    """How urgent, for which day."""

    file: strawberry.ID = strawberry.field(description=FILE)
    need: strawberry.ID = strawberry.field(description="Which need.")
    urgent: bool = strawberry.field(description="Whether its clocks run in real time.")
    due: date | None = strawberry.field(description="A date that comes from outside; null for none.")
    due_what: str = strawberry.field(default="", description="What happens on that day.")
    secret: bool = strawberry.field(default=False, description="Whether the others of the household never see it.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="How a need ended.")
class EndNeedInput:
    """Met, or not."""

    file: strawberry.ID = strawberry.field(description=FILE)
    need: strawberry.ID = strawberry.field(description="Which need.")
    outcome: Outcome = strawberry.field(description="How it ended.")
    text: str = strawberry.field(default="", description="In a few words; mandatory unless it is met.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A permission.")
class GiveConsentInput:
    """What, to whom, on which ground, for what, until when."""

    file: strawberry.ID = strawberry.field(description=FILE)
    recipient: strawberry.ID = strawberry.field(description="To which organisation.")
    ground: Ground = strawberry.field(default=Ground.ACCORD, description="Why it may be told.")
    purpose: str = strawberry.field(description="For what.")
    groups: list[ShareGroup] = strawberry.field(description="What may be told.")
    until: date = strawberry.field(description="The last day.")
    member: strawberry.ID | None = strawberry.field(default=None, description="Who agrees, where it is an accord.")
    means: Means | None = strawberry.field(default=None, description="How she agreed.")
    needs: list[strawberry.ID] = strawberry.field(default_factory=list, description="About which needs; all if none.")
    informed: date | None = strawberry.field(
        default=None,
        description="When those concerned were told: needed for a ground of the law, and of a child's affairs.",
    )
    why_not: str = strawberry.field(default="", description="Or why they were not told before.")
    idempotency_key: str = strawberry.field(description=KEY)

    def consent(self, id_: str) -> grounds.Consent:
        """For the model."""
        return grounds.Consent(
            id=id_,
            ground=self.ground,
            recipient=str(self.recipient),
            purpose=self.purpose.strip(),
            groups=frozenset(self.groups),
            until=self.until,
            given=datetime(1970, 1, 1, tzinfo=UTC),
            member=str(self.member or ""),
            means=self.means,
            needs=tuple(str(need) for need in self.needs),
            informed=self.informed,
            why_not=self.why_not.strip(),
        )


@strawberry.input(description="A permission taken back.")
class WithdrawConsentInput:
    """At once, everywhere; what was already read cannot be erased."""

    file: strawberry.ID = strawberry.field(description=FILE)
    consent: strawberry.ID = strawberry.field(description="Which one.")
    text: str = strawberry.field(default="", description=WORDS)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A file given to a colleague of the house.")
class AssignFileInput:
    """Who leads it at once."""

    file: strawberry.ID = strawberry.field(description=FILE)
    account: strawberry.ID | None = strawberry.field(description="To whom; null for the duty desk.")
    text: str = strawberry.field(default="", description=WORDS)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="The end of an accompaniment.")
class CloseFileInput:
    """How, and in which words."""

    file: strawberry.ID = strawberry.field(description=FILE)
    outcome: Outcome = strawberry.field(description="How it ended.")
    text: str = strawberry.field(description=WORDS)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="An accompaniment that begins again.")
class ReopenFileInput:
    """Under whoever reopens it."""

    file: strawberry.ID = strawberry.field(description=FILE)
    text: str = strawberry.field(default="", description=WORDS)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A file for which the person is given a code.")
class OfferFileLinkInput:
    """It will go into the one that the code is typed in."""

    file: strawberry.ID = strawberry.field(description=FILE)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Two files of one person that become one.")
class LinkFileInput:
    """By a code, or by the other file's id."""

    file: strawberry.ID = strawberry.field(description="Which file stays, under its lead.")
    code: str | None = strawberry.field(default=None, description="The code that the person carries from the other.")
    other: strawberry.ID | None = strawberry.field(
        default=None, description="The other file, where the viewer works on both."
    )
    idempotency_key: str = strawberry.field(description=KEY)
