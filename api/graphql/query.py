"""The root of reading."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.actions import alerts, reorganising
from api.actions import directory as actions
from api.actions.keeping import kept
from api.graphql import moderation, suggestions
from api.graphql import relays as answers
from api.graphql.casework import desk, own_page
from api.graphql.casework import file as files
from api.graphql.casework import handoff as handoffs
from api.graphql.casework import inbox as inboxes
from api.graphql.casework.counted import CountedQueries
from api.graphql.casework.desk_types import FrontDeskReport, Request
from api.graphql.casework.file import File
from api.graphql.casework.handoff import Handoff, NextAction
from api.graphql.competences import CompetenceMatch, Completion
from api.graphql.connections import Connection, NameCursor, decode, page_size
from api.graphql.context import Info
from api.graphql.enums import ModerationTask, OrganisationKind
from api.graphql.figures.queries import FigureQueries
from api.graphql.given import bounded
from api.graphql.listings import NAMED, Listing
from api.graphql.me import Viewer
from api.graphql.network_alerts import AlertQueries
from api.graphql.organisations import After, First, Organisation, organisation_page
from api.graphql.places import Territory
from api.graphql.questions import RelayQuestion
from api.graphql.references import organisation_of, shown
from api.graphql.relays import RelaysResult
from api.graphql.reorganisation_types import Reorganisation
from api.graphql.searches import SavedSearch
from api.graphql.services import Service
from graph.model.errors import NotAllowed, NotFound, NotSignedIn
from graph.model.keeping import Target


@strawberry.type(description="What may be read. Open to everyone.")
class Query(AlertQueries, CountedQueries, FigureQueries):
    """The directory."""

    @strawberry.field(
        description=(
            "Who handles this, here? Published agreements count, reserved ones when the viewer's organisation is party."
        )
    )
    async def relays(
        self,
        info: Info,
        question: Annotated[RelayQuestion, strawberry.argument(description="Who handles what, for whom, where, when.")],
        first: First = 20,
        after: After = None,
    ) -> RelaysResult:
        """A page of relays, or why the question cannot be read."""
        return await answers.relays(info, question, first, after)

    @strawberry.field(description="What competences do these words mean? An empty list when none.")
    async def competences(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="Words, in French.")],
        first: First = 10,
    ) -> list[CompetenceMatch]:
        """The surest first."""
        rooms = info.context.rooms
        size = page_size(first)
        async with info.context.turn():
            understood = rooms.reader.read(bounded(text, "text"), rooms.places)
        return [CompetenceMatch.of(match) for match in understood.matches[:size]]

    @strawberry.field(description="Problems that begin like this, labels first; each competence once.")
    async def complete(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="What was typed so far, in French.")],
        first: First = 10,
    ) -> list[Completion]:
        """Completion of a problem."""
        size = page_size(first)
        async with info.context.turn():
            found = info.context.rooms.reader.complete(bounded(text, "text"), size)
        return [Completion.of(suggestion) for suggestion in found]

    @strawberry.field(description="One organisation; null when there is none of this id, or none that may be shown.")
    async def organisation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Organisation | None:
        """By id."""
        return await organisation_of(info, bounded(id, "id"))

    @strawberry.field(description="Published organisations in order of name, all conditions met together.")
    async def organisations(
        self,
        info: Info,
        text: Annotated[str | None, strawberry.argument(description="Part of the name.")] = None,
        kind: Annotated[OrganisationKind | None, strawberry.argument(description="Of this kind.")] = None,
        territory: Annotated[
            strawberry.ID | None, strawberry.argument(description="Covering this territory's id.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Organisation]:
        """The directory, by name."""
        page = await actions.organisations(
            info.context.rooms,
            text=bounded(text or "", "text"),
            kind=kind.value if kind else "",
            territory=bounded(territory or "", "territory"),
            first=page_size(first),
            after=decode(after, NameCursor).key if after else ("", ""),
        )
        return organisation_page(page.organisations, more=page.more, started=after is not None)

    @strawberry.field(description="One service; null when there is none of this id, or none that may be shown.")
    async def service(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Service | None:
        """By id."""
        record = await info.context.loaders.services.load(bounded(id, "id"))
        return Service.of(record) if record and shown(record) else None

    @strawberry.field(description="Who asks; null when nobody is signed in.")
    async def me(self, info: Info) -> Viewer | None:
        """Herself."""
        viewer = info.context.viewer
        return Viewer.of(viewer) if viewer.signed_in else None

    @strawberry.field(
        description=(
            "One file; null when there is none of this id, or none that the viewer may know of. That it is read is kept."
        )
    )
    async def file(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> File | None:
        """By id."""
        return await files.file(info, bounded(id, "id"))

    @strawberry.field(
        description="One handoff; null when there is none of this id, or none that the viewer may know of."
    )
    async def handoff(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Handoff | None:
        """By id."""
        return await handoffs.handoff(info, bounded(id, "id"))

    @strawberry.field(description="What the viewer, or her desk, owes to someone: the most urgent first.")
    async def inbox(self, info: Info, first: First = 20, after: After = None) -> Connection[NextAction]:
        """Hers."""
        return await inboxes.inbox(info, first, after)

    @strawberry.field(description="A listing as those who keep it see it; null when it is not the viewer's to see.")
    async def listing(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description=NAMED)]
    ) -> Listing | None:
        """By kind and id."""
        target = Target.named(bounded(id, "id"))
        try:
            return Listing.of(await kept(info.context.rooms, info.context.viewer, target))
        except NotFound:
            return None

    @strawberry.field(description="The searches that the viewer keeps, by name; none for a visitor.")
    async def saved_searches(self, info: Info) -> list[SavedSearch]:
        """Hers alone."""
        context = info.context
        kept = await alerts.saved(context.rooms, context.viewer) if context.viewer.signed_in else []
        return [SavedSearch.of(search) for search in kept]

    @strawberry.field(description="Territories whose name or postcode begins like this, the likeliest first.")
    async def territories(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="What was typed: a name, a postcode, an INSEE code.")],
        first: First = 10,
    ) -> list[Territory]:
        """Completion of a place."""
        found = info.context.rooms.places.complete(bounded(text, "text"), page_size(first))
        return [Territory.of(territory) for territory in found]

    @strawberry.field(
        description="Suggestions that wait for the viewer's answer, the oldest first; null when she has none to give."
    )
    async def suggestions(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[suggestions.Suggestion] | None:
        """All for a moderator, else those of her organisation and of its units."""
        return await suggestions.suggestions(info, first, after)

    @strawberry.field(description="The own pages of a file's members; null for whoever may not see the whole file.")
    async def person_pages(
        self, info: Info, file: Annotated[strawberry.ID, strawberry.argument(description="The file's id.")]
    ) -> list[own_page.PersonPage] | None:
        """In the order of its members; neither address nor code."""
        return await own_page.person_pages(info, bounded(file, "file"))

    @strawberry.field(description="What waits for a moderator; null for whoever may not read it.")
    async def moderation_queue(
        self,
        info: Info,
        tasks: Annotated[
            list[ModerationTask] | None, strawberry.argument(description="Of these tasks only; all when null.")
        ] = None,
    ) -> moderation.ModerationQueue | None:
        """The oldest first."""
        return await moderation.queue(info, tasks)

    @strawberry.field(description="What was decided, the latest first; null for whoever may not read it.")
    async def decisions(
        self,
        info: Info,
        mine: Annotated[bool, strawberry.argument(description="One's own only.")] = False,
        first: First = 20,
        after: After = None,
    ) -> Connection[moderation.Decision] | None:
        """The log of moderation."""
        return await moderation.log(info, first, after, mine)

    @strawberry.field(
        description="Contacts at the viewer's front door, the latest first; null for whoever stands at none."
    )
    async def requests(self, info: Info, first: First = 20, after: After = None) -> Connection[Request] | None:
        """Those that were voided too."""
        return await desk.requests(info, first, after)

    @strawberry.field(description="The month of the viewer's front door; null for whoever stands at none.")
    async def front_desk_report(
        self, info: Info, month: Annotated[str, strawberry.argument(description='In Paris: "2026-03".')]
    ) -> FrontDeskReport | None:
        """Exact, for the organisation itself."""
        return await desk.report(info, month)

    @strawberry.field(description="Every reorganisation, the furthest day first; null for who does not plan them.")
    async def reorganisations(self, info: Info) -> list[Reorganisation] | None:
        """Drafts included."""
        try:
            plans = await reorganising.plans(info.context.rooms, info.context.viewer)
        except (NotAllowed, NotSignedIn):
            return None
        return [Reorganisation.of(plan) for plan in plans]

    @strawberry.field(
        description="One reorganisation; null when there is none of this id, or for who does not plan them."
    )
    async def reorganisation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Reorganisation | None:
        """By id."""
        context = info.context
        try:
            found = await reorganising.planned(context.rooms, context.viewer, bounded(id, "id"), at=context.now)
        except (NotFound, NotAllowed, NotSignedIn):
            return None
        return Reorganisation.of(found.plan)
