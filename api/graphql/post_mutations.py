"""What may be done with posts: said, taken away, an absence, a departure, and any of these taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions import posts as actions
from api.actions.member_posts import give_post
from api.actions.post_gesture import Done
from api.graphql.context import Info
from api.graphql.given import KEY
from api.graphql.posts import Post
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from graph.model import directory, errors

OWNER: Final = "The organisation whose posts they are."


@strawberry.type(description="What a gesture on posts made.")
class PostsChange:
    """Posts as they are now, and how to take it back."""

    posts: list[Post] = strawberry.field(description="The posts it moved, as they are now; one taken away is none.")
    entry: strawberry.ID | None = strawberry.field(
        description="Give it to `takeBackPosts` to undo all of it; null when nothing moved, or after an undo."
    )

    @classmethod
    def of(cls, done: Done, day: date) -> PostsChange:
        """As the model has it, on this day."""
        entry = strawberry.ID(done.entry) if done.entry else None
        return cls(posts=[Post.of(post, day) for post in done.posts], entry=entry)


@strawberry.type(description="Someone else changed this post meanwhile; nothing was done.")
class PostConflict(Refusal):
    """Two who wrote at once: the second chooses."""

    current: Post = strawberry.field(description="How the post stands now.")


class PostConflictHandler(strawberry.ExceptionHandler[errors.Conflict, PostConflict]):
    """Makes of the model's Conflict the member of the union."""

    def handle(self, exception: errors.Conflict, *, field: object, info: Info) -> PostConflict:
        """The refusal as data."""
        assert isinstance(exception.current, directory.Post), "posts conflict with posts"
        current = Post.of(exception.current, info.context.today)
        return PostConflict(message=exception.message, code=exception.code, current=current)


