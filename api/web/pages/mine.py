"""The list of the listings that someone keeps, and a new service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.keeping import create_service
from api.actions.listings import mine
from api.actions.suggestions import counts_for
from api.auth.viewer import must_sign_in
from api.web.acting import key_in, new_key, rooms_of, then
from api.web.form_view import form_view, known_by, names_in, sent
from api.web.forms import form_of
from api.web.mine_view import mine_view
from api.web.render import now, page
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.directory import ListingState, Organisation, Service
from graph.model.errors import InvalidInput, NotAllowed
from graph.model.life import state_on
from graph.model.listing import GROUPS, FieldGroup
from graph.model.typed import Fault, Typed, read

NEW: Final = (FieldGroup.IDENTITY, FieldGroup.MATTERS, FieldGroup.TERRITORY)
# What a service says before anyone has said anything.
BLANK: Final = Service(
    id="", name="", organisation="", competences=(), covers=(), source="", vouched_on=date.min, state=ListingState.DRAFT
)

router = APIRouter(include_in_schema=False)


@router.get("/mes-fiches")
async def my_listings(request: Request, filtre: str = "", q: str = "") -> HTMLResponse:
    """All that she keeps. Raises NotSignedIn."""
    viewer = must_sign_in(request)
    at = now()
    found = await mine(rooms_of(request), viewer, at.date(), lambda unit, keys: counts_for(unit, viewer, keys))
    bodies = _creating(viewer, found.bodies.values())
    context = {"it": mine_view(found, filtre, q, at.date()), "may_create": bool(bodies), "most": len(found.listings)}
    return page(request, "pages/my_listings.html", context, at=at)


@router.get("/mes-fiches/nouveau-service")
async def new_service(request: Request, organisme: str = "") -> HTMLResponse:
    """What a new service needs to be found. Raises NotSignedIn, NotAllowed."""
    viewer = must_sign_in(request)
    bodies = await _bodies(request, viewer)
    body = next((one for one in bodies if one.id == organisme), bodies[0])
    typed: Typed = {"covers": body.covers}
    return _form(request, bodies, body.id, typed, (), new_key())


@router.post("/mes-fiches/nouveau-service")
async def create(request: Request) -> Response:
    """A draft, and its page. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    data = await form_of(request)
    bodies = await _bodies(request, viewer)
    organisation, key = data.one("organisme"), key_in(data)
    typed = sent(data, [name for group in NEW for name in names_in(Service, group)])
    if data.one("etape") == "plus":
        return _form(request, bodies, organisation, typed, (), key, more=True)
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for group in NEW:
        reading = read(Service, group, typed, _said_of(BLANK, group), known_by(rooms))
        faults += reading.faults
        values |= reading.value or {}
    if faults:
        return _form(request, bodies, organisation, typed, faults, key, status=422)
    said = {name: values[name] for name in ("name", "description", "competences", "covers")}
    try:
        made = await create_service(rooms, viewer, organisation, said | {"state": ListingState.DRAFT}, key=key)
    except InvalidInput as refusal:
        fault = Fault(refusal.field, "Le service", "", refusal.message)
        return _form(request, bodies, organisation, typed, [fault], key, status=422)
    return then(made.target, "cree")


def _said_of(record: Service, group: FieldGroup) -> dict[str, Any]:
    return {name: getattr(record, name) for name in GROUPS[Service][group]}


async def _bodies(request: Request, viewer: Viewer) -> list[Organisation]:
    found = await mine(rooms_of(request), viewer, now().date())
    bodies = _creating(viewer, found.bodies.values())
    if not bodies:
        raise NotAllowed("Ce compte ne peut pas créer de service ici : rien n’a été modifié.")
    return bodies


def _creating(viewer: Viewer, bodies: Iterable[Organisation]) -> list[Organisation]:
    """Those for which she may create a service, the acting one first."""
    today = now().date()
    allowed = [
        body
        for body in bodies
        if state_on(body, today) is not ListingState.ARCHIVED
        and may(viewer, Operation.CREATE, _subject(viewer, body.id))
    ]
    return sorted(allowed, key=lambda body: (body.id != viewer.organisation, body.name, body.id))


def _subject(viewer: Viewer, organisation: str) -> Subject:
    above = () if organisation == viewer.organisation else (viewer.organisation,)
    return Subject(organisation=organisation, above=above)


def _form(
    request: Request,
    bodies: list[Organisation],
    organisation: str,
    typed: Typed,
    faults: Iterable[Fault],
    key: str,
    *,
    more: bool = False,
    status: int = 200,
) -> HTMLResponse:
    rooms, faults = rooms_of(request), tuple(faults)
    fields = [field for group in NEW for field in form_view(Service, group, typed, faults, rooms, more=more)]
    context = {"bodies": bodies, "organisation": organisation, "fields": fields, "faults": faults, "key": key}
    return page(request, "pages/new_service.html", context, status=status)
