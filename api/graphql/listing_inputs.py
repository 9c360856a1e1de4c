"""What a client says of a listing, group by group: the inputs, and how they are read.

They are read by the same rules as the forms of the pages (graph/model/typed.py): one list of checks, one set of sentences.
A field that is left out stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry
from strawberry import UNSET

from api.graphql.enums import FieldGroup, Mode, Public
from api.rooms import Rooms
from graph.model.errors import InvalidInput
from graph.model.fields import CHOSEN_ENDING, FORMS, held_by
from graph.model.keeping import Kept
from graph.model.room import NAMES, Room, read_room
from graph.model.territory import Territory
from graph.model.typed import SAID, Fault, Known, read, shown

LEFT = "Left out: stays as it is."


@strawberry.input(description="What it is. " + LEFT)
class IdentityInput:
    """Of any listing; `aliases` and `siret` of an organisation alone."""

    name: str | None = strawberry.field(default=UNSET, description="Its name.")
    description: str | None = strawberry.field(default=UNSET, description="In French; empty for none.")
    aliases: list[str] | None = strawberry.field(default=UNSET, description="Other names of an organisation.")
    siret: str | None = strawberry.field(default=UNSET, description="14 digits; of an organisation.")


@strawberry.input(description="What a service handles.")
class MattersInput:
    """Of a service."""

    competences: list[strawberry.ID] = strawberry.field(description="Ids of competences, all of them.")


@strawberry.input(description="For whom, on what conditions. " + LEFT)
class ConditionsInput:
    """Of a service."""

    publics: list[Public] | None = strawberry.field(default=UNSET, description="For whom; empty means everyone.")
    excludes: list[Public] | None = strawberry.field(default=UNSET, description="For whom it is not.")
    conditions: str | None = strawberry.field(default=UNSET, description="What one must meet or bring, in French.")
    fee: str | None = strawberry.field(default=UNSET, description="What it costs, in French.")
    free: bool | None = strawberry.field(default=UNSET, description="Free of charge; null when nobody says.")
    without_residence_condition: bool | None = strawberry.field(
        default=UNSET, description="Open without condition of residence status; null when nobody says."
    )


@strawberry.input(description="Where it acts.")
class TerritoryInput:
    """Of any listing."""

    covers: list[strawberry.ID] = strawberry.field(description="Ids of territories, all of them.")


@strawberry.input(description="How one is received. " + LEFT)
class ReceptionInput:
    """Of a service."""

    modes: list[Mode] | None = strawberry.field(default=UNSET, description="All of them.")
    interpreter: bool | None = strawberry.field(default=UNSET, description="Null when nobody says.")
    accessible: bool | None = strawberry.field(default=UNSET, description="With a wheelchair; null when nobody says.")


@strawberry.input(description="How to reach it. " + LEFT)
class ContactInput:
    """Of any listing."""

    phone: str | None = strawberry.field(default=UNSET, description="One number; empty for none.")
    email: str | None = strawberry.field(default=UNSET, description="One address; empty for none.")
    url: str | None = strawberry.field(default=UNSET, description="A web site; empty for none.")


@strawberry.input(description="Where one is received. " + LEFT)
class PlaceInput:
    """Of any listing. Where the address moves, the point is that of the commune."""

    address: str | None = strawberry.field(default=UNSET, description="Number and street.")
    postcode: str | None = strawberry.field(default=UNSET, description="5 digits.")
    commune: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Id of a commune or arrondissement; null, with no address, where nobody is received."
    )


@strawberry.input(description="When one is received.")
class HoursInput:
    """Of any listing."""

    hours: str = strawberry.field(description="OSM `opening_hours`; empty when unknown.")


@strawberry.input(description="Groups of fields with their new values; those left out stay as they are.")
class ListingValuesInput:
    """One field a group. Room has a mutation of its own."""

    identity: IdentityInput | None = strawberry.field(default=None, description="What it is.")
    matters: MattersInput | None = strawberry.field(default=None, description="What it handles; of a service.")
    conditions: ConditionsInput | None = strawberry.field(default=None, description="For whom; of a service.")
    territory: TerritoryInput | None = strawberry.field(default=None, description="Where it acts.")
    reception: ReceptionInput | None = strawberry.field(default=None, description="How one is received; of a service.")
    contact: ContactInput | None = strawberry.field(default=None, description="How to reach it.")
    place: PlaceInput | None = strawberry.field(default=None, description="Where one is received.")
    hours: HoursInput | None = strawberry.field(default=None, description="When one is received.")


def values_of(rooms: Rooms, held: Kept, said: ListingValuesInput) -> dict[FieldGroup, dict[str, Any]]:
    """The fields of each group that is given. Raises InvalidInput with the first that cannot be read."""
    found: dict[FieldGroup, dict[str, Any]] = {}
    kind = held.target.kind.type
    for group in FieldGroup:
        given = getattr(said, group.value, None)
        if given is None:
            continue
        if isinstance(given, HoursInput):
            found[group] = {"hours": given.hours}
            continue
        if group not in FORMS[kind]:
            raise InvalidInput(f"Cette fiche n’a pas de rubrique « {group} ».", group)
        fields = {name: value for name, value in vars(given).items() if value is not UNSET}
        before = held.value(group)
        typed = shown(kind, group, before) | _typed(fields, kind, group)
        whole = _sound(read(kind, group, typed, before, _known(rooms)))
        found[group] = {name: whole[name] for name in held_by(kind, group)}
    if not found:
        raise InvalidInput("Donnez au moins une rubrique à modifier.", "values")
    return found


def said_in(said: ListingValuesInput) -> dict[str, dict[str, Any]]:
    """What was given, and nothing else: two that are equal ask the same."""
    return {
        group: {name: value for name, value in vars(given).items() if value is not UNSET}
        for group, given in vars(said).items()
        if given is not None
    }


def room_of(places_free: int | None, waiting_days: int | None, full_until: date | None, today: date) -> Any:
    """The Capacity that is said, None for nothing. Raises InvalidInput with the field."""
    full = full_until is not None or places_free == 0
    room = Room.FULL if full else Room.FREE if places_free is not None else Room.UNKNOWN
    if full_until is not None and places_free:
        raise InvalidInput("Complet, et des places libres : dites l’un ou l’autre.", "placesFree")
    typed = {
        NAMES.room: (room.value,),
        NAMES.places: ("" if places_free is None else str(places_free),),
        NAMES.day: (full_until.isoformat() if full_until else "",),
        NAMES.other_waiting: ("" if waiting_days is None else str(waiting_days),),
    }
    fields = {NAMES.places: "placesFree", NAMES.day: "fullUntil", NAMES.other_waiting: "waitingDays"}
    return _sound(read_room(typed, {"answer_days": None}, today), fields)["capacity"]


def _sound(reading: Any, names: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    if reading.value is None:
        fault: Fault = reading.faults[0]
        raise InvalidInput(fault.message, (names or {}).get(fault.field, fault.field))
    return reading.value


def _typed(fields: Mapping[str, Any], kind: type, group: FieldGroup) -> dict[str, tuple[str, ...]]:
    """As a form would send it. Raises InvalidInput for a field that this kind of listing has not."""
    typed: dict[str, tuple[str, ...]] = {}
    known = {field.name for field in FORMS[kind][group]}
    for name, value in fields.items():
        if name == "commune":
            typed |= {"city": (value or "",), "city" + CHOSEN_ENDING: (value or "",)}
            continue
        if name not in known:
            raise InvalidInput(f"La rubrique « {group} » n’a pas de champ « {name} ».", name)
        if name == "aliases":
            typed[name] = ("\n".join(value or ()),)
        elif isinstance(value, list):
            typed[name] = tuple(str(one) for one in value)
        else:
            typed[name] = (SAID[value] if isinstance(value, bool) else value or "",)
    return typed


def _known(rooms: Rooms) -> Known:
    """Clients give ids; nothing is guessed for them."""

    def territory(text: str, id_: str) -> Territory | None:
        return rooms.places.get(id_ or text)

    return Known(territory=territory, territories_like=lambda _: (), competences_like=lambda _: ())
