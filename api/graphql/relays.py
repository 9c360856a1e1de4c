"""The main question: who handles this, for this person, here, now?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias, cast

import strawberry

from api.actions.find_relay import Page, find_relay
from api.graphql.agreements import Agreement
from api.graphql.competences import CompetenceMatch
from api.graphql.connections import Edge, PageInfo, RelayCursor, decode, page_info, page_size
from api.graphql.context import PARIS, Info
from api.graphql.enums import Mode, OrganisationKind, Public, ReasonKind, WideningStep
from api.graphql.organisations import Organisation
from api.graphql.places import Territory
from api.graphql.posts import Post
from api.graphql.questions import CHOICES, RelayQuestion, in_range
from api.graphql.refusals import InvalidInput
from api.graphql.services import Service
from graph.model import relay, wording


@strawberry.type(description="A fact that moved a relay in the answer.")
class Reason:
    """One sentence."""

    kind: ReasonKind = strawberry.field(description="Which fact.")
    text: str = strawberry.field(description="The fact, as a sentence in French.")


@strawberry.type(description="An answer to “who handles this?”.")
class Relay:
    """Everything here comes from the index; what is nested deeper is loaded from the graph."""

    organisation: Organisation = strawberry.field(description="Who handles it.")
    service: Service | None = strawberry.field(
        description="By which service; null when the organisation itself is competent."
    )
    post: Post | None = strawberry.field(
        description="Who to call; null when only the organisation's own number is known."
    )
    agreement: Agreement | None = strawberry.field(
        description="The agreement through which the answer comes, if it does."
    )
    reasons: list[Reason] = strawberry.field(description="Why, the most weighty first.")
    distance_km: float | None = strawberry.field(
        description="As the crow flies, in kilometres; null when a point is missing."
    )

    @classmethod
    def of(cls, found: relay.Relay, moment: datetime) -> Relay:
        """From the model, as judged at this moment."""
        listing = found.listing
        return cls(
            organisation=Organisation.of(listing.organisation),
            service=Service.of(listing.service) if listing.service else None,
            post=Post.of(found.post, moment.astimezone(PARIS).date()) if found.post else None,
            agreement=Agreement.of(listing.agreement) if listing.agreement else None,
            # The model's own have the same fields, and are many.
            reasons=cast("list[Reason]", list(found.reasons)),
            distance_km=found.distance_km,
        )


@strawberry.type(description="What was loosened, since nothing answered the question as it was put.")
class Widening:
    """Said in words."""

    step: WideningStep = strawberry.field(description="What was loosened.")
    text: str = strawberry.field(description="The same, as a sentence in French.")


@strawberry.type(description="A number to call before anything else.")
class EmergencyNumber:
    """National numbers, free of charge."""

    number: str = strawberry.field(description="The number.")
    label: str = strawberry.field(description="What it is for, in French.")


@strawberry.type(description="A choice of one public, and how many relays it would leave.")
class PublicCount:
    """One line of a filter."""

    public: Public = strawberry.field(description="The public added to those asked for.")
    count: int = strawberry.field(description="Relays that would be left.")


@strawberry.type(description="A choice of one mode, and how many relays it would leave.")
class ModeCount:
    """One line of a filter."""

    mode: Mode = strawberry.field(description="The mode added to those asked for.")
    count: int = strawberry.field(description="Relays that would be left.")


@strawberry.type(description="A choice of one kind of organisation, and how many relays it would leave.")
class KindCount:
    """One line of a filter."""

    kind: OrganisationKind = strawberry.field(description="The kind; of several, any will do.")
    count: int = strawberry.field(description="Relays that would be left.")


@strawberry.type(
    description="How many relays each further choice would leave; those that would leave none are not listed."
)
class Facets:
    """Filters with their counts."""

    publics: list[PublicCount] = strawberry.field(description="In the order of the closed list.")
    modes: list[ModeCount] = strawberry.field(description="In the order of the closed list.")
    kinds: list[KindCount] = strawberry.field(description="The most frequent first.")
    open_now: int = strawberry.field(description="Known to be open at the moment asked for.")
    has_room: int = strawberry.field(description="Told of room in the last thirty days.")
    fresh: int = strawberry.field(description="Vouched for in the last six months.")
    without_residence_condition: int = strawberry.field(description="Open without condition of residence status.")
    interpreter: int = strawberry.field(description="With an interpreter.")
    accessible: int = strawberry.field(description="Accessible with a wheelchair.")
    free: int = strawberry.field(description="Free of charge.")

    @classmethod
    def of(cls, counted: relay.Facets) -> Facets:
        """From the model."""
        return cls(
            publics=[PublicCount(public=public, count=count) for public, count in counted.publics],
            modes=[ModeCount(mode=mode, count=count) for mode, count in counted.modes],
            kinds=[KindCount(kind=OrganisationKind(kind), count=n) for kind, n in counted.kinds if kind],
            **{name: getattr(counted, name) for name in CHOICES},
        )


@strawberry.type(description="Relays in order. The same question judged at the same moment gives the same order.")
class RelayConnection:
    """One page of an answer, and how the question was read."""

    edges: list[Edge[Relay]] = strawberry.field(description="The page, the best relay first.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")
    total_count: int = strawberry.field(description="Relays in the whole answer.")
    cut: bool = strawberry.field(
        description="Whether others fit less well and were left aside: about a thousand are weighed at most."
    )
    understood: list[CompetenceMatch] = strawberry.field(
        description="What the words were taken to mean, the surest first."
    )
    widened: Widening | None = strawberry.field(description="Null when nothing had to be widened.")
    emergency: list[EmergencyNumber] = strawberry.field(
        description="Numbers to call first when the words tell of danger."
    )
    territory: Territory | None = strawberry.field(description="Where the question was taken to be put.")
    at: datetime = strawberry.field(description="The moment at which opening was judged.")
    found: strawberry.Private[relay.Found]

    @strawberry.field(description="How many relays each further choice would leave.")
    def facets(self) -> Facets:
        """Counted only when it is asked."""
        return Facets.of(self.found.facets)


RelaysResult: TypeAlias = Annotated[RelayConnection | InvalidInput, strawberry.union("RelaysResult")]


async def relays(info: Info, question: RelayQuestion, first: int | None, after: str | None) -> RelayConnection:
    """One page of the answer. Raises InvalidInput; Unavailable when the index does not answer.

    The next page is judged at the moment of the first, which its cursor holds.
    """
    size = page_size(first)
    cursor = decode(after, RelayCursor) if after else None
    moment = in_range(cursor.moment, "after") if cursor else question.moment(info.context.now)
    page = Page(
        first=cursor.position if cursor else 0,
        count=size,
        after=cursor.listing if cursor else "",
    )
    ask = question.ask(moment)
    async with info.context.turn():
        found = await find_relay(info.context.rooms, ask, page, counted=True)
    info.context.loaders.known(answer.listing.organisation for answer in found.relays)
    cursors = [
        RelayCursor(moment, position, answer.listing.key)
        for position, answer in enumerate(found.relays, found.first + 1)
    ]
    place, labels = found.question.territory, wording.emergency_numbers()
    return RelayConnection(
        edges=[Edge(place=at, node=Relay.of(answer, moment)) for at, answer in zip(cursors, found.relays, strict=True)],
        page_info=page_info(cursors, before=found.first > 0, after=found.first + size < found.total),
        total_count=found.total,
        cut=found.cut,
        found=found,
        understood=[CompetenceMatch.of(match) for match in found.understood],
        widened=Widening(step=found.widened.step, text=found.widened.text) if found.widened else None,
        emergency=[EmergencyNumber(number=number, label=labels.get(number, "")) for number in found.emergency],
        territory=Territory.of(place) if place else None,
        at=moment,
    )
