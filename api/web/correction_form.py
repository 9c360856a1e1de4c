"""The form of a correction: what it shows of a listing, and what was typed read back as the parts that it corrects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.rooms import Rooms
from api.web.forms import Form
from api.web.place_words import TOWNS, locate, place_name
from api.web.render import now
from api.web.week_words import DAYS, week_read
from api.words.differences import field_words, flat
from api.words.phone import phone
from graph.model.directory import Organisation, Place, Public, Service
from graph.model.errors import InvalidInput
from graph.model.listing import GROUPS
from graph.model.suggestion import CORRECTIONS, GROUP, LONGEST_FIELD, About, parts_of
from graph.model.territory import Territory
from graph.model.vocabulary import label

FREE: Final = {"oui": True, "non": False, "": None}
# Lines to add a territory to a list.
ADDED: Final = 3
NAMES: Final[Mapping[About, tuple[str, ...]]] = {
    About.CONTACT: ("phone", "email", "url"),
    About.HOURS: tuple(f"jour{number}" for number in range(len(DAYS))),
    About.PLACE: ("address", "postcode", "city"),
    About.CONDITIONS: ("publics", "conditions", "fee", "free"),
    About.TERRITORY: ("covers", "ajout"),
    About.GONE: (),
    About.OTHER: (),
    About.MISSING: (
        "name",
        "kind",
        "description",
        "phone",
        "email",
        "url",
        "address",
        "postcode",
        "city",
        "covers",
        "ajout",
    ),
}
ALWAYS: Final = ("text", "answer")
Typed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be wrong, and how the listing says it now."""

    about: About
    label: str
    now: str


def choices(record: Organisation | Service, rooms: Rooms) -> tuple[Choice, ...]:
    """What can be corrected of this listing, in the order of the form."""
    found = []
    for about in CORRECTIONS:
        group = GROUP.get(about)
        if group and group not in GROUPS[type(record)]:
            continue
        said = "" if group is None or about is About.GONE else present_words(record, about, rooms)
        found.append(Choice(about, label("suggestion_about", about.value), said))
    return tuple(found)


def present_words(record: Organisation | Service, about: About, rooms: Rooms) -> str:
    """What the listing says now of what may be corrected, on one line."""
    held = flat({name: getattr(record, name) for name in GROUPS[type(record)][GROUP[about]]})
    parts = [field_words(name, held[name], rooms.places.get, now()) for name in parts_of(type(record), about)]
    return " · ".join(part for part in parts if part)


def shown(record: Organisation | Service, about: About) -> dict[str, tuple[str, ...]]:
    """The form as the listing stands."""
    typed: dict[str, tuple[str, ...]] = dict.fromkeys((*NAMES[about], *ALWAYS), ("",))
    match about:
        case About.CONTACT:
            typed |= {name: (value,) for name, value in flat({"contact": record.contact}).items()}
        case About.PLACE if record.place:
            place = record.place
            typed |= {"address": (place.address,), "postcode": (place.postcode,), "city": (place.city,)}
        case About.CONDITIONS if isinstance(record, Service):
            free = next(word for word, value in FREE.items() if value is record.free)
            typed |= {"conditions": (record.conditions,), "fee": (record.fee,), "free": (free,)}
            typed |= {"publics": tuple(public.value for public in record.publics)}
        case About.TERRITORY:
            typed |= {"covers": record.covers}
    return typed


def empty(about: About) -> dict[str, tuple[str, ...]]:
    """The form of something that is not there yet."""
    typed: dict[str, tuple[str, ...]] = dict.fromkeys((*NAMES[about], *ALWAYS), ("",))
    return typed | {"covers": ()}


def sent(form: Form, about: About) -> dict[str, tuple[str, ...]]:
    """What was typed."""
    return {name: form.every(name) for name in (*NAMES[about], *ALWAYS)}


def read(typed: Typed, about: About, rooms: Rooms, before: Organisation | Service | None = None) -> dict[str, Any]:
    """The parts that were typed. `before` is the listing as it stands. Raises InvalidInput with the form's field."""
    match about:
        case About.CONTACT:
            return _contact(typed)
        case About.HOURS:
            week = week_read([_one(typed, name) for name in NAMES[about]])
            return {"hours": week} if week else {}
        case About.PLACE:
            return {"place": _place(typed, rooms, before.place if before else None)}
        case About.CONDITIONS:
            publics = set(typed.get("publics", ()))
            return {
                "conditions": _one(typed, "conditions"),
                "fee": _one(typed, "fee"),
                "free": FREE.get(_one(typed, "free")),
                "publics": tuple(public for public in Public if public.value in publics),
            }
        case About.TERRITORY:
            return {"covers": _covers(typed, rooms)}
        case About.MISSING:
            return _missing(typed, rooms)
        case _:
            return {}


def _missing(typed: Typed, rooms: Rooms) -> dict[str, Any]:
    value: dict[str, Any] = {name: _one(typed, name) for name in ("name", "kind", "description")}
    value |= _contact(typed)
    value["place"] = _place(typed, rooms, None)
    value["covers"] = _covers(typed, rooms)
    if not value["covers"] and value["place"]:
        value["covers"] = (value["place"].territory,)
    return {name: held for name, held in value.items() if held}


def _contact(typed: Typed) -> dict[str, str]:
    number, email, url = (_one(typed, name) for name in ("phone", "email", "url"))
    if number and phone(number) is None:
        raise InvalidInput(f"« {number} » n’est pas un numéro de téléphone.", "phone")
    if email and ("@" not in email or " " in email):
        raise InvalidInput(f"« {email} » n’est pas une adresse e-mail.", "email")
    if url and not url.startswith(("http://", "https://")):
        url = f"https://{url}"
    return {"phone": number, "email": email, "url": url}


def _place(typed: Typed, rooms: Rooms, before: Place | None) -> Place | None:
    address, postcode, city = (_one(typed, name) for name in ("address", "postcode", "city"))
    if not city:
        if address or postcode:
            raise InvalidInput("Donnez la commune de cette adresse.", "city")
        return None
    if before and (address, postcode, city) == (before.address, before.postcode, before.city):
        return before
    territory = _located(city, "city", rooms)
    if territory.level not in TOWNS:
        raise InvalidInput(f"« {city} » n’est pas une commune.", "city")
    return Place(address=address, postcode=postcode, city=territory.name, territory=territory.id, point=territory.point)


def _covers(typed: Typed, rooms: Rooms) -> tuple[str, ...]:
    held = {id_ for id_ in typed.get("covers", ()) if id_}
    held |= {_located(text, "ajout", rooms).id for text in typed.get("ajout", ()) if text}
    return tuple(sorted(held))


def _located(text: str, field: str, rooms: Rooms) -> Territory:
    found = locate(rooms.places, text, "")
    if found.territory is None:
        likely = ", ".join(f"« {name} »" for name, _ in found.others)
        raise InvalidInput(f"{found.unknown}{f' Peut-être : {likely}.' if likely else ''}", field)
    return found.territory


def _one(typed: Typed, name: str) -> str:
    text = next(iter(typed.get(name, ())), "")
    if len(text) > LONGEST_FIELD:
        raise InvalidInput(f"Pas plus de {LONGEST_FIELD} caractères ici : vous en avez écrit {len(text)}.", name)
    return text


def territory_names(ids: Sequence[str], rooms: Rooms) -> tuple[tuple[str, str], ...]:
    """(id, name) of these territories, for the boxes of a list."""
    return tuple((id_, place_name(rooms.places, found)) for id_ in ids if (found := rooms.places.get(id_)))
