"""Connections: pages of a list, and the opaque cursors that join one page to the next."""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, Generic, TypeAlias, TypeVar

import msgspec
import strawberry

from graph.model.errors import InvalidInput

NodeT = TypeVar("NodeT")
RecordT = TypeVar("RecordT")
CursorT = TypeVar("CursorT", "RelayCursor", "NameCursor", "OwedCursor")

PAGE: Final = 20
PAGE_LIMIT: Final = 50
# No key of a listing is longer.
LONGEST_KEY: Final = 300
# Longer than any cursor we make: a name of 500 characters, encoded.
CURSOR_LIMIT: Final = 4_000


class RelayCursor(msgspec.Struct, frozen=True, array_like=True, tag="relay"):
    """A place in the answer to one question: judged when, how far, and after which listing, by its key."""

    moment: Annotated[datetime, msgspec.Meta(tz=True)]
    position: Annotated[int, msgspec.Meta(ge=1)]
    listing: Annotated[str, msgspec.Meta(max_length=LONGEST_KEY)]


class NameCursor(msgspec.Struct, frozen=True, array_like=True, tag="name"):
    """A place in a list that is in order of name, then id."""

    name: str
    id: str

    @property
    def key(self) -> tuple[str, str]:
        """What the list is in order of."""
        return self.name, self.id


class OwedCursor(msgspec.Struct, frozen=True, array_like=True, tag="owed"):
    """A place in an inbox, judged when: late, today, this week, later are those of that moment."""

    moment: Annotated[datetime, msgspec.Meta(tz=True)]
    band: Annotated[int, msgspec.Meta(ge=0, le=3)]
    calm: Annotated[int, msgspec.Meta(ge=0, le=1)]
    due: Annotated[int, msgspec.Meta(ge=0)]
    id: Annotated[str, msgspec.Meta(max_length=LONGEST_KEY)]


AnyCursor: TypeAlias = RelayCursor | NameCursor | OwedCursor


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Of each connection."""

    has_next_page: bool = strawberry.field(description="Whether more follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first node; null when the page is empty.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last node, to be given as `after` for the next page; null when the page is empty."
    )


@strawberry.type(description="A node and its place in the list.")
class Edge(Generic[NodeT]):
    """Of a connection of NodeT."""

    place: strawberry.Private[AnyCursor]

    @strawberry.field(description="Opaque; only good as `after` of the same field with the same arguments.")
    def cursor(self) -> str:
        """Its place, as clients carry it."""
        return encode(self.place)

    node: NodeT = strawberry.field(description="What stands there.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeT]):
    """A page of NodeT."""

    edges: list[Edge[NodeT]] = strawberry.field(description="The page, in the order of the list.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")


def page_size(first: int | None) -> int:
    """`first` as it was asked for, 20 when it was given as null. Raises InvalidInput outside 1..50."""
    if first is None:
        return PAGE
    if not 1 <= first <= PAGE_LIMIT:
        raise InvalidInput(f"Demandez entre 1 et {PAGE_LIMIT} résultats par page.", "first")
    return first


def encode(cursor: AnyCursor) -> str:
    """The cursor as clients carry it."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def decode(text: str, kind: type[CursorT]) -> CursorT:
    """The cursor that `encode` made. Raises InvalidInput for anything else, a cursor of another list included."""
    try:
        if len(text) > CURSOR_LIMIT:
            raise ValueError
        return msgspec.json.decode(b64decode(text.encode("ascii"), altchars=b"-_", validate=True), type=kind)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise InvalidInput(
            "Ce curseur n’est pas de ceux que cette liste a donnés. Reprenez à la première page.", "after"
        ) from None


def page_info(cursors: Sequence[AnyCursor], *, before: bool, after: bool) -> PageInfo:
    """Where the page whose cursors these are lies: something `before` it, something `after` it."""
    return PageInfo(
        has_next_page=after,
        has_previous_page=before,
        start_cursor=encode(cursors[0]) if cursors else None,
        end_cursor=encode(cursors[-1]) if cursors else None,
    )


def named_page(
    records: Sequence[RecordT],
    name: Callable[[RecordT], tuple[str, str]],
    node: Callable[[RecordT], NodeT],
    *,
    more: bool,
    started: bool,
) -> Connection[NodeT]:
    """`records` as a page: `name` gives (name, id) of one, `node` its type in the schema.

    `more` says that others follow, `started` that it is not the first page.
    """
    cursors = [NameCursor(*name(record)) for record in records]
    edges = [Edge(place=place, node=node(record)) for place, record in zip(cursors, records, strict=True)]
    return Connection(edges=edges, page_info=page_info(cursors, before=started, after=more))


def page_of(
    records: Sequence[RecordT],
    name: Callable[[RecordT], tuple[str, str]],
    node: Callable[[RecordT], NodeT],
    first: int | None,
    after: str | None,
) -> Connection[NodeT]:
    """The page that `first` and `after` ask for, of a list that is wholly in memory. Raises InvalidInput."""
    size = page_size(first)
    ordered = sorted(records, key=name)
    start = bisect_right(ordered, decode(after, NameCursor).key, key=name) if after else 0
    shown = ordered[start : start + size]
    return named_page(shown, name, node, more=start + size < len(ordered), started=start > 0)
