"""The sheet of a service, the sheet of an organisation."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.actions.directory import claims_about, kept_under, organisation_sheet, service_sheet
from api.actions.listings import keeps, successor_of
from api.auth.viewer import viewer_of
from api.rooms import Rooms
from api.web.chosen import selection_path
from api.web.group_words import suspended_words
from api.web.kept import KeptRoute
from api.web.kept_paths import kept_path
from api.web.kept_view import checked_days
from api.web.render import now, page, sheet_path
from api.web.sheet_view import organisation_view, service_view
from api.web.voices_view import voices_view
from graph.model.directory import Organisation, Service
from graph.model.errors import NotFound
from graph.model.keeping import ListingKind, Target
from graph.model.territory import Territory

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/service/{service_id:path}")
async def service_page(request: Request, service_id: str) -> Response:
    """One service; one that is archived leads to the service that took its place. Raises NotFound."""
    rooms: Rooms = request.app.state.rooms
    try:
        found = await service_sheet(rooms, service_id)
    except NotFound:
        if successor := await successor_of(rooms, service_id):
            return RedirectResponse(sheet_path("service", successor), status_code=303)
        raise
    at = now()
    view = service_view(found.service, found.organisation, _territories(rooms, found.service.covers), at)
    claims = await claims_about(rooms, found.service)
    voices = voices_view(Service, claims, rooms.places.get, at)
    keep = "" if view.gone else selection_path([f"service:{found.service.id}"])
    context = {"it": view, "voices": voices, "keep": keep}
    body = found.organisation.organisation
    context |= {
        "suspended": suspended_words(found.service, at.date()) or suspended_words(body, at.date()),
        "checked": checked_days(found.service, claims),
        "edit": await _edit(request, Target(ListingKind.SERVICE, service_id), body.id),
    }
    return page(request, "pages/service.html", context, at=at)


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
    claims = await claims_about(rooms, sheet.organisation)
    voices = voices_view(Organisation, claims, rooms.places.get, at)
    keep = "" if view.gone else selection_path([f"organisation:{sheet.organisation.id}"])
    context = {"it": view, "voices": voices, "keep": keep}
    context |= {
        "suspended": suspended_words(sheet.organisation, at.date()),
        "checked": checked_days(sheet.organisation, claims),
        "edit": await _edit(request, Target(ListingKind.ORGANISATION, organisation_id), organisation_id),
    }
    return page(request, "pages/organisation.html", context, at=at)


async def _edit(request: Request, target: Target, organisation: str) -> str:
    """Where those who keep it change it; empty for everyone else."""
    keeping = await keeps(request.app.state.rooms, viewer_of(request), organisation)
    return kept_path(target) if keeping else ""


def _territories(rooms: Rooms, ids: Iterable[str]) -> list[Territory]:
    return [territory for id_ in ids if (territory := rooms.places.get(id_))]
