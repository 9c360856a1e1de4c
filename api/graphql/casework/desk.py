"""The front desk, as programs see it: contacts noted and followed, who may follow someone, the month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions.casework import front_desk, looking_up
from api.graphql.casework.desk_types import FrontDeskReport, KnownLead, Request
from api.graphql.connections import Connection, NameCursor, decode, named_page, page_size
from api.graphql.context import Info
from api.graphql.enums import AgeBand, Channel, Ground, NoRelayCause, Requester, Sequel, Sex
from api.graphql.given import KEY
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, ReasonMissing, StepNotAllowed, TooMuch
from graph.model import errors
from graph.model.casework.contact import Contact
from graph.model.casework.desk_report import read_month
from graph.model.casework.finding_again import Sought

WHICH: Final = "Which contact."
LAST: Final = (datetime(9999, 1, 1, tzinfo=UTC), "")


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


@strawberry.input(description="Someone to be put back in touch.")
class RelinkInput:
    """With whom."""

    hit: strawberry.ID = strawberry.field(description="As `lookUp` gave it.")
    request: strawberry.ID | None = strawberry.field(default=None, description="The contact that it follows.")
    urgent: bool = strawberry.field(default=False, description="Within two hours, and not by the next working day.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type(description="Who may follow the person. An empty list when nobody is known to.")
class LookedUp:
    """An answer."""

    known: list[KnownLead] = strawberry.field(description="Those found.")


@strawberry.type(description="The lead was asked to call.")
class Relinked:
    """Put back in touch."""

    organisation: strawberry.ID = strawberry.field(description="Whose lead was asked.")


RecordRequestResult: TypeAlias = Annotated[
    Request | NotAllowed | NotFound | InvalidInput, strawberry.union("RecordRequestResult")
]
RequestResult: TypeAlias = Annotated[
    Request | NotAllowed | NotFound | StepNotAllowed | InvalidInput, strawberry.union("RequestResult")
]
LookUpResult: TypeAlias = Annotated[
    LookedUp | NotAllowed | ReasonMissing | TooMuch | InvalidInput, strawberry.union("LookUpResult")
]
RelinkResult: TypeAlias = Annotated[
    Relinked | NotAllowed | NotFound | StepNotAllowed | InvalidInput, strawberry.union("RelinkResult")
]


@strawberry.type
class DeskMutations:
    """Acts of a front desk."""

    @strawberry.mutation(description="Note a contact, without a name.")
    async def record_request(
        self, info: Info, input: Annotated[RecordRequestInput, strawberry.argument(description="What.")]
    ) -> RecordRequestResult:
        """Once for each key."""
        made = await front_desk.record(
            info.context.rooms,
            info.context.viewer,
            input.contact.contact(),
            key=input.idempotency_key,
            words=input.words,
            at=info.context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Say a contact as it should have been noted.")
    async def correct_request(
        self, info: Info, input: Annotated[CorrectRequestInput, strawberry.argument(description="What.")]
    ) -> RequestResult:
        """Its log keeps what was said before."""
        context, contact = info.context, input.contact.contact()
        made = await front_desk.correct(
            context.rooms,
            context.viewer,
            str(input.request),
            contact,
            key=input.idempotency_key,
            at=context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Undo a slip, or take the undoing back.")
    async def void_request(
        self, info: Info, input: Annotated[VoidRequestInput, strawberry.argument(description="Which.")]
    ) -> RequestResult:
        """A contact that led to a file is no slip."""
        context = info.context
        act = front_desk.restore if input.restore else front_desk.void
        made = await act(context.rooms, context.viewer, str(input.request), key=input.idempotency_key, at=context.now)
        return Request.of(made)

    @strawberry.mutation(description="Note a need of an anonymous contact, or that no relay was found for it.")
    async def note_request_need(
        self, info: Info, input: Annotated[NoteRequestNeedInput, strawberry.argument(description="What.")]
    ) -> RequestResult:
        """It hangs on the contact."""
        made = await front_desk.note_need(
            info.context.rooms,
            info.context.viewer,
            str(input.request),
            str(input.competence),
            key=input.idempotency_key,
            urgent=input.urgent,
            cause=input.cause,
            at=info.context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Keep with a contact what followed it.")
    async def follow_request(
        self, info: Info, input: Annotated[FollowRequestInput, strawberry.argument(description="What.")]
    ) -> RequestResult:
        """Answered, oriented, put back in touch by telephone."""
        made = await front_desk.follow(
            info.context.rooms,
            info.context.viewer,
            str(input.request),
            input.sequel,
            key=input.idempotency_key,
            to=input.to,
            competence=str(input.competence or ""),
            at=info.context.now,
        )
        return Request.of(made)

    @strawberry.mutation(description="Already followed? By whom? Each look is written down; the person may see it.")
    async def look_up(
        self, info: Info, input: Annotated[LookUpInput, strawberry.argument(description="Who.")]
    ) -> LookUpResult:
        """A mutation, since it writes who looked."""
        context = info.context
        answers = await looking_up.look_up(
            context.rooms,
            context.viewer,
            _sought(input),
            ground=input.ground,
            network=input.network,
            request=str(input.request or ""),
            at=context.now,
        )
        return LookedUp(known=[KnownLead.of(answer) for answer in answers])

    @strawberry.mutation(description="Ask whoever already follows the person to call her.")
    async def relink(
        self, info: Info, input: Annotated[RelinkInput, strawberry.argument(description="With whom.")]
    ) -> RelinkResult:
        """Nothing is told but that she got in touch, and where."""
        context = info.context
        organisation = await looking_up.relink(
            context.rooms,
            context.viewer,
            str(input.hit),
            key=input.idempotency_key,
            request=str(input.request or ""),
            urgent=input.urgent,
            at=context.now,
        )
        return Relinked(organisation=strawberry.ID(organisation))


async def requests(info: Info, first: int | None, after: str | None) -> Connection[Request] | None:
    """Contacts of the viewer's door, the latest first; None for whoever stands at none."""
    size = page_size(first)
    before = _place(decode(after, NameCursor)) if after else LAST
    try:
        found = await front_desk.page(info.context.rooms, info.context.viewer, before, size + 1)
    except errors.NotAllowed:
        return None
    shown = found[:size]
    return named_page(
        shown, lambda one: (one.at.isoformat(), one.id), Request.of, more=len(found) > size, started=bool(after)
    )


async def report(info: Info, month: str) -> FrontDeskReport | None:
    """The month of the viewer's door; None for whoever stands at none. Raises InvalidInput."""
    read = read_month(month)
    try:
        return FrontDeskReport.of(await front_desk.monthly(info.context.rooms, info.context.viewer, read))
    except errors.NotAllowed:
        return None


def _place(cursor: NameCursor) -> tuple[datetime, str]:
    try:
        return datetime.fromisoformat(cursor.name).astimezone(UTC), cursor.id
    except ValueError:
        raise errors.InvalidInput(
            "Ce curseur n’est pas de cette liste. Reprenez à la première page.", "after"
        ) from None


def _sought(input_: LookUpInput) -> Sought:
    try:
        born = datetime.fromisoformat(input_.born).date() if input_.born else None
    except ValueError:
        raise errors.InvalidInput("La date de naissance s’écrit 1935-02-03.", "born") from None
    return Sought(name=input_.name, born=born, phone=input_.phone)
