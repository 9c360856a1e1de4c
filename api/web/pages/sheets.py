"""The sheet of a service, the sheet of an organisation."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.actions.directory import claims_about, organisation_sheet, service_sheet
from api.rooms import Rooms
from api.web.kept import KeptRoute
from api.web.render import now, page
from api.web.sheet_view import organisation_view, service_view
from api.web.voices_view import voices_view
from graph.model.directory import Organisation, Service
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
    return page(request, "pages/service.html", {"it": view, "voices": voices}, at=at)


@router.get("/organisme/{organisation_id:path}")
async def organisation_page(request: Request, organisation_id: str) -> HTMLResponse:
    """One organisation, closed ones included: they lead to their successors. Raises NotFound."""
    rooms: Rooms = request.app.state.rooms
    sheet = await organisation_sheet(rooms, organisation_id)
    at = now()
    view = organisation_view(sheet, _territories(rooms, sheet.organisation.covers), at)
    voices = voices_view(Organisation, await claims_about(rooms, sheet.organisation), rooms.places.get, at)
    return page(request, "pages/organisation.html", {"it": view, "voices": voices}, at=at)


def _territories(rooms: Rooms, ids: Iterable[str]) -> list[Territory]:
    return [territory for id_ in ids if (territory := rooms.places.get(id_))]
