"""The columns of both tables: what each is called, which field it tells, how its cells are read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from graph.model.directory import ListingState, Mode, Post, Public, Service
from graph.model.listing import FieldGroup
from graph.model.vocabulary import acronyms, competences, label
from importers.sheets.values import (
    ADDRESS,
    EMAIL,
    POSTCODE,
    Cell,
    Day,
    Degrees,
    Hours,
    Known,
    Number,
    Phone,
    Shaped,
    Territories,
    Text,
    Words,
    YesNo,
    labels_of,
)

Told: TypeAlias = Service | Post


class Sheet(StrEnum):
    """Which of the two tables, by the name of its sheet in a workbook."""

    SERVICES = "Services"
    POSTS = "Interlocuteurs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`path` is a field of the record, or of one of its parts ("contact.phone"); `help` goes to the sheet that explains.

    `needed` may not be emptied, and a new record must have it. `fixed` is for telling which record: it never changes.
    """

    name: str
    path: str
    cell: Cell
    group: FieldGroup
    help: str
    needed: bool = False
    fixed: bool = False

    def told(self, record: Told, known: Known) -> str:
        """The cell of a record, as text that is not plain yet."""
        return self.cell.tell(self.value(record), known)

    def value(self, record: Told) -> Any:
        """What the record holds there."""
        held: Any = record
        for name in self.path.split("."):
            held = getattr(held, name)
            if held is None:
                return self.nothing
        return held

    @property
    def nothing(self) -> Any:
        """What an emptied field holds."""
        return _nothing(self.path)


STATES: Final = MappingProxyType(
    {
        ListingState.DRAFT.value: "brouillon",
        ListingState.PUBLISHED.value: "publiée",
        ListingState.SUSPENDED.value: "suspendue",
        ListingState.ARCHIVED.value: "archivée",
    }
)
_NOTHINGS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "publics": (),
        "excludes": (),
        "modes": (),
        "covers": (),
        "competences": (),
        "free": None,
        "interpreter": None,
        "accessible": None,
        "without_residence_condition": None,
        "answer_days": None,
        "capacity.places_free": None,
        "capacity.waiting_days": None,
        "capacity.full_until": None,
        "place.point.lat": None,
        "place.point.lon": None,
        "duty_desk": False,
    }
)
ID: Final = "Identifiant"
ORGANISATION: Final = "Organisme"
LATITUDE, LONGITUDE = "Latitude", "Longitude"
_G: Final = FieldGroup
_ANY: Final = Text(200)


def _nothing(path: str) -> Any:
    return _NOTHINGS.get(path, "")


def _competences() -> Words:
    """By their labels, or by an acronym that means one of them and nothing else."""
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for known in acronyms():
        meant[known.acronym].update(known.competences)
    also = {acronym: found.pop() for acronym, found in meant.items() if len(found) == 1}
    return Words("liste des thèmes", {entry.id: entry.label for entry in competences().values()}, also=also)


def _publics() -> Words:
    return Words("liste des publics", labels_of(Public, lambda code: label("public", code)), Public)


def _with_scheme(text: str) -> str:
    return f"https://{text}" if text.lower().startswith("www.") else text


def _five_digits(text: str) -> str:
    """A spreadsheet that took it for a number has lost its zero."""
    return f"0{text}" if re.fullmatch(r"\d{4}", text, re.ASCII) else text


def _contact() -> tuple[Column, ...]:
    email = Shaped(EMAIL, "Écrivez une seule adresse électronique, comme accueil@exemple.fr.")
    site = Shaped(ADDRESS, "Écrivez une adresse complète, comme https://www.exemple.fr.", 500, _with_scheme)
    return (
        _column(
            "Téléphone", "contact.phone", Phone(), _G.CONTACT, "Un seul numéro, celui que composent les travailleurs."
        ),
        _column(
            "Courriel", "contact.email", email, _G.CONTACT, "Une seule adresse, de préférence partagée par l’équipe."
        ),
        _column("Site", "contact.url", site, _G.CONTACT, "L’adresse complète d’une page."),
    )


def _place() -> tuple[Column, ...]:
    postcode = Shaped(POSTCODE, "Écrivez un code postal de cinq chiffres.", mend=_five_digits)
    return (
        _column("Adresse", "place.address", Text(300), _G.PLACE, "Numéro et voie."),
        _column("Code postal", "place.postcode", postcode, _G.PLACE, "Cinq chiffres."),
        _column("Ville", "place.city", _ANY, _G.PLACE, "Comme sur une enveloppe."),
        _column(
            "Commune", "place.territory", Territories(one=True), _G.PLACE, "Code Insee ; le nom est ajouté pour vous."
        ),
        _column(
            LATITUDE, "place.point.lat", Degrees(90), _G.PLACE, "En degrés. Effacée si l’adresse change sans elle."
        ),
        _column(
            LONGITUDE, "place.point.lon", Degrees(180), _G.PLACE, "En degrés. Effacée si l’adresse change sans elle."
        ),
    )


