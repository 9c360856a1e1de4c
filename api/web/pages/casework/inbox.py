"""`/mes-actions`: what someone, or her desk, owes; the first gesture of each in place."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse

from api.actions.casework import inbox as actions
from api.actions.casework.filing import noted
from api.auth.viewer import must_sign_in, viewer_of
from api.graphql.connections import OwedCursor, decode, encode
from api.web.acting import new_key, rooms_of
from api.web.inbox_view import bands
from api.web.render import now, page
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.inbox import Place
from graph.model.errors import InvalidInput, NotAllowed
from graph.store.casework.reads import ReadPage

PATH: Final = "/mes-actions"
NOT_HERS: Final = "Cette liste est celle des professionnels qui accompagnent : ce droit manque à ce compte."
READ: Final = (ShareGroup.IDENTITY, ShareGroup.NEED)
DONE: Final = {
    "fait": "C’est noté.",
    "entretemps": "Cette demande avait changé entre-temps : rien n’a été modifié. Voyez où elle en est.",
}

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def inbox(request: Request, suite: str = "", note: str = "") -> HTMLResponse:
    """A page of it, in one query. Raises NotSignedIn, NotAllowed."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    if actions.whose(viewer) is None:
        raise NotAllowed(NOT_HERS)
    at, place = _from(suite)
    found, more = await actions.page(rooms, viewer, at, after=place, opened=True)
    if files := sorted({one.file.id for one in found if one.file}):
        await noted(rooms, viewer, files, READ, ReadPage.LIST, at)
    last = found[-1].place if found else None
    context = {
        "bands": bands(found, viewer, at),
        "more": encode(OwedCursor(at, last.band, last.calm, last.due, last.id)) if more and last else "",
        "started": place is not None,
        "done": DONE.get(note, ""),
        "key": new_key(),
        "here": PATH,
    }
    return page(request, "pages/casework/inbox.html", context, at=at)


@router.get(PATH + "/nombre")
async def count(request: Request) -> JSONResponse:
    """How much is owed, for the head of every page: {count, late}; nothing to a visitor."""
    owed, late = await actions.count(rooms_of(request), viewer_of(request), now())
    return JSONResponse({"count": owed, "late": late}, headers={"Cache-Control": "no-store"})


def _from(cursor: str) -> tuple[datetime, Place | None]:
    if not cursor:
        return now(), None
    try:
        found = decode(cursor, OwedCursor)
    except InvalidInput:
        return now(), None
    moment = found.moment.astimezone(now().tzinfo)
    return moment, Place(band=found.band, calm=found.calm, due=found.due, id=found.id)
