"""Sessions outside the walls: the list of a body, one to add or to change, with the same editor of hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions import keeping
from api.actions.outreach import Outreach, SessionDraft, add_session, change_session, end_session, outreach, session
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import form_of as sent_form
from api.web.forms import number, see
from api.web.hours_view import Preview, preview, without_faults, written_of
from api.web.kept_paths import kept_path
from api.web.place_words import place_name
from api.web.render import now, page
from api.web.timetable_form import DAY_NAMES, RHYTHMS, TimetableForm, acted, form_of, read_form
from api.words.hours import hours_in_words
from graph.model.access import Operation, check
from graph.model.directory import Service
from graph.model.errors import Conflict, InvalidInput
from graph.model.keeping import Kept, ListingKind, Target
from graph.model.listing import FieldGroup
from search.hours import PARIS, editable

BASE: Final = "/mes-fiches/organisme/{organisation_id:path}/permanences"
CONFLICT, UNPROCESSABLE = 409, 422
SAID: Final = {
    "ajoutee": "Permanence ajoutée. Les recherches depuis sa commune la trouvent dans les deux secondes.",
    "changee": "Permanence enregistrée.",
    "finie": "Permanence terminée : les recherches ne la montrent plus.",
    "annulee": "Changement annulé.",
}
# The field of the form where the refusal of an act belongs.
FIELDS: Final = {"like": "comme", "town": "ou", "address": "adresse", "name": "nom", "hours": "d0.0.de"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session in the list: where, and when in words."""

    name: str
    where: str
    lines: tuple[tuple[str, str], ...]
    href: str
    public: str


@router.get(BASE)
async def sessions(request: Request, organisation_id: str) -> Response:
    """The list. Raises NotSignedIn, NotFound."""
    viewer, at = must_sign_in(request), now()
    held = await outreach(request.app.state.rooms, viewer, organisation_id)
    base = _base(organisation_id)
    lines = []
    for service in held.elsewhere:
        words = hours_in_words(service.hours, at)
        place = service.place
        where = ", ".join(part for part in (place.address, place.city) if part) if place else ""
        lines.append(
            SessionLine(
                service.name,
                where,
                tuple((line.days, line.times) for line in words.lines) if words else (),
                f"{base}/{quote(service.id, safe=':@!$,')}",
                f"/service/{quote(service.id, safe=':@!$,')}",
            )
        )
    done = request.query_params.get("fait", "")
    undo = request.query_params.get("fiche", ""), request.query_params.get("entree", "")
    context = {
        "held": held,
        "lines": lines,
        "base": base,
        "listing": _listing(organisation_id),
        "said": SAID.get(done, ""),
        "undo": undo if undo[1].isdecimal() else None,
        "key": uuid4().hex,
    }
    return page(request, "pages/outreach.html", context, at=at)


@router.get(BASE + "/nouvelle")
async def new_session(request: Request, organisation_id: str) -> Response:
    """An empty form, or the one that is being filled in. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    held = await outreach(request.app.state.rooms, viewer, organisation_id)
    check(viewer, Operation.CREATE, held.subject)
    return _form(request, held, dict(request.query_params))


@router.post(BASE + "/annuler")
async def undo(request: Request, organisation_id: str) -> Response:
    """Take the last change of a session back. Raises NotSignedIn, NotFound, NotAllowed, InvalidInput."""
    viewer = must_sign_in(request)
    rooms: Rooms = request.app.state.rooms
    sent = await sent_form(request)
    service = await session(rooms, viewer, organisation_id, sent.one("fiche"))
    seq = number(sent.one("entree")) or 0
    target = Target(ListingKind.SERVICE, service.id)
    await keeping.take_back(rooms, viewer, target, seq, key=sent.one("cle"))
    return see(f"{_base(organisation_id)}?fait=annulee")


@router.post(BASE + "/nouvelle")
async def add(request: Request, organisation_id: str) -> Response:
    """Add it. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, at = must_sign_in(request), now()
    rooms: Rooms = request.app.state.rooms
    held = await outreach(rooms, viewer, organisation_id)
    fields = (await sent_form(request)).first()
    draft, errors = _draft(rooms, fields, at)
    if not errors:
        try:
            await add_session(rooms, viewer, organisation_id, draft, key=fields.get("cle", ""))
            return see(f"{_base(organisation_id)}?fait=ajoutee")
        except InvalidInput as refused:
            errors = [(FIELDS.get(refused.field, "nom"), refused.message)]
    return _form(request, held, fields, errors=errors, status=UNPROCESSABLE)


