"""Outside the walls: a visit, an emergency told to the competent partner, news that a watch asks for, a call that is owed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import field_work
from api.actions.casework.filing import ABSENT, seen
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import key_in, new_key, rooms_of
from api.web.desk_form import day_of
from api.web.forms import Form, form_of, see
from api.web.pages.casework.desk import NOT_KEPT
from api.web.refusals import STATUS
from api.web.render import now, page
from api.words.dates import exact_day, relative_moment
from graph.model.access import Viewer
from graph.model.casework.file import File, Watch
from graph.model.casework.interventions import LONGEST_TEXT
from graph.model.errors import InvalidInput, NotFound, ReasonMissing, Refusal, StepNotAllowed
from search.hours import PARIS

PATH: Final = "/dossier/{id_}/intervention"
DONE: Final = {
    "visite": "La visite est notée.",
    "urgence": "L’intervention est notée, avec le partenaire prévenu.",
    "nouvelles": "Les nouvelles sont notées.",
    "veille": "La veille est en place.",
    "rappel": "L’appel est noté.",
}
SHOWN: Final = (InvalidInput, ReasonMissing, StepNotAllowed)

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def field(request: Request, id_: str, fait: str = "") -> HTMLResponse:
    """Raises NotSignedIn, NotFound."""
    return await _shown(request, id_, done=DONE.get(fait, ""))


@router.post(PATH)
async def act(request: Request, id_: str) -> Response:
    """Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    await _whole(rooms, viewer, id_, now())
    try:
        await _act(rooms, viewer, id_, form)
    except SHOWN as refusal:
        return await _shown(request, id_, form=form, refused=refusal)
    return see(f"/dossier/{id_}/intervention?fait={form.one('faire')}#fait")


async def _act(rooms: Rooms, viewer: Viewer, id_: str, form: Form) -> File:
    key, text, at = key_in(form), form.one("texte", LONGEST_TEXT * 2), now()
    match form.one("faire"):
        case "visite":
            met = form.one("vue") == "1"
            return await field_work.visit(
                rooms, viewer, id_, text, _moment(form, "quand") or at, key=key, met=met, at=at
            )
        case "urgence":
            to, on = form.one("partenaire", 200), _moment(form, "prevenu")
            return await field_work.intervene(rooms, viewer, id_, text, to, on, key=key, at=at)
        case "nouvelles":
            following = day_of(form.one("prochaine", 10), "prochaine")
            return await field_work.look(rooms, viewer, id_, form.one("veille", 64), text, following, key=key, at=at)
        case "veille":
            return await field_work.keep_watch(rooms, viewer, id_, watch_of(form, at), key=key, at=at)
        case "rappel":
            reached = form.one("joint") == "1"
            call = form.one("appel", 64)
            return await field_work.call_back(rooms, viewer, id_, call, text, key=key, reached=reached, at=at)
        case _:
            raise InvalidInput("Choisissez ce que vous notez.", "faire")


def watch_of(form: Form, at: datetime) -> Watch:
    """A watch as a form says it: every week and for six months, where it does not say. Raises InvalidInput."""
    first = day_of(form.one("le", 10), "le")
    if first is None:
        raise InvalidInput("Dites quel jour prendre des nouvelles.", "le")
    every = form.one("tous", 4) or "7"
    if not (every.isascii() and every.isdigit()):
        raise InvalidInput("La veille revient tous les combien de jours ? Écrivez un nombre.", "tous")
    until = day_of(form.one("jusque", 10), "jusque") or max(first, at.date()) + timedelta(days=180)
    return Watch(id="", what=form.one("objet", 300), next=first, every_days=int(every), until=until)


def _moment(form: Form, field: str) -> datetime | None:
    """A moment as a field of day and hour sends it, in Paris. Raises InvalidInput."""
    text = form.one(field, 20)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=PARIS)
    except ValueError:
        raise InvalidInput(f"« {text} » n’est pas un jour et une heure.", field) from None


async def _whole(rooms: Rooms, viewer: Viewer, id_: str, at: datetime) -> File:
    """The file, for who sees it whole: watches and calls are told to no addressee. Raises NotFound."""
    file, sight = await seen(rooms, viewer, id_, at)
    if not sight.whole:
        raise NotFound(ABSENT)
    return file


async def _shown(
    request: Request, id_: str, *, done: str = "", form: Form | None = None, refused: Refusal | None = None
) -> HTMLResponse:
    viewer, rooms, at = must_sign_in(request), rooms_of(request), now()
    file = await _whole(rooms, viewer, id_, at)
    async with rooms.graph.reading() as unit:
        bodies = await unit.directory.organisations(sorted({one.organisation for one in file.to_call.values()}))
    sent = form.first() if form else {}
    context = {
        "path": f"/dossier/{id_}/intervention",
        "file": f"/dossier/{id_}",
        "key": new_key(),
        "done": done,
        "refused": refused.message if refused else "",
        "faulty": getattr(refused, "field", "") if refused else "",
        "sent": sent,
        "calls": [
            (
                one.id,
                bodies[one.organisation].name if one.organisation in bodies else "un autre accueil",
                relative_moment(one.told, at),
            )
            for one in file.to_call.values()
        ],
        "watches": [(one.id, one.what, exact_day(one.next), _next(one, at.date())) for one in file.watches.values()],
        "at": f"{at:%Y-%m-%dT%H:%M}",
        "today": f"{at:%Y-%m-%d}",
        "longest": LONGEST_TEXT,
        "open": file.open,
    }
    status = STATUS[refused.code] if refused else 200
    answer = page(request, "pages/casework/desk_field.html", context, status=status, at=at)
    answer.headers["Cache-Control"] = NOT_KEPT
    return answer


def _next(watch: Watch, today: date) -> str:
    """The next day that the watch would name; empty past its end."""
    following = max(watch.next, today) + timedelta(days=watch.every_days)
    return following.isoformat() if following <= watch.until else ""
