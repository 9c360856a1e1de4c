"""A group of fields in words, line by line: what the listing says, what it said before, what someone else wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from api.words.dates import exact_day
from api.words.differences import FindTerritory
from api.words.hours import hours_in_words
from api.words.listing import address, capacity_words
from graph.model.directory import ListingState, Organisation, Service
from graph.model.listing import GROUPS, FieldGroup
from graph.model.vocabulary import competences, label

Line = tuple[str, str]
YES_NO: Final = {True: "oui", False: "non"}
STATE_WORDS: Final = {
    ListingState.SUGGESTED: "proposée",
    ListingState.DRAFT: "brouillon",
    ListingState.PUBLISHED: "publiée",
    ListingState.SUSPENDED: "suspendue",
    ListingState.ARCHIVED: "archivée",
}
MOST_NAMES: Final = 12


def group_lines(group: FieldGroup, value: Mapping[str, Any], find: FindTerritory, at: datetime) -> tuple[Line, ...]:
    """Lines of (term, words), those that say nothing left out."""
    match group:
        case FieldGroup.IDENTITY:
            lines = _identity(value)
        case FieldGroup.MATTERS:
            lines = [("Problèmes", _listed(_competence(id_) for id_ in value["competences"]))]
        case FieldGroup.CONDITIONS:
            lines = _conditions(value)
        case FieldGroup.TERRITORY:
            lines = [("Territoire", _listed(_territory(id_, find) for id_ in value["covers"]))]
        case FieldGroup.RECEPTION:
            lines = [
                ("Accueil", _listed(label("mode", mode.value) for mode in value["modes"])),
                ("Interprète", _yes_no(value["interpreter"])),
                ("Accessible en fauteuil", _yes_no(value["accessible"])),
            ]
        case FieldGroup.CAPACITY:
            lines = _room(value, at.date())
        case FieldGroup.CONTACT:
            contact = value["contact"]
            lines = [("Téléphone", contact.phone), ("E-mail", contact.email), ("Site", contact.url)]
        case FieldGroup.PLACE:
            door = address(value["place"])
            lines = [("Adresse", ", ".join(part for part in (door.street, door.town) if part) if door else "")]
        case FieldGroup.HOURS:
            lines = _hours(value["hours"], at)
    return tuple((term, words) for term, words in lines if words)


def changed_lines(before: Iterable[Line], after: Iterable[Line]) -> tuple[tuple[str, str, str], ...]:
    """(term, words before, words after) of what differs, in the order of the page."""
    old, new = dict(before), dict(after)
    return tuple(
        (term, old.get(term, ""), new.get(term, "")) for term in {**old, **new} if old.get(term) != new.get(term)
    )


def differs(kind: type, group: FieldGroup, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two values of a group say something else."""
    return any(one.get(name) != other.get(name) for name in GROUPS[kind][group])


def _identity(value: Mapping[str, Any]) -> list[Line]:
    lines = [("Nom", value["name"])]
    if "kind" in value:
        lines += [("Nature", label("organisation_kind", value["kind"]))]
        lines += [("Autres noms", ", ".join(value["aliases"])), ("SIRET", value["siret"])]
    lines += [("Présentation", value["description"])]
    if value["state"] is not ListingState.PUBLISHED:
        lines += [("État", STATE_WORDS[value["state"]])]
    if value.get("closed_on"):
        lines += [("N’existe plus depuis", exact_day(value["closed_on"]))]
    return [*lines, ("Suspension", suspension_words(value.get("suspended_from"), value.get("suspended_until")))]


def suspension_words(since: date | None, until: date | None) -> str:
    """ "du 3 mars 2027 au 20 mars 2027", "à partir du 3 mars 2027, jusqu’à nouvel ordre"; empty without."""
    if since is None:
        return ""
    if until is None:
        return f"à partir du {exact_day(since)}, jusqu’à nouvel ordre"
    return f"du {exact_day(since)} au {exact_day(until)}" if until != since else f"le {exact_day(since)}"


def suspended_words(record: Organisation | Service, today: date) -> str:
    """What a sheet says of a suspension that holds, or is to come; empty when there is none."""
    since, until = record.suspended_from, record.suspended_until
    if since is None or (until and until < today):
        return ""
    return f"Accueil suspendu {suspension_words(since, until)}."


def _conditions(value: Mapping[str, Any]) -> list[Line]:
    publics = _listed(label("public", public.value) for public in value["publics"])
    return [
        ("Public", publics or "Tout le monde"),
        ("Sauf", _listed(label("public", public.value) for public in value["excludes"])),
        ("Conditions", value["conditions"]),
        ("Gratuit", _yes_no(value["free"])),
        ("Participation", value["fee"]),
        ("Sans condition de séjour", _yes_no(value["without_residence_condition"])),
    ]


def _room(value: Mapping[str, Any], today: date) -> list[Line]:
    capacity = value["capacity"]
    words = ", ".join(capacity_words(capacity, value["answer_days"], today))
    said = exact_day(capacity.vouched_on) if capacity else ""
    return [("Places et délais", words), ("Dit le", said)]


def _hours(written: str, at: datetime) -> list[Line]:
    hours = hours_in_words(written, at)
    if hours is None:
        return [("Horaires", written)]
    return [("Horaires", " ; ".join(f"{line.days} {line.times}" for line in hours.lines))]


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - MOST_NAMES
    return ", ".join(found[:MOST_NAMES]) + (f" et {more} autres" if more > 0 else "")


def _competence(id_: str) -> str:
    return competences()[id_].label if id_ in competences() else id_


def _territory(id_: str, find: FindTerritory) -> str:
    territory = find(id_)
    return territory.name if territory else id_


def _yes_no(said: bool | None) -> str:
    return "" if said is None else YES_NO[said]
