"""The editor of a listing's opening hours: every button works without JavaScript, and nothing typed is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions import keeping
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import form_of as sent_form
from api.web.forms import number, see
from api.web.hours_view import hours_page, theirs_of, written_of
from api.web.kept_paths import kept_path, target_of
from api.web.render import now, page
from api.web.timetable_form import TimetableForm, acted, form_of, read_form
from graph.model.access import Operation, check
from graph.model.errors import Conflict
from graph.model.keeping import Kept
from graph.model.listing import FieldGroup
from search.hours import PARIS, editable

UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
TEMPLATE: Final = "pages/hours.html"
# The table has been filled in, or the expression has.
TYPED: Final = ("d0.0.de", "brut")

router = APIRouter(include_in_schema=False)


@router.get("/mes-fiches/{kind}/{listing_id:path}/horaires")
async def hours(request: Request, kind: str, listing_id: str) -> Response:
    """The editor: of what is stored, or of what is being typed. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, at = must_sign_in(request), now()
    rooms: Rooms = request.app.state.rooms
    target = target_of(kind, listing_id)
    kept = await keeping.kept(rooms, viewer, target)
    check(viewer, Operation.EDIT, kept.subject, FieldGroup.HOURS)
    here, listing = kept_path(target, "horaires"), kept_path(target)
    fields = dict(request.query_params)
    if any(name in fields for name in TYPED):
        act = fields.get("faire", "")
        form, there = acted(read_form(fields), act)
        seen = number(fields.get("vu", ""))
        view = hours_page(
            kept,
            form,
            at,
            here=here,
            listing=listing,
            raw=fields.get("brut"),
            next=there,
            say_faults=act == "voir",
            seen=seen,
        )
        return page(request, TEMPLATE, {"it": view}, at=at)
    form, raw = _stored(kept, at) if "tableau" not in fields else (TimetableForm(), None)
    done = fields.get("fait", "") if number(fields.get("fait", "")) is not None else ""
    view = hours_page(
        kept, form, at, raw=raw, say_faults=False, done=done, undone="annule" in fields, here=here, listing=listing
    )
    return page(request, TEMPLATE, {"it": view}, at=at)


@router.post("/mes-fiches/{kind}/{listing_id:path}/horaires")
async def save_hours(request: Request, kind: str, listing_id: str) -> Response:
    """Write them, or undo. Raises NotSignedIn, NotFound, NotAllowed, InvalidInput."""
    viewer, at = must_sign_in(request), now()
    rooms: Rooms = request.app.state.rooms
    target = target_of(kind, listing_id)
    sent = await sent_form(request)
    here, listing = kept_path(target, "horaires"), kept_path(target)
    if (undo := number(sent.one("defaire"))) is not None:
        await keeping.take_back(rooms, viewer, target, undo, key=sent.one("cle"))
        return see(f"{here}?annule=1")
    fields = sent.first()
    form, raw = read_form(fields), fields.get("brut")
    kept = await keeping.kept(rooms, viewer, target)
    check(viewer, Operation.EDIT, kept.subject, FieldGroup.HOURS)
    typed = number(fields.get("vu", ""))
    seen = kept.seq if typed is None else typed
    written, _ = written_of(form, raw, at)
    if written is None:
        view = hours_page(kept, form, at, raw=raw, seen=seen, here=here, listing=listing)
        return page(request, TEMPLATE, {"it": view}, status=UNPROCESSABLE, at=at)
    try:
        after = await keeping.change_groups(
            rooms,
            viewer,
            target,
            {FieldGroup.HOURS: {"hours": written}},
            key=sent.one("cle"),
            expected_seq=seen,
        )
    except Conflict as conflict:
        current = conflict.current
        assert isinstance(current, Kept), "listings conflict with listings"
        view = hours_page(current, form, at, raw=raw, here=here, listing=listing, theirs=theirs_of(current, at))
        return page(request, TEMPLATE, {"it": view}, status=CONFLICT, at=at)
    moved = after.seq > kept.seq
    return see(f"{here}?{urlencode({'fait': after.seq})}" if moved else here)


def _stored(kept: Kept, at: datetime) -> tuple[TimetableForm, str | None]:
    """The rows of what is stored; or, where no table holds it, the expression itself."""
    if not kept.record.hours:
        return TimetableForm(), None
    timetable = editable(kept.record.hours, at)
    if timetable is None:
        return TimetableForm(), kept.record.hours
    return form_of(timetable, at.astimezone(PARIS).date()), None
