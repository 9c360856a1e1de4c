"""Saying that a listing is wrong, or missing: open to everyone, and nothing of it is shown until someone answers."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import suggestions as actions
from api.actions.directory import organisation_sheet, service_sheet
from api.auth.viewer import viewer_of
from api.rates import Purse
from api.rooms import Rooms
from api.web import correction_form as forms
from api.web.forms import form_of, see
from api.web.render import page, sheet_path
from api.web.week_words import DAYS
from graph.model.directory import Organisation, Public, Service
from graph.model.errors import InvalidInput, NotFound, Refusal, TooMuch
from graph.model.keeping import ListingKind, Target
from graph.model.reasons import DAYS as WEEKDAYS
from graph.model.suggestion import LONGEST_TEXT, About
from graph.model.vocabulary import kinds, label

KINDS: Final = {"service": ListingKind.SERVICE, "organisme": ListingKind.ORGANISATION}
NO_SUCH_LISTING: Final = "Cette fiche n’existe pas, ou n’est plus publiée."

router = APIRouter(include_in_schema=False)


@router.get("/corriger/merci")
async def thanks(request: Request, fiche: str = "") -> HTMLResponse:
    """It is kept, and what becomes of it."""
    kind, _, id_ = fiche.partition(":")
    back = sheet_path(kind, id_) if kind in KINDS and id_ else ""
    return page(request, "pages/corrected.html", {"back": back})


@router.get("/corriger/organisme-manquant")
async def missing(request: Request) -> HTMLResponse:
    """The form of an organisation that someone misses."""
    return _missing_page(request, forms.empty(About.MISSING), uuid4().hex)


@router.post("/corriger/organisme-manquant")
async def propose(request: Request) -> Response:
    """Keep it for a moderator. Raises TooOften."""
    rooms, form = _rooms(request), await form_of(request)
    typed, key = forms.sent(form, About.MISSING), form.one("cle", 100) or uuid4().hex
    try:
        value = forms.read(typed, About.MISSING, rooms)
        _pay(request)
        await actions.propose(
            rooms, viewer_of(request), value=value, text=_first(typed, "text"), email=_first(typed, "answer"), key=key
        )
    except (InvalidInput, TooMuch) as refusal:
        return _missing_page(request, typed, key, refusal)
    return see("/corriger/merci")


@router.get("/corriger/{kind}/{id_:path}")
async def correct(request: Request, kind: str, id_: str, quoi: str = "") -> HTMLResponse:
    """What is wrong; then, once that is said, how it should be. Raises NotFound."""
    rooms, target = _rooms(request), _target(kind, id_)
    record = await _published(rooms, target)
    about = _about(quoi)
    if about is None:
        return page(
            request,
            "pages/correct.html",
            {
                "name": record.name,
                "path": request.url.path,
                "back": sheet_path(kind, id_),
                "choices": forms.choices(record, rooms),
            },
        )
    return _form_page(request, kind, record, about, forms.shown(record, about), uuid4().hex)


@router.post("/corriger/{kind}/{id_:path}")
async def suggest(request: Request, kind: str, id_: str) -> Response:
    """Keep the correction until someone answers. Raises NotFound, TooOften."""
    rooms, target = _rooms(request), _target(kind, id_)
    record, form = await _published(rooms, target), await form_of(request)
    about = _about(form.one("quoi"))
    if about is None:
        raise InvalidInput("Choisissez d’abord ce qui est faux.", "quoi")
    typed, key = forms.sent(form, about), form.one("cle", 100) or uuid4().hex
    try:
        value = forms.read(typed, about, rooms, record)
        _pay(request)
        await actions.suggest(
            rooms,
            viewer_of(request),
            target,
            about,
            value=value,
            text=_first(typed, "text"),
            email=_first(typed, "answer"),
            key=key,
        )
    except (InvalidInput, TooMuch) as refusal:
        return _form_page(request, kind, record, about, typed, key, refusal)
    return see(f"/corriger/merci?fiche={kind}:{id_}")


def _form_page(
    request: Request,
    kind: str,
    record: Organisation | Service,
    about: About,
    typed: forms.Typed,
    key: str,
    refusal: Refusal | None = None,
) -> HTMLResponse:
    rooms = _rooms(request)
    covers = tuple(dict.fromkeys((*record.covers, *typed.get("covers", ()))))
    context = _around(typed, key, refusal, forms.territory_names(covers, rooms)) | {
        "name": record.name,
        "about": about.value,
        "label": label("suggestion_about", about.value),
        "action": request.url.path,
        "back": sheet_path(kind, record.id),
        "now": forms.present_words(record, about, rooms) if about not in (About.GONE, About.OTHER) else "",
    }
    return page(request, "pages/correct_form.html", context, status=422 if refusal else 200)


def _missing_page(request: Request, typed: forms.Typed, key: str, refusal: Refusal | None = None) -> HTMLResponse:
    names = forms.territory_names(typed.get("covers", ()), _rooms(request))
    listed = sorted(((kind.id, kind.label) for kind in kinds().values()), key=lambda one: one[1])
    context = _around(typed, key, refusal, names) | {"kinds": listed}
    return page(request, "pages/missing.html", context, status=422 if refusal else 200)


def _around(
    typed: forms.Typed, key: str, refusal: Refusal | None, covers: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    fault = refusal.field if isinstance(refusal, InvalidInput) else ""
    return {
        "typed": typed,
        "key": key,
        "refusal": refusal.message if refusal else "",
        # A refusal of the address comes back under the name that the action gives it.
        "fault": "answer" if fault == "email" and "email" not in typed else fault,
        "days": [(f"jour{number}", WEEKDAYS[number]) for number in range(len(DAYS))],
        "publics": [(public.value, label("public", public.value)) for public in Public],
        "covers": covers,
        "added": [*(text for text in typed.get("ajout", ()) if text), *[""] * forms.ADDED][: max(forms.ADDED, 1)],
        "longest": LONGEST_TEXT,
    }


async def _published(rooms: Rooms, target: Target) -> Organisation | Service:
    """The listing as anyone may read it. Raises NotFound."""
    if target.kind is ListingKind.SERVICE:
        return (await service_sheet(rooms, target.id)).service
    return (await organisation_sheet(rooms, target.id)).organisation


def _target(kind: str, id_: str) -> Target:
    if kind not in KINDS or not id_:
        raise NotFound(NO_SUCH_LISTING)
    return Target(KINDS[kind], id_)


def _about(code: str) -> About | None:
    return About(code) if code in set(About) and code != About.MISSING else None


def _pay(request: Request) -> None:
    """Raises TooOften. What cannot be read costs nothing: someone who mends a slip is no flood."""
    purse: Purse = request.state.purse
    purse.pay_suggestion()


def _first(typed: forms.Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
