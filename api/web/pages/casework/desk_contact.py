"""One contact, and what follows it: already followed? by whom?, a relay, a file, a watch, nothing found; corrected, undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import front_desk, looking_up
from api.actions.casework.looking_up import Answer
from api.actions.find_relay import Page, find_relay
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import key_in, new_key, rooms_of
from api.web.asking import ask_of, located
from api.web.desk_form import Typed, ground_of, options, read_typed, sought_of, typed_of, with_place
from api.web.desk_view import contact_view, known_views, outcome, sequel_words
from api.web.forms import Form, form_of, see
from api.web.pages.casework.desk import NOT_KEPT, PATH, fault_of, form_context
from api.web.pages.casework.desk_file import open_from
from api.web.question import Asked
from api.web.refusals import STATUS
from api.web.relay_view import RelayView, relay_views
from api.web.render import now, page
from graph.model.access import Viewer
from graph.model.casework.contact import Cause, Sequel
from graph.model.casework.front_desk import Request as Contact
from graph.model.errors import InvalidInput, Refusal, Unavailable
from graph.model.vocabulary import competence, label
from graph.model.wording import emergency_numbers

MOST_RELAYS: Final = 3

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Relays:
    """The first relays for a contact, where to see them all, and what to say when there are none to show."""

    views: tuple[RelayView, ...]
    address: str
    away: str = ""


@router.get(PATH + "/contact/{id_}")
async def contact(request: Request, id_: str, fait: str = "") -> HTMLResponse:
    """Raises NotSignedIn, NotFound."""
    return await _shown(request, id_, done=fait)


@router.post(PATH + "/contact/{id_}/corriger")
async def correct(request: Request, id_: str) -> Response:
    """As it should have been noted. Raises NotSignedIn, NotFound."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    typed = read_typed(rooms, form)
    try:
        told = with_place(rooms, typed)
        await front_desk.correct(rooms, viewer, id_, told.contact, key=key_in(form), words=told.text, at=now())
    except InvalidInput as refusal:
        return await _shown(request, id_, typed=typed, refused=refusal)
    return see(f"{PATH}/contact/{id_}?fait=corrige#fait")


@router.post(PATH + "/contact/{id_}/annuler")
async def void(request: Request, id_: str) -> Response:
    """It was a slip. Raises NotSignedIn, NotFound, StepNotAllowed."""
    form = await form_of(request)
    await front_desk.void(rooms_of(request), must_sign_in(request), id_, key=key_in(form), at=now())
    return see(f"{PATH}?note={id_}#fait")


@router.post(PATH + "/contact/{id_}/retablir")
async def restore(request: Request, id_: str) -> Response:
    """It was none after all. Raises NotSignedIn, NotFound, StepNotAllowed."""
    form = await form_of(request)
    await front_desk.restore(rooms_of(request), must_sign_in(request), id_, key=key_in(form), at=now())
    return see(f"{PATH}/contact/{id_}")


@router.post(PATH + "/contact/{id_}/suivi")
async def look(request: Request, id_: str) -> HTMLResponse:
    """ "Already followed? By whom?" Raises NotSignedIn, NotFound."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    typed = read_typed(rooms, await form_of(request))
    await front_desk.one(rooms, viewer, id_)
    try:
        answers = await looking_up.look_up(
            rooms, viewer, sought_of(typed), ground=ground_of(typed), network=typed.network, request=id_, at=now()
        )
    except Refusal as refusal:
        return await _shown(request, id_, looked=typed, refused=refusal)
    return await _shown(request, id_, looked=typed, answers=answers)


@router.post(PATH + "/contact/{id_}/suite")
async def follow(request: Request, id_: str) -> Response:
    """What follows: answered, oriented, put back in touch, a need, nothing found, a file, a watch. Raises NotSignedIn, NotFound."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    try:
        where = await _follow(rooms, viewer, id_, form)
    except Refusal as refusal:
        return await _shown(request, id_, refused=refusal, sent=form.first())
    return see(where or f"{PATH}/contact/{id_}?fait={form.one('faire')}#fait")


