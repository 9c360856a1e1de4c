"""The sheet of a service, the sheet of an organisation."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.actions.directory import claims_about, kept_under, organisation_sheet, service_sheet
from api.rooms import Rooms
from api.web.chosen import selection_path
from api.web.kept import KeptRoute
from api.web.render import now, page, sheet_path
from api.web.sheet_view import organisation_view, service_view
from api.web.voices_view import voices_view
from graph.model.directory import Organisation, Service
from graph.model.errors import NotFound
from graph.model.territory import Territory

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/service/{service_id:path}")
async def service_page(request: Request, service_id: str) -> HTMLResponse:
    """One service. Raises NotFound."""
    rooms: Rooms = request.app.state.rooms
    found = await service_sheet(rooms, service_id)
    at = now()
    view = service_view(found.service, found.organisation, _territories(rooms, found.service.covers), at)
    voices = voices_view(Service, await claims_about(rooms, found.service), rooms.places.get, at)
    keep = "" if view.gone else selection_path([f"service:{found.service.id}"])
    return page(request, "pages/service.html", {"it": view, "voices": voices, "keep": keep}, at=at)


@router.get("/organisme/{organisation_id:path}")
async def organisation_page(request: Request, organisation_id: str) -> Response:
    """One organisation, closed ones included: they lead to their successors; and the id under which another source tells a
    body leads to it. Raises NotFound.
    """
    rooms: Rooms = request.app.state.rooms
    try:
        sheet = await organisation_sheet(rooms, organisation_id)
    except NotFound:
        if subject := await kept_under(rooms, organisation_id):
            return RedirectResponse(sheet_path("organisme", subject), status_code=308)
        raise
    at = now()
    view = organisation_view(sheet, _territories(rooms, sheet.organisation.covers), at)
    voices = voices_view(Organisation, await claims_about(rooms, sheet.organisation), rooms.places.get, at)
    keep = "" if view.gone else selection_path([f"organisation:{sheet.organisation.id}"])
    return page(request, "pages/organisation.html", {"it": view, "voices": voices, "keep": keep}, at=at)


def _territories(rooms: Rooms, ids: Iterable[str]) -> list[Territory]:
    return [territory for id_ in ids if (territory := rooms.places.get(id_))]
