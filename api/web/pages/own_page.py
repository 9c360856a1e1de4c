"""A person's own page: a code to come in, the page, what she does there, and out. Nothing of it stays in the browser.

It has no account and no menu, and is never mixed with the session of a professional who uses the same browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import person
from api.actions.casework.reading_page import gathered
from api.auth.cookie import give, held, take_back
from api.web.acting import key_in, new_key, rooms_of
from api.web.forms import Form, form_of, number, see
from api.web.own_view import own_view
from api.web.pages.by_link import SHOWN, LinkRoute
from api.web.qr import qr
from api.web.render import environment, now
from api.words.dates import clock
from graph.model.casework import by_person, own_page
from graph.model.casework.by_person import Question
from graph.model.casework.file import Right
from graph.model.casework.handoff import Step
from graph.model.errors import InvalidInput, NotAllowed, Refusal

COOKIE: Final = "page"
MOST_BYTES: Final = 10_000
# Nothing of the page is left to whoever comes next to this screen. Cookies are not named: a professional may be signed in here.
WIPED: Final = {"Clear-Site-Data": '"cache", "storage"'}
DONE: Final[Mapping[str, str]] = {
    "accord": "Votre accord est repris. Plus rien n’est montré depuis cet instant ; ce qui a déjà été lu ne peut pas être effacé.",
    "etape": "C’est noté. La personne qui vous accompagne le voit tout de suite.",
    "besoin": "C’est noté : cette demande s’arrête.",
    "rendez-vous": "Votre rendez-vous est noté.",
    "annule": "Votre rendez-vous est annulé. Vous pouvez en choisir un autre.",
    "avis": "Merci. Votre avis est enregistré.",
    "droit": "Votre demande est notée. Une réponse vous est due dans un mois.",
}

router = APIRouter(include_in_schema=False, route_class=LinkRoute)


@router.api_route("/p/fin", methods=SHOWN)
async def gone(request: Request) -> HTMLResponse:
    """After the way out: a page that says nothing of the one before."""
    answer = _shown("own_end.html", {"by_time": "temps" in request.query_params})
    answer.headers.update(WIPED)
    return answer


@router.api_route("/p/{token}", methods=SHOWN)
async def show(request: Request, token: str) -> HTMLResponse:
    """The page for whoever is behind its door; else the door. The same for an address that leads nowhere."""
    rooms, at = rooms_of(request), now()
    here = await person.behind(rooms, token, _session(request), at)
    if here is None:
        return _shown("own_code.html", {"here": _path(token), "refused": ""})
    return await _page(request, token, here, at)


async def _page(
    request: Request, token: str, here: person.Behind, at: datetime, refused: Refusal | None = None
) -> HTMLResponse:
    settings = request.app.state.settings
    view = own_view(await gathered(rooms_of(request), here, at), at)
    closes = at + own_page.IDLE
    context = {
        "it": view,
        "here": _path(token),
        "key": new_key(),
        "done": "" if refused else DONE.get(request.query_params.get("fait", ""), ""),
        "refused": refused.message if refused else "",
        "closes": clock(closes.time().replace(second=0, microsecond=0)),
        "seconds": round(own_page.IDLE.total_seconds()),
        "qr": qr(f"{settings.public_site}{_path(token)}") if view.paper else "",
    }
    answer = _shown("own_page.html", context, 422 if refused else 200)
    # Without scripts too, and without a refresh in the page itself, which screen readers would meet.
    answer.headers["Refresh"] = f"{context['seconds'] + 5}; url=/p/fin?temps"
    return answer


@router.post("/p/{token}")
async def come_in(request: Request, token: str) -> Response:
    """The code. Wrong, it is asked for again; right, the page opens for a quarter of an hour without doing anything."""
    rooms = rooms_of(request)
    form = await form_of(request, MOST_BYTES)
    try:
        session = await person.enter(rooms, token, form.one("code", 40), now())
    except (NotAllowed, InvalidInput) as refusal:
        return _shown("own_code.html", {"here": _path(token), "refused": refusal.message}, 422)
    answer = see(_path(token))
    give(answer, rooms.settings, session, COOKIE)
    return answer


@router.post("/p/{token}/fin")
async def go(request: Request, token: str) -> Response:
    """Out, at once."""
    rooms = rooms_of(request)
    await person.leave(rooms, _session(request))
    answer = see("/p/fin")
    answer.headers.update(WIPED)
    take_back(answer, rooms.settings, COOKIE)
    return answer


@router.post("/p/{token}/faire")
async def act(request: Request, token: str) -> Response:
    """One act of hers, then the page again. A refusal is said on the page; where the session is over, the code is asked for."""
    rooms, at = rooms_of(request), now()
    form = await form_of(request, MOST_BYTES)
    session = _session(request)
    try:
        what = form.one("quoi", 30)
        if what not in ACTS:
            raise InvalidInput("Ce bouton n’est pas connu. Rien n’a été modifié.", "quoi")
        decide = ACTS[what](form)
        asked = (what, sorted((name, value) for name, value in form.first().items() if name != "cle"))
        await person.act(rooms, token, session, key=key_in(form), asked=asked, decide=decide, at=at)
    except Refusal as refusal:
        here = await person.behind(rooms, token, session, at)
        if here is None:
            return see(_path(token))
        return await _page(request, token, here, at, refusal)
    return see(f"{_path(token)}?fait={'annule' if what == 'annuler' else what}")


def _step(form: Form) -> person.Decide:
    name, handoff, consent = form.one("etape", 30), form.one("sur", 100), person.new_id()
    if name not in set(by_person.STEPS):
        raise InvalidInput("Ce bouton n’est pas connu. Rien n’a été modifié.", "etape")
    return lambda file, by, at, clocks: by_person.stepped(
        file, handoff, Step(name), by, at, consent=consent, clocks=clocks
    )


def _back(form: Form) -> person.Decide:
    consent = form.one("sur", 100)
    return lambda file, by, at, _: by_person.taken_back(file, consent, by, at)


def _need(form: Form) -> person.Decide:
    need = form.one("sur", 100)
    return lambda file, by, at, _: by_person.no_longer_wanted(file, need, by, at)


def _book(form: Form) -> person.Decide:
    appointment = form.one("sur", 100)
    try:
        slot = datetime.fromisoformat(form.one("heure", 40))
    except ValueError:
        slot = None
    if slot is None or slot.tzinfo is None:
        raise InvalidInput("Choisissez une heure. Rien n’a été modifié.", "heure")
    return lambda file, by, at, clocks: by_person.booked(file, appointment, slot, by, at, clocks)


def _cancel(form: Form) -> person.Decide:
    appointment = form.one("sur", 100)
    return lambda file, by, at, clocks: by_person.cancelled(file, appointment, by, at, clocks)


def _opinion(form: Form) -> person.Decide:
    about, text = form.one("sur", 100), form.one("mots", by_person.LONGEST_OPINION)
    answers = {question: number(form.one(question.value, 2)) or 0 for question in Question}
    return lambda file, by, at, _: by_person.her_opinion(file, about, answers, text, by, at)


def _right(form: Form) -> person.Decide:
    name, asking = form.one("droit", 20), person.new_id()
    if name not in set(Right):
        raise InvalidInput("Ce bouton n’est pas connu. Rien n’a été modifié.", "droit")
    return lambda file, by, at, _: by_person.right_asked(file, Right(name), by, at, asking=asking)


ACTS: Final[Mapping[str, Callable[[Form], person.Decide]]] = {
    "etape": _step,
    "accord": _back,
    "besoin": _need,
    "rendez-vous": _book,
    "annuler": _cancel,
    "avis": _opinion,
    "droit": _right,
}


def _shown(template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    return HTMLResponse(environment().get_template(f"pages/{template}").render(context), status_code=status)


def _session(request: Request) -> str:
    return held(request, request.app.state.settings, COOKIE)


def _path(token: str) -> str:
    return f"/p/{quote(token, safe='')}"
