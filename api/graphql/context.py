"""What resolvers know of the request that they answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import strawberry
from graphql import DocumentNode

from api.graphql.loaders import Loaders
from api.rooms import Rooms
from graph.model.access import VISITOR, Viewer

PARIS: Final = ZoneInfo("Europe/Paris")


def _nobody(_: int) -> None:
    """Is charged."""


def _nothing() -> None:
    """Is counted."""


@dataclass(slots=True)
class Context:
    """One per request.

    The rooms, the mark that logs know it by, who asks, when it came, who is charged for what it asks (raises TooOften; nobody
    when it does not come from outside; a suggestion counts for itself), what it asks once that is read, and its own loaders.
    `unread` when the graph did not say who asks: such a one changes nothing.
    """

    rooms: Rooms
    request_id: str
    viewer: Viewer = VISITOR
    unread: bool = field(default=False, kw_only=True)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    charge: Callable[[int], None] = _nobody
    pay_suggestion: Callable[[], None] = _nothing
    document: DocumentNode | None = None
    thinking: asyncio.Lock = field(default_factory=asyncio.Lock)
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        """Give this request loaders of its own."""
        self.loaders = Loaders(self.rooms)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """For a field that thinks without waiting: before each of them the other requests have theirs, and so has the clock
        that ends this operation."""
        async with self.thinking:
            await asyncio.sleep(0)
            yield

    @property
    def today(self) -> date:
        """The day in Paris."""
        return self.now.astimezone(PARIS).date()


Info: TypeAlias = strawberry.Info[Context, None]
