"""The forms of a signed link for hours and room; every other group has the form that keeping a listing has for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from api.web.forms import Form
from graph.model.directory import Capacity, Service
from graph.model.errors import InvalidInput
from graph.model.keeping import Kept
from graph.model.listing import FieldGroup
from search.hours import readable

LONGEST: Final = 500
MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkField:
    """One field of a form: its name, its words, the kind of box, what to type."""

    name: str
    label: str
    hint: str = ""
    type: str = "text"
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A group's form: its fields, what they show of a listing, and the group's fields that a filled form makes."""

    fields: tuple[LinkField, ...]
    shown: Callable[[Kept], Mapping[str, str]]
    read: Callable[[Kept, Form, date], Mapping[str, Any]]


def _hours_shown(kept: Kept) -> Mapping[str, str]:
    return {"hours": kept.record.hours}


def _hours_read(kept: Kept, form: Form, today: date) -> Mapping[str, Any]:
    hours = form.one("hours", LONGEST)
    if hours and not readable(hours):
        raise InvalidInput(
            f"Ces horaires ne peuvent pas être lus : « {hours[:80]} ». Écrivez-les comme dans l’exemple.", "hours"
        )
    return {"hours": hours}


def _capacity_shown(kept: Kept) -> Mapping[str, str]:
    capacity = kept.record.capacity if isinstance(kept.record, Service) else None
    told = (capacity.places_free, capacity.waiting_days, capacity.full_until) if capacity else (None, None, None)
    names = ("places_free", "waiting_days", "full_until")
    return {name: "" if value is None else str(value) for name, value in zip(names, told, strict=True)}


def _capacity_read(kept: Kept, form: Form, today: date) -> Mapping[str, Any]:
    places, waiting = _count(form, "places_free"), _count(form, "waiting_days")
    full_until = _day(form, "full_until")
    told = Capacity(vouched_on=today, places_free=places, waiting_days=waiting, full_until=full_until)
    if replace(told, vouched_on=today) == Capacity(vouched_on=today):
        return {"capacity": None}
    return {"capacity": told}


def _count(form: Form, name: str) -> int | None:
    typed = form.one(name, LONGEST)
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) > MOST:
        raise InvalidInput(f"« {typed[:40]} » : un nombre entier de 0 à {MOST} est attendu.", name)
    return int(typed)


def _day(form: Form, name: str) -> date | None:
    typed = form.one(name, LONGEST)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as fault:
        raise InvalidInput(f"« {typed[:40]} » n’est pas une date.", name) from fault


FORMS: Final[Mapping[FieldGroup, LinkForm]] = MappingProxyType(
    {
        FieldGroup.HOURS: LinkForm(
            (
                LinkField(
                    name="hours",
                    label="Horaires",
                    hint="Jours en deux lettres anglaises (Mo lundi, Tu mardi, We mercredi, Th jeudi, Fr vendredi, Sa samedi) : "
                    "« Mo-Fr 09:00-12:00,13:30-17:00; We off »",
                ),
            ),
            _hours_shown,
            _hours_read,
        ),
        FieldGroup.CAPACITY: LinkForm(
            (
                LinkField(name="places_free", label="Places libres", hint="0 quand c’est complet ; vide si inconnu"),
                LinkField(name="waiting_days", label="Attente habituelle, en jours", hint="Vide si inconnue"),
                LinkField(
                    name="full_until", label="Complet jusqu’au", hint="Vide si ce n’est pas complet", type="date"
                ),
            ),
            _capacity_shown,
            _capacity_read,
        ),
    }
)