@strawberry.input(description="A post as it is to be; what is left out is empty.")
class SetPostInput:
    """Who to call for what."""

    organisation: strawberry.ID = strawberry.field(description=OWNER)
    post: strawberry.ID | None = strawberry.field(default=None, description="Which post; null for a new one.")
    label: str = strawberry.field(description="What it is called, in French.")
    competences: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="For what; empty means all that its organisation handles."
    )
    covers: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="For where; empty means wherever its organisation acts."
    )
    phone: str = strawberry.field(default="", description="Telephone.")
    email: str = strawberry.field(default="", description="E-mail address.")
    url: str = strawberry.field(default="", description="Site.")
    hours: str = strawberry.field(default="", description="When it answers, OSM `opening_hours`.")
    duty_desk: bool = strawberry.field(default=False, description="Answers when nobody else does.")
    holder: strawberry.ID | None = strawberry.field(
        default=None, description="Who holds it from today, among those who work there; null for nobody."
    )
    expected_seq: int | None = strawberry.field(
        default=None, description="The last change that was seen; the act is refused when the post was changed past it."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Which post is none any more.")
class RemovePostInput:
    """Its organisation and its id."""

    organisation: strawberry.ID = strawberry.field(description=OWNER)
    post: strawberry.ID = strawberry.field(description="Which post.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Someone is away from all her posts of an organisation.")
class SetAbsenceInput:
    """From when, until when, and who stands in."""

    organisation: strawberry.ID = strawberry.field(description=OWNER)
    professional: strawberry.ID = strawberry.field(description="Who is away.")
    first: date | None = strawberry.field(description="The first day away; null takes the absence back.")
    last: date | None = strawberry.field(default=None, description="The last day away; null while it is not known.")
    substitute: strawberry.ID | None = strawberry.field(default=None, description="Who stands in; null for nobody.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Someone leaves an organisation.")
class LeavePostsInput:
    """Who, and her last day."""

    organisation: strawberry.ID = strawberry.field(description=OWNER)
    professional: strawberry.ID = strawberry.field(description="Who leaves.")
    last_day: date = strawberry.field(description="The last day on which she answers.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Which post a member of an organisation holds: what its load is told by.")
class GiveMemberPostInput:
    """Said anew, it takes the place of what was said."""

    organisation: strawberry.ID = strawberry.field(description=OWNER)
    member: strawberry.ID = strawberry.field(description="Her account, as the page of members has it.")
    post: strawberry.ID | None = strawberry.field(description="A post of that organisation; null for none.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type(description="What a member holds from now on.")
class MemberPost:
    """Her post."""

    member: strawberry.ID = strawberry.field(description="Her account.")
    post: strawberry.ID | None = strawberry.field(description="The post; null for none.")


MemberPostResult: TypeAlias = Annotated[
    MemberPost | NotAllowed | NotFound | InvalidInput, strawberry.union("MemberPostResult")
]


@strawberry.input(description="A gesture to take back.")
class TakeBackPostsInput:
    """By the entry that it gave."""

    organisation: strawberry.ID = strawberry.field(description=OWNER)
    entry: strawberry.ID = strawberry.field(description="As `PostsChange.entry` gave it.")
    idempotency_key: str = strawberry.field(description=KEY)


PostsResult: TypeAlias = Annotated[
    PostsChange | PostConflict | NotAllowed | NotFound | InvalidInput, strawberry.union("PostsResult")
]

OnPosts: TypeAlias = SetPostInput | RemovePostInput | SetAbsenceInput | LeavePostsInput | TakeBackPostsInput


async def _done(
    info: Info, input: OnPosts, act: Callable[..., Awaitable[Done]], *said: object, **more: object
) -> PostsChange:
    """What an act of api/actions made of the posts of the organisation that the input names; as for listings."""
    context, key = info.context, input.idempotency_key
    done = await act(context.rooms, context.viewer, input.organisation, *said, key=key, at=context.now, **more)
    return PostsChange.of(done, context.today)


@strawberry.type
class PostMutations:
    """Acts on posts."""

    @strawberry.mutation(description="Say which post a member of an organisation holds, for who administers it.")
    async def give_member_post(
        self, info: Info, input: Annotated[GiveMemberPostInput, strawberry.argument(description="Who, and which.")]
    ) -> MemberPostResult:
        """Done twice, it is done once."""
        context = info.context
        who, which, key = input.member, input.post or "", input.idempotency_key
        await give_post(context.rooms, context.viewer, input.organisation, who, which, key=key)
        return MemberPost(member=who, post=input.post)

    @strawberry.mutation(description="Make a post, or say anew what one is.")
    async def set_post(
        self, info: Info, input: Annotated[SetPostInput, strawberry.argument(description="The post.")]
    ) -> PostsResult:
        """Kept from then on: no import moves it."""
        draft = actions.PostDraft(
            label=input.label,
            competences=tuple(input.competences),
            covers=tuple(input.covers),
            contact=directory.Contact(phone=input.phone, email=input.email, url=input.url),
            hours=input.hours,
            duty_desk=input.duty_desk,
            holder=input.holder or "",
        )
        return await _done(info, input, actions.set_post, draft, post=input.post or "", expected_seq=input.expected_seq)

    @strawberry.mutation(description="This post is none any more.")
    async def remove_post(
        self, info: Info, input: Annotated[RemovePostInput, strawberry.argument(description="Which post.")]
    ) -> PostsResult:
        """A source that goes on telling it does not bring it back."""
        return await _done(info, input, actions.remove_post, input.post)

    @strawberry.mutation(description="Someone is away, and someone stands in: herself, or a colleague.")
    async def set_absence(
        self, info: Info, input: Annotated[SetAbsenceInput, strawberry.argument(description="Who is away, and when.")]
    ) -> PostsResult:
        """On all the posts that she holds there."""
        return await _done(
            info,
            input,
            actions.set_absence,
            input.professional,
            input.first,
            input.last,
            substitute=input.substitute or "",
        )

    @strawberry.mutation(description="Someone leaves: after her last day the duty desk answers for all her posts.")
    async def leave_posts(
        self, info: Info, input: Annotated[LeavePostsInput, strawberry.argument(description="Who leaves, and when.")]
    ) -> PostsResult:
        """One gesture."""
        return await _done(info, input, actions.leave_posts, input.professional, input.last_day)

    @strawberry.mutation(description="Undo one gesture, on all the posts that it moved.")
    async def take_back_posts(
        self, info: Info, input: Annotated[TakeBackPostsInput, strawberry.argument(description="Which gesture.")]
    ) -> PostsResult:
        """Refused where a post was changed since."""
        return await _done(info, input, actions.take_back, input.entry)
