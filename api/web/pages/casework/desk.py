"""The front desk on one screen: a contact is noted without a name, someone is looked up, the day is below.

One form, whose buttons ask for different things: whatever was typed comes back with the answer, with or without JavaScript.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.actions.casework import front_desk, looking_up
from api.actions.casework.looking_up import Answer
from api.auth.viewer import must_sign_in
from api.web.acting import key_in, new_key, rooms_of
from api.web.desk_form import (
    LONGEST_WORDS,
    Typed,
    ground_of,
    options,
    read_typed,
    sought_of,
    with_place,
)
from api.web.desk_view import contact_view, known_views
from api.web.forms import Form, form_of, see
from api.web.refusals import STATUS
from api.web.render import NOT_KEPT, now, page
from graph.model.access import Operation, Subject, check
from graph.model.casework.contact import Contact
from graph.model.casework.front_desk import LONGEST_TEXT
from graph.model.errors import Refusal
from graph.model.vocabulary import competence
from graph.model.wording import emergency_numbers

PATH: Final = "/accueil"
# What the model calls the fields, and what the form calls them.
FORM_FIELDS: Final = {
    "commune": "ou",
    "reasons": "mots",
    "words": "note",
    "name": "nom",
    "born": "ne",
    "phone": "tel",
    "ground": "titre",
}

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def desk(request: Request, note: str = "", danger: str = "") -> HTMLResponse:
    """The form, and the contacts of the day. Raises NotSignedIn, NotAllowed."""
    typed = Typed(contact=Contact(danger=danger == "1"))
    return await _desk(request, typed, done=note, fresh=True)


@router.post(PATH)
async def record(request: Request) -> Response:
    """Note it. Answered at once, the next one may call; else what is to follow is on the contact's own page."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    typed, key = read_typed(rooms, form), key_in(form)
    try:
        told = with_place(rooms, typed)
        made = await front_desk.record(rooms, viewer, told.contact, key=key, words=told.text, at=now())
    except Refusal as refusal:
        return await _desk(request, typed, refused=refusal, key=key)
    if hit := form.one("lien", 40):
        urgent = told.contact.danger
        try:
            await looking_up.relink(rooms, viewer, hit, key=f"{key}|lien", request=made.id, urgent=urgent, at=now())
        except Refusal as refusal:
            # The contact is noted, and the page says so beside what was not done.
            return await _desk(request, Typed(contact=Contact()), done=made.id, refused=refusal)
    if told.contact.at_once or hit:
        return see(f"{PATH}?note={made.id}#fait")
    return see(f"{PATH}/contact/{made.id}")


@router.post(PATH + "/lire")
async def read(request: Request) -> HTMLResponse:
    """The words are read, nothing is noted: the reasons come back as chips, danger as numbers."""
    form = await _form(request)
    return await _desk(request, read_typed(rooms_of(request), form), key=key_in(form))


@router.post(PATH + "/danger")
async def danger(request: Request) -> HTMLResponse:
    """Numbers first; what was typed is below, as it was."""
    form = await _form(request)
    typed = read_typed(rooms_of(request), form)
    return await _desk(request, replace(typed, contact=replace(typed.contact, danger=True)), key=key_in(form))


@router.post(PATH + "/mots")
async def words(request: Request) -> JSONResponse:
    """The same for the page itself while someone types: {reasons: [{id, text}], danger}. Nothing is kept of it."""
    form = await _form(request)
    understood = rooms_of(request).reader.read(form.one("mots", LONGEST_WORDS), rooms_of(request).places)
    reasons = [{"id": match.competence, "text": competence(match.competence).label} for match in understood.matches]
    answer = {"reasons": reasons, "danger": list(understood.emergency)}
    return JSONResponse(answer, headers={"Cache-Control": NOT_KEPT})


@router.post(PATH + "/suivi")
async def look(request: Request) -> HTMLResponse:
    """ "Already followed? By whom?": who may follow this person, beside the form as it was."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    typed = read_typed(rooms, form)
    try:
        answers = await looking_up.look_up(
            rooms, viewer, sought_of(typed), ground=ground_of(typed), network=typed.network, at=now()
        )
    except Refusal as refusal:
        return await _desk(request, typed, refused=refusal, key=key_in(form))
    return await _desk(request, typed, answers=answers, key=key_in(form))


async def _form(request: Request) -> Form:
    """What was sent by someone who may stand at a front door. Raises NotSignedIn, NotAllowed."""
    viewer = must_sign_in(request)
    check(viewer, Operation.RECORD_REQUEST, Subject(organisation=viewer.organisation))
    return await form_of(request)


async def _desk(
    request: Request,
    typed: Typed,
    *,
    done: str = "",
    refused: Refusal | None = None,
    answers: list[Answer] | None = None,
    key: str = "",
    fresh: bool = False,
) -> HTMLResponse:
    viewer, rooms, at = must_sign_in(request), rooms_of(request), now()
    day = await front_desk.of_day(rooms, viewer, at)
    if fresh and day:
        # Whoever answers the telephone goes on answering it.
        mine = next((one for one in day if one.account == viewer.account), None)
        typed = replace(typed, contact=replace(typed.contact, channel=mine.contact.channel)) if mine else typed
    noted = next((one for one in day if one.id == done), None)
    context = form_context(typed) | {
        "key": key or new_key(),
        "day": [contact_view(rooms, one) for one in day],
        "standing": sum(not one.voided for one in day),
        "month": f"{at:%Y-%m}",
        "done": contact_view(rooms, noted) if noted else None,
        "undo_key": new_key(),
        "refused": refused.message if refused else "",
        "refusal_title": "Le rappel n’a pas été demandé" if noted else "Rien n’a été enregistré",
        "faulty": fault_of(refused),
        "known": None if answers is None else known_views(answers, viewer.organisation),
        "numbers_first": typed.numbers or (tuple(emergency_numbers()) if typed.contact.danger else ()),
    }
    status = STATUS[refused.code] if refused else 200
    answer = page(request, "pages/casework/desk.html", context, status=status, at=at)
    answer.headers["Cache-Control"] = NOT_KEPT
    return answer


def fault_of(refused: Refusal | None) -> str:
    """The field of the form that a refusal is about; empty when it is about none."""
    field = getattr(refused, "field", "") if refused else ""
    return FORM_FIELDS.get(field, field)


def form_context(typed: Typed) -> dict[str, Any]:
    """What the fields need."""
    return {
        "typed": typed,
        "channels": options("channel"),
        "requesters": options("requester"),
        "sexes": options("sex"),
        "ages": options("age_band"),
        "grounds": options("ground"),
        "longest": LONGEST_TEXT,
        "longest_words": LONGEST_WORDS,
    }
