"""One file: its sheet, its acts one form each, and who read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from api.actions.casework import reading
from api.actions.casework.reading import Opened
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web import casework_view as view
from api.web.act_form import Field, Typed, retyped
from api.web.acting import key_in, new_key, rooms_of
from api.web.casework_act import Act, Doing
from api.web.casework_around import AROUND
from api.web.casework_course import COURSE
from api.web.casework_readers import hit_lines, read_lines
from api.web.casework_slots import SLOTS, appointments
from api.web.casework_story import story
from api.web.casework_watched import WATCHED
from api.web.casework_written import WRITTEN
from api.web.forms import form_of, see
from api.web.place_words import place_name
from api.web.render import now, page
from api.words.dates import exact_day
from graph.model.access import Viewer
from graph.model.casework.file import FileState
from graph.model.errors import InvalidInput, NotAllowed, NotFound, ReasonMissing, StepNotAllowed
from graph.model.vocabulary import competence, label

PATH: Final = "/dossier/{file_id}"
UNPROCESSABLE, CONFLICT = 422, 409
ACTS: Final[Mapping[str, Act]] = {**WRITTEN, **WATCHED, **SLOTS, **AROUND, **COURSE}
DONE: Final = {"ouvrir": "Le dossier est ouvert. Vous en êtes le référent."} | {
    slug: act.done for slug, act in ACTS.items()
}
# These may be done to a file that ended.
AFTER_THE_END: Final = frozenset({"rouvrir", "barrer", "information-preoccupante"})
SHOWN_LINES: Final = 60
MOST_READS: Final = 200


class _Recorded(Convertor[str]):
    """The acts that have a form here; other pages of a file have addresses of their own beside them."""

    regex = "|".join(sorted(ACTS, key=len, reverse=True))

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("recorded", _Recorded())
router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def file(request: Request, file_id: str) -> Response:
    """What the viewer may see of it. Raises NotSignedIn, NotFound."""
    viewer = must_sign_in(request)
    opened = await reading.open_(rooms_of(request), viewer, file_id)
    if not opened.sight.whole:
        return _partly(request, opened)
    return _sheet(request, viewer, opened)


@router.get(PATH + "/lectures")
async def readers(request: Request, file_id: str) -> Response:
    """Who read it, for who works on it. Raises NotSignedIn, NotFound."""
    viewer = must_sign_in(request)
    at = now()
    found = await reading.readers(rooms_of(request), viewer, file_id, most=MOST_READS)
    context = {
        "name": view.file_name(found.file),
        "here": f"/dossier/{found.file.id}",
        "lines": read_lines(found, at),
        "hits": hit_lines(found, at),
        "most": MOST_READS,
    }
    return page(request, "pages/casework/readers.html", context, at=at)


@router.get(PATH + "/{slug:recorded}")
async def ask(request: Request, file_id: str, slug: str) -> Response:
    """The form of an act. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    act, opened = await _about(request, viewer, file_id, slug)
    item = request.query_params.get("quoi", "")[:64]
    return _form(request, opened, act, slug, item, act.fields(opened, item, now().date()))


