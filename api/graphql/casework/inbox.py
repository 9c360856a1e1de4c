"""What the viewer, or her desk, owes to someone."""

from __future__ import annotations

from api.actions.casework import inbox as actions
from api.graphql.casework.handoff import NextAction
from api.graphql.connections import Connection, Edge, OwedCursor, decode, page_info, page_size
from api.graphql.context import Info
from graph.model.casework.inbox import Place


async def inbox(info: Info, first: int | None, after: str | None) -> Connection[NextAction]:
    """A page, the most urgent first; empty for who owes nothing. Raises InvalidInput."""
    context, size = info.context, page_size(first)
    cursor = decode(after, OwedCursor) if after else None
    moment = cursor.moment if cursor else context.now
    place = Place(band=cursor.band, calm=cursor.calm, due=cursor.due, id=cursor.id) if cursor else None
    found, more = (
        await actions.page(context.rooms, context.viewer, moment, first=size, after=place)
        if context.viewer.signed_in
        else ([], False)
    )
    cursors = [OwedCursor(moment, one.place.band, one.place.calm, one.place.due, one.place.id) for one in found]
    return Connection(
        edges=[
            Edge(place=cursor, node=NextAction.of(one.action, info, one.instead))
            for cursor, one in zip(cursors, found, strict=True)
        ],
        page_info=page_info(cursors, before=after is not None, after=more),
    )
