"""The type of a file, and reading one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import strawberry

from api.actions.casework import filing
from api.graphql.casework.file_members import CircleMember, CoReferent, Lead, Member
from api.graphql.casework.file_writings import Access, Watch, Writing
from api.graphql.casework.handoff import Handed, Handoff
from api.graphql.competences import Competence
from api.graphql.connections import Connection, NameCursor, decode, named_page, page_of, page_size
from api.graphql.context import Info
from api.graphql.enums import FileState, Ground, Means, Outcome, ShareGroup
from api.graphql.organisations import After, First
from api.graphql.references import OrganisationType, organisation_of
from graph.model.casework import file as model
from graph.model.casework import grounds, telling
from graph.model.casework.sight import Sight
from graph.model.casework.telling import ToldNeed, told
from graph.model.errors import InvalidInput, NotFound
from graph.store.casework.reads import ReadPage

# In the order of the numbers, as text.
NUMBERED: Final = "{:06d}"


@strawberry.type(description="One problem of a file.")
class Need:
    """What is not told to the viewer is null."""

    id: strawberry.ID = strawberry.field(description="In the file.")
    competence: Competence = strawberry.field(description="Which problem, of the closed list.")
    member: strawberry.ID | None = strawberry.field(description="Whose; null for the household's.")
    opened: datetime = strawberry.field(description="Since when it is known.")
    urgent: bool = strawberry.field(description="Whether its clocks run in real time.")
    due: date | None = strawberry.field(description="A date that comes from outside: a hearing, a discharge.")
    due_what: str = strawberry.field(description="What happens on that day.")
    words: str | None = strawberry.field(
        description="The words that it was told in; null to who does not work on the file."
    )
    secret: bool | None = strawberry.field(
        description="Whether the others of the household never see it; null to who does not work on the file."
    )
    outcome: Outcome | None = strawberry.field(description="How it ended; null while it is open.")
    ended: datetime | None = strawberry.field(description="When it ended.")

    @classmethod
    def of(cls, need: ToldNeed, whole: model.Need | None) -> Need:
        """As it is told; `whole` to those who work on the file."""
        return cls(
            id=strawberry.ID(need.id),
            competence=Competence.of(need.competence),
            member=strawberry.ID(need.member) if need.member else None,
            opened=need.opened,
            urgent=need.urgent,
            due=need.due,
            due_what=need.due_what,
            words=whole.words if whole else None,
            secret=whole.secret if whole else None,
            outcome=whole.outcome if whole else None,
            ended=whole.ended if whole else None,
        )


@strawberry.type(description="A permission: what may be told, to whom, on which ground, for what, until when.")
class Consent:
    """Given, and taken back at once everywhere."""

    id: strawberry.ID = strawberry.field(description="In the file.")
    ground: Ground = strawberry.field(description="Why it may be told.")
    purpose: str = strawberry.field(description="For what.")
    groups: list[ShareGroup] = strawberry.field(description="What.")
    until: date = strawberry.field(description="The last day.")
    given: datetime = strawberry.field(description="When it was recorded.")
    member: strawberry.ID | None = strawberry.field(description="Who agreed; null for a ground of the law.")
    means: Means | None = strawberry.field(description="How she agreed.")
    needs: list[strawberry.ID] = strawberry.field(description="About which needs; all when empty.")
    informed: date | None = strawberry.field(description="When those concerned were told.")
    why_not: str = strawberry.field(description="Why they were not told before.")
    withdrawn: datetime | None = strawberry.field(description="When it was taken back.")
    recipient_id: strawberry.Private[str]

    @classmethod
    def of(cls, one: grounds.Consent) -> Consent:
        """From the model."""
        return cls(
            id=strawberry.ID(one.id),
            ground=one.ground,
            purpose=one.purpose,
            groups=sorted(one.groups),
            until=one.until,
            given=one.given,
            member=strawberry.ID(one.member) if one.member else None,
            means=one.means,
            needs=[strawberry.ID(need) for need in one.needs],
            informed=one.informed,
            why_not=one.why_not,
            withdrawn=one.withdrawn,
            recipient_id=one.recipient,
        )

    @strawberry.field(description="To whom.")
    async def recipient(self, info: Info) -> OrganisationType | None:
        """An organisation; null when the directory may not show it."""
        return await organisation_of(info, self.recipient_id)


@strawberry.type(
    description="A person or a household that is accompanied. What the viewer may not read is null, never an empty list."
)
class File:
    """As the viewer sees it."""

    file: strawberry.Private[model.File]
    sight: strawberry.Private[Sight]
    id: strawberry.ID = strawberry.field(description="Of the file.")
    seq: int | None = strawberry.field(
        description="The number of its last entry; null where nothing of it is shared with the viewer any longer."
    )

    @classmethod
    def of(cls, file: model.File, sight: Sight) -> File:
        """In this sight."""
        return cls(file=file, sight=sight, id=strawberry.ID(file.id), seq=file.seq if sight.follows else None)

    async def _told(self, info: Info, *, written: bool = False) -> telling.Told:
        log = await info.context.loaders.logs.load(self.file.id) if written else ()
        return told(self.file, self.sight, info.context.now, log)

    @strawberry.field(description="Its life; null where nothing of it is shared with the viewer any longer.")
    def state(self) -> FileState | None:
        """Known to whoever knows of it."""
        return self.file.state if self.sight.follows else None

    @strawberry.field(description="How it ended, to those who work on it.")
    def outcome(self) -> Outcome | None:
        """Null while it is open."""
        return self.file.outcome if self.sight.whole else None

    @strawberry.field(description="Who answers for it: exactly one while it is open.")
    def lead(self) -> Lead | None:
        """Now."""
        return Lead.of(self.file.lead) if self.file.lead and self.sight.follows else None

    @strawberry.field(description="Who answered for it before, the first first.")
    def leads(self, first: First = 20, after: After = None) -> Connection[Lead] | None:
        """Not those who lead now."""
        if not self.sight.whole:
            return None
        numbered = list(enumerate(self.file.leads))
        return page_of(numbered, lambda one: ("", NUMBERED.format(one[0])), lambda one: Lead.of(one[1]), first, after)

    @strawberry.field(description="Who is accompanied.")
    async def members(self, info: Info) -> list[Member] | None:
        """Each group told or not."""
        shown = (await self._told(info)).members
        if shown is None:
            return None
        return [Member.of(one, self.file.members[one.id] if self.sight.whole else None) for one in shown]

    @strawberry.field(description="What is to be solved.")
    async def needs(self, info: Info) -> list[Need] | None:
        """Open and ended ones to those who work on it."""
        shown = (await self._told(info)).needs
        if shown is None:
            return None
        return [Need.of(one, self.file.needs[one.id] if self.sight.whole else None) for one in shown]

    @strawberry.field(description="What moves, or moved, towards a partner; those that the viewer may know of.")
    def handoffs(self, info: Info, first: First = 20, after: After = None) -> Connection[Handoff] | None:
        """In the order in which they were prepared."""
        if self.sight.nothing:
            return None
        mine = [one for one in self.file.handoffs.values() if one.id in self.sight.handoffs]
        return page_of(
            mine,
            lambda one: (one.drafted.isoformat(), one.id),
            lambda one: Handoff.of(Handed(file=self.file, sight=self.sight, id=one.id), info),
            first,
            after,
        )

    @strawberry.field(description="Who is around it, relatives and professionals.")
    async def circle(self, info: Info) -> list[CircleMember] | None:
        """Each with what she may know."""
        shown = (await self._told(info)).circle
        return None if shown is None else [CircleMember.of(one, whole=self.sight.whole) for one in shown]

    @strawberry.field(description="Other bodies' own referents.")
    def co_referents(self) -> list[CoReferent] | None:
        """By matter."""
        return [CoReferent.of(one) for one in self.file.co_referents.values()] if self.sight.whole else None

    @strawberry.field(description="What may be told to whom, or could be.")
    def consents(self) -> list[Consent] | None:
        """Those taken back too."""
        return [Consent.of(one) for one in self.file.consents.values()] if self.sight.whole else None

    @strawberry.field(description="On what someone keeps an eye.")
    def watches(self) -> list[Watch] | None:
        """Those that have not ended."""
        if not self.sight.whole:
            return None
        return [
            Watch(id=strawberry.ID(one.id), what=one.what, next=one.next, every_days=one.every_days, until=one.until)
            for one in self.file.watches.values()
        ]

    @strawberry.field(description="The sender's words and those of the needs, where the situation is told.")
    async def situation(self, info: Info) -> list[str] | None:
        """As they were typed."""
        shown = (await self._told(info)).situation
        return None if shown is None else list(shown)

    @strawberry.field(description="Social evaluations, where they are told.")
    async def assessments(self, info: Info) -> list[str] | None:
        """The first first."""
        shown = (await self._told(info, written=True)).assessments
        return None if shown is None else [one.text for one in shown]

    @strawberry.field(description="What was written in it, the first first; to those who work on it.")
    async def writings(self, info: Info, first: First = 20, after: After = None) -> Connection[Writing] | None:
        """Struck ones too."""
        if not self.sight.whole:
            return None
        log = await info.context.loaders.logs.load(self.file.id)
        found = [Writing.of(entry, struck=entry.seq in self.file.struck) for entry in log]
        written = [one for one in found if one is not None]
        return page_of(written, lambda one: ("", NUMBERED.format(one.seq)), lambda one: one, first, after)

    @strawberry.field(description="Who read it, the latest first; to those who work on it.")
    async def seen_by(self, info: Info, first: First = 20, after: After = None) -> Connection[Access] | None:
        """A row for a person and a quarter of an hour."""
        if not self.sight.whole:
            return None
        size = page_size(first)
        before = _place(decode(after, NameCursor)) if after else None
        async with info.context.rooms.graph.reading() as unit:
            found = await unit.file_reads.of(self.file.id, size + 1, before)
        return named_page(
            found[:size],
            lambda one: (one.first.isoformat(), one.id),
            Access.of,
            more=len(found) > size,
            started=after is not None,
        )


def _place(cursor: NameCursor) -> tuple[datetime, str]:
    """Where a page of the log of reads begins. Raises InvalidInput for a cursor of another list."""
    try:
        return datetime.fromisoformat(cursor.name), cursor.id
    except ValueError:
        raise InvalidInput("Ce curseur n’est pas de cette liste. Reprenez à la première page.", "after") from None


async def file(info: Info, id_: str) -> File | None:
    """One file; None when there is none of this id, or none that the viewer may know of. That it is read is written down."""
    context = info.context
    try:
        found = await filing.seen(context.rooms, context.viewer, id_, context.now, page=ReadPage.DATA)
    except NotFound:
        return None
    return File.of(*found)
