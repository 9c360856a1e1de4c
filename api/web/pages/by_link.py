"""The pages of a signed link. GET shows, POST acts: whoever looks at a mail's links before its reader changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, Response

from api.actions import by_link
from api.rates import Purse
from api.rooms import Rooms
from api.web.form_view import form_view, known_by, names_in, sent
from api.web.forms import Form, form_of, number, see
from api.web.link_forms import FORMS
from api.web.link_view import DONE, link_view
from api.web.refusals import refusal_answer
from api.web.render import now, page
from api.words.hours import hours_in_words
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from graph.model.fields import FORMS as FIELDS
from graph.model.fields import held_by
from graph.model.keeping import Kept
from graph.model.listing import FieldGroup
from graph.model.mail import Item, LinkState
from graph.model.typed import Fault, Typed, read, shown
from graph.model.vocabulary import label

SHOWN: Final = ["GET", "HEAD"]
MOST_BYTES: Final = 20_000
# The address is the key: no other site is told it, nothing keeps the page, nothing lists it.
TO_ITSELF: Final = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class LinkRoute(APIRoute):
    """Counts who opens links, and keeps every answer to itself, refusals included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, inside ours."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            purse: Purse = request.state.purse
            try:
                purse.pay_link()
                answer = await inner(request)
            except Refusal as refusal:
                answer = refusal_answer(request, refusal)
            answer.headers.update(TO_ITSELF)
            return answer

        return handle


router = APIRouter(include_in_schema=False, route_class=LinkRoute)


@router.api_route("/lien/{token}", methods=SHOWN)
async def link_page(request: Request, token: str) -> HTMLResponse:
    """What the link is about, as it stands. Raises NotFound."""
    rooms, at = _rooms(request), now()
    view = link_view(await by_link.opened(rooms, token, at), rooms.places.get, at)
    done = DONE.get(request.query_params.get("fait", ""), "")
    context = {"it": view, "here": _path(token), "done": done}
    return page(request, "pages/link.html", context, status=200 if view.open else 410, at=at)


@router.post("/lien/{token}/exact")
async def still_true(request: Request, token: str) -> Response:
    """One group, or all those of a listing, are still true."""
    form = await form_of(request, MOST_BYTES)
    items = [Item.of(text) for text in form.every("item")]
    return await _then(token, "exact", by_link.confirm(_rooms(request), token, items, now(), _seq(form)))


@router.api_route("/lien/{token}/corriger", methods=SHOWN)
async def correction_page(request: Request, token: str) -> Response:
    """The form of one group, with what it holds. Raises NotFound, InvalidInput."""
    item = Item.of(request.query_params.get("item", ""))
    try:
        return await _correction(request, token, item)
    except NotAllowed:
        return see(f"{_path(token)}?fait=deja")


@router.post("/lien/{token}/corriger")
async def correct(request: Request, token: str) -> Response:
    """One group is so. What cannot be read comes back as it was typed; `voir` asks for it in words, and changes nothing."""
    rooms, at = _rooms(request), now()
    form = await form_of(request, MOST_BYTES)
    item = Item.of(form.one("item"))
    if form.one("voir"):
        return await _correction(request, token, item, form)
    try:
        kept = await _kept(rooms, token, item)
        if item.group not in FORMS:
            return await _correct_fields(request, token, item, kept, form)
        values = FORMS[item.group].read(kept, form, at.date())
        return await _then(token, "corrige", by_link.correct(rooms, token, item, values, at, _seq(form)))
    except NotAllowed:
        return see(f"{_path(token)}?fait=deja")
    except InvalidInput as refusal:
        return await _correction(request, token, item, form, refusal)


async def _correct_fields(request: Request, token: str, item: Item, kept: Kept, form: Form) -> Response:
    """One group is so, by the form that keeping a listing has for it."""
    rooms, kind, group = _rooms(request), _formed(kept, item), item.group
    typed = sent(form, names_in(kind, group))
    if form.one("etape") == "plus":
        return _fields(request, token, item, kept, typed, _seq(form), more=True)
    reading = read(kind, group, typed, kept.value(group), known_by(rooms))
    if reading.value is None:
        return _fields(request, token, item, kept, typed, _seq(form), reading.faults)
    values = {name: reading.value[name] for name in held_by(kind, group)}
    try:
        return await _then(token, "corrige", by_link.correct(rooms, token, item, values, now(), _seq(form)))
    except InvalidInput as refusal:
        fault = Fault(refusal.field or group.value, label("field_group", group.value), "", refusal.message)
        return _fields(request, token, item, kept, typed, _seq(form), (fault,))


