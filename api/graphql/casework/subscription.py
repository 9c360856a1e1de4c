"""What a program may follow: that its inbox changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

import strawberry

from api.actions.casework import inbox
from api.actions.casework.following_inbox import follower
from api.graphql.context import Info
from graph.model.errors import NotSignedIn

# Then it ends, and whoever wants more asks anew: rights are read again.
LASTS_SECONDS: Final = 300.0


@strawberry.type(description="How much the viewer, or her desk, owes.")
class InboxCount:
    """Now."""

    count: int = strawberry.field(description="All that is owed.")
    late: int = strawberry.field(description="What is late.")


@strawberry.type(description="What may be followed, by server-sent events: `POST` with `Accept: text/event-stream`.")
class Subscription:
    """One thing at a time."""

    @strawberry.subscription(
        description="How much is owed: at once, then each time that it changes, five minutes long."
    )
    async def inbox_changed(self, info: Info) -> AsyncIterator[InboxCount]:
        """The same number is not told twice in a row."""
        context = info.context
        viewer, rooms = context.viewer, context.rooms
        if not viewer.signed_in:
            raise NotSignedIn("Connectez-vous pour suivre ce que vous avez à faire.")
        end = asyncio.get_running_loop().time() + LASTS_SECONDS
        async with follower(rooms.graph).following(viewer.organisation, viewer.account) as changed:
            told = (-1, -1)
            while True:
                changed.clear()
                found = await inbox.count(rooms, viewer, datetime.now(UTC))
                if found != told:
                    told = found
                    yield InboxCount(count=found[0], late=found[1])
                try:
                    async with asyncio.timeout_at(end):
                        await changed.wait()
                except TimeoutError:
                    return
