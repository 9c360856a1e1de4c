"""A record read against the models of the schema's own package: what it says, and each value that had to be refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from data_inclusion.schema import v1
from pydantic import ValidationError

from importers.report import Refused
from importers.sources.data_inclusion import v0, v0_lists
from importers.sources.data_inclusion.cleaning import LOST, cleaned
from importers.streams.record import Record

Model = TypeVar("Model", v1.Structure, v1.Service)

# What a record cannot do without. Any other value that the schema refuses is left aside, and the record stays.
REQUIRED: Final[Mapping[type, frozenset[str]]] = {
    v1.Structure: frozenset({"source", "id", "nom", "date_maj"}),
    v1.Service: frozenset({"source", "id", "structure_id", "nom", "date_maj", "description"}),
}
# These two are read with our map and our list, which say more than a model can.
READ_APART: Final = frozenset({"thematiques", "zone_eligibilite"})
CLOSED: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(str(member.value) for member in enum)
    for name, enum in {
        "publics": v1.Public,
        "reseaux_porteurs": v1.ReseauPorteur,
        "modes_accueil": v1.ModeAccueil,
        "modes_mobilisation": v1.ModeMobilisation,
        "mobilisable_par": v1.PersonneMobilisatrice,
    }.items()
}
LISTS: Final = frozenset(CLOSED) | READ_APART
TEXT_FIELDS_OFTEN_NUMBERS: Final = frozenset({"id", "structure_id", "siret", "code_postal", "code_insee", "telephone"})
MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]")
NOT_LISTED: Final = "Cette valeur n’est pas dans la liste fermée."
SENTENCES: Final = {
    "missing": "Ce champ est obligatoire.",
    "date_from_datetime_parsing": "Il faut ici une date, AAAA-MM-JJ.",
    "date_parsing": "Il faut ici une date, AAAA-MM-JJ.",
    "date_type": "Il faut ici une date, AAAA-MM-JJ.",
    "enum": NOT_LISTED,
    "float_parsing": "Il faut ici un nombre.",
    "int_parsing": "Il faut ici un nombre entier.",
    "string_pattern_mismatch": "Ce code n’a pas la forme attendue.",
    "string_type": "Il faut ici un texte.",
}
OF_FIELDS: Final = {
    "code_insee": "Il faut ici un code INSEE de cinq signes.",
    "code_postal": "Il faut ici un code postal de cinq chiffres.",
    "courriel": "Ce n’est pas une adresse électronique.",
    "siret": "Il faut ici un SIRET de 14 chiffres.",
}


@dataclass(frozen=True, slots=True)
class Reading(Generic[Model]):
    """What a record says. `said` is None when it cannot be taken; `rest` holds what the model does not, by its name.

    `told_as` is its id, taken or not, empty when it has none. `rest` has `thematiques` and `zone_eligibilite` as they were
    given (v1 names), and `typologie` of v0.
    """

    said: Model | None
    rest: Mapping[str, object]
    refused: list[Refused]
    told_as: str
    is_v0: bool = False


def read(record: Record, model: type[Model]) -> Reading[Model]:
    """Clean a record, bring it to version 1, and hold it against the schema."""
    is_v0 = v0.is_v0(record.fields)
    lists = v0_lists.LISTS if is_v0 else LISTS
    fields, refused = cleaned(record, v0_lists.FIELDS if is_v0 else model.model_fields, lists)
    for name in TEXT_FIELDS_OFTEN_NUMBERS & fields.keys():
        if isinstance(fields[name], int | float) and not isinstance(fields[name], bool):
            fields[name] = str(fields[name])
    if isinstance(day := fields.get("date_maj"), str) and MOMENT.match(day):
        fields["date_maj"] = day[:10]
    if is_v0:
        fields, unknown = _from_v0(record, fields, model)
    else:
        fields, unknown = _named_by_source(fields), []
    refused += unknown
    _keep_listed(record, fields, refused, is_v0=is_v0)
    told_as = str(fields.get("id", ""))
    rest = {name: fields.pop(name) for name in (*READ_APART, "typologie") if name in fields}
    return Reading(_validated(record, fields, model, refused, is_v0=is_v0), rest, refused, told_as, is_v0)


def _from_v0(record: Record, fields: dict[str, object], model: type[Model]) -> tuple[dict[str, object], list[Refused]]:
    known: dict[str, Collection[str]] = {"profils": v0_lists.audiences(), "frais": v0_lists.FEES}
    refused = [
        record.refused(name, item, f"{NOT_LISTED} Elle n’est gardée qu’en toutes lettres.")
        for name, among in known.items()
        for item in _listed(fields.get(name))
        if item not in among
    ]
    read_as = v0.structure if model is v1.Structure else v0.service
    return {name: value for name, value in read_as(fields).items() if value is not None}, refused


def _named_by_source(fields: dict[str, object]) -> dict[str, object]:
    """Identifiers of version 1 bear their producer; one that does not is given it."""
    for name in ("id", "structure_id"):
        own = fields.get(name)
        if isinstance(own, str) and "--" not in own and isinstance(fields.get("source"), str):
            fields[name] = f"{fields['source']}--{own}"
    return fields


def _keep_listed(record: Record, fields: dict[str, object], refused: list[Refused], *, is_v0: bool) -> None:
    """Values of a closed list that are not in it are told, and left aside one by one."""
    for name, known in CLOSED.items():
        if name not in fields:
            continue
        given = _listed(fields[name])
        shown = v0_lists.ORIGINALS.get(name, name) if is_v0 else name
        refused += [record.refused(shown, item, f"{NOT_LISTED} {LOST}") for item in given if item not in known]
        kept = [item for item in given if item in known]
        lost = [item for item in given if item not in known]
        if name == "publics" and lost:
            # Not to open to everyone what was meant for some.
            told = (f"Pour : {', '.join(lost)}", fields.get("publics_precisions"))
            fields["publics_precisions"] = ". ".join(str(part) for part in told if part)
        fields[name] = kept
        if not kept:
            del fields[name]


def _validated(
    record: Record, fields: dict[str, object], model: type[Model], refused: list[Refused], *, is_v0: bool
) -> Model | None:
    """The record as the schema's model, without the optional values that it refuses; None when a required one is."""
    for _ in range(len(fields) + 1):
        try:
            return model.model_validate(fields)
        except ValidationError as fault:
            faults = {str(error["loc"][0]): error for error in reversed(fault.errors(include_url=False))}
        fatal = faults.keys() & REQUIRED[model]
        for name in sorted(faults):
            message = _sentence(name, faults[name]) + ("" if name in fatal else f" {LOST}")
            shown = v0_lists.ORIGINALS.get(name, name) if is_v0 else name
            refused.append(record.refused(shown, fields.get(name), message))
        if fatal:
            return None
        fields = {name: value for name, value in fields.items() if name not in faults}
    return None


def _sentence(name: str, error: Mapping[str, Any]) -> str:
    kind, bounds = error["type"], error.get("ctx") or {}
    if kind in {"missing", "string_type"}:
        return SENTENCES[kind]
    if name in OF_FIELDS:
        return OF_FIELDS[name]
    if kind.startswith("url"):
        return "Ce n’est pas une adresse web."
    if kind == "string_too_short":
        return f"Il faut ici au moins {bounds['min_length']} signes."
    if kind == "string_too_long":
        return f"Il faut ici {bounds['max_length']} signes au plus."
    if kind == "value_error":
        # The schema's own validators speak French.
        return str(bounds.get("error", "Cette valeur est contraire au schéma."))
    return SENTENCES.get(kind, "Cette valeur n’est pas celle que le schéma attend.")


def _listed(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