def _formed(kept: Kept, item: Item) -> type:
    """The record's class, which has a form for this group. Raises InvalidInput."""
    kind = kept.target.kind.type
    if item.group not in FIELDS[kind]:
        raise InvalidInput("Cette rubrique ne se corrige pas par ce lien. Rien n’a été modifié.", "item")
    return kind


def _fields(
    request: Request,
    token: str,
    item: Item,
    kept: Kept,
    typed: Typed,
    seq: int | None,
    faults: Sequence[Fault] = (),
    *,
    more: bool = False,
) -> Response:
    context: Mapping[str, Any] = {
        "here": _path(token),
        "item": str(item),
        "name": kept.record.name,
        "group": label("field_group", item.group.value),
        "views": form_view(kept.target.kind.type, item.group, typed, faults, _rooms(request), more=more),
        "faults": faults,
        "seq": "" if seq is None else seq,
    }
    return page(request, "pages/link_fields.html", context, status=422 if faults else 200)


@router.post("/lien/{token}/nouveau")
async def another(request: Request, token: str) -> Response:
    """A new link, to the same person."""
    return await _then(token, "lien", by_link.ask_again(_rooms(request), token, now()))


@router.api_route("/lien/{token}/arret", methods=SHOWN)
async def stop_page(request: Request, token: str) -> HTMLResponse:
    """A button. Raises NotFound."""
    opened = await by_link.opened(_rooms(request), token, now())
    done = request.query_params.get("fait")
    context = {"organisation": opened.organisation, "here": _path(token), "done": done}
    return page(request, "pages/link_stop.html", context)


@router.post("/lien/{token}/arret")
async def stop(request: Request, token: str) -> Response:
    """No mail any more, whatever the body: mail programmes press this for their own button (RFC 8058), in a form of either
    kind, and follow no redirection.
    """
    await by_link.stop_mails(_rooms(request), token)
    if "text/html" not in request.headers.get("accept", ""):
        return Response(status_code=200)
    return see(f"{_path(token)}/arret?fait=arret")


@router.post("/lien/{token}/reprise")
async def resume(request: Request, token: str) -> Response:
    """Mails again."""
    await by_link.resume_mails(_rooms(request), token)
    return see(f"{_path(token)}/arret?fait=reprise")


async def _then(token: str, done: str, acting: Coroutine[Any, Any, None]) -> Response:
    """Act, then look at the link: it says what came of it."""
    try:
        await acting
    except NotAllowed:
        done = "deja"
    except Conflict:
        done = "entretemps"
    return see(f"{_path(token)}?fait={done}")


async def _correction(
    request: Request, token: str, item: Item, form: Form | None = None, refusal: InvalidInput | None = None
) -> Response:
    """The form, with what the listing holds or what was typed."""
    rooms, at = _rooms(request), now()
    kept = await _kept(rooms, token, item)
    if item.group not in FORMS:
        stands = shown(_formed(kept, item), item.group, kept.value(item.group))
        return _fields(request, token, item, kept, stands, kept.seq)
    fields = FORMS[item.group].fields
    typed = {field.name: form.one(field.name) for field in fields} if form else FORMS[item.group].shown(kept)
    context: Mapping[str, Any] = {
        "here": _path(token),
        "item": str(item),
        "name": kept.record.name,
        "group": label("field_group", item.group.value),
        "fields": fields,
        "typed": typed,
        "seq": form.one("seq") if form else kept.seq,
        "hours": hours_in_words(typed["hours"], at) if item.group is FieldGroup.HOURS else None,
        "is_hours": item.group is FieldGroup.HOURS,
        "refused": refusal,
    }
    return page(request, "pages/link_correct.html", context, status=422 if refusal else 200, at=at)


async def _kept(rooms: Rooms, token: str, item: Item) -> Kept:
    """The listing of a group on which the link may still act. Raises NotFound, NotAllowed."""
    at = now()
    opened = await by_link.opened(rooms, token, at)
    if opened.state is not LinkState.OPEN:
        raise NotAllowed(by_link.NO_LONGER[opened.state])
    if not opened.link.allows(item, at):
        raise NotAllowed(by_link.USED if item in opened.link.items else by_link.UNKNOWN)
    found = [one.kept for one in opened.listings if one.kept.target == item.target]
    if not found:
        raise NotFound("Cette fiche n’est plus montrée à personne. Rien n’a été modifié.")
    return found[0]


def _seq(form: Form) -> int | None:
    """The last change of the listing that was on the page."""
    return number(form.one("seq"))


def _path(token: str) -> str:
    return f"/lien/{quote(token, safe='')}"


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
