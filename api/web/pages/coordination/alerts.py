"""Alerts of the network: what asks for something, what can be done, and what someone wants to be silent about."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.figures import alerts as actions
from api.actions.figures.reading import may_read_exactly
from api.auth.viewer import must_sign_in
from api.web.alert_view import PATH, Wanted, alert_views, first_sentence, groups, over_views
from api.web.forms import Form, form_of, see
from api.web.render import now, page
from graph.model.errors import InvalidInput
from graph.model.figures.alerts import HISTORY, LONGEST_SILENCE
from graph.model.figures.periods import closed_before
from graph.model.suggestion import LONGEST_REASON

# What a form offers first: long enough for a plan, short enough to be looked at again.
USUAL: Final = timedelta(days=30)
SAID: Final = {
    "tue": "Alerte mise en silence. Elle reste lisible plus bas, avec son motif.",
    "dite": "L’alerte est de nouveau dans la liste.",
}

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def alerts(request: Request, fait: str = "", alerte: str = "", avec: str = "") -> HTMLResponse:
    """All of them, or those that are told together elsewhere, one by one. Raises NotSignedIn, NotAllowed."""
    must_sign_in(request)
    wanted = Wanted(alert=alerte, beside=avec)
    return await _page(request, Form({}), wanted, told=SAID.get(fait, ""))


@router.post(PATH + "/silence")
async def silence(request: Request) -> Response:
    """Keep one from the list. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, form = must_sign_in(request), await form_of(request)
    try:
        await actions.silence(
            request.app.state.rooms,
            viewer,
            form.one("alerte", actions.LONGEST_ID),
            reason=form.one("motif", 10_000),
            until=actions.read_day(form.one("jusquau"), "until"),
            key=form.one("cle", 100),
        )
    except InvalidInput as refusal:
        wanted = Wanted(alert=form.one("alerte", actions.LONGEST_ID))
        return await _page(request, form, wanted, refusal=refusal.message, status=422)
    return see(f"{PATH}?fait=tue")


@router.post(PATH + "/dire")
async def unsilence(request: Request) -> Response:
    """Tell it again. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, form = must_sign_in(request), await form_of(request)
    await actions.unsilence(
        request.app.state.rooms, viewer, form.one("alerte", actions.LONGEST_ID), key=form.one("cle", 100)
    )
    return see(f"{PATH}?fait=dite")


async def _page(
    request: Request, form: Form, wanted: Wanted, *, told: str = "", refusal: str = "", status: int = 200
) -> HTMLResponse:
    at = now()
    viewer = must_sign_in(request)
    found = await actions.told(request.app.state.rooms, viewer, at)
    own = closed_before(at) if may_read_exactly(viewer) else None
    context = {
        "first": first_sentence(found),
        "groups": groups(found, wanted, own),
        "some": bool(wanted),
        "silenced": alert_views(found.silenced, found.names, len(found.standing) + 1, own=own),
        "past": over_views(found.past, found.names),
        "history": HISTORY.days,
        "may_silence": found.may_silence,
        "today": found.today.isoformat(),
        "last": (found.today + LONGEST_SILENCE).isoformat(),
        "usual": (found.today + USUAL).isoformat(),
        "longest_days": LONGEST_SILENCE.days,
        "longest": LONGEST_REASON,
        "key": uuid4().hex,
        "told": told,
        "refusal": refusal,
        # What was typed into the form that was refused comes back into it.
        "refused": form.one("alerte", actions.LONGEST_ID) if refusal else "",
        "reason": form.one("motif", 10_000) if refusal else "",
        "until": form.one("jusquau") if refusal else "",
    }
    return page(request, "pages/coordination/alerts.html", context, status=status, at=at)
