"""`/demande/<id>`: a handoff for both its sides. What its addressee sees is what was told, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import by_answer_link, handing, slots, taking_over
from api.actions.casework.answering_page import opened
from api.auth.viewer import must_sign_in
from api.web.act_form import Typed
from api.web.acting import key_in, new_key, rooms_of
from api.web.calendar import event
from api.web.casework_slots import slots_in
from api.web.downloads import attachment
from api.web.forms import Form, form_of, number, see, way_back
from api.web.handoff_view import HandoffView, handoff_view
from api.web.refusals import STATUS
from api.web.render import NOT_KEPT, now, page
from api.web.step_forms import said_in, step_of
from graph.model.casework.deciding import Draft
from graph.model.casework.handoff import Kind, ReasonCode, Step, Target
from graph.model.casework.slots import MOST_SLOTS
from graph.model.casework.taking import LONGEST_TEXT
from graph.model.errors import (
    Conflict,
    ConsentMissing,
    InvalidInput,
    NeedsConfirming,
    NotFound,
    ReasonMissing,
    Refusal,
    StepNotAllowed,
)
from graph.model.vocabulary import label

PATH: Final = "/demande/{handoff}"
SHOWN: Final = (InvalidInput, ReasonMissing, ConsentMissing, NeedsConfirming, StepNotAllowed, Conflict)
NO_DATE: Final = "Aucun rendez-vous n’est fixé pour cette demande."

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def show(request: Request, handoff: str, note: str = "") -> HTMLResponse:
    """The request as it stands. Raises NotSignedIn, NotFound."""
    return await _page(request, handoff, done=note == "fait")


@router.post(PATH + "/etape")
async def step(request: Request, handoff: str) -> Response:
    """Take a step; what is refused is said on the request's own page, with what was typed."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    back = way_back(form.one("retour", 300), f"/demande/{handoff}")
    try:
        taken = step_of(form)
        await handing.step(
            rooms,
            viewer,
            handoff,
            taken,
            said_in(form),
            key=key_in(form),
            expected_seq=number(form.one("seq", 12)),
            at=now(),
        )
    except SHOWN as refusal:
        return await _page(request, handoff, refusal=refusal, form=form)
    if taken in {Step.CONTACT, Step.WITHDRAW}:
        # Who gave the file away, or sees it no longer, goes back to what is hers.
        back = await _where(request, handoff, back)
    return see(f"{back}{'&' if '?' in back else '?'}note=fait#fait")


@router.post(PATH + "/reprise")
async def take_over(request: Request, handoff: str) -> Response:
    """An addressee proposes to lead the file: prepared and sent in one gesture, answered on a page of its own."""
    viewer, rooms, at = must_sign_in(request), rooms_of(request), now()
    form = await form_of(request)
    key = key_in(form)
    try:
        known = await handing.seen(rooms, viewer, handoff, at)
        draft = Draft(
            id="", kind=Kind.TAKE_OVER, target=Target(organisation=""), purpose=form.one("pour", LONGEST_TEXT)
        )
        made = await taking_over.propose(rooms, viewer, known.file.id, draft, key=key, at=at)
        await handing.step(rooms, viewer, made.id, Step.SUBMIT, key=f"{key}-envoi", at=at)
    except SHOWN as refusal:
        return await _page(request, handoff, refusal=refusal, form=form)
    return see(f"/demande/{made.id}?note=fait#fait")


@router.post(PATH + "/creneaux")
async def offer(request: Request, handoff: str) -> Response:
    """Slots that the addressee offers; what is refused comes back as it was typed."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    typed = Typed(form)
    try:
        await slots.offer_for(
            rooms,
            viewer,
            handoff,
            slots_in(typed),
            where=typed.line("where"),
            minutes=typed.number("minutes"),
            key=key_in(form),
            at=now(),
        )
    except SHOWN as refusal:
        return await _page(request, handoff, refusal=refusal, form=form)
    return see(f"/demande/{handoff}?note=fait#fait")


@router.post(PATH + "/suite")
async def settle(request: Request, handoff: str) -> Response:
    """Whoever works on the file has seen how it ended."""
    return await _said(request, handoff, handing.settle, "mots")


@router.post(PATH + "/relecture")
async def review(request: Request, handoff: str) -> Response:
    """A second person has looked at what was told in danger."""
    return await _said(request, handoff, handing.review, "avis")


async def _said(request: Request, handoff: str, act: Callable[..., Awaitable[object]], field: str) -> Response:
    """An act that takes a few words, those of `field`; then the page, which says what came of it."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    try:
        await act(rooms, viewer, handoff, form.one(field, 4000), key=key_in(form), at=now())
    except SHOWN as refusal:
        return await _page(request, handoff, refusal=refusal, form=form)
    return see(f"/demande/{handoff}?note=fait#fait")


@router.post(PATH + "/lien")
async def give_link(request: Request, handoff: str) -> HTMLResponse:
    """A link and a code for an addressee without an account, shown this once."""
    rooms = rooms_of(request)
    given = await by_answer_link.give(rooms, must_sign_in(request), handoff, now())
    context = {
        "address": f"{rooms.settings.public_site}/repondre/{given.token}",
        "code": f"{given.code[:4]} {given.code[4:]}",
        "call": given.phone,
        "back": f"/demande/{handoff}",
    }
    answer = page(request, "pages/casework/answer_link.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(PATH + "/lien/retrait")
async def revoke_link(request: Request, handoff: str) -> Response:
    """It leads nowhere any more."""
    await by_answer_link.revoke(rooms_of(request), must_sign_in(request), handoff, now())
    return see(f"/demande/{handoff}?note=fait#fait")


@router.get(PATH + "/rendez-vous.ics")
async def calendar(request: Request, handoff: str) -> Response:
    """The appointment for a calendar: a moment, and nothing of whom, why or where. Raises NotFound."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    found = await opened(rooms, viewer, handoff, now())
    when = found.handed.handoff.appointment
    if when is None or not found.reads:
        raise NotFound(NO_DATE)
    return attachment(event(handoff, when, now()), "text/calendar; charset=utf-8", "rendez-vous.ics")


def around(
    view: HandoffView, base: str, *, done: bool, refusal: Refusal | None, form: Form | None, by_link: bool = False
) -> dict[str, object]:
    """What the template is given; `base` is where its forms go."""
    typed = form.first() if form else {}
    return {
        "it": view,
        "base": base,
        "by_link": by_link,
        "done": done,
        "refusal": refusal.message if refusal else "",
        "confirming": isinstance(refusal, NeedsConfirming),
        "typed": typed,
        "taken": typed.get("etape", ""),
        "key": new_key(),
        "slots": range(1, MOST_SLOTS + 1),
        "reasons": [(code.value, label("reason", code)) for code in ReasonCode],
    }


async def _where(request: Request, handoff: str, back: str) -> str:
    try:
        await handing.seen(rooms_of(request), must_sign_in(request), handoff, now())
    except NotFound:
        return "/mes-actions"
    return back


async def _page(
    request: Request, handoff: str, *, done: bool = False, refusal: Refusal | None = None, form: Form | None = None
) -> HTMLResponse:
    viewer, rooms, at = must_sign_in(request), rooms_of(request), now()
    view = handoff_view(await opened(rooms, viewer, handoff, at), viewer, at)
    context = around(view, f"/demande/{handoff}", done=done, refusal=refusal, form=form)
    answer = page(
        request, "pages/casework/handoff.html", context, status=STATUS[refusal.code] if refusal else 200, at=at
    )
    answer.headers["Cache-Control"] = NOT_KEPT
    return answer