def _column(name: str, path: str, cell: Cell, group: FieldGroup, help_: str, **more: bool) -> Column:
    return Column(name=name, path=path, cell=cell, group=group, help=help_, **more)


@cache
def columns(sheet: Sheet) -> tuple[Column, ...]:
    """Those of a table, in order."""
    return _services() if sheet is Sheet.SERVICES else _posts()


def _services() -> tuple[Column, ...]:
    state = Words("brouillon, publiée, suspendue, archivée", STATES, ListingState, one=True)
    modes = Words("à distance, en présentiel", labels_of(Mode, lambda code: label("mode", code)), Mode)
    return (
        _column(ID, "id", _ANY, _G.IDENTITY, "Laissez-le tel quel ; vide pour une nouvelle fiche.", fixed=True),
        _column(ORGANISATION, "organisation", _ANY, _G.IDENTITY, "Identifiant ; vide : le vôtre.", fixed=True),
        _column("Nom", "name", Text(200), _G.IDENTITY, "Le nom que les travailleurs connaissent.", needed=True),
        _column(
            "Présentation", "description", Text(10_000, line=False), _G.IDENTITY, "Ce que le service fait, en clair."
        ),
        _column("État", "state", state, _G.IDENTITY, "Brouillon, publiée, suspendue ou archivée.", needed=True),
        _column("Aide pour", "competences", _competences(), _G.MATTERS, "Thèmes de la liste.", needed=True),
        _column("Public", "publics", _publics(), _G.CONDITIONS, "Vide : tout le monde."),
        _column("Public exclu", "excludes", _publics(), _G.CONDITIONS, "L’emporte toujours sur « Public »."),
        _column("Conditions", "conditions", Text(5_000, line=False), _G.CONDITIONS, "Ce qu’il faut pour être reçu."),
        _column("Frais", "fee", Text(2_000, line=False), _G.CONDITIONS, "Ce que cela coûte, en clair."),
        _column("Gratuit", "free", YesNo(), _G.CONDITIONS, "Oui ou non."),
        _column("Sans condition de résidence", "without_residence_condition", YesNo(), _G.CONDITIONS, "Oui ou non."),
        _column("Territoire", "covers", Territories(), _G.TERRITORY, "Codes des territoires desservis.", needed=True),
        _column("Accueil", "modes", modes, _G.RECEPTION, "À distance, en présentiel, ou les deux."),
        _column("Interprète", "interpreter", YesNo(), _G.RECEPTION, "Oui ou non."),
        _column("Accessible", "accessible", YesNo(), _G.RECEPTION, "Aux personnes à mobilité réduite : oui ou non."),
        _column("Places libres", "capacity.places_free", Number(100_000), _G.CAPACITY, "Nombre, à ce jour."),
        _column("Attente (jours)", "capacity.waiting_days", Number(3_650), _G.CAPACITY, "Délai habituel d’une place."),
        _column("Complet jusqu’au", "capacity.full_until", Day(), _G.CAPACITY, "Date, comme 31/03/2026."),
        _column("Réponse (jours)", "answer_days", Number(3_650), _G.CAPACITY, "Délai habituel d’une réponse."),
        *_contact(),
        *_place(),
        _column("Horaires", "hours", Hours(), _G.HOURS, "Comme « Mo-Fr 09:00-12:00,14:00-17:00 »."),
    )


def _posts() -> tuple[Column, ...]:
    return (
        _column(ID, "id", _ANY, _G.IDENTITY, "Laissez-le tel quel ; vide pour un nouvel interlocuteur.", fixed=True),
        _column(ORGANISATION, "organisation", _ANY, _G.IDENTITY, "Identifiant ; vide : le vôtre.", fixed=True),
        _column("Intitulé", "label", Text(200), _G.IDENTITY, "La fonction, jamais le nom d’une personne.", needed=True),
        _column(
            "Accueil général", "duty_desk", YesNo(), _G.IDENTITY, "Oui : reçoit ce qui n’a pas d’autre interlocuteur."
        ),
        _column("Aide pour", "competences", _competences(), _G.MATTERS, "Vide : tout ce que traite l’organisme."),
        _column("Territoire", "covers", Territories(), _G.TERRITORY, "Vide : tout le territoire de l’organisme."),
        *_contact(),
        _column("Horaires", "hours", Hours(), _G.HOURS, "Comme « Mo-Fr 09:00-12:00,14:00-17:00 »."),
    )
