"""Reading the directory: one organisation, one service, many by name."""

from __future__ import annotations

from dataclasses import dataclass

from api.rooms import Rooms
from graph.model.directory import ListingState, Organisation, OrganisationSheet, Service
from graph.model.errors import InvalidInput, NotFound
from graph.model.listing import Claim
from graph.model.vocabulary import kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSheet:
    """A service, and the organisation that offers it."""

    service: Service
    organisation: OrganisationSheet


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """Organisations in order of (name, id), and whether more follow."""

    organisations: tuple[Organisation, ...]
    more: bool


async def organisation_sheet(rooms: Rooms, organisation_id: str) -> OrganisationSheet:
    """All that the directory tells of an organisation, closed ones included. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        sheet = await unit.directory.sheet(organisation_id)
    if sheet is None or sheet.organisation.state is not ListingState.PUBLISHED:
        raise NotFound("Cette fiche n’existe pas, ou n’est plus publiée.")
    return sheet


async def kept_under(rooms: Rooms, organisation_id: str) -> str:
    """The id of the body that a source tells under this one; empty when none is."""
    async with rooms.graph.reading() as unit:
        return (await unit.bodies.kept_under([organisation_id])).get(organisation_id, "")


async def service_sheet(rooms: Rooms, service_id: str) -> ServiceSheet:
    """All that the directory tells of a service. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        service = (await unit.directory.services([service_id])).get(service_id)
        sheet = await unit.directory.sheet(service.organisation) if service else None
    if service is None or sheet is None or service.state is not ListingState.PUBLISHED:
        raise NotFound("Cette fiche n’existe pas, ou n’est plus publiée.")
    return ServiceSheet(service=service, organisation=sheet)


async def claims_about(rooms: Rooms, listing: Organisation | Service) -> tuple[Claim, ...]:
    """What each source says of a listing, group by group."""
    async with rooms.graph.reading() as unit:
        return (await unit.claims.of([listing]))[listing]


async def organisations(
    rooms: Rooms,
    *,
    text: str = "",
    kind: str = "",
    territory: str = "",
    first: int = 20,
    after: tuple[str, str] = ("", ""),
) -> OrganisationPage:
    """Published organisations whose name holds `text`, of this kind, covering this territory; `after` is the last (name, id).

    Raises InvalidInput for an unknown kind or territory.
    """
    if kind and kind not in kinds():
        raise InvalidInput(f"Le type d’organisme « {kind} » n’existe pas.", "kind")
    if territory and rooms.places.get(territory) is None:
        raise InvalidInput(f"Le territoire « {territory} » n’existe pas.", "territory")
    async with rooms.graph.reading() as unit:
        found = await unit.directory.page(text=text, kind=kind, territory=territory, first=first + 1, after=after)
    return OrganisationPage(tuple(found[:first]), len(found) > first)
