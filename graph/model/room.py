"""Room, as someone says it on a telephone in ten seconds: is there any, until when not, how long people wait."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from graph.model import checks
from graph.model.directory import Capacity
from graph.model.errors import InvalidInput
from graph.model.reasons import MONTHS
from graph.model.typed import Fault, Reading, Typed
from graph.model.weights import CAPACITY_HOLDS_FOR

MOST_PLACES: Final = 10_000
MOST_WAITING_DAYS: Final = 1_000
MONTHS_AHEAD: Final = 14
MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
# Common waits in days, in words; another is typed.
WAITS: Final[Mapping[int, str]] = {
    0: "aucune attente",
    7: "1 semaine",
    14: "2 semaines",
    30: "1 mois",
    90: "3 mois",
    180: "6 mois",
    365: "1 an",
}


class Room(StrEnum):
    """What there is. Said of nobody, or too long ago: unknown."""

    FREE = "places"
    FULL = "complet"
    UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class RoomField:
    """The names under which the form sends what it asks."""

    room: str = "room"
    places: str = "places"
    month: str = "month"
    day: str = "day"
    waiting: str = "waiting"
    other_waiting: str = "other_waiting"


NAMES: Final = RoomField()


def room_of(capacity: Capacity | None, today: date) -> Room:
    """What counts today of what was said: nothing after thirty days, but for a date that is still to come."""
    if capacity is None:
        return Room.UNKNOWN
    if capacity.full_until and capacity.full_until > today:
        return Room.FULL
    if capacity.places_free is None or today - capacity.vouched_on > CAPACITY_HOLDS_FOR:
        return Room.UNKNOWN
    return Room.FREE if capacity.places_free else Room.FULL


def months_ahead(today: date) -> tuple[tuple[str, str], ...]:
    """The months after this one, each with its name: ("2027-03", "mars 2027")."""
    found = []
    for ahead in range(1, MONTHS_AHEAD + 1):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        found.append((f"{year}-{month + 1:02d}", f"{MONTHS[month]} {year}"))
    return tuple(found)


def shown_room(capacity: Capacity | None, today: date) -> dict[str, tuple[str, ...]]:
    """What the form shows of what was said last."""
    room = room_of(capacity, today)
    until = capacity.full_until if capacity and room is Room.FULL else None
    wait = capacity.waiting_days if capacity else None
    usual = wait in WAITS
    return {
        NAMES.room: ("" if room is Room.UNKNOWN else room.value,),
        NAMES.places: (str(capacity.places_free) if capacity and room is Room.FREE else "",),
        NAMES.month: (f"{until:%Y-%m}" if until and until.day == 1 else "",),
        NAMES.day: (until.isoformat() if until and until.day != 1 else "",),
        NAMES.waiting: (str(wait) if wait is not None and usual else "",),
        NAMES.other_waiting: (str(wait) if wait is not None and not usual else "",),
    }


def read_room(typed: Typed, before: Mapping[str, Any], today: date) -> Reading:
    """The value of the group, said today; `answer_days` is measured, and stays."""
    faults: list[Fault] = []
    said = _first(typed, NAMES.room)
    if said not in set(Room):
        faults.append(Fault(NAMES.room, "Avez-vous de la place ?", said, "Dites s’il y a de la place, ou non."))
    places = _count(typed, NAMES.places, "Places libres", MOST_PLACES, faults) if said == Room.FREE else None
    if said == Room.FREE and not places and not faults:
        message = "Dites combien de places sont libres : au moins une, sinon répondez « Complet »."
        faults.append(Fault(NAMES.places, "Places libres", _first(typed, NAMES.places), message))
    until = _until(typed, today, faults) if said == Room.FULL else None
    other = _count(typed, NAMES.other_waiting, "Attente", MOST_WAITING_DAYS, faults)
    chosen = _count(typed, NAMES.waiting, "Attente", MOST_WAITING_DAYS, faults)
    if faults:
        return Reading(None, tuple(faults))
    waiting = other if other is not None else chosen
    capacity = Capacity(
        vouched_on=today,
        places_free=0 if said == Room.FULL else places,
        waiting_days=waiting,
        full_until=until,
    )
    silent = said == Room.UNKNOWN and waiting is None
    return Reading({"capacity": None if silent else capacity, "answer_days": before["answer_days"]})


def _until(typed: Typed, today: date, faults: list[Fault]) -> date | None:
    """A day, or the first of a month; a full house that does not say until when is full as long as what it says holds."""
    day, month = _first(typed, NAMES.day), _first(typed, NAMES.month)
    name, text = (NAMES.day, day) if day else (NAMES.month, month)
    if not text:
        return None
    try:
        found = MONTH.fullmatch(text)
        until = checks.calendar_day(f"{text}-01" if found and not day else text)
        if until <= today:
            raise InvalidInput(f"« {text} » est passé : donnez une date à venir.")
        if until.year > today.year + 3:
            raise InvalidInput(f"« {text} » est trop loin : trois ans au plus.")
    except InvalidInput as refusal:
        faults.append(Fault(name, "Jusqu’à quand ?", text, refusal.message))
        return None
    return until


def _count(typed: Typed, name: str, label: str, most: int, faults: list[Fault]) -> int | None:
    text = _first(typed, name)
    try:
        return checks.whole_number(text, most) if text else None
    except InvalidInput as refusal:
        faults.append(Fault(name, label, text, refusal.message))
        return None


def _first(typed: Typed, name: str) -> str:
    texts: Sequence[str] = typed.get(name, ())
    return " ".join(texts[0].split()) if texts else ""
