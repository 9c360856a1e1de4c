"""Sessions outside the walls: what a body offers at another place, on days of its own. Each is a service, found like any other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions import keeping
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.checks import sound_contact
from graph.model.directory import Contact, ListingState, Mode, Organisation, Place, Service
from graph.model.errors import InvalidInput, NotFound
from graph.model.fields import FORMS
from graph.model.keeping import Kept, ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.territory import Territory, TerritoryLevel

LONGEST_ADDRESS = 200
LONGEST: Final = {
    field.name: field.most
    for group in (FieldGroup.IDENTITY, FieldGroup.CONDITIONS)
    for field in FORMS[Service][group]
    if field.name in ("name", "conditions")
}
TOWNS = (TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outreach:
    """A body, what it offers at home, and its sessions elsewhere; `subject` is what an act on them is about."""

    organisation: Organisation
    at_home: tuple[Service, ...]
    elsewhere: tuple[Service, ...]
    subject: Subject
    may_add: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """A session as someone says it: `like` is the service of which it offers the same, `town` the INSEE code of a commune."""

    name: str
    like: str
    town: str
    address: str
    hours: str
    conditions: str = ""
    phone: str = ""
    email: str = ""


async def outreach(rooms: Rooms, viewer: Viewer, organisation: str) -> Outreach:
    """What this body offers, at home and elsewhere; ended sessions are left out. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        found = (await unit.directory.organisations([organisation])).get(organisation)
        subject = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
        if found is None or not may(viewer, Operation.READ_HISTORY, subject):
            raise NotFound(keeping.ABSENT)
        services = (await unit.directory.services_of([organisation])).get(organisation, ())
    live = [service for service in services if service.state is not ListingState.ARCHIVED]
    return Outreach(
        organisation=found,
        at_home=tuple(service for service in live if not is_elsewhere(service, found)),
        elsewhere=tuple(service for service in live if is_elsewhere(service, found)),
        subject=subject,
        may_add=may(viewer, Operation.CREATE, subject),
    )


def is_elsewhere(service: Service, organisation: Organisation) -> bool:
    """Whether it has a place that is not its organisation's."""
    if service.place is None:
        return False
    home = organisation.place or Place()
    return (service.place.territory, service.place.address) != (home.territory, home.address)


async def add_session(
    rooms: Rooms, viewer: Viewer, organisation: str, draft: SessionDraft, *, key: str, at: datetime | None = None
) -> Kept:
    """A new one, found from its commune at once. Raises NotFound, NotAllowed, InvalidInput with the field."""
    _bounded(draft)
    held = await outreach(rooms, viewer, organisation)
    like = _like(held, draft)
    values = {
        "name": draft.name.strip(),
        "description": like.description,
        "competences": like.competences,
        "covers": (_town(rooms, draft).id,),
        "publics": like.publics,
        "excludes": like.excludes,
        "fee": like.fee,
        "free": like.free,
        "without_residence_condition": like.without_residence_condition,
        "interpreter": like.interpreter,
        "modes": (Mode.EN_PRESENTIEL,),
        "conditions": draft.conditions,
        "place": _place(rooms, draft),
        "contact": _contact(draft, like),
        "hours": _hours(draft),
        "demonstration": held.organisation.demonstration,
    }
    return await keeping.create_service(rooms, viewer, organisation, values, key=key, at=at)


async def change_session(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    service: str,
    draft: SessionDraft,
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> Kept:
    """Say anew where and when. Raises NotFound, NotAllowed, InvalidInput, Conflict."""
    _bounded(draft)
    before = await session(rooms, viewer, organisation, service)
    values = {
        FieldGroup.IDENTITY: {"name": draft.name.strip()},
        FieldGroup.TERRITORY: {"covers": (_town(rooms, draft).id,)},
        FieldGroup.CONDITIONS: {"conditions": draft.conditions},
        FieldGroup.PLACE: {"place": _place(rooms, draft)},
        FieldGroup.CONTACT: {"contact": replace(before.contact, phone=draft.phone, email=draft.email)},
        FieldGroup.HOURS: {"hours": _hours(draft)},
    }
    # What a source told of where it acts may be wider than the commune of the session.
    if before.place and before.place.territory == draft.town:
        del values[FieldGroup.TERRITORY]
    target = Target(ListingKind.SERVICE, service)
    return await keeping.change_groups(rooms, viewer, target, values, key=key, expected_seq=expected_seq, at=at)


async def end_session(
    rooms: Rooms, viewer: Viewer, organisation: str, service: str, *, key: str, at: datetime | None = None
) -> Kept:
    """It is held no more. Raises NotFound, NotAllowed."""
    await session(rooms, viewer, organisation, service)
    return await keeping.change_groups(
        rooms,
        viewer,
        Target(ListingKind.SERVICE, service),
        {FieldGroup.IDENTITY: {"state": ListingState.ARCHIVED}},
        key=key,
        at=at,
        operation=Operation.ARCHIVE,
    )


async def session(rooms: Rooms, viewer: Viewer, organisation: str, service: str) -> Service:
    """One session of a body, ended or not. Raises NotFound."""
    kept = await keeping.kept(rooms, viewer, Target(ListingKind.SERVICE, service))
    if not isinstance(kept.record, Service) or kept.organisation != organisation:
        raise NotFound(keeping.ABSENT)
    return kept.record


def _like(held: Outreach, draft: SessionDraft) -> Service:
    offered = (*held.at_home, *held.elsewhere)
    found = next((service for service in offered if service.id == draft.like), None)
    if found is None:
        raise InvalidInput("Choisissez le service que cette permanence propose.", "like")
    return found


def _town(rooms: Rooms, draft: SessionDraft) -> Territory:
    town = rooms.places.get(draft.town) if draft.town else None
    if town is None or town.level not in TOWNS:
        raise InvalidInput("Choisissez la commune dans la liste qui s’ouvre quand vous tapez son nom.", "town")
    return town


def _place(rooms: Rooms, draft: SessionDraft) -> Place:
    town = _town(rooms, draft)
    if not draft.address.strip():
        raise InvalidInput("Donnez l’adresse où l’on reçoit : une salle, une rue.", "address")
    if len(draft.address) > LONGEST_ADDRESS:
        raise InvalidInput(f"L’adresse tient {LONGEST_ADDRESS} caractères, et en a {len(draft.address)}.", "address")
    postcode = town.postcodes[0] if town.postcodes else ""
    # Near enough to say how far: nobody looked for the house.
    return Place(address=draft.address.strip(), postcode=postcode, city=town.name, territory=town.id, point=town.point)


def _contact(draft: SessionDraft, like: Service) -> Contact:
    if draft.phone or draft.email:
        return sound_contact(Contact(phone=draft.phone, email=draft.email, url=like.contact.url), like.contact)
    return like.contact


def _bounded(draft: SessionDraft) -> None:
    """Raises InvalidInput for words that the form of a service would not take."""
    for name, longest in LONGEST.items():
        if len(getattr(draft, name)) > longest:
            raise InvalidInput(
                f"Pas plus de {longest} caractères ici : vous en avez écrit {len(getattr(draft, name))}.", name
            )


def _hours(draft: SessionDraft) -> str:
    if not draft.hours:
        raise InvalidInput(
            "Donnez au moins un jour et ses heures : sans eux, personne ne saurait quand venir.", "hours"
        )
    return draft.hours
