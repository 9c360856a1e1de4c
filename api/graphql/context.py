"""What resolvers know of the request that they answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import strawberry
from graphql import DocumentNode

from api.graphql.loaders import Loaders
from api.rooms import Rooms

PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(slots=True)
class Context:
    """One per request.

    The rooms, the mark that logs know it by, when it came, what it asks once that is read, and its own loaders.
    """

    rooms: Rooms
    request_id: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    document: DocumentNode | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        """Give this request loaders of its own."""
        self.loaders = Loaders(self.rooms)

    @property
    def today(self) -> date:
        """The day in Paris."""
        return self.now.astimezone(PARIS).date()


Info: TypeAlias = strawberry.Info[Context, None]