@router.get(BASE + "/{service_id:path}")
async def one_session(request: Request, organisation_id: str, service_id: str) -> Response:
    """A session as it stands, or as it is being changed. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    rooms: Rooms = request.app.state.rooms
    held = await outreach(rooms, viewer, organisation_id)
    kept = await keeping.kept(rooms, viewer, Target(ListingKind.SERVICE, service_id))
    check(viewer, Operation.EDIT, kept.subject, FieldGroup.PLACE)
    record = await session(rooms, viewer, organisation_id, service_id)
    fields = dict(request.query_params)
    if "d0.0.de" in fields:
        return _form(request, held, fields, service=record)
    return _form(request, held, _stored(rooms, record, kept.seq), service=record, form=_rows(record, now()))


@router.post(BASE + "/{service_id:path}")
async def change(request: Request, organisation_id: str, service_id: str) -> Response:
    """Change it, or end it. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, at = must_sign_in(request), now()
    rooms: Rooms = request.app.state.rooms
    held = await outreach(rooms, viewer, organisation_id)
    fields = (await sent_form(request)).first()
    record = await session(rooms, viewer, organisation_id, service_id)
    if fields.get("faire") == "terminer":
        kept = await end_session(rooms, viewer, organisation_id, service_id, key=fields.get("cle", ""))
        return see(_done(organisation_id, kept, "finie"))
    draft, errors = _draft(rooms, fields, at)
    status = UNPROCESSABLE
    if not errors:
        seen = number(fields.get("vu", ""))
        try:
            kept = await change_session(
                rooms, viewer, organisation_id, service_id, draft, key=fields.get("cle", ""), expected_seq=seen
            )
            return see(_done(organisation_id, kept, "changee"))
        except InvalidInput as refused:
            errors = [(FIELDS.get(refused.field, "nom"), refused.message)]
        except Conflict as conflict:
            assert isinstance(conflict.current, Kept), "listings conflict with listings"
            fields["vu"] = str(conflict.current.seq)
            errors, status = (
                [("nom", f"{conflict.message} Enregistrez à nouveau pour garder ce que vous avez écrit.")],
                CONFLICT,
            )
    return _form(request, held, fields, service=record, errors=errors, status=status)


def _form(
    request: Request,
    held: Outreach,
    fields: Mapping[str, str],
    *,
    service: Service | None = None,
    form: TimetableForm | None = None,
    errors: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    """The page of one session, from its fields. Errors are said once someone wants to save or to see."""
    at = now()
    act = fields.get("faire", "")
    rows, there = (form, "") if form else acted(read_form(fields), act)
    written, faults = written_of(rows, None, at)
    if errors is None and act != "voir":
        rows, faults = without_faults(rows), []
    base = _base(held.organisation.id)
    shown: Preview = preview(written or "", at, faulty=written is None)
    context: dict[str, Any] = {
        "held": held,
        "service": service,
        "fields": {
            name: fields.get(name, "")
            for name in ("nom", "comme", "ou", "lieu", "adresse", "tel", "mel", "conditions", "vu")
        },
        "form": rows,
        "days": DAY_NAMES,
        "rhythms": RHYTHMS,
        "next": there,
        "errors": errors if errors is not None else faults,
        "preview": shown,
        "here": f"{base}/{quote(service.id, safe=':@!$,')}" if service else f"{base}/nouvelle",
        "base": base,
        "key": uuid4().hex,
    }
    return page(request, "pages/outreach_one.html", context, status=status, at=at)


def _draft(rooms: Rooms, fields: Mapping[str, str], at: datetime) -> tuple[SessionDraft, list[tuple[str, str]]]:
    """What was typed; and what is wrong with its hours, by field."""
    written, errors = written_of(read_form(fields), None, at)
    town = fields.get("lieu", "") or _town_typed(rooms, fields.get("ou", ""))
    draft = SessionDraft(
        name=fields.get("nom", ""),
        like=fields.get("comme", ""),
        town=town,
        address=fields.get("adresse", ""),
        hours=written or "",
        conditions=fields.get("conditions", ""),
        phone=fields.get("tel", ""),
        email=fields.get("mel", ""),
    )
    return draft, errors


def _town_typed(rooms: Rooms, text: str) -> str:
    """Without JavaScript nothing is chosen from a list: the first place that begins so, when there is one."""
    found = rooms.places.complete(text, 1) if text.strip() else []
    return found[0].id if found else ""


def _stored(rooms: Rooms, service: Service, seq: int) -> dict[str, str]:
    place = service.place
    town = rooms.places.get(place.territory) if place else None
    return {
        "nom": service.name,
        "comme": service.id,
        "ou": place_name(rooms.places, town) if town else "",
        "lieu": town.id if town else "",
        "adresse": place.address if place else "",
        "tel": service.contact.phone,
        "mel": service.contact.email,
        "conditions": service.conditions,
        "vu": str(seq),
    }


def _rows(service: Service, at: datetime) -> TimetableForm:
    timetable = editable(service.hours, at) if service.hours else None
    return form_of(timetable, at.astimezone(PARIS).date()) if timetable else TimetableForm()


def _done(organisation: str, kept: Kept, what: str) -> str:
    return f"{_base(organisation)}?fait={what}&fiche={quote(kept.target.id, safe='')}&entree={kept.seq}"


def _listing(organisation: str) -> str:
    return kept_path(Target(ListingKind.ORGANISATION, organisation))


def _base(organisation: str) -> str:
    return f"{_listing(organisation)}/permanences"