async def _follow(rooms: Rooms, viewer: Viewer, id_: str, form: Form) -> str:
    """Do it; where to go then, empty for the contact itself."""
    key, what, at = key_in(form), form.one("faire"), now()
    if what == "repondu":
        await front_desk.follow(rooms, viewer, id_, Sequel.ANSWERED, key=key, at=at)
        return f"{PATH}?note={id_}#fait"
    if what == "orienter":
        to, reason = form.one("relais", 300), form.one("motif", 200)
        await front_desk.follow(rooms, viewer, id_, Sequel.ORIENTED, key=key, to=to, competence=reason, at=at)
    elif what == "lien":
        request, _, _ = await front_desk.one(rooms, viewer, id_)
        urgent = request.contact.danger
        await looking_up.relink(rooms, viewer, form.one("lien", 40), key=key, request=id_, urgent=urgent, at=at)
    elif what in {"besoin", "sans-relais"}:
        cause = _cause(form.one("cause")) if what == "sans-relais" else None
        reason, urgent = form.one("motif", 200), form.one("urgent") == "1"
        await front_desk.note_need(rooms, viewer, id_, reason, key=key, urgent=urgent, cause=cause, at=at)
    elif what in {"dossier", "veille", "passer"}:
        return await open_from(rooms, viewer, id_, form, key=key, at=at)
    else:
        raise InvalidInput("Choisissez une suite parmi celles qui sont proposées.", "faire")
    return ""


def _cause(text: str) -> Cause:
    try:
        return Cause(text)
    except ValueError:
        raise InvalidInput("Dites pourquoi aucun relais ne convient.", "cause") from None


async def _shown(
    request: Request,
    id_: str,
    *,
    done: str = "",
    typed: Typed | None = None,
    looked: Typed | None = None,
    answers: Sequence[Answer] | None = None,
    refused: Refusal | None = None,
    sent: Mapping[str, str] | None = None,
) -> HTMLResponse:
    viewer, rooms, at = must_sign_in(request), rooms_of(request), now()
    it, log, text = await front_desk.one(rooms, viewer, id_)
    again = typed or typed_of(rooms, it.contact, text)
    relays = await _relays(rooms, it, again)
    context: dict[str, Any] = form_context(again) | {
        "it": contact_view(rooms, it),
        "contact": it,
        "outcome": outcome(it),
        "done": done,
        "key": new_key(),
        "correcting": typed is not None,
        "looked": looked or Typed(contact=it.contact),
        "known": None if answers is None else known_views(answers, viewer.organisation),
        "relays": relays,
        "causes": options("cause"),
        "reasons": [(reason, competence(reason).label) for reason in it.contact.reasons],
        "needs": [
            (competence(n.competence).label, label("cause", n.cause) if n.cause else "") for n in it.needs.values()
        ],
        "sequels": [sequel_words(one, await _names(rooms, it)) for one in it.sequels],
        "changes": len(log) - 1,
        "today": f"{at:%Y-%m-%d}",
        "sent": sent or {},
        "refused": refused.message if refused else "",
        "faulty": fault_of(refused),
        "numbers_first": tuple(emergency_numbers()) if it.contact.danger and not it.voided else (),
    }
    status = STATUS[refused.code] if refused else 200
    answer = page(request, "pages/casework/desk_contact.html", context, status=status, at=at)
    answer.headers["Cache-Control"] = NOT_KEPT
    return answer


async def _relays(rooms: Rooms, it: Contact, typed: Typed) -> Relays:
    """The first few for its reasons, there; what it takes to see them all."""
    asked = Asked(place=typed.place, place_id=it.contact.commune, chosen=it.contact.reasons, urgent=it.contact.danger)
    if not it.contact.reasons or it.voided:
        return Relays((), "/" if asked.empty else asked.address())
    try:
        found = await find_relay(rooms, ask_of(asked, located(rooms, asked)), Page(count=MOST_RELAYS))
    except Unavailable as fault:
        return Relays((), asked.address(), fault.message)
    return Relays(relay_views(found), asked.address())


async def _names(rooms: Rooms, it: Contact) -> dict[str, str]:
    """The names of those whom it was led to, by kind and id."""
    ids = {one.to for one in it.sequels if one.to}
    async with rooms.graph.reading() as unit:
        services = await unit.directory.services([id_[8:] for id_ in ids if id_.startswith("service:")])
        bodies = await unit.directory.organisations([id_[13:] for id_ in ids if id_.startswith("organisation:")])
    return {f"service:{id_}": one.name for id_, one in services.items()} | {
        f"organisation:{id_}": one.name for id_, one in bodies.items()
    }
