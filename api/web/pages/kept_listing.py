"""One listing for those who keep it: every group with its history, and the acts that take one press."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import keeping, listings
from api.web.acting import UNDONE, acting, key_in, new_key, seq_in, then, told
from api.web.forms import form_of
from api.web.kept_paths import SLUGS, group_of, target_of
from api.web.kept_view import kept_view
from api.web.render import now, page

router = APIRouter(include_in_schema=False)


@router.post("/mes-fiches/{kind}/{id_:path}/confirmer")
async def confirm(request: Request, kind: str, id_: str) -> Response:
    """Still true, today. Raises NotSignedIn, NotFound, NotAllowed, InvalidInput, Conflict."""
    it = acting(request, target_of(kind, id_))
    data = await form_of(request)
    groups = [group_of(it.target, name) for name in data.every("rubrique")]
    found = await keeping.confirm_groups(
        it.rooms, it.viewer, it.target, groups, key=key_in(data), expected_seq=seq_in(data)
    )
    return then(it.target, "confirme", found.seq)


@router.post("/mes-fiches/{kind}/{id_:path}/annuler")
async def undo(request: Request, kind: str, id_: str) -> Response:
    """Take back one change. Raises NotSignedIn, NotFound, NotAllowed, InvalidInput."""
    it = acting(request, target_of(kind, id_))
    data = await form_of(request)
    await keeping.take_back(it.rooms, it.viewer, it.target, seq_in(data, UNDONE), key=key_in(data))
    return then(it.target, "annule")


@router.post("/mes-fiches/{kind}/{id_:path}/publier")
async def publish(request: Request, kind: str, id_: str) -> Response:
    """A draft becomes public. Raises as the action."""
    it = acting(request, target_of(kind, id_))
    data = await form_of(request)
    found = await listings.publish(it.rooms, it.viewer, it.target, key=key_in(data), expected_seq=seq_in(data))
    return then(it.target, "publie", found.seq)


@router.post("/mes-fiches/{kind}/{id_:path}/reprendre")
async def resume(request: Request, kind: str, id_: str) -> Response:
    """The end of a suspension. Raises as the action."""
    it = acting(request, target_of(kind, id_))
    data = await form_of(request)
    found = await listings.resume(it.rooms, it.viewer, it.target, key=key_in(data), expected_seq=seq_in(data))
    return then(it.target, "repris", found.seq)


@router.post("/mes-fiches/{kind}/{id_:path}/dupliquer")
async def duplicate(request: Request, kind: str, id_: str) -> Response:
    """A draft like it. Raises as the action."""
    it = acting(request, target_of(kind, id_))
    data = await form_of(request)
    made = await listings.duplicate(it.rooms, it.viewer, it.target, key=key_in(data))
    return then(made.target, "duplique")


@router.get("/mes-fiches/{kind}/{id_:path}")
async def kept_listing(request: Request, kind: str, id_: str) -> HTMLResponse:
    """Raises NotSignedIn, NotFound. The last of the routes under this address: its id takes all that is left."""
    it = acting(request, target_of(kind, id_))
    at = now()
    held, log = await listings.with_history(it.rooms, it.viewer, it.target)
    context = {
        "it": kept_view(held, log, it.viewer, it.rooms.places.get, at),
        "done": told(request, held, log, it.viewer),
        "key": new_key(),
        "slugs": SLUGS,
    }
    return page(request, "pages/kept_listing.html", context, at=at)