@router.post(PATH + "/{slug:recorded}")
async def do(request: Request, file_id: str, slug: str) -> Response:
    """Do it, and be back on the file. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    act, opened = await _about(request, viewer, file_id, slug)
    form = await form_of(request)
    item = form.one("quoi", 64)
    try:
        doing = Doing(rooms_of(request), viewer, opened, item, Typed(form), key_in(form))
        told = await act.do(doing)
    except (InvalidInput, ReasonMissing) as refused:
        errors, why, status = {refused.field: refused.message}, refused.message, UNPROCESSABLE
    except StepNotAllowed as refused:
        errors, why, status = {}, refused.message, CONFLICT
    else:
        # What is shown once is in no address.
        if told:
            return _form(request, opened, act, slug, item, [], told=told)
        # Given away, it may be hers to read no longer.
        return see(f"/dossier/{opened.file.id}?fait={slug}#fait" if slug != "attribuer" else "/dossiers?fait=attribuer")
    fields = retyped(act.fields(opened, item, now().date()), form, errors)
    return _form(request, opened, act, slug, item, fields, refused=why, status=status)


async def _about(request: Request, viewer: Viewer, file_id: str, slug: str) -> tuple[Act, Opened]:
    opened = await reading.open_(rooms_of(request), viewer, file_id)
    if not opened.sight.whole:
        raise NotFound(reading.ABSENT)
    if not opened.sight.works and not (slug in AFTER_THE_END and not opened.file.open):
        raise NotAllowed("L’accompagnement est clos, ou vous n’y travaillez pas : rien n’a été modifié.")
    return ACTS[slug], opened


def _form(
    request: Request,
    opened: Opened,
    act: Act,
    slug: str,
    item: str,
    fields: list[Field],
    *,
    refused: str = "",
    status: int = 200,
    told: str = "",
) -> Response:
    here = f"/dossier/{opened.file.id}"
    context = {
        "above": (here, view.file_name(opened.file)),
        "title": act.title,
        "hint": act.hint,
        "fields": [_by_name(one, rooms_of(request)) for one in fields],
        "button": act.button,
        "here": f"{here}/{slug}",
        "item": item,
        "refused": refused,
        "key": new_key(),
        "told": told,
    }
    return page(request, "pages/casework/act.html", context, status=status)


def _by_name(field: Field, rooms: Rooms) -> Field:
    """A commune is kept by its code, and shown by its name."""
    place = rooms.places.get(field.value) if field.name == "commune" else None
    return replace(field, value=place_name(rooms.places, place)) if place else field


def _sheet(request: Request, viewer: Viewer, opened: Opened) -> Response:
    at = now()
    today, file = at.date(), opened.file
    lines = story(opened, viewer, at)
    whole = request.query_params.get("fil") == "tout"
    context: dict[str, Any] = {
        "name": view.file_name(file),
        "here": f"/dossier/{file.id}",
        "state": label("file_state", file.state),
        "open": file.open,
        "closed": exact_day(file.closed.astimezone(at.tzinfo).date()) if file.closed else "",
        "outcome": label("outcome", file.outcome) if file.outcome else "",
        "linked": file.linked if file.state is FileState.LINKED else "",
        "works": opened.sight.works,
        "lead": view.lead_now(opened, viewer.account),
        "leads": view.leads(opened),
        "workers": [opened.accounts[id_].name for id_ in sorted(file.workers) if id_ in opened.accounts],
        "transitional": file.transitional,
        "owed": view.owed_lines(file, at),
        "needs": view.needs(opened, today),
        "appointments": appointments(opened.file, opened.file.appointments.values(), at),
        "lines": lines if whole else lines[:SHOWN_LINES],
        "more": 0 if whole else max(len(lines) - SHOWN_LINES, 0),
        "said": DONE.get(request.query_params.get("fait", ""), ""),
    }
    places = rooms_of(request).places
    around = view.around(opened, today, lambda code: place.name if (place := places.get(code)) else code)
    return page(request, "pages/casework/dossier.html", context | around, at=at)


def _parts(*parts: str) -> list[str]:
    return [part for part in parts if part]


def _partly(request: Request, opened: Opened) -> Response:
    """To whom a request was addressed, or escalated: what is told, and the requests."""
    file, told = opened.file, opened.told
    people = [
        _parts(
            one.identity.name if one.identity else "",
            label("member_role", one.household.role) if one.household else "",
            one.contact.phone if one.contact else "",
        )
        for one in told.members or ()
    ]
    ids = opened.sight.handoffs or (frozenset(file.handoffs) if opened.sight.escalated else frozenset())
    requests = [
        (
            f"/demande/{one.id}" if one.id in opened.sight.handoffs else "",
            label("kind", one.kind),
            opened.names.get(one.target.organisation, "un partenaire"),
            label("state", one.state),
        )
        for one in sorted((file.handoffs[id_] for id_ in ids), key=lambda one: one.drafted)
    ]
    context = {
        "lead": view.lead_now(opened, "") if opened.sight.follows else None,
        "people": [", ".join(one) for one in people if one],
        "needs": [competence(one.competence).label for one in told.needs or ()],
        "requests": requests,
        "escalated": opened.sight.escalated,
    }
    return page(request, "pages/casework/dossier_told.html", context)
