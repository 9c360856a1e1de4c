"""Two values of one group of fields, side by side in French words: what a suggestion, or a second editor, would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from api.words.dates import exact_day, length
from api.words.hours import hours_in_words
from api.words.listing import address, capacity_words, reach
from graph.model.directory import Capacity, Contact
from graph.model.territory import Territory
from graph.model.vocabulary import competence, label
from search.hours import PARIS

FindTerritory: TypeAlias = Callable[[str], Territory | None]

NOTHING: Final = "rien"
YES_OR_NO: Final = {True: "oui", False: "non", None: ""}
# Fields that hold several values, and the family of their labels.
LISTED: Final = {"publics": "public", "excludes": "public", "modes": "mode"}
# Not for readers.
INTERNAL: Final = frozenset({"demonstration"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a group before and after, in words, empty when nothing is said. A list also tells what came and went."""

    field: str
    label: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], territory: FindTerritory, at: datetime
) -> tuple[Difference, ...]:
    """The fields that differ, in the order of `before`; values of one group by field, the parts of a contact each for itself.

    Two that read alike ("+33381…" and "03 81 …") are no difference.
    """
    old, new = flat(before), flat(after)
    found = []
    for name in [*old, *(name for name in new if name not in old)]:
        if name in INTERNAL or old.get(name) == new.get(name):
            continue
        was, will = (_parts(name, values.get(name), territory, at) for values in (old, new))
        if was == will:
            continue
        several = len(was) > 1 or len(will) > 1
        found.append(
            Difference(
                field=name,
                label=label("field", name),
                before=", ".join(was),
                after=", ".join(will),
                added=tuple(part for part in will if part not in was) if several else (),
                removed=tuple(part for part in was if part not in will) if several else (),
            )
        )
    return tuple(found)


def field_words(name: str, value: object, territory: FindTerritory, at: datetime) -> str:
    """What one field says, on one line; empty when it says nothing."""
    return ", ".join(_parts(name, value, territory, at))


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """A contact spread into its parts, the rest as it is."""
    spread: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Contact):
            spread |= {"phone": value.phone, "email": value.email, "url": value.url}
        else:
            spread[name] = value
    return spread


def _parts(name: str, value: Any, territory: FindTerritory, at: datetime) -> tuple[str, ...]:
    """What a field says, one text for each of its values."""
    if value is None or value in ("", ()):
        return ()
    match name:
        case "covers":
            return tuple(found.where() if (found := territory(id_)) else id_ for id_ in value)
        case "competences":
            return tuple(competence(id_).label for id_ in value)
        case "publics" | "excludes" | "modes":
            return tuple(label(LISTED[name], one.value) for one in value)
        case "hours":
            return _hours(value, at)
        case "place":
            door = address(value)
            return tuple(part for part in (door.street, door.town) if part) if door else ()
        case "phone":
            found = reach(Contact(phone=value)).phone
            return (found.shown if found else value,)
        case "kind":
            return (label("organisation_kind", value),)
        case "state":
            return (label("listing_state", value.value),)
        case "answer_days":
            return (length(value),) if value else ("dans la journée",)
        case _:
            return _plain(value, at)


def _plain(value: object, at: datetime) -> tuple[str, ...]:
    """A value that says what it is by its type."""
    match value:
        case bool():
            return (YES_OR_NO[value],)
        case date():
            return (exact_day(value),)
        case Capacity():
            return capacity_words(value, None, at.astimezone(PARIS).date())
        case StrEnum():
            return (value.value,)
        case str():
            return (value,)
        case Sequence():
            return tuple(map(str, value))
        case _:
            return (str(value),)


def _hours(written: str, at: datetime) -> tuple[str, ...]:
    hours = hours_in_words(written, at)
    return tuple(f"{line.days} {line.times}" for line in hours.lines) if hours else (written,)
