"""The schema before version 1, removed in April 2026 and still found in files that people hold: read as version 1.

Its lists are mapped by the CSV files beside this module, each line with its reason; what has no equivalent stays in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from data_inclusion.schema import v1

from graph.model.directory import ListingState
from graph.model.territory import COUNTRY, TerritoryLevel
from importers.sources.data_inclusion.v0_lists import (
    FEES,
    KEPT_BY_BOTH,
    LEVELS,
    NETWORKS,
    NOT_PUBLIC,
    ONLY_V0,
    ONLY_V1,
    WAYS,
    audiences,
)

Fields = Mapping[str, object]


def is_v0(fields: Fields) -> bool:
    """Whether a record is of the older schema, by the names of its fields."""
    return not ONLY_V0.isdisjoint(fields) and ONLY_V1.isdisjoint(fields)


def structure(fields: Fields) -> dict[str, object]:
    """A v0 structure under the names of version 1; `typologie` stays as it is."""
    labels = [NETWORKS.get(label, label) for label in _texts(fields, "labels_nationaux")]
    known = {network.value for network in v1.ReseauPorteur}
    return _shared(fields) | {
        "id": identifier(fields, "id"),
        "description": _presentation(fields),
        "siret": fields.get("siret"),
        "site_web": fields.get("site_web"),
        "horaires_accueil": fields.get("horaires_ouverture"),
        "reseaux_porteurs": [label for label in labels if label in known] or None,
        "typologie": fields.get("typologie"),
    }


def service(fields: Fields) -> dict[str, object]:
    """A v0 service under the names of version 1; thématiques are left to `themes`, and may be of either version."""
    shared = _shared(fields)
    if str(fields.get("contact_public")).lower() in NOT_PUBLIC:
        shared |= {"telephone": None, "courriel": None}
    return shared | {
        "id": identifier(fields, "id"),
        "structure_id": identifier(fields, "structure_id"),
        # Version 1 wants one, v0 did not.
        "description": _presentation(fields) or f"Service « {fields.get('nom')} ».",
        "thematiques": fields.get("thematiques"),
        "zone_eligibilite": _zone(fields),
        "modes_accueil": fields.get("modes_accueil"),
        "lien_mobilisation": fields.get("prise_rdv") or fields.get("formulaire_en_ligne") or fields.get("page_web"),
        "conditions_acces": _conditions(fields),
        "horaires_accueil": fields.get("recurrence"),
        "volume_horaire_hebdomadaire": fields.get("volume_horaire_hebdomadaire"),
        "nombre_semaines": fields.get("nombre_semaines"),
        **_fees(fields),
        **_publics(fields),
        **_ways(fields),
    }


def state(fields: Fields, today: date) -> ListingState:
    """Suspended from the day that a v0 service names."""
    try:
        suspended = date.fromisoformat(str(fields.get("date_suspension"))[:10]) <= today
    except ValueError:
        suspended = False
    return ListingState.SUSPENDED if suspended else ListingState.PUBLISHED


def identifier(fields: Fields, name: str) -> str | None:
    """The identifier that version 1 makes of a producer's own: `source--id`."""
    source, own = fields.get("source"), fields.get(name)
    if not isinstance(source, str) or not isinstance(own, str):
        return None
    return own if own.startswith(f"{source}--") else f"{source}--{own}"


def _shared(fields: Fields) -> dict[str, object]:
    return {name: fields.get(name) for name in KEPT_BY_BOTH}


def _presentation(fields: Fields) -> str | None:
    """The whole text, with its summary before it when it does not begin with it."""
    short, long = (str(fields.get(f"presentation_{part}") or "") for part in ("resume", "detail"))
    beginning = short.rstrip(" .…")
    return (long if long.startswith(beginning) else f"{short}\n\n{long}") if long else short or None


def _conditions(fields: Fields) -> str | None:
    asked = (("Prérequis", "pre_requis"), ("Justificatifs", "justificatifs"))
    told = [f"{label} : {', '.join(texts)}." for label, name in asked if (texts := _texts(fields, name))]
    return " ".join(told) or None


def _fees(fields: Fields) -> dict[str, object]:
    found = [FEES[fee] for fee in _texts(fields, "frais") if fee in FEES]
    words = [words for _, words in found if words]
    others = fields.get("frais_autres")
    codes = {code for code, _ in found if code}
    precise = ". ".join([*words, *([str(others)] if others else [])])
    return {"frais": codes.pop() if len(codes) == 1 else None, "frais_precisions": precise or None}


def _publics(fields: Fields) -> dict[str, object]:
    given = _texts(fields, "profils")
    found = [public for profil in given if profil in audiences() for public in audiences()[profil].v1]
    everyone = v1.Public.TOUS_PUBLICS.value
    publics = [everyone] if everyone in found else list(dict.fromkeys(found))
    # What version 1 does not say as precisely, and what v0 does not know, is told in words.
    lost = [audiences()[p].label if p in audiences() else p for p in given if p not in publics]
    words = [f"Pour : {', '.join(lost)}"] if lost else []
    others = fields.get("profils_precisions")
    return {
        "publics": publics or None,
        "publics_precisions": ". ".join([*words, *([str(others)] if others else [])]) or None,
    }


def _ways(fields: Fields) -> dict[str, object]:
    persons = {"professionnels": "modes_orientation_accompagnateur", "usagers": "modes_orientation_beneficiaire"}
    given = {person: _texts(fields, name) for person, name in persons.items()}
    ways = [WAYS[way] for found in given.values() for way in found if way in WAYS]
    others = [str(fields[f"{name}_autres"]) for name in persons.values() if fields.get(f"{name}_autres")]
    return {
        "mobilisable_par": [person for person, found in given.items() if found] or None,
        "modes_mobilisation": list(dict.fromkeys(ways)) or None,
        "mobilisation_precisions": " ".join(dict.fromkeys(others)) or None,
    }


def _zone(fields: Fields) -> list[str] | None:
    """The ids of our map, for v0 tells the level of a code; a code alone is left to be guessed by its shape."""
    level, code = fields.get("zone_diffusion_type"), fields.get("zone_diffusion_code")
    if level == TerritoryLevel.COUNTRY:
        return [COUNTRY]
    if not isinstance(code, str):
        return None
    return [code if level == TerritoryLevel.COMMUNE or level not in LEVELS else f"{level}:{code}"]


def _texts(fields: Fields, name: str) -> list[str]:
    value = fields.get(name)
    given: Iterable[object] = value if isinstance(value, list) else [] if value is None else [value]
    return [item for item in given if isinstance(item, str)]
