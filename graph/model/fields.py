"""What the form of each group of fields shows: one row a field, with its name, its words, its kind of input and its limit.

What a form does not show (kind, part_of, organisation, state, demonstration) stays as it is. Hours have an editor of their own,
and so has room (graph/model/room.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from graph.model.directory import Organisation, Service
from graph.model.listing import FieldGroup


class Input(StrEnum):
    """How a field is typed, and what it holds: text, or a list, or yes, no and unknown."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    SIRET = "siret"
    POSTCODE = "postcode"
    COMMUNE = "commune"
    YES_NO = "yes_no"
    CHOICES = "choices"
    COMPETENCES = "competences"
    TERRITORIES = "territories"


# Those whose values are chosen from a long list: what was typed and not yet chosen comes beside, under these endings.
COMPLETED: Final = frozenset({Input.COMPETENCES, Input.TERRITORIES})
TYPED_ENDING: Final = "_texte"
CHOSEN_ENDING: Final = "_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row of a form.

    `name` is that of the form's field. `most` counts characters, or entries of a list. `family` is that of the labels of a
    closed list (labels.csv).
    """

    name: str
    label: str
    input: Input
    most: int
    hint: str = ""
    required: bool = False
    family: str = ""


_CONTACT: Final = (
    Field(
        name="phone",
        label="Téléphone",
        input=Input.PHONE,
        most=40,
        hint="Le numéro que les professionnels appellent.",
    ),
    Field(
        name="email",
        label="Adresse e-mail",
        input=Input.EMAIL,
        most=254,
        hint="Plutôt celle d’un service que d’une personne.",
    ),
    Field(name="url", label="Site internet", input=Input.URL, most=500),
)
_PLACE: Final = (
    Field(
        name="address",
        label="Numéro et rue",
        input=Input.LINE,
        most=200,
        hint="Laissez l’adresse vide si l’on n’y reçoit pas.",
    ),
    Field(name="postcode", label="Code postal", input=Input.POSTCODE, most=10),
    Field(name="city", label="Commune", input=Input.COMMUNE, most=100),
)
_COVERS: Final = (
    Field(
        name="covers",
        label="Où intervenez-vous ?",
        input=Input.TERRITORIES,
        most=200,
        required=True,
        hint="Communes, intercommunalités, départements, régions, ou la France entière.",
    ),
)
_NAME: Final = Field(name="name", label="Nom", input=Input.LINE, most=200, required=True)
_DESCRIPTION: Final = Field(
    name="description",
    label="Présentation",
    input=Input.TEXT,
    most=3000,
    hint="Ce que vous proposez, en quelques phrases simples.",
)

FORMS: Final[Mapping[type, Mapping[FieldGroup, tuple[Field, ...]]]] = MappingProxyType(
    {
        Organisation: {
            FieldGroup.IDENTITY: (
                _NAME,
                Field(
                    name="aliases",
                    label="Autres noms",
                    input=Input.LINES,
                    most=20,
                    hint="Sigles et anciens noms, un par ligne : on vous trouvera aussi par eux.",
                ),
                _DESCRIPTION,
                Field(name="siret", label="Numéro SIRET", input=Input.SIRET, most=30, hint="14 chiffres."),
            ),
            FieldGroup.TERRITORY: _COVERS,
            FieldGroup.CONTACT: _CONTACT,
            FieldGroup.PLACE: _PLACE,
        },
        Service: {
            FieldGroup.IDENTITY: (_NAME, _DESCRIPTION),
            FieldGroup.MATTERS: (
                Field(
                    name="competences",
                    label="Pour quels problèmes aidez-vous ?",
                    input=Input.COMPETENCES,
                    most=30,
                    required=True,
                    hint="Dites-le avec vos mots : « impayés de loyer », « garde d’enfant ».",
                ),
            ),
            FieldGroup.CONDITIONS: (
                Field(
                    name="publics",
                    label="Pour qui ?",
                    input=Input.CHOICES,
                    most=20,
                    family="public",
                    hint="Rien de coché : pour tout le monde.",
                ),
                Field(
                    name="excludes",
                    label="Sauf pour",
                    input=Input.CHOICES,
                    most=20,
                    family="public",
                    hint="Ces personnes ne vous seront pas adressées.",
                ),
                Field(
                    name="conditions",
                    label="Conditions",
                    input=Input.TEXT,
                    most=1500,
                    hint="Ce qu’il faut remplir ou apporter.",
                ),
                Field(name="free", label="Est-ce gratuit ?", input=Input.YES_NO, most=1),
                Field(name="fee", label="Participation demandée", input=Input.LINE, most=200),
                Field(
                    name="without_residence_condition",
                    label="Ouvert sans condition de séjour régulier ?",
                    input=Input.YES_NO,
                    most=1,
                ),
            ),
            FieldGroup.TERRITORY: _COVERS,
            FieldGroup.RECEPTION: (
                Field(name="modes", label="Comment recevez-vous ?", input=Input.CHOICES, most=5, family="mode"),
                Field(name="interpreter", label="Un interprète est-il possible ?", input=Input.YES_NO, most=1),
                Field(name="accessible", label="Accessible en fauteuil roulant ?", input=Input.YES_NO, most=1),
            ),
            FieldGroup.CONTACT: _CONTACT,
            FieldGroup.PLACE: _PLACE,
        },
    }
)


# The fields of a form that are one value of the record.
NESTED: Final[Mapping[FieldGroup, str]] = MappingProxyType({FieldGroup.CONTACT: "contact", FieldGroup.PLACE: "place"})


def held_by(kind: type, group: FieldGroup) -> tuple[str, ...]:
    """The record's fields that the form of a group says."""
    return (NESTED[group],) if group in NESTED else tuple(field.name for field in FORMS[kind][group])


def names_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """Every name under which a form of these fields sends something."""
    names: list[str] = []
    for field in fields:
        names.append(field.name)
        if field.input in COMPLETED:
            names.append(field.name + TYPED_ENDING)
        if field.input in COMPLETED or field.input is Input.COMMUNE:
            names.append(field.name + CHOSEN_ENDING)
    return tuple(names)
