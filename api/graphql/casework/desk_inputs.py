"""What a front desk is asked to do, as programs say it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import strawberry

from api.graphql.enums import AgeBand, Channel, Ground, NoRelayCause, Requester, Sequel, Sex
from api.graphql.given import KEY
from graph.model import errors
from graph.model.casework.contact import Contact
from graph.model.casework.finding_again import Sought

WHICH: Final = "Which contact."


@strawberry.input(description="What is noted of a contact: nothing is mandatory, and no name has a place.")
class NotedContactInput:
    """Codes."""

    channel: Channel = strawberry.field(default=Channel.FREE_NUMBER, description="How it came.")
    requester: Requester = strawberry.field(default=Requester.PERSON, description="Who asked.")
    sex: Sex = strawberry.field(default=Sex.UNKNOWN, description="Of whom it is about.")
    age_band: AgeBand = strawberry.field(default=AgeBand.UNKNOWN, description="Of whom it is about.")
    commune: strawberry.ID | None = strawberry.field(default=None, description="A territory's id.")
    reasons: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Competences, the main one first; `competences` reads them from words."
    )
    at_once: bool = strawberry.field(default=False, description="Answered at once.")
    danger: bool = strawberry.field(default=False, description="Someone was in danger.")

    def contact(self) -> Contact:
        """As the model has it."""
        return Contact(
            channel=self.channel,
            requester=self.requester,
            sex=self.sex,
            age_band=self.age_band,
            commune=str(self.commune or ""),
            reasons=tuple(str(reason) for reason in self.reasons),
            at_once=self.at_once,
            danger=self.danger,
        )


@strawberry.input(description="A contact to note.")
class RecordRequestInput:
    """What, and a key."""

    contact: NotedContactInput = strawberry.field(description="What is noted.")
    words: str = strawberry.field(default="", description="A few words for colleagues: sealed, and without a name.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A contact as it should have been noted.")
class CorrectRequestInput:
    """Which, and what."""

    request: strawberry.ID = strawberry.field(description=WHICH)
    contact: NotedContactInput = strawberry.field(description="What is noted.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A contact that was a slip, or was none after all.")
class VoidRequestInput:
    """Which."""

    request: strawberry.ID = strawberry.field(description=WHICH)
    restore: bool = strawberry.field(default=False, description="It was no slip.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A problem that a contact leaves open, or for which no relay was found.")
class NoteRequestNeedInput:
    """Which, and what."""

    request: strawberry.ID = strawberry.field(description=WHICH)
    competence: strawberry.ID = strawberry.field(description="Of the closed list.")
    urgent: bool = strawberry.field(default=False, description="Whether it can wait.")
    cause: NoRelayCause | None = strawberry.field(default=None, description="Why no relay was found; null while open.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What followed a contact.")
class FollowRequestInput:
    """Which, and what."""

    request: strawberry.ID = strawberry.field(description=WHICH)
    sequel: Sequel = strawberry.field(description="What was done.")
    to: str = strawberry.field(default="", description='"service:…" or "organisation:…", where it led to one.')
    competence: strawberry.ID | None = strawberry.field(default=None, description="For which of its needs.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Who is looked for: a name with its birth date, or a telephone number. Neither is kept.")
class LookUpInput:
    """Already followed? By whom?"""

    name: str = strawberry.field(default="", description="Name and first name, in any order.")
    born: str = strawberry.field(default="", description='Birth date: "1935-02-03".')
    phone: str = strawberry.field(default="", description="Telephone.")
    network: bool = strawberry.field(default=False, description="In other organisations' files too; takes a ground.")
    ground: Ground | None = strawberry.field(default=None, description="On which ground others are asked.")
    request: strawberry.ID | None = strawberry.field(default=None, description="The contact that it is for.")
    idempotency_key: str = strawberry.field(description="Each look is written down, whatever its key.")

    def sought(self) -> Sought:
        """As the model has it. Raises InvalidInput."""
        try:
            born = datetime.fromisoformat(self.born).date() if self.born else None
        except ValueError:
            raise errors.InvalidInput("La date de naissance s’écrit 1935-02-03.", "born") from None
        return Sought(name=self.name, born=born, phone=self.phone)


@strawberry.input(description="Someone to be put back in touch.")
class RelinkInput:
    """With whom."""

    hit: strawberry.ID = strawberry.field(description="As `lookUp` gave it.")
    request: strawberry.ID | None = strawberry.field(default=None, description="The contact that it follows.")
    urgent: bool = strawberry.field(default=False, description="Within two hours, and not by the next working day.")
    idempotency_key: str = strawberry.field(description=KEY)
