"""`/repondre/<token>`: an addressee without an account. GET shows a button; the code opens, POST acts."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import by_answer_link
from api.web.act_form import Typed
from api.web.acting import key_in, rooms_of
from api.web.casework_slots import slots_in
from api.web.forms import Form, form_of, see
from api.web.handoff_view import handoff_view
from api.web.pages.by_link import LinkRoute
from api.web.pages.casework.handoff import SHOWN, around
from api.web.refusals import STATUS
from api.web.render import now, page
from api.web.step_forms import said_in, step_of
from graph.model.access import Viewer
from graph.model.errors import NotAllowed, NotFound, Refusal

PATH: Final = "/repondre/{token}"
COOKIE: Final = "reponse"

router = APIRouter(include_in_schema=False, route_class=LinkRoute)


@router.get(PATH)
async def show(request: Request, token: str, note: str = "") -> HTMLResponse:
    """A button, and a place for the code; for whoever came in by it, the request. Raises NotFound."""
    visit = request.cookies.get(COOKIE, "")
    if visit:
        try:
            return await _request(request, token, visit, done=note == "fait")
        except NotFound:
            # The visit is over, or of another link.
            pass
    return await _door(request, token)


@router.post(PATH)
async def enter(request: Request, token: str) -> Response:
    """Come in by the code."""
    form = await form_of(request)
    rooms = rooms_of(request)
    try:
        visit = await by_answer_link.enter(rooms, token, form.one("code", 20), now())
    except NotAllowed as refusal:
        return await _door(request, token, refusal)
    answer = see(f"/repondre/{token}")
    answer.set_cookie(
        COOKIE,
        visit,
        max_age=int(by_answer_link.VISIT.total_seconds()),
        path=f"/repondre/{token}",
        httponly=True,
        samesite="strict",
        secure=rooms.settings.secure,
    )
    return answer


@router.post(PATH + "/etape")
async def step(request: Request, token: str) -> Response:
    """Take a step, as the addressee. Raises NotFound."""
    form, visit = await form_of(request), request.cookies.get(COOKIE, "")
    try:
        await by_answer_link.step(
            rooms_of(request), token, visit, step_of(form), said_in(form), key=key_in(form), at=now()
        )
    except SHOWN as refusal:
        return await _request(request, token, visit, refusal=refusal, form=form)
    return see(f"/repondre/{token}?note=fait#fait")


@router.post(PATH + "/creneaux")
async def offer(request: Request, token: str) -> Response:
    """Slots that the addressee offers. Raises NotFound."""
    form, visit = await form_of(request), request.cookies.get(COOKIE, "")
    typed = Typed(form)
    try:
        await by_answer_link.offer(
            rooms_of(request),
            token,
            visit,
            slots_in(typed),
            where=typed.line("where"),
            minutes=typed.number("minutes"),
            key=key_in(form),
            at=now(),
        )
    except SHOWN as refusal:
        return await _request(request, token, visit, refusal=refusal, form=form)
    return see(f"/repondre/{token}?note=fait#fait")


async def _door(request: Request, token: str, refusal: Refusal | None = None) -> HTMLResponse:
    await by_answer_link.known(rooms_of(request), token, now())
    context = {"here": f"/repondre/{token}", "refusal": refusal.message if refusal else ""}
    return page(request, "pages/casework/answer.html", context, status=403 if refusal else 200)


async def _request(
    request: Request,
    token: str,
    visit: str,
    *,
    done: bool = False,
    refusal: Refusal | None = None,
    form: Form | None = None,
) -> HTMLResponse:
    at = now()
    found = await by_answer_link.opened(rooms_of(request), token, visit, at)
    viewer = Viewer(organisation=found.handed.handoff.target.organisation, name=by_answer_link.SAID_BY)
    context = around(
        handoff_view(found, viewer, at), f"/repondre/{token}", done=done, refusal=refusal, form=form, by_link=True
    )
    status = STATUS[refusal.code] if refusal else 200
    return page(request, "pages/casework/handoff.html", context, status=status, at=at)
